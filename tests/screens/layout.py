"""check_layout: nothing cut off, nothing overlapping, nothing too small to touch, nothing off the screen."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kivy.app import App
from kivy.core.text import Label as CoreLabel
from kivy.core.window import Window
from kivy.uix.label import Label
from kivy.uix.widget import Widget

from kiosk.screens.theme import TOUCH_UNITS, Look
from kiosk.screens.widgets.labels import FitText
from kiosk.screens.widgets.pressable import Pressable
from kiosk.screens.widgets.scroll_area import ScrollArea
from kiosk.screens.widgets.sheet import Sheet
from tests.screens.driver import Driver

_SLACK_PX = 2
_LEAST_OF_ITS_SIZE = 0.5  # of a text that shrinks to fit; smaller, it was given no room
_LATIN_WORD = re.compile(r"[A-Za-z0-9'’.¥-]+")
_NEVER_FIRST = frozenset("，。、；：？！）》」”’…")
_NEVER_LAST = frozenset("（《「“‘")


@dataclass(frozen=True)
class Box:
    """Window pixels, y up."""

    name: str
    x: float
    y: float
    right: float
    top: float

    def cut(self, other: Box) -> Box:
        return Box(
            self.name,
            max(self.x, other.x),
            max(self.y, other.y),
            min(self.right, other.right),
            min(self.top, other.top),
        )

    @property
    def empty(self) -> bool:
        return self.right - self.x <= _SLACK_PX or self.top - self.y <= _SLACK_PX

    def overlaps(self, other: Box) -> bool:
        return not self.cut(other).empty

    def holds(self, other: Box) -> bool:
        return (
            self.x - 1 <= other.x
            and self.y - 1 <= other.y
            and other.right <= self.right + 1
            and other.top <= self.top + 1
        )

    def __str__(self) -> str:
        return f"{self.name!r} [{self.x:.0f},{self.y:.0f} … {self.right:.0f},{self.top:.0f}]"


def check_layout(ui: Driver) -> None:
    """Fails with every fault found on what is seen now. Under an open sheet only the sheet counts."""
    ui.step(2)
    seen = _topmost(ui)
    texts, targets, faults = [], [], []
    for widget in seen:
        clip = clip_of(widget)
        if isinstance(widget, Label) and widget.text:
            faults += _text_faults(widget)
            texts.append((_text_box(widget), clip))
        for drawn in widget.drawn_texts() if hasattr(widget, "drawn_texts") else ():
            if drawn.cut:
                faults.append(f"cut off: {drawn.text!r}")
            texts.append((box_of(widget, drawn.text, drawn.x, drawn.y, drawn.width, drawn.height, inside=True), clip))
        if isinstance(widget, Pressable) and not widget.disabled:
            targets.append((box_of(widget, _name(widget), widget.x, widget.y, widget.width, widget.height), clip))
        for target in widget.touch_targets() if hasattr(widget, "touch_targets") else ():
            box = box_of(widget, target.name, target.x, target.y, target.width, target.height, inside=True)
            targets.append((box, clip))
    assert texts, "there is nothing to read"
    faults += _off_screen(texts) + _overlapping_texts(texts) + _target_faults(targets, ui.app.look)
    assert not faults, f"{len(faults)} faults:\n" + "\n".join(faults)


def _topmost(ui: Driver) -> list[Any]:
    seen = ui.widgets()
    sheets = [i for i, widget in enumerate(seen) if isinstance(widget, Sheet)]
    return seen[sheets[-1] :] if sheets else seen


def box_of(widget: Widget, name: str, x: float, y: float, width: float, height: float, *, inside: bool = False) -> Box:
    """`inside`: in the coordinates of the widget's children."""
    if inside:
        x, y = widget.to_parent(x, y) if isinstance(widget, ScrollArea) else (x, y)
    left, bottom = widget.to_window(x, y)
    return Box(name, left, bottom, left + width, bottom + height)


def _name(widget: Any) -> str:
    return widget.test_id or getattr(widget, "text", "") or type(widget).__name__


def _text_box(label: Label) -> Box:
    """Where the glyphs are inside the widget: Kivy's texture may be as large as the widget itself."""
    _, width, height = _set_again(label)
    x = {"left": label.x, "right": label.right - width}.get(label.halign, label.center_x - width / 2)
    y = {"top": label.top - height, "bottom": label.y}.get(label.valign, label.center_y - height / 2)
    return box_of(label, label.text, x, y, width, height)


def _set_again(label: Label) -> tuple[CoreLabel, float, float]:
    """The label's text as it is drawn, with all the height it wants; the width of its widest line and its height."""
    return _typeset(
        label._label.text, label.font_size, label.font_name, label.bold, label.line_height, label.text_size[0]
    )


@lru_cache(maxsize=4096)  # the same texts stand on many screens
def _typeset(
    text: str, font_size: float, font_name: str, bold: bool, line_height: float, width: float | None
) -> tuple[CoreLabel, float, float]:
    core = CoreLabel(
        text=text,
        font_size=font_size,
        font_name=font_name,
        bold=bold,
        line_height=line_height,
        text_size=(width, None),
    )
    height = core.render()[1]
    return core, max((line.w for line in core._cached_lines), default=0), height


def _text_faults(label: Label) -> list[str]:
    faults = []
    width, height = label.texture_size
    if width > label.width + _SLACK_PX or height > label.height + _SLACK_PX:
        faults.append(f"overflows: {label.text!r} is {width} x {height} in {label.width:.0f} x {label.height:.0f}")
    if label._label.is_shortened:
        faults.append(f"shortened: {label.text!r}")
    core, _, needed = _set_again(label)
    if label.text_size[1] and needed > label.text_size[1]:  # Kivy leaves out a line that is one pixel short
        faults.append(f"cut off: {label.text!r} needs {needed} px of height, has {label.text_size[1]:.0f}")
    for line in label._label._cached_lines:
        drawn = "".join(word.text for word in line.words)
        wider = label._label.get_extents(drawn)[0] - line.w
        if wider > 0:  # it was set while its font measured differently from how it draws
            faults.append(f"shaved off: {drawn!r} is drawn {wider} px wider than it was set")
    if isinstance(label, FitText):
        wanted = App.get_running_app().look.font(label.role)
        if label.font_size < _LEAST_OF_ITS_SIZE * wanted:
            faults.append(f"shrunk: {label.text!r} is {label.font_size} px instead of {wanted}")
    if label.text_size[0]:
        broken = [word for word in _LATIN_WORD.findall(label.text) if core.get_extents(word)[0] > label.text_size[0]]
        faults += [f"word broken: {word!r} of {label.text!r}" for word in broken]
        lines = ["".join(word.text for word in line.words) for line in core._cached_lines]
        faults += [f"begins a line: {line[0]!r} of {label.text!r}" for line in lines[1:] if line[:1] in _NEVER_FIRST]
        faults += [f"ends a line: {line[-1]!r} of {label.text!r}" for line in lines[:-1] if line[-1:] in _NEVER_LAST]
    return faults


def clip_of(widget: Widget) -> Box:
    """The part of the window that the widget can be seen through."""
    clip = Box("window", 0, 0, Window.width, Window.height)
    ancestor = widget.parent
    while ancestor is not None and ancestor is not Window and ancestor.parent is not ancestor:
        if isinstance(ancestor, ScrollArea):
            clip = box_of(ancestor, "scroll area", *ancestor.pos, *ancestor.size).cut(clip)
        ancestor = ancestor.parent
    if isinstance(widget, ScrollArea):
        clip = box_of(widget, "scroll area", *widget.pos, *widget.size).cut(clip)
    return clip


Seen = list[tuple[Box, Box]]


def _off_screen(texts: Seen) -> list[str]:
    """A text may be scrolled out at the top or bottom of its area, never stick out at a side."""
    faults = []
    for box, clip in texts:
        if box.x < clip.x - _SLACK_PX or box.right > clip.right + _SLACK_PX:
            faults.append(f"sticks out: {box} of {clip}")
        elif clip.name == "window" and not clip.holds(box):
            faults.append(f"off the screen: {box}")
    return faults


def _overlapping_texts(texts: Seen) -> list[str]:
    seen = [box.cut(clip) for box, clip in texts]
    pairs = itertools.combinations([box for box in seen if not box.empty], 2)
    return [f"overlap: {a} and {b}" for a, b in pairs if a.overlaps(b)]


def _target_faults(targets: Seen, look: Look) -> list[str]:
    least = look.u(TOUCH_UNITS) - 1
    faults = [
        f"too small to touch: {box} (least {least})"
        for box, _ in targets
        if box.right - box.x < least or box.top - box.y < least
    ]
    seen = [box.cut(clip) for box, clip in targets]
    for a, b in itertools.combinations([box for box in seen if not box.empty], 2):
        if a.overlaps(b) and not a.holds(b) and not b.holds(a):
            faults.append(f"targets overlap: {a} and {b}")
    return faults
