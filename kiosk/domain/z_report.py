"""The Z report of a shift: all that happened at the terminal since the one before, added up. It is never changed; a
correction is an entry of its own.

Amounts are minor units of the report's currency. Staff are ids: a Z report is kept for ever, names are not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from kiosk.domain.ids import StaffId, ZCorrectionId, ZReportId
from kiosk.domain.local_text import LocalText
from kiosk.domain.money import Money
from kiosk.domain.refund import MAX_REASON_CHARS
from kiosk.domain.shift import MAX_CASH_MINOR, CashCount, ShiftError, ShiftOpening
from kiosk.domain.text import check_text

_NO_NAME = LocalText("", "")

Key = TypeVar("Key")


class EntryKind(StrEnum):
    """order: taken here, whoever settles it. counter_payment: one of them was paid here in cash. collection: an order
    that was due was settled here, whoever took it. cancelled: nobody paid what was due, and what card, points and a
    coupon had paid of it goes back. The last three move cash that pays for no order."""

    ORDER = "order"
    COUNTER_PAYMENT = "counter_payment"
    COLLECTION = "collection"
    REFUND = "refund"
    VOID = "void"
    CANCELLED = "cancelled"
    UNDONE_COLLECTION = "undone_collection"
    TOP_UP = "top_up"
    CASH_IN = "cash_in"
    CASH_OUT = "cash_out"


NOT_OF_ORDERS = frozenset({EntryKind.TOP_UP, EntryKind.CASH_IN, EntryKind.CASH_OUT})


class Way(StrEnum):
    """How something is paid or given back. card, face: from the balance, by what the payer showed."""

    CARD = "card"
    FACE = "face"
    POINTS = "points"
    COUPON = "coupon"
    CASH = "cash"


@dataclass(frozen=True, slots=True)
class Moved:
    """`amount_minor` was paid in that way; below zero: given back."""

    way: Way
    amount_minor: int


@dataclass(frozen=True, slots=True)
class MealName:
    """The meal period in which an order was taken; `id` "" and no name between the periods."""

    id: str = ""
    name: LocalText = _NO_NAME


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened at the terminal. `amount_minor` is what it is about, at least zero; an order's also of
    what is due or was paid with points. `number` and `meal` are those of an order that was taken."""

    kind: EntryKind
    amount_minor: int
    moved: tuple[Moved, ...] = ()
    number: str = ""
    meal: MealName = MealName()

    @property
    def cash_minor(self) -> int:
        """By how much the drawer's cash grew."""
        return sum(moved.amount_minor for moved in self.moved if moved.way is Way.CASH)


@dataclass(frozen=True, slots=True)
class KindSum:
    kind: EntryKind
    count: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class WaySum:
    """Of orders: paid in that way, and given back in it."""

    way: Way
    paid_minor: int
    given_back_minor: int

    @property
    def net_minor(self) -> int:
        return self.paid_minor - self.given_back_minor


@dataclass(frozen=True, slots=True)
class MealSum:
    """Orders taken in a meal period, at their totals."""

    meal: MealName
    count: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class ShiftTotals:
    """What the entries of a shift add up to; a kind, way or meal period without any is left out."""

    kinds: tuple[KindSum, ...] = ()
    ways: tuple[WaySum, ...] = ()
    meals: tuple[MealSum, ...] = ()
    first_number: str = ""
    last_number: str = ""

    def of(self, kind: EntryKind) -> KindSum:
        return next((s for s in self.kinds if s.kind is kind), KindSum(kind, 0, 0))

    def by(self, way: Way) -> WaySum:
        return next((s for s in self.ways if s.way is way), WaySum(way, 0, 0))

    @property
    def net_minor(self) -> int:
        """What orders have brought, in whatever way, less what was given back."""
        return sum(s.net_minor for s in self.ways)

    @property
    def discounts_minor(self) -> int:
        """What coupons and points have paid, less what of that was given back."""
        return self.by(Way.COUPON).net_minor + self.by(Way.POINTS).net_minor


@dataclass(frozen=True, slots=True)
class BeforeOpening:
    """What happened between the Z report before and the opening. Its cash was in the drawer when the float was
    counted: it is no part of what is expected beside that."""

    count: int = 0
    cash_minor: int = 0


@dataclass(frozen=True, slots=True)
class BeingCheckedSum:
    """Payments that were open at the closing: they belong to the shift in which they end."""

    count: int = 0
    amount_minor: int = 0


@dataclass(frozen=True, slots=True)
class ZReport:
    """The closing figures of a shift, the `number`-th (1 …) of this terminal's `incarnation`. It adds up the events
    `first_seq` to `last_seq` of that incarnation's outbox (none: `last_seq` is below), every one behind those of the
    report before. `missing`: events of before that are not kept any more. `opening` and `counted` are None at a
    terminal without cash, where a shift is a day's closing."""

    id: ZReportId
    incarnation: int
    number: int
    currency: str
    staff: StaffId
    closed_at: datetime
    first_seq: int
    last_seq: int
    totals: ShiftTotals
    opening: ShiftOpening | None = None
    before_opening: BeforeOpening = BeforeOpening()
    being_checked: BeingCheckedSum = BeingCheckedSum()
    drawer_openings: int = 0
    expected_minor: int | None = None
    counted: CashCount | None = None
    missing: int = 0

    def __post_init__(self) -> None:
        if self.number < 1 or self.incarnation < 1 or not 1 <= self.first_seq <= self.last_seq + 1:
            raise ShiftError("a Z report's numbers begin at 1")
        if len({self.opening is None, self.counted is None, self.expected_minor is None}) > 1:
            raise ShiftError("cash is counted at both ends of a shift, or at neither")

    @property
    def difference_minor(self) -> int | None:
        """Counted less expected: below zero, cash is missing."""
        if self.counted is None or self.expected_minor is None:
            return None
        return self.counted.total.minor - self.expected_minor


class CorrectedFigure(StrEnum):
    """counted: the count was wrong. moved: cash was put in or taken out, and that was not written down, or wrongly."""

    COUNTED = "counted"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class ZCorrection:
    """An entry beside a Z report, which stays as it is: by how much that figure is to be read as more (or less)."""

    id: ZCorrectionId
    report_id: ZReportId
    figure: CorrectedFigure
    amount: Money
    staff: StaffId
    reason: str
    made_at: datetime

    def __post_init__(self) -> None:
        check_text(self.reason, MAX_REASON_CHARS, "the reason")
        if not 0 < abs(self.amount.minor) <= MAX_CASH_MINOR:
            raise ShiftError("a correction changes something, and no more than a drawer holds")


def corrected_difference_minor(report: ZReport, corrections: tuple[ZCorrection, ...]) -> int | None:
    """The difference as it is to be read after the corrections; None where no cash was counted."""
    if report.difference_minor is None:
        return None
    signs = {CorrectedFigure.COUNTED: 1, CorrectedFigure.MOVED: -1}
    return report.difference_minor + sum(signs[made.figure] * made.amount.minor for made in corrections)


class ShiftSums:
    """Adds entries up, one after the other, in the order in which they happened."""

    def __init__(self) -> None:
        self._kinds: dict[EntryKind, list[int]] = {}
        self._paid: dict[Way, int] = {}
        self._given_back: dict[Way, int] = {}
        self._meals: dict[MealName, list[int]] = {}
        self._numbers: tuple[str, str] | None = None
        self.count = 0
        self.cash_minor = 0

    def add(self, entry: Entry) -> None:
        self.count += 1
        self.cash_minor += entry.cash_minor
        _tally(self._kinds, entry.kind, entry.amount_minor)
        if entry.kind not in NOT_OF_ORDERS:
            for moved in entry.moved:
                side = self._paid if moved.amount_minor > 0 else self._given_back
                side[moved.way] = side.get(moved.way, 0) + abs(moved.amount_minor)
        if entry.kind is EntryKind.ORDER:
            _tally(self._meals, entry.meal, entry.amount_minor)
            self._numbers = (self._numbers[0] if self._numbers else entry.number, entry.number)

    def before_opening(self) -> BeforeOpening:
        """All that was added until now was before the shift was opened."""
        return BeforeOpening(self.count, self.cash_minor)

    def totals(self) -> ShiftTotals:
        first, last = self._numbers or ("", "")
        return ShiftTotals(
            tuple(KindSum(kind, *self._kinds[kind]) for kind in EntryKind if kind in self._kinds),
            tuple(
                WaySum(way, self._paid.get(way, 0), self._given_back.get(way, 0))
                for way in Way
                if way in self._paid or way in self._given_back
            ),
            tuple(MealSum(meal, *tally) for meal, tally in self._meals.items()),
            first,
            last,
        )


def _tally(tallies: dict[Key, list[int]], key: Key, amount_minor: int) -> None:
    tally = tallies.setdefault(key, [0, 0])
    tally[0] += 1
    tally[1] += amount_minor
