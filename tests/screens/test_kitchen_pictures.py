"""Pictures of the kitchen's screen and of the pickup board, in every look, each held to the rules of layout."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from kiosk.domain.kitchen import TicketState
from kiosk.screens.board_flow.state import BoardRules
from kiosk.screens.board_flow.state import State as BoardState
from kiosk.screens.flow.state import TextSize, View
from kiosk.screens.kitchen_flow.state import KitchenRules, Notice, NoticeKind
from kiosk.screens.kitchen_flow.state import State as KitchenState
from kiosk.services.events import DeviceHealth, DeviceKind, DeviceState
from tests.kitchen_flow import scenes as scene
from tests.screens.gallery import Sight, look_at
from tests.screens.kitchen_driver import BoardDriver, KitchenDriver

Open = Callable[..., KitchenDriver]
WIDE, UPRIGHT, SMALL = (1920, 1080), (1080, 1920), (1280, 800)
SCANNER = DeviceHealth("tickets", DeviceKind.SCANNER, DeviceState.UNAVAILABLE, simulated=True)
WITHDRAWN = scene.heard(scene.ticket(16, TicketState.WITHDRAWN, changes=1), 640)

KITCHEN: dict[str, KitchenState] = {
    "busy": replace(
        scene.kitchen(WITHDRAWN, *scene.BUSY, *scene.READY),
        notice=Notice(NoticeKind.MARKED_READY, scene.NOW_S + 4, "A017"),
    ),
    "one-stall": replace(scene.kitchen(*scene.BUSY, *scene.READY), rules=KitchenRules("热菜")),
    "very-many": scene.kitchen(
        *(scene.heard(scene.ticket(i, lines=scene.LARGE if i % 4 == 1 else scene.USUAL)) for i in range(1, 40)),
        *(scene.ready(i) for i in range(40, 80)),
    ),
    "idle": scene.kitchen(),
    "stale": replace(
        scene.offline(scene.kitchen(*scene.BUSY)),  # type: ignore[arg-type]
        devices={"tickets": SCANNER},
        notice=Notice(NoticeKind.NOT_KEPT, scene.NOW_S + 4, "A017"),
    ),
    "connecting": KitchenState(now_s=scene.NOW_S),
}
BOARD: dict[str, BoardState] = {
    "busy": scene.board(*scene.BUSY, *scene.READY),
    "very-many": scene.board(
        *(scene.heard(scene.ticket(i)) for i in range(1, 40)), *(scene.ready(i, i) for i in range(40, 80))
    ),
    "idle": scene.board(),
    "stale": scene.offline(scene.board(*scene.BUSY, *scene.READY)),  # type: ignore[dict-item]
    "connecting": BoardState(now_s=scene.NOW_S),
}
KITCHEN_SIGHTS = (
    Sight("zh", View("zh"), WIDE),
    Sight("en", View("en"), SMALL),
    Sight("zh-largest", View("zh", TextSize.LARGEST), SMALL),
    Sight("en-largest-contrast", View("en", TextSize.LARGEST, high_contrast=True), WIDE),
    Sight("zh-upright", View("zh"), UPRIGHT),
    Sight("en-largest-upright", View("en", TextSize.LARGEST), UPRIGHT),
)
BOARD_SIGHTS = (
    Sight("zh", View("zh", high_contrast=True), WIDE),
    Sight("en", View("en", high_contrast=True), WIDE),
    Sight("zh-upright", View("zh", high_contrast=True), UPRIGHT),
    Sight("en-upright", View("en", high_contrast=True), UPRIGHT),
    Sight("en-small", View("en", high_contrast=True), SMALL),
)


@pytest.mark.parametrize("sight", KITCHEN_SIGHTS, ids=str)
def test_kitchen_pictures(kept_of: Callable[..., Any], sight: Sight) -> None:
    _look_at_all(kept_of(KitchenDriver), sight, KITCHEN, "kitchen")


@pytest.mark.parametrize("sight", BOARD_SIGHTS, ids=str)
def test_board_pictures(kept_of: Callable[..., Any], sight: Sight) -> None:
    _look_at_all(kept_of(BoardDriver), sight, BOARD, "board")


def _look_at_all(opened: Open, sight: Sight, variants: dict[str, Any], what: str) -> None:
    ui: KitchenDriver | None = None
    for name, state in variants.items():
        seen = replace(state, view=sight.view)
        if ui is None:
            ui = opened(seen, size=sight.size)
        else:
            ui.show(seen)
        look_at(ui, f"{what}-{name}-{sight.name}", keeps_picture=sight.keeps_picture)


def test_numbers_can_be_read_from_eight_metres(kept_of: Callable[..., Any]) -> None:
    """A two-hundredth of the distance: 40 mm, on a display of 43 inches that is lying."""
    ui = kept_of(BoardDriver)(BOARD["busy"], size=WIDE)
    mm_a_px = 43 * 25.4 / (1920**2 + 1080**2) ** 0.5
    for panel, least_mm in (("preparing", 38), ("ready", 44)):
        cells = [w for w in ui.widgets() if getattr(w, "test_id", "") == "number" and w.parent.kind == panel]
        heights = {round(0.733 * cell.font_size * mm_a_px, 1) for cell in cells if not cell.parent.is_new}
        assert min(heights) >= least_mm, (panel, heights)


def test_a_stall_has_its_own_board(kept_of: Callable[..., Any]) -> None:
    ui = kept_of(BoardDriver)(replace(BOARD["busy"], rules=BoardRules("面档")), size=WIDE)
    assert not ui.has(text="A017")
    assert ui.has(text="A018")
