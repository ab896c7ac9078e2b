"""Every variant of a screen in every look: a picture of each, and each held to the rules of layout."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from types import MappingProxyType
from typing import Any

from kivy.uix.label import Label

from kiosk.kitchen_app import KitchenApp
from kiosk.screens.flow.state import State, TextSize, View
from kiosk.screens.texts import texts_for
from kiosk.screens.widgets.emblem import Emblem
from kiosk.screens.widgets.page import Page
from kiosk.screens.widgets.panel import Panel
from kiosk.screens.widgets.pressable import Pressable
from kiosk.screens.widgets.scroll_area import ScrollArea
from tests.screens import scenes
from tests.screens.driver import UPRIGHT, Driver
from tests.screens.layout import check_layout
from tests.screens.moments import without_moments
from tests.screens.touching import check_touch

_SLACK_PX = 2
_TOLD_WITH_A_TICK = frozenset({"local", "view"})
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Sight:
    """How a screen is looked at. `keeps_picture`: else it is only checked."""

    name: str
    view: View
    size: tuple[int, int]
    keeps_picture: bool = True

    def __str__(self) -> str:
        return self.name


_PICTURED = 3  # of the looks; a picture takes longer than all the rest of looking
SIGHTS = tuple(Sight(*look, keeps_picture=number < _PICTURED) for number, look in enumerate(scenes.looks()))


def is_pictured(size: tuple[int, int], view: View) -> bool:
    """Of the admin screen's looks: the upright window as most see it, the others with the largest texts."""
    return (size == UPRIGHT) != (view.text_size is TextSize.LARGEST)


def look_at_all(
    kept_app: Callable[..., Driver], sight: Sight, variants: Mapping[str, State], says: Mapping[str, str] = NOTHING
) -> None:
    """One after the other in one app, as they follow each other on a terminal. `says`: what can be read on some of
    them, as the sources have it."""
    ui: Driver | None = None
    for name, state in variants.items():
        seen = scenes.with_view(state, sight.view)
        if ui is None:
            ui = kept_app(seen, size=sight.size)
        else:
            ui.show(seen)
        look_at(ui, f"{name}-{sight.name}", keeps_picture=sight.keeps_picture)
        check_scene(ui, name, seen, texts_for(sight.view.language).gettext(says[name]) if name in says else "")


def check_scene(ui: Driver, name: str, scene: Any, text: str = "") -> None:
    """Fails when the flow has gone on from the scene that was to be looked at, or the text cannot be read on it."""
    shown, meant = (without_moments(state) for state in (ui.state, scene))
    gone_on = list(_differences(shown, meant, ""))
    assert not gone_on, f"{name} is not what is shown: {gone_on}"
    assert not text or ui.has(contains=text), f"{name} does not say {text!r}: {ui.texts()}"


def _differences(shown: Any, meant: Any, path: str) -> Iterator[str]:
    if shown == meant:
        return
    if type(shown) is not type(meant) or not is_dataclass(shown) or isinstance(shown, type):
        yield f"{path}: {shown!r}"
        return
    for field in fields(shown):
        if field.name not in _TOLD_WITH_A_TICK:
            yield from _differences(getattr(shown, field.name), getattr(meant, field.name), f"{path}.{field.name}")


def look_at(ui: Driver, name: str, *, keeps_picture: bool = True) -> None:
    """What the window shows now."""
    try:
        if keeps_picture:
            ui.picture(name)
        check_layout(ui)
        check_panels(ui)
        if is_touched_with_wet_hands(ui):
            check_touch(ui)
    except AssertionError as fault:
        fault.add_note(f"in {name}")
        raise


def is_touched_with_wet_hands(ui: Driver) -> bool:
    """The admin screen, and the kitchen's."""
    admin = getattr(ui.app, "admin", None)
    return isinstance(ui.app, KitchenApp) or (admin is not None and admin.state is not None)


def check_panels(ui: Driver) -> None:
    """What lies on a page or panel stays inside it, and an emblem in the room it was given."""
    panels = ui.widgets(lambda widget: isinstance(widget, Panel | Page))
    rooms = [(panel, part) for panel in panels for part in _parts(panel)]
    rooms += [(emblem.parent, emblem) for emblem in ui.widgets(lambda widget: isinstance(widget, Emblem))]
    faults = [
        f"{_name(part)} sticks out of its {type(room).__name__} by {_excess(room, part):.0f} px"
        for room, part in rooms
        if _excess(room, part) > _SLACK_PX
    ]
    assert not faults, "\n".join(faults)


def _parts(widget: Any) -> list[Any]:
    """Labels, emblems and things to press in it; not those that scroll, which are cut off on purpose."""
    found = []
    for child in widget.children:
        if isinstance(child, ScrollArea) or child.opacity == 0 or child.height <= 0 or child.width <= 0:
            continue
        if isinstance(child, Label | Emblem | Pressable):
            found.append(child)
        found += _parts(child)
    return found


def _excess(outer: Any, inner: Any) -> float:
    return max(outer.x - inner.x, outer.y - inner.y, inner.right - outer.right, inner.top - outer.top)


def _name(widget: Any) -> str:
    return repr(getattr(widget, "text", "") or type(widget).__name__)
