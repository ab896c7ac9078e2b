"""What a finger can press: answers in the same frame, acts when the finger leaves."""

from __future__ import annotations

from kivy.input import MotionEvent
from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.widget import Widget


class Pressable(Widget):
    """Mix in before a layout. `pressed` turns true with the touch and draws the pressed state at once; `on_release`
    comes when the finger leaves inside. A ScrollArea that starts to drag takes the press back.

    `test_id` names the widget for tests; a language never changes it.
    """

    pressed = BooleanProperty(defaultvalue=False)
    test_id = StringProperty("")

    __events__ = ("on_release",)

    def on_release(self) -> None:
        """Overridden in subclasses or bound: the finger left inside."""

    def on_touch_down(self, touch: MotionEvent) -> bool:
        if not self.height:
            return False  # not shown; its icon hangs out of it, and would swallow the touch when disabled
        if self.disabled or touch.is_mouse_scrolling or not self.collide_point(*touch.pos):
            return super().on_touch_down(touch)
        if super().on_touch_down(touch):  # something to press inside it
            return True
        touch.grab(self)
        self.pressed = True
        return True

    def on_touch_move(self, touch: MotionEvent) -> bool:
        if touch.grab_current is not self:
            return super().on_touch_move(touch)
        self.pressed = self.collide_point(*touch.pos)
        return True

    def on_touch_up(self, touch: MotionEvent) -> bool:
        if touch.grab_current is not self:
            return super().on_touch_up(touch)
        touch.ungrab(self)
        was_pressed, self.pressed = self.pressed, False
        if was_pressed and not self.disabled:
            self.dispatch("on_release")
        return True

    def take_back(self, touch: MotionEvent) -> None:
        """The touch turned out to be a drag."""
        touch.ungrab(self)
        self.pressed = False
