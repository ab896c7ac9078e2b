"""What the last act did, for a while; with the way to undo it where there is one."""

from __future__ import annotations

from kivy.properties import StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.kv import load_kv


class NoticeBar(BoxLayout):
    """An icon and a sentence on a dark ground. `tone`: "positive", "warning" or "negative". `undo_text` "": no button.
    Dispatches `on_undo`."""

    text = StringProperty("")
    tone = StringProperty("positive")
    undo_text = StringProperty("")
    test_id = StringProperty("notice")

    __events__ = ("on_undo",)

    def on_undo(self) -> None:
        """Bound by the owner."""


load_kv(__file__)
