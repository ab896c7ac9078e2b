"""The categories at the left of the menu."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kivy.app import App
from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.floatlayout import FloatLayout

from kiosk.screens.kv import load_kv
from kiosk.screens.theme import TOUCH_UNITS
from kiosk.screens.widgets import CachedBox, Pressable, ScrollArea

_TALLEST_UNITS = 176
_ICON_UNITS = 70


class RailButton(Pressable, FloatLayout):
    """One category."""

    icon = StringProperty("")
    text = StringProperty("")
    chosen = BooleanProperty(defaultvalue=False)


class RailColumn(CachedBox):
    """All the buttons."""


class CategoryRail(ScrollArea):
    """Buttons that share the height, or scroll when there are more than fit. `choose` is called with a number."""

    current = NumericProperty(0)

    def __init__(self, choose: Callable[[int], None]) -> None:
        super().__init__()
        self._choose = choose
        self._buttons: list[RailButton] = []
        self._column = RailColumn()
        self.add_widget(self._column)
        self.fbind("height", self._share_height)
        self.fbind("current", self._mark)

    def show(self, categories: Sequence[tuple[str, str, str]]) -> None:
        """Categories as (key, icon, text)."""
        if len(categories) != len(self._buttons):
            self._column.clear_widgets()
            self._buttons = [RailButton() for _ in categories]
            for number, button in enumerate(self._buttons):
                button.fbind("on_release", self._on_release, number)
                self._column.add_widget(button)
        for button, (key, icon, text) in zip(self._buttons, categories, strict=True):
            button.test_id, button.icon, button.text = f"category-{key}", icon, text
        self._share_height()
        self._mark()

    def _on_release(self, number: int, _button: RailButton) -> None:
        self._choose(number)

    def _share_height(self, *_: object) -> None:
        if not self._buttons:
            return
        look = App.get_running_app().look
        least = max(look.u(TOUCH_UNITS), look.u(_ICON_UNITS) + look.line("caption", 2))
        each = min(max(self.height // len(self._buttons), least), max(look.u(_TALLEST_UNITS), least))
        self._column.height = each * len(self._buttons)

    def _mark(self, *_: object) -> None:
        for number, button in enumerate(self._buttons):
            button.chosen = number == self.current
        if self._buttons and 0 <= self.current < len(self._buttons):
            self._keep_in_sight(self._buttons[int(self.current)])

    def _keep_in_sight(self, button: RailButton) -> None:
        top = (self._column.y + self._column.height) - (button.y + button.height)
        if top < self.scroll_px:
            self.scroll_to(top)
        elif top + button.height > self.scroll_px + self.height:
            self.scroll_to(top + button.height - self.height)


load_kv(__file__)
