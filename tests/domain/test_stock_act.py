"""What staff do with stock: acts that could have been done, their opposites, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from kiosk.domain.ids import DishId, StaffId, StockActId
from kiosk.domain.staff import Permission
from kiosk.domain.stock import StockMovement
from kiosk.domain.stock_act import (
    MAX_GRAMS,
    MAX_KNOWN,
    MAX_LINES,
    MAX_PORTIONS,
    StockAct,
    StockActKind,
    StockActLine,
    StockError,
    WasteReason,
    check_stock_act,
    count_line,
    movements_of,
    opposite,
    restock_line,
)

NOON = datetime(2026, 3, 2, 4, 30, tzinfo=UTC)
RICE, SOUP = DishId("rice"), DishId("soup")
IDS = [StockActId(UUID(int=n)) for n in range(1, 4)]


def act(kind: StockActKind, *lines: StockActLine, reason: WasteReason | None = None) -> StockAct:
    return StockAct(IDS[0], kind, lines, StaffId("s-1"), NOON, reason)


RESTOCK = act(
    StockActKind.RESTOCK, restock_line(RICE, 20, was_sold_out=True), restock_line(SOUP, 5, was_sold_out=False)
)
COUNT = act(StockActKind.COUNT, count_line(RICE, 17, 20, IDS[2]))
FIRST_COUNT = act(StockActKind.COUNT, count_line(RICE, 17, None))
WASTE = act(StockActKind.WASTE, StockActLine(RICE, -3, grams=900), reason=WasteReason.BURNT)
WEIGHED = act(StockActKind.WASTE, StockActLine(RICE, grams=900), reason=WasteReason.LEFT_OVER)
SOLD_OUT = act(StockActKind.SOLD_OUT, StockActLine(RICE, sold_out=True), StockActLine(SOUP, sold_out=True))
BACK = act(StockActKind.BACK, StockActLine(RICE, sold_out=False))
ACTS = [RESTOCK, COUNT, FIRST_COUNT, WASTE, WEIGHED, SOLD_OUT, BACK]


@pytest.mark.parametrize("made", ACTS, ids=lambda made: made.kind)
def test_acts_and_their_opposites_agree_with_themselves(made: StockAct) -> None:
    check_stock_act(made)
    undone = opposite(made, IDS[1], StaffId("s-2"), NOON)
    check_stock_act(undone)
    assert (undone.kind, undone.undoes, undone.staff_id) == (made.kind, made.id, "s-2")
    moved = {m.dish_id: m.portions for m in movements_of(made)}
    assert {m.dish_id: -m.portions for m in movements_of(undone)} == moved
    if made is not WEIGHED:  # of which nothing has a sign
        with pytest.raises(StockError):
            check_stock_act(replace(made, undoes=IDS[1]))


def test_what_moves() -> None:
    assert movements_of(RESTOCK) == (StockMovement(RICE, 20, "restock"), StockMovement(SOUP, 5, "restock"))
    assert movements_of(COUNT) == (StockMovement(RICE, -3, "count"),)
    assert movements_of(FIRST_COUNT) == (StockMovement(RICE, 17, "count"),)
    assert movements_of(WASTE) == (StockMovement(RICE, -3, "waste"),)
    assert movements_of(WEIGHED) == movements_of(SOLD_OUT) == ()


def test_a_restock_brings_back_what_was_sold_out() -> None:
    assert [line.sold_out for line in RESTOCK.lines] == [False, None]
    assert [line.sold_out for line in opposite(RESTOCK, IDS[1], StaffId("s"), NOON).lines] == [True, None]


def test_each_kind_needs_its_permission() -> None:
    assert {kind: kind.permission for kind in StockActKind} == {
        StockActKind.RESTOCK: Permission.RESTOCK,
        StockActKind.COUNT: Permission.COUNT_STOCK,
        StockActKind.WASTE: Permission.WRITE_OFF_WASTE,
        StockActKind.SOLD_OUT: Permission.MARK_SOLD_OUT,
        StockActKind.BACK: Permission.MARK_SOLD_OUT,
    }


def line_of(made: StockAct, **changes: object) -> StockAct:
    return replace(made, lines=(replace(made.lines[0], **changes),))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong",
    [
        replace(RESTOCK, lines=()),
        replace(RESTOCK, lines=RESTOCK.lines * 2),
        replace(SOLD_OUT, lines=tuple(StockActLine(DishId(f"d{i}"), sold_out=True) for i in range(MAX_LINES + 1))),
        replace(RESTOCK, staff_id=StaffId("")),
        replace(RESTOCK, staff_id=StaffId("a\nb")),
        replace(RESTOCK, undoes=RESTOCK.id),
        replace(RESTOCK, reason=WasteReason.BURNT),
        replace(WASTE, reason=None),
        line_of(RESTOCK, dish_id=DishId("x" * 41)),
        line_of(RESTOCK, portions=0),
        line_of(RESTOCK, portions=-1),
        line_of(RESTOCK, portions=MAX_PORTIONS + 1),
        line_of(RESTOCK, sold_out=True),
        line_of(RESTOCK, grams=5),
        line_of(RESTOCK, counted=20),
        line_of(RESTOCK, known=20),
        line_of(COUNT, portions=-2),
        line_of(COUNT, counted=None),
        line_of(COUNT, counted=-1, portions=-21),
        line_of(COUNT, counted=MAX_PORTIONS + 1, portions=MAX_PORTIONS - 19),
        line_of(COUNT, known=MAX_KNOWN + 1, portions=17 - MAX_KNOWN - 1),
        line_of(COUNT, sold_out=False),
        line_of(FIRST_COUNT, after_count=IDS[1]),
        line_of(WASTE, portions=3),
        line_of(WASTE, portions=-MAX_PORTIONS - 1),
        line_of(WASTE, grams=0),
        line_of(WASTE, grams=MAX_GRAMS + 1),
        line_of(WASTE, sold_out=True),
        line_of(WEIGHED, grams=None),
        line_of(SOLD_OUT, sold_out=None),
        line_of(SOLD_OUT, sold_out=False),
        line_of(SOLD_OUT, portions=-1),
        line_of(BACK, sold_out=True),
    ],
    ids=lambda wrong: wrong.kind,
)
def test_what_could_not_have_been_done(wrong: StockAct) -> None:
    with pytest.raises(StockError):
        check_stock_act(wrong)
