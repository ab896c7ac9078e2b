"""check_touch: whatever takes touches on the window now, of whatever class, is as high as a wet finger needs, is seen
whole, gets the touches that are meant for it, and lies in nobody's way.

Taken for a control: a widget that handles a touch coming down, by its class or by something bound to it. Frames, which
only hand touches on to what they hold, are named here.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kivy.core.window import Window
from kivy.uix.label import Label
from kivy.uix.relativelayout import RelativeLayout
from kivy.uix.widget import Widget

from kiosk.screens.admin.stage import AdminStage
from kiosk.screens.theme import TOUCH_UNITS, Look
from kiosk.screens.widgets.paged_area import PagedArea
from kiosk.screens.widgets.pressable import Pressable
from kiosk.screens.widgets.scroll_area import ScrollArea
from kiosk.screens.widgets.sheet import Sheet
from tests.screens.driver import Driver
from tests.screens.fakes import Finger
from tests.screens.layout import Box, box_of, clip_of

WIDE = (1920, 1080)
LEAST_PX_AT_WIDE = 83  # 15 mm on 15.6 inches: 141 dots an inch
_INSET_PX = 4
# By their function: a subclass with one of its own is a control.
_FRAMES = {widget.on_touch_down for widget in (Widget, Label, RelativeLayout, ScrollArea, Sheet, AdminStage)}


@dataclass(frozen=True)
class Control:
    """`clip`: the part of the window that it can be seen through."""

    widget: Any
    box: Box
    clip: Box

    @property
    def is_whole(self) -> bool:
        return self.clip.holds(self.box)

    @property
    def is_seen(self) -> bool:
        return not self.box.cut(self.clip).empty


def check_touch(ui: Driver, *, touches_all: bool = False) -> None:
    """Fails with every fault found. `touches_all`: each control is touched in its middle and its corners, and must be
    the one that answers; else only in the middle."""
    ui.step(2)
    found = controls(ui)
    assert found, "there is nothing to touch"
    look = ui.app.look
    faults = [fault for control in found for fault in _size_faults(control, look)]
    faults += _hidden_faults(ui, found) + _overlap_faults(found)
    faults += [fault for control in found if control.is_whole for fault in _miss_faults(control, found, touches_all)]
    assert not faults, f"{len(faults)} faults:\n" + "\n".join(faults)


def controls(ui: Driver) -> list[Control]:
    """What can be touched, the topmost last; under an open sheet nothing can."""
    seen = ui.widgets()
    sheets = [i for i, widget in enumerate(seen) if isinstance(widget, Sheet)]
    seen = seen[sheets[-1] :] if sheets else seen
    return [_control(widget) for widget in seen if takes_touches(widget) and not widget.disabled]


def takes_touches(widget: Any) -> bool:
    return type(widget).on_touch_down not in _FRAMES or bool(widget.get_property_observers("on_touch_down"))


def _control(widget: Any) -> Control:
    name = getattr(widget, "test_id", "") or getattr(widget, "text", "") or type(widget).__name__
    return Control(widget, box_of(widget, name, *widget.pos, *widget.size), clip_of(widget))


def _size_faults(control: Control, look: Look) -> Iterator[str]:
    box, least = control.box, look.u(TOUCH_UNITS) - 1
    if (look.width, look.height) == WIDE:
        assert least >= LEAST_PX_AT_WIDE, "the units no longer make 15 mm"
    if box.top - box.y < least or box.right - box.x < least:
        yield f"too small for a wet finger: {box} (least {least})"
    if not control.is_whole and control.clip.name == "window":
        yield f"not wholly on the window: {box}"
    if not control.is_whole and control.clip.name != "window" and not _is_paged(control.widget):
        yield f"its list is read by a drag alone: {box}"


def _is_paged(widget: Any) -> bool:
    return any(isinstance(above, PagedArea) for above in _above(widget))


def _above(widget: Any) -> Iterator[Any]:
    above = widget.parent
    while above is not None and above is not Window and above.parent is not above:
        yield above
        above = above.parent


def _hidden_faults(ui: Driver, found: list[Control]) -> list[str]:
    """Something that is not drawn takes touches."""
    if any(isinstance(widget, Sheet) for widget in ui.widgets()):
        return []
    seen = {control.widget for control in found}
    hidden = [
        _control(widget)
        for root in Window.children
        for widget in root.walk(restrict=True)
        if widget not in seen and not widget.disabled and takes_touches(widget)
    ]
    return [f"takes touches unseen: {control.box}" for control in hidden if control.is_seen]


def _overlap_faults(found: list[Control]) -> list[str]:
    """A row may hold keys of its own."""
    pairs = itertools.combinations([c for c in found if c.is_seen], 2)
    return [
        f"in each other's way: {a.box} and {b.box}"
        for a, b in pairs
        if a.box.cut(a.clip).overlaps(b.box.cut(b.clip)) and a.widget not in _above(b.widget)
    ]


def _miss_faults(control: Control, found: list[Control], touches_all: bool) -> Iterator[str]:
    if not isinstance(control.widget, Pressable):
        return
    inside = [other.box for other in found if control.widget in _above(other.widget)]
    box = control.box
    right = min([box.right, *(held.x for held in inside if held.x > box.x + 1)])  # a row's own keys stand at its right
    xs, ys = (box.x + _INSET_PX, right - _INSET_PX), (box.y + _INSET_PX, box.top - _INSET_PX)
    points = [(sum(xs) / 2, sum(ys) / 2), *(itertools.product(xs, ys) if touches_all else ())]
    for x, y in points:
        answers = _answers(x, y, found)
        if answers != [control.box.name]:
            yield f"covered: a touch at {x:.0f},{y:.0f} of {box} is answered by {answers}"


def _answers(x: float, y: float, found: list[Control]) -> list[str]:
    """Who is pressed by a real finger there; it is taken back, so nothing is done."""
    finger = Finger(x, y).send("begin")
    pressed = [control for control in found if getattr(control.widget, "pressed", False)]
    for control in pressed:
        control.widget.take_back(finger)
    finger.send("end")
    return [control.box.name for control in pressed]
