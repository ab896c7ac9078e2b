"""What staff do with money at a terminal, and how it can end."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


@dataclass(frozen=True, slots=True)
class StaffAct:
    """`id` is made once, when the act is begun: asked for again under it (a second touch, a doubtful end) it is the
    same act, done once. `staff` is who does it, by name or number."""

    id: UUID
    staff: str
    reason: str = ""


class RefusedReason(StrEnum):
    """not_sold_here: of another terminal, or from before this one was enrolled anew: central can refund it. id_in_use:
    the act's id stands for something else. collected: a counter terminal has settled the order, from then on central
    refunds it (docs/decisions/0010). paper_gone: it is not kept any more. paper_outdated: it would not be true any
    more. no_printer: none is set for such a paper. still_printing: the one before is not done yet."""

    NOT_SOLD_HERE = "not_sold_here"
    NOT_PAID = "not_paid"
    NOT_DUE = "not_due"
    NOTHING_LEFT = "nothing_left"
    ID_IN_USE = "id_in_use"
    COLLECTED = "collected"
    CARD_UNKNOWN = "card_unknown"
    CARD_BLOCKED = "card_blocked"
    AMOUNT_NOT_ALLOWED = "amount_not_allowed"
    BALANCE_TOO_LARGE = "balance_too_large"
    PAPER_GONE = "paper_gone"
    PAPER_OUTDATED = "paper_outdated"
    TOO_MANY_COPIES = "too_many_copies"
    NO_PRINTER = "no_printer"
    STILL_PRINTING = "still_printing"


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was done."""

    reason: RefusedReason


@dataclass(frozen=True, slots=True)
class NotKnown:
    """The disk failed: asked for again under the same id, at the latest after the next start, it is found out whether
    the act was done. No cash may change hands before."""

    act_id: UUID
