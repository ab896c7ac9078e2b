"""How collecting an order at the counter can end."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kiosk.domain.collection import Collection
from kiosk.domain.money import Money
from kiosk.domain.order import Order
from kiosk.services.outcomes import NotCharged
from kiosk.services.staff_acts import NotKnown


class NotCollectedReason(StrEnum):
    """The first four: what was scanned is no slip of ours (kiosk.domain.slip.SlipFault). payment_code: somebody's
    phone wants to pay. unknown_terminal: of another site, or newer than the last feed. earlier_incarnation: it was
    enrolled anew since; central may still know the order. forged: not what that terminal signed. needs_central: its
    slip has no room for the order. id_in_use: the act's id stands for something else. undone: it was
    collected by that act, which was undone."""

    NOT_A_SLIP = "not_a_slip"
    TOO_LONG = "too_long"
    DAMAGED = "damaged"
    OTHER_FORMAT = "other_format"
    PAYMENT_CODE = "payment_code"
    UNKNOWN_TERMINAL = "unknown_terminal"
    EARLIER_INCARNATION = "earlier_incarnation"
    TERMINAL_REVOKED = "terminal_revoked"
    FORGED = "forged"
    TOO_OLD = "too_old"
    SETTLED = "settled"
    CANCELLED = "cancelled"
    CLAIMED_ELSEWHERE = "claimed_elsewhere"
    NOT_FOUND = "not_found"
    NEEDS_CENTRAL = "needs_central"
    CENTRAL_UNREACHABLE = "central_unreachable"
    CENTRAL_REFUSED = "central_refused"
    STORAGE_FAILED = "storage_failed"
    ID_IN_USE = "id_in_use"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class NotCollected:
    """Nothing was changed and nobody paid."""

    reason: NotCollectedReason


@dataclass(frozen=True, slots=True)
class Collected:
    """Durable here, on its way to central; the kitchen hears of it here. `order` is for showing. `made` is None for an
    order of this very terminal that was paid in cash: that is a counter payment as ever. `balance_after` as with
    kiosk.services.outcomes.Paid."""

    order: Order
    paid: Money
    made: Collection | None = None
    balance_after: Money | None = None
    points: int = 0


CollectOutcome = Collected | NotCollected | NotCharged | NotKnown
