"""A vertical scroller that does not hold touches back: what lies under the finger shows its pressed state at once,
and a drag takes the press back. Kivy's ScrollView waits for its time-out first."""

from __future__ import annotations

import math
from collections import deque
from typing import Any

from kivy.clock import Clock
from kivy.graphics import Color, PopMatrix, PushMatrix, Rectangle, Translate
from kivy.graphics.scissor_instructions import ScissorPop, ScissorPush
from kivy.input import MotionEvent
from kivy.properties import ColorProperty, NumericProperty, StringProperty
from kivy.uix.widget import Widget

from kiosk.screens.widgets.pressable import Pressable

_SLOWING = 3.2  # of the fling's speed, as e-folds a second
_SAMPLE_S = 0.1  # the part of a drag that decides the fling's speed
_WHEEL_STEP = 0.12  # of the height


class ScrollArea(Widget):
    """Shows a part of its one child, which is as wide as the area and as high as it likes.

    `scroll_px`: how far down it is scrolled, in pixels. `slop_px`: how far a finger may move and still press.
    """

    scroll_px = NumericProperty(0)
    slop_px = NumericProperty(24)
    bar_color = ColorProperty((0, 0, 0, 0.25))
    test_id = StringProperty("")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        with self.canvas.before:
            self._scissor = ScissorPush()
            PushMatrix()
            self._shift = Translate()
        with self.canvas.after:
            PopMatrix()
            ScissorPop()
            self._bar_paint = Color(rgba=self.bar_color)
            self._bar = Rectangle(size=(0, 0))
        self._drag: _Drag | None = None
        self._speed = 0.0
        self._fling = Clock.create_trigger(self._fling_on, 0, interval=True)
        self.fbind("pos", self._place)
        self.fbind("size", self._place)
        self.fbind("scroll_px", self._place_scroll)
        self.fbind("bar_color", lambda *_: setattr(self._bar_paint, "rgba", self.bar_color))

    # --- layout ---

    @property
    def content_height(self) -> float:
        """In pixels."""
        return self.children[0].height if self.children else 0

    @property
    def furthest_px(self) -> float:
        """The largest `scroll_px`."""
        return max(0.0, self.content_height - self.height)

    def add_widget(self, widget: Widget, *args: Any, **kwargs: Any) -> None:
        """The one child."""
        super().add_widget(widget, *args, **kwargs)
        widget.fbind("size", self._place)
        self._place()

    def remove_widget(self, widget: Widget, *args: Any, **kwargs: Any) -> None:
        widget.funbind("size", self._place)
        super().remove_widget(widget, *args, **kwargs)

    def scroll_to(self, top_px: float) -> None:
        """Bring that distance from the content's top to the area's top, as far as there is content."""
        self._fling.cancel()
        self.scroll_px = min(max(0.0, top_px), self.furthest_px)

    def _place(self, *_: object) -> None:
        self._scissor.x, self._scissor.y = math.floor(self.x), math.floor(self.y)
        self._scissor.width, self._scissor.height = math.ceil(self.width), math.ceil(self.height)
        for child in self.children:
            if child.size_hint_x is not None:
                child.width = self.width
            # Not `self.top`: Kivy may still remember its old value while the size is being told.
            child.pos = (self.x, self.y + self.height - child.height)
        self.scroll_px = min(max(0.0, self.scroll_px), self.furthest_px)
        self._place_scroll()

    def _place_scroll(self, *_: object) -> None:
        self._shift.y = round(self.scroll_px)
        furthest = self.furthest_px
        if furthest <= 0:
            self._bar.size = (0, 0)
            return
        width = max(3, self.slop_px // 4)
        length = max(self.height * self.height / self.content_height, 6 * width)
        top = self.y + self.height - (self.height - length) * self.scroll_px / furthest
        self._bar.pos, self._bar.size = (
            (round(self.x + self.width - width), round(top - length)),
            (width, round(length)),
        )

    # --- coordinates of the children are not shifted, the drawing is ---

    def to_local(self, x: float, y: float, **kwargs: Any) -> tuple[float, float]:
        return x, y - round(self.scroll_px)

    def to_parent(self, x: float, y: float, **kwargs: Any) -> tuple[float, float]:
        return x, y + round(self.scroll_px)

    # --- touches ---

    def on_touch_down(self, touch: MotionEvent) -> bool:
        if not self.collide_point(*touch.pos) or self.disabled:
            return False
        if touch.is_mouse_scrolling:
            step = self.height * _WHEEL_STEP * (-1 if touch.button == "scrolldown" else 1)
            self.scroll_to(self.scroll_px + step)
            return True
        if self._drag is None:
            caught = bool(self._fling.is_triggered)
            self._fling.cancel()
            self._drag = _Drag(touch.uid, touch.y, self.scroll_px)
            touch.grab(self)
            if caught:  # the finger stops the fling, it means nothing below
                return True
        self.touch_content(touch)
        return True

    def touch_content(self, touch: MotionEvent) -> None:
        """A finger came down on the content."""
        touch.push()
        touch.apply_transform_2d(self.to_local)
        super().on_touch_down(touch)
        touch.pop()

    def on_touch_move(self, touch: MotionEvent) -> bool:
        drag = self._drag
        if touch.grab_current is not self or drag is None or drag.touch_uid != touch.uid:
            return False
        y = touch.y
        if not drag.moving and abs(y - drag.start_y) > self.slop_px and self.furthest_px > 0:
            drag.moving = True
            drag.start_y = y
            self.take_back(touch)
        if drag.moving:
            self.scroll_px = min(max(0.0, drag.start_px + y - drag.start_y), self.furthest_px)
            drag.sample(Clock.get_time(), self.scroll_px)
        return True

    def take_back(self, touch: MotionEvent) -> None:
        """The touch is a drag: whatever it pressed is not pressed any more."""
        for grabbed in list(touch.grab_list):
            widget = grabbed()
            if isinstance(widget, Pressable):
                widget.take_back(touch)

    def on_touch_up(self, touch: MotionEvent) -> bool:
        drag = self._drag
        if touch.grab_current is not self or drag is None or drag.touch_uid != touch.uid:
            return False
        touch.ungrab(self)
        self._drag = None
        if drag.moving:
            self._speed = drag.speed(Clock.get_time())
            self._fling()
        return True

    def _fling_on(self, dt: float) -> bool:
        wanted = self.scroll_px + self._speed * dt
        self._speed *= math.exp(-_SLOWING * dt)
        self.scroll_px = min(max(0.0, wanted), self.furthest_px)
        if wanted != self.scroll_px or abs(self._speed) < self.slop_px:
            self._fling.cancel()
            return False
        return True


class _Drag:
    """One finger's way from touch to release."""

    def __init__(self, touch_uid: int, start_y: float, start_px: float) -> None:
        self.touch_uid = touch_uid
        self.start_y = start_y
        self.start_px = start_px
        self.moving = False
        self._samples: deque[tuple[float, float]] = deque(maxlen=8)

    def sample(self, now_s: float, scroll_px: float) -> None:
        self._samples.append((now_s, scroll_px))

    def speed(self, now_s: float) -> float:
        """Pixels a second at the end, 0 when the finger rested before it left."""
        recent = [s for s in self._samples if now_s - s[0] <= _SAMPLE_S]
        if len(recent) < 2 or recent[-1][0] <= recent[0][0]:
            return 0.0
        return (recent[-1][1] - recent[0][1]) / (recent[-1][0] - recent[0][0])
