"""The frame of the screens that follow the menu: a bar with the way back, a title and the language, then columns."""

from __future__ import annotations

from kivy.properties import StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.kv import load_kv


class PageBar(BoxLayout):
    """`back_icon` "" leaves the way back out. Dispatches `on_back` and `on_language`."""

    title = StringProperty("")
    back_icon = StringProperty("arrow-left")
    language_text = StringProperty("")

    __events__ = ("on_back", "on_language")

    def on_back(self) -> None:
        """Bound by the owner."""

    def on_language(self) -> None:
        """Bound by the owner."""


class Page(BoxLayout):
    """A vertical box for the whole screen; in the low layout it stays in the part that somebody who sits reaches."""


class Columns(BoxLayout):
    """What it is about above (on a lying screen: at the left of) what can be done."""


load_kv(__file__)
