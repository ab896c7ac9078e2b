"""A sheet: comes over the screen, dims and blocks what lies below."""

from __future__ import annotations

from typing import Any

from kivy.app import App
from kivy.input import MotionEvent
from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.widget import Widget

from kiosk.screens.kv import load_kv

_STRIP_UNITS = 150  # of the screen below stays visible, so that a touch beside the sheet closes it


class SheetPanel(BoxLayout):
    """The white part of a sheet; a vertical box to put the content into. `units` is its height on an upright screen,
    where it stands on the bottom; 0 fills up to a strip at the top. On a lying screen it stands at the right, `units`
    of its own wide."""

    units = NumericProperty(0)
    lying_units = NumericProperty(1080)


class Sheet(FloatLayout):
    """Fills its parent. Put one SheetPanel into it. A touch beside the panel dispatches `on_dismiss` (unless
    `dismissable` is off); nothing below is ever reached."""

    dismissable = BooleanProperty(defaultvalue=True)
    test_id = StringProperty("")

    __events__ = ("on_dismiss",)

    def on_dismiss(self) -> None:
        """Bound by the owner."""

    def do_layout(self, *args: Any, **kwargs: Any) -> None:
        look = App.get_running_app().look
        for panel in self._panels():
            if look.lying:
                panel.size = (min(look.u(panel.lying_units), self.width), self.height)
            else:
                strip = 0 if panel.units else look.u(_STRIP_UNITS)
                panel.size = (self.width, min(look.u(panel.units) or self.height, self.height - strip))
            panel.pos = (self.right - panel.width, self.y)
        super().do_layout(*args, **kwargs)

    def add_widget(self, widget: Widget, *args: Any, **kwargs: Any) -> None:
        super().add_widget(widget, *args, **kwargs)
        if isinstance(widget, SheetPanel):
            widget.fbind("units", self._trigger_layout)

    def _panels(self) -> list[SheetPanel]:
        return [child for child in self.children if isinstance(child, SheetPanel)]

    def on_touch_down(self, touch: MotionEvent) -> bool:
        if self.dismissable and not any(panel.collide_point(*touch.pos) for panel in self._panels()):
            touch.grab(self)
            return True
        super().on_touch_down(touch)
        return True

    def on_touch_move(self, touch: MotionEvent) -> bool:
        super().on_touch_move(touch)
        return True

    def on_touch_up(self, touch: MotionEvent) -> bool:
        if touch.grab_current is self:
            touch.ungrab(self)
            self.dispatch("on_dismiss")
            return True
        super().on_touch_up(touch)
        return True


load_kv(__file__)
