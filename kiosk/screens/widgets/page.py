"""The frame of the screens that follow the menu: a bar with the way back, a title and the language, then columns."""

from __future__ import annotations

from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

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
    """A vertical box for the whole screen, with one PageBar. In the low layout the bar goes to the bottom, and the
    upper `low_empty` of the height stays empty: for screens that are touched all over."""

    low = BooleanProperty(defaultvalue=False)
    low_empty = NumericProperty(0)

    def on_kv_post(self, _base_widget: Widget) -> None:
        self._arrange()

    def on_low(self, _widget: Page, _low: bool) -> None:
        self._arrange()

    def _arrange(self) -> None:
        bar = next((child for child in self.children if isinstance(child, PageBar)), None)
        if bar is None:
            return
        self.remove_widget(bar)
        self.add_widget(bar, index=0 if self.low else len(self.children) - 1)  # below the empty part


class Columns(BoxLayout):
    """What it is about above (on a lying screen: at the left of) what can be done."""


load_kv(__file__)
