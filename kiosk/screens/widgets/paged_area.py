"""A list that is read by touches: where not all of it fits, two keys under it turn its pages. Wet hands do not drag."""

from __future__ import annotations

from typing import Any

from kivy.clock import Clock
from kivy.properties import BooleanProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.screens.kv import load_kv
from kiosk.screens.widgets.pressable import Pressable
from kiosk.screens.widgets.scroll_area import ScrollArea

_CUT_PX = 1  # a row that sticks out by less is seen whole


class PageKeys(BoxLayout):
    """The page before, the page behind."""

    has_before = BooleanProperty(defaultvalue=False)
    has_behind = BooleanProperty(defaultvalue=False)

    __events__ = ("on_before", "on_behind")

    def on_before(self) -> None:
        """Bound by the owner."""

    def on_behind(self) -> None:
        """Bound by the owner."""


class PagedArea(BoxLayout):
    """A ScrollArea for its one child, with keys. A page begins with a row that the page before has cut off, so that
    every row is once seen whole."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(orientation="vertical", **kwargs)
        self.area = ScrollArea()
        self._keys = PageKeys()
        self._keys.bind(on_before=lambda _: self.turn(-1), on_behind=lambda _: self.turn(1))
        super().add_widget(self.area)
        self._arrange = Clock.create_trigger(self._arranged, -1)
        for name in ("size", "scroll_px"):
            self.area.fbind(name, self._arrange)

    def add_widget(self, widget: Widget, *args: Any, **kwargs: Any) -> None:
        """The one child."""
        self.area.add_widget(widget)
        widget.fbind("size", self._arrange)

    def to_top(self) -> None:
        self.area.scroll_to(0)

    def turn(self, pages: int) -> None:
        """1: the page behind; -1: the one before."""
        if pages > 0:
            self.area.scroll_to(self._top_behind())
        else:
            self.area.scroll_to(self._top_before())

    def _top_behind(self) -> float:
        """It begins with the first row that is not seen whole below."""
        top_px, bottom_px = self.area.scroll_px, self.area.scroll_px + self.area.height
        cut = [top for top, bottom in self._rows_px() if bottom > bottom_px + _CUT_PX and top > top_px]
        return min([bottom_px, *cut])

    def _top_before(self) -> float:
        """It ends with the last row that is not seen whole above."""
        top_px, rows = self.area.scroll_px, self._rows_px()
        cut = [(top, bottom) for top, bottom in rows if top < top_px - _CUT_PX]
        last_px = max((bottom for _, bottom in cut), default=0.0)
        fitting = [top for top, _ in cut if last_px - top <= self.area.height]
        return 0.0 if not cut or cut[0][0] in fitting else min(fitting, default=top_px - self.area.height)

    def _rows_px(self) -> list[tuple[float, float]]:
        """Each row's top and bottom from the top of the child, from above."""
        child = self.area.children[0]
        box = child
        while len(parts := [part for part in box.children if part.height > 0]) == 1 and not _is_row(parts[0]):
            box = parts[0]
        return sorted((child.top - part.top, child.top - part.y) for part in parts)

    def _arranged(self, _dt: float) -> None:
        """Whether keys are needed does not depend on whether they are there: it never flickers."""
        _, above, _, below = self.padding
        needed = self.area.content_height > self.height - above - below
        if needed and self._keys.parent is None:
            super().add_widget(self._keys)
        elif not needed and self._keys.parent is not None:
            self.remove_widget(self._keys)
        self._keys.has_before = self.area.scroll_px > _CUT_PX
        self._keys.has_behind = self.area.scroll_px < self.area.furthest_px - _CUT_PX


def _is_row(widget: Widget) -> bool:
    return isinstance(widget, Pressable) or not widget.children


load_kv(__file__)
