"""The section shift: what of it is shown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from kiosk.domain.money import Money
from kiosk.domain.shift import DENOMINATIONS_MINOR, MAX_PIECES, CashCount, Pieces
from kiosk.services.shifts import ShiftNow, ShiftRefusal
from kiosk.services.z_reports import ListedReport, ShownReport

_MOST_DIGITS = 8
COUNTING_S = 600.0
"""Whoever counts a drawer touches nothing for minutes, and is not gone."""
ERASE = "erase"


class Page(StrEnum):
    """By the names of the stage's table."""

    NOW = "shift"
    COUNT = "shift-count"
    AMOUNT = "shift-amount"
    REPORTS = "shift-reports"
    REPORT = "shift-report"


@dataclass(frozen=True, slots=True)
class Counting:
    """What was counted so far, in notes and coins, or typed as one sum. The digits go to `at_minor`, the denomination
    that was touched last. `confirming`: it is asked whether the shift is to be closed with that. `touched_s`: when the
    screen was touched last."""

    pieces: tuple[Pieces, ...] = ()
    at_minor: int = DENOMINATIONS_MINOR[0]
    as_sum: bool = False
    sum_digits: str = ""
    confirming: bool = False
    touched_s: float = 0.0

    def number_of(self, value_minor: int) -> int:
        return next((p.number for p in self.pieces if p.value_minor == value_minor), 0)

    def count(self) -> CashCount:
        if self.as_sum:
            return CashCount(Money(int(self.sum_digits or 0)))
        return CashCount(Money(sum(p.value_minor * p.number for p in self.pieces)), self.pieces)

    def keyed(self, key: str) -> Counting:
        if self.as_sum:
            return replace(self, sum_digits=keyed(self.sum_digits, key))
        digits = keyed(str(self.number_of(self.at_minor) or ""), key)
        if int(digits or 0) > MAX_PIECES:
            return self
        numbers = {p.value_minor: p.number for p in self.pieces} | {self.at_minor: int(digits or 0)}
        return replace(self, pieces=tuple(Pieces(v, numbers[v]) for v in DENOMINATIONS_MINOR if numbers.get(v)))


class Choice(StrEnum):
    """How an amount is meant. counted_more, counted_less: the count was too low, too high by it. unnoted_in,
    unnoted_out: so much was put in, taken out, and it was not written down."""

    CASH_IN = "cash_in"
    CASH_OUT = "cash_out"
    COUNTED_MORE = "counted_more"
    COUNTED_LESS = "counted_less"
    UNNOTED_IN = "unnoted_in"
    UNNOTED_OUT = "unnoted_out"


CASH_CHOICES = (Choice.CASH_IN, Choice.CASH_OUT)
CORRECTIONS = (Choice.COUNTED_MORE, Choice.COUNTED_LESS, Choice.UNNOTED_IN, Choice.UNNOTED_OUT)


@dataclass(frozen=True, slots=True)
class Asking:
    """An amount and how it is meant; a touch on a reason does it. `typed`: the reason so far, while one is typed; None:
    it is chosen from keys."""

    choices: tuple[Choice, ...]
    choice: Choice
    digits: str = ""
    typed: str | None = None

    @property
    def amount(self) -> Money:
        return Money(int(self.digits or 0))


class ShiftNotice(StrEnum):
    OPENED = "opened"
    CASH_PUT_IN = "cash_put_in"
    CASH_TAKEN_OUT = "cash_taken_out"
    CLOSED = "closed"
    COPIED = "copied"
    CORRECTED = "corrected"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True, slots=True)
class Shift:
    """`now` None: not known yet. `waiting`: something is being done. `doubtful`: the act whose end is not known; what
    is asked for next is asked for under its id. `back_to`: where a report was opened from."""

    page: Page = Page.NOW
    now: ShiftNow | None = None
    counting: Counting = Counting()
    asking: Asking = Asking(CASH_CHOICES, Choice.CASH_OUT)
    reports: tuple[ListedReport, ...] | None = None
    shown: ShownReport | None = None
    waiting: bool = False
    doubtful: UUID | None = None
    back_to: Page = Page.NOW

    @property
    def screen(self) -> str:
        return str(self.page)


Told = ShiftNotice | ShiftRefusal


def keyed(digits: str, key: str) -> str:
    """Digits after one key; as they were where no more fit."""
    if key == ERASE:
        return digits[:-1]
    longer = (digits + key).lstrip("0")
    return longer if key.isdecimal() and len(longer) <= _MOST_DIGITS else digits
