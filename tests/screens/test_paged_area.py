"""Lists that are read by touches: every row is once seen whole, on the way down and on the way back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from kiosk.screens.admin_flow.shift_state import Page, Shift
from kiosk.screens.admin_flow.state import SectionName
from kiosk.screens.flow.state import ScreenName, TextSize, View
from kiosk.screens.widgets.paged_area import PagedArea
from tests.admin_flow.shift_scenes import OPEN, listed, shown
from tests.screens import scenes
from tests.screens.driver import LYING, UPRIGHT, Driver
from tests.screens.layout import box_of, clip_of
from tests.screens.test_admin_shell import open_admin

OpenApp = Callable[..., Driver]
LISTS = {
    "reports": Shift(Page.REPORTS, OPEN, reports=listed(*range(40, 0, -1))),
    "report": Shift(Page.REPORT, OPEN, shown=shown(corrected=True)),
}


def at_list(kept_app: OpenApp, shift: Shift, size: tuple[int, int], view: View) -> Driver:
    ui = kept_app(scenes.state(ScreenName.ATTRACT), size=size)
    open_admin(ui)
    ui.app.admin.state = replace(ui.app.admin.state, view=view, section=SectionName.SHIFT, open=shift)
    ui.app._show()
    ui.step(3)
    return ui


def rows(ui: Driver) -> list[Any]:
    (area,) = ui.widgets(lambda widget: isinstance(widget, PagedArea))
    box = area.area.children[0]
    return [row for row in (box.children if len(box.children) > 2 else box.children[0].children) if row.height]


def whole(ui: Driver) -> set[int]:
    """Which rows are seen whole."""
    boxes = [(box_of(row, "", *row.pos, *row.size), clip_of(row)) for row in rows(ui)]
    return {number for number, (box, clip) in enumerate(boxes) if clip.holds(box)}


def turned(ui: Driver, key: str) -> Iterator[set[int]]:
    """What is seen on each page until there is no further one."""
    yield whole(ui)
    for _ in range(100):
        if ui.find(test_id=key).disabled:
            return
        ui.tap(test_id=key)
        ui.step(2)
        yield whole(ui)
    raise AssertionError("there is always another page")


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    ("size", "view"), [(UPRIGHT, View("zh")), (LYING, View("zh", TextSize.LARGEST))], ids=["upright", "lying"]
)
def test_every_row_is_seen_whole_by_touches_alone(
    kept_app: OpenApp, name: str, size: tuple[int, int], view: View
) -> None:
    ui = at_list(kept_app, LISTS[name], size, view)
    everything = set(range(len(rows(ui))))
    down = list(turned(ui, "page-behind"))
    assert set.union(*down) == everything
    assert len(down) > 1
    up = list(turned(ui, "page-before"))
    assert set.union(*up) == everything
    assert up[-1] == down[0], "the top is where it was"


def test_what_fits_has_no_keys(kept_app: OpenApp) -> None:
    ui = at_list(kept_app, Shift(Page.REPORTS, OPEN, reports=listed(2, 1)), UPRIGHT, View("zh"))
    assert not ui.has(test_id="page-behind")
