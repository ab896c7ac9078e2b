"""What staff do with stock: restock, count, write off, mark sold out, bring back; and undo it.

Portions change by movements only, so that the acts of several terminals add up in whatever order they are heard of. A
count is the movement of the difference between what was counted and what its terminal knew; both are told, and the
newest count that it knew of, so that central can tell two counts that had not heard of each other
(docs/decisions/0015).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from kiosk.domain.errors import DomainError
from kiosk.domain.ids import DishId, StaffId, StockActId
from kiosk.domain.staff import Permission
from kiosk.domain.stock import StockMovement

MAX_LINES = 200
MAX_PORTIONS = 10_000
MAX_KNOWN = 1_000_000
MAX_GRAMS = 1_000_000
MAX_ID_CHARS = 40


class StockError(DomainError):
    """That is no act that staff could have done."""


class StockActKind(StrEnum):
    RESTOCK = "restock"
    COUNT = "count"
    WASTE = "waste"
    SOLD_OUT = "sold_out"
    BACK = "back"

    @property
    def permission(self) -> Permission:
        return _PERMISSIONS[self]


_PERMISSIONS = {
    StockActKind.RESTOCK: Permission.RESTOCK,
    StockActKind.COUNT: Permission.COUNT_STOCK,
    StockActKind.WASTE: Permission.WRITE_OFF_WASTE,
    StockActKind.SOLD_OUT: Permission.MARK_SOLD_OUT,
    StockActKind.BACK: Permission.MARK_SOLD_OUT,
}


class WasteReason(StrEnum):
    LEFT_OVER = "left_over"
    SPOILED = "spoiled"
    BURNT = "burnt"
    DROPPED = "dropped"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class StockActLine:
    """What the act does to one dish. `portions` are added (negative: taken out). Of a count: what was `counted`, what
    was `known` to be left (None: the dish was not counted until then), and the newest count that `known` goes back to.
    `sold_out`: what is said of the dish from now on; None: the act says nothing of it. `grams` of waste, if weighed."""

    dish_id: DishId
    portions: int = 0
    counted: int | None = None
    known: int | None = None
    after_count: StockActId | None = None
    sold_out: bool | None = None
    grams: int | None = None


@dataclass(frozen=True, slots=True)
class StockAct:
    """One act of one staff member at a terminal. With `undoes` it is the opposite of that act, and of its kind."""

    id: StockActId
    kind: StockActKind
    lines: tuple[StockActLine, ...]
    staff_id: StaffId
    made_at: datetime
    reason: WasteReason | None = None
    undoes: StockActId | None = None

    @property
    def dish_ids(self) -> tuple[DishId, ...]:
        return tuple(line.dish_id for line in self.lines)


def restock_line(dish_id: DishId, portions: int, *, was_sold_out: bool) -> StockActLine:
    """More of a dish that was said to be sold out brings it back."""
    return StockActLine(dish_id, portions, sold_out=False if was_sold_out else None)


def count_line(dish_id: DishId, counted: int, known: int | None, after_count: StockActId | None = None) -> StockActLine:
    return StockActLine(dish_id, counted - (known or 0), counted, known, after_count)


def opposite(act: StockAct, act_id: StockActId, staff_id: StaffId, made_at: datetime) -> StockAct:
    """The act that undoes it."""
    lines = tuple(
        replace(line, portions=-line.portions, sold_out=None if line.sold_out is None else not line.sold_out)
        for line in act.lines
    )
    return StockAct(act_id, act.kind, lines, staff_id, made_at, act.reason, undoes=act.id)


def movements_of(act: StockAct) -> tuple[StockMovement, ...]:
    """What it moves as its terminal knows it. An undone act's movements have its reason too, so that what is added up
    by reason is what stands."""
    return tuple(StockMovement(line.dish_id, line.portions, act.kind) for line in act.lines if line.portions)


def check_stock_act(act: StockAct) -> None:
    """Raises StockError unless the act agrees with itself and is within bounds."""
    _require(1 <= len(act.lines) <= MAX_LINES, f"an act has 1 to {MAX_LINES} dishes")
    _require(len(set(act.dish_ids)) == len(act.lines), "an act names each dish once")
    _require(_is_text(act.staff_id), "the staff member's id cannot be one")
    _require((act.reason is not None) == (act.kind is StockActKind.WASTE), "waste has a reason, and nothing else has")
    _require(act.undoes != act.id, "an act does not undo itself")
    sign = 1 if act.undoes is None else -1
    for line in act.lines:
        _require(_is_text(line.dish_id), "a dish's id cannot be one")
        _require(abs(line.portions) <= MAX_KNOWN + MAX_PORTIONS, "portions out of bounds")
        _require(line.grams is None or act.kind is StockActKind.WASTE, "only waste is weighed")
        is_count = act.kind is StockActKind.COUNT
        _require((line.counted is not None) == is_count, "a count says what was counted, and nothing else does")
        _require(is_count or (line.known, line.after_count) == (None, None), "only a count says what was known")
        _CHECKS[act.kind](line, sign)


def _check_restock(line: StockActLine, sign: int) -> None:
    _require(1 <= sign * line.portions <= MAX_PORTIONS, f"a restock is of 1 to {MAX_PORTIONS} portions")
    _require(line.sold_out in (None, sign < 0), "a restock brings a dish back or leaves it as it is")


def _check_count(line: StockActLine, sign: int) -> None:
    counted, known = line.counted or 0, line.known or 0
    _require(0 <= counted <= MAX_PORTIONS, f"0 to {MAX_PORTIONS} portions are counted")
    _require(abs(known) <= MAX_KNOWN, "what was known is out of bounds")
    _require(sign * line.portions == counted - known, "a count moves what counted and known differ by")
    _require(line.known is not None or line.after_count is None, "a first count goes back to no other")
    _require(line.sold_out is None, "a count says nothing of sold out")


def _check_waste(line: StockActLine, sign: int) -> None:
    _require(0 <= -sign * line.portions <= MAX_PORTIONS, f"at most {MAX_PORTIONS} portions are written off")
    _require(line.grams is None or 1 <= line.grams <= MAX_GRAMS, f"waste weighs 1 to {MAX_GRAMS} g")
    _require(bool(line.portions) or line.grams is not None, "waste is of portions, or weighed")
    _require(line.sold_out is None, "waste says nothing of sold out")


def _check_sold_out(line: StockActLine, sign: int) -> None:
    _require(line.portions == 0 and line.sold_out is (sign > 0), "that a dish is sold out moves nothing")


def _check_back(line: StockActLine, sign: int) -> None:
    _check_sold_out(line, -sign)


_CHECKS = {
    StockActKind.RESTOCK: _check_restock,
    StockActKind.COUNT: _check_count,
    StockActKind.WASTE: _check_waste,
    StockActKind.SOLD_OUT: _check_sold_out,
    StockActKind.BACK: _check_back,
}


def _is_text(text: str) -> bool:
    return 1 <= len(text) <= MAX_ID_CHARS and text.isprintable()


def _require(holds: bool, reason: str) -> None:
    if not holds:
        raise StockError(reason)
