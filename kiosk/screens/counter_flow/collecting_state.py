"""What staff see of collecting an order that waits for the counter."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.domain.due_order import DueOrder
from kiosk.domain.money import Money
from kiosk.domain.order import Order
from kiosk.services.collected import NotCollectedReason


@dataclass(frozen=True, slots=True)
class FoundOrder:
    """An order that waits for the counter: `due_order` is what is settled; `order` has its names and lines."""

    due_order: DueOrder
    order: Order

    @property
    def due(self) -> Money:
        """What is left to pay of it."""
        return self.due_order.due


@dataclass(frozen=True, slots=True)
class Collecting:
    """`number` is what was typed so far. `looking`: it is being looked for. `found`: what fits, newest first; `chosen`
    is the one to be paid. `fault`: why no order is shown."""

    number: str = ""
    looking: bool = False
    found: tuple[FoundOrder, ...] = ()
    chosen: FoundOrder | None = None
    fault: NotCollectedReason | None = None
