"""The bar over every screen of the admin screen: the way back, where one is, who one is, how one reads, the way out."""

from __future__ import annotations

from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.kv import load_kv


class AdminBar(BoxLayout):
    """Dispatches `on_back` (there only if it `leads_back`), `on_leave`, `on_text_size` and `on_language`."""

    title = StringProperty("")
    who = StringProperty("")
    leads_back = BooleanProperty(defaultvalue=False)
    leave_text = StringProperty("")
    language_text = StringProperty("")

    __events__ = ("on_back", "on_leave", "on_text_size", "on_language")

    def on_back(self) -> None:
        """Bound by the owner."""

    def on_leave(self) -> None:
        """Bound by the owner."""

    def on_text_size(self) -> None:
        """Bound by the owner."""

    def on_language(self) -> None:
        """Bound by the owner."""


load_kv(__file__)
