"""What goes on after its sale: an undo, what is not known yet, what was found out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from kiosk.domain.collection import Collection
from kiosk.domain.money import Money
from kiosk.domain.order import Order
from kiosk.screens.counter_flow.collecting_state import FoundOrder


@dataclass(frozen=True, slots=True)
class Undoable:
    """A sale that was just made, until `until_s`. `in_cash`: so much is to be handed back. `lane_id`: of the lane that
    counts it. `collected`: no sale, but another terminal's order that was paid here."""

    order: Order
    until_s: float
    in_cash: Money | None = None
    lane_id: int | None = None
    collected: Collection | None = None

    @property
    def amount(self) -> Money:
        """What was paid here."""
        return self.order.total if self.collected is None else self.collected.amount


class UndoEnd(StrEnum):
    """undone: its `in_cash` is to be handed back now. refused: it could not be undone; refund it. being_checked: not
    known yet; nothing is handed back before it is."""

    UNDOING = "undoing"
    UNDONE = "undone"
    REFUSED = "refused"
    BEING_CHECKED = "being_checked"


@dataclass(frozen=True, slots=True)
class Undo:
    """Shown until it is touched away, or the next one is begun."""

    sale: Undoable
    end: UndoEnd


class CheckKind(StrEnum):
    """collect: an order of a self-service terminal, paid in whatever way."""

    CARD = "card"
    CASH = "cash"
    COLLECT = "collect"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Check:
    """Something whose end is not known yet, and when to ask again. `id`: of the payment, or of the staff's act;
    `found`: what is collected; `undoing`: the sale that is being undone; `received`: the cash that was handed over, of
    which no change was given yet."""

    kind: CheckKind
    id: UUID
    amount: Money
    again_s: float
    card_end: str = ""
    found: FoundOrder | None = None
    undoing: Undoable | None = None
    received: Money | None = None


@dataclass(frozen=True, slots=True)
class FoundOut:
    """What became of a payment after its customer was sent on, or was made just before the start. `order` None: nothing
    was charged; one that still waits for payment: a part of it was. `received`: in cash."""

    kind: CheckKind
    amount: Money | None
    order: Order | None
    card_end: str = ""
    received: Money | None = None

    @property
    def change(self) -> Money | None:
        """That is still to be given out of it; None: nothing."""
        if self.order is None or self.received is None or self.amount is None:
            return None
        return self.received - self.amount or None
