"""What a kitchen makes of paid orders: a ticket for each stall, which is made, ready, and handed out.

Every change of a ticket is counted. A mark names the count that whoever made it has seen, so that one which comes late
(a kitchen screen was without a network) undoes nothing that somebody did since.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from kiosk.domain.ids import OrderId
from kiosk.domain.local_text import LocalText
from kiosk.domain.order import DiningMode, Order, OrderState

MAX_STALL_CHARS = 20
MAX_STALLS = 20
KEEP_TICKETS_S = 12 * 3600.0
"""Longer than a day of meals, shorter than from one day's lunch to the next: what nobody marked goes by itself."""
TICKET_CODE_PREFIX = "KT:"


class TicketState(StrEnum):
    """made → ready → handed out, and back as it is recalled. withdrawn: cancelled, or its payment was undone."""

    PREPARING = "preparing"
    READY = "ready"
    HANDED_OUT = "handed_out"
    WITHDRAWN = "withdrawn"


class Mark(StrEnum):
    """What somebody at a kitchen screen says of a ticket."""

    READY = "ready"
    HANDED_OUT = "handed_out"
    RECALLED = "recalled"  # not ready after all
    RETURNED = "returned"  # not handed out after all


_NEXT = {
    (TicketState.PREPARING, Mark.READY): TicketState.READY,
    (TicketState.READY, Mark.HANDED_OUT): TicketState.HANDED_OUT,
    (TicketState.READY, Mark.RECALLED): TicketState.PREPARING,
    (TicketState.HANDED_OUT, Mark.RETURNED): TicketState.READY,
}
TAKEN_BACK_BY = {Mark.READY: Mark.RECALLED, Mark.HANDED_OUT: Mark.RETURNED}


@dataclass(frozen=True, slots=True)
class TicketKey:
    """One order at one stall."""

    order_id: OrderId
    stall: str


@dataclass(frozen=True, slots=True)
class TicketLine:
    """So many of a dish, as it must be cooked. `options` in words, `without` what is left out; `grams` of a weighed
    one."""

    name: LocalText
    quantity: int
    options: tuple[LocalText, ...] = ()
    without: tuple[LocalText, ...] = ()
    grams: int | None = None


@dataclass(frozen=True, slots=True)
class Ticket:
    """`number` is what is called out. `changes`: how often its state has changed. A board is given no lines."""

    key: TicketKey
    number: str
    state: TicketState
    changes: int
    dining_mode: DiningMode
    lines: tuple[TicketLine, ...] = ()

    def marked(self, mark: Mark) -> Ticket | None:
        """The ticket after it; None where the mark means nothing now."""
        state = next_state(self.state, mark)
        return None if state is None else replace(self, state=state, changes=self.changes + 1)


@dataclass(frozen=True, slots=True)
class SummedDish:
    """What is to be made of one dish, in all tickets together."""

    name: LocalText
    quantity: int


def next_state(state: TicketState, mark: Mark) -> TicketState | None:
    """None where the mark means nothing now."""
    return _NEXT.get((state, mark))


def stalls_of(order: Order) -> tuple[str, ...]:
    """The stalls that have something to make of it, in the order of its lines; none for sums that staff typed. Where
    they cannot be (an order is what another machine sent), the kitchen is one: ""."""
    stalls = tuple(dict.fromkeys(dish.stall for line in order.lines for dish in line.dishes))
    is_sound = len(stalls) <= MAX_STALLS and all(len(s) <= MAX_STALL_CHARS and s.isprintable() for s in stalls)
    return stalls if is_sound else ("",)


def is_for_kitchen(order: Order) -> bool:
    """As with paper: what is paid and has something to cook."""
    return order.state is OrderState.PAID and bool(stalls_of(order))


def ticket_lines(order: Order, stall: str) -> tuple[TicketLine, ...]:
    """What that stall, one of `stalls_of`, makes of the order."""
    is_whole = stalls_of(order) == (stall,)
    return tuple(
        TicketLine(
            dish.name,
            line.quantity,
            dish.options,
            dish.without,
            line.weight.grams if line.weight else None,
        )
        for line in order.lines
        for dish in line.dishes
        if is_whole or dish.stall == stall
    )


def summed(tickets: Iterable[Ticket]) -> tuple[SummedDish, ...]:
    """Of the tickets that are being made: "8 × 红烧肉", the most first. What is weighed is not counted."""
    counts: dict[LocalText, int] = {}
    for ticket in tickets:
        for line in ticket.lines if ticket.state is TicketState.PREPARING else ():
            if line.grams is None:
                counts[line.name] = counts.get(line.name, 0) + line.quantity
    return tuple(SummedDish(name, n) for name, n in sorted(counts.items(), key=lambda item: -item[1]))


@dataclass(frozen=True, slots=True)
class BoardNumber:
    """An order as the customers see it; `is_ready` when every stall is."""

    order_id: OrderId
    number: str
    is_ready: bool


def board_numbers(tickets: Sequence[Ticket]) -> tuple[BoardNumber, ...]:
    """One for each order, in the order of its first ticket. Gone when all that is left of it was handed out."""
    of_orders: dict[OrderId, list[Ticket]] = {}
    for ticket in tickets:
        if ticket.state is not TicketState.WITHDRAWN:
            of_orders.setdefault(ticket.key.order_id, []).append(ticket)
    return tuple(
        BoardNumber(order_id, its[0].number, all(t.state is not TicketState.PREPARING for t in its))
        for order_id, its in of_orders.items()
        if any(t.state is not TicketState.HANDED_OUT for t in its)
    )


def ticket_code(order_id: OrderId) -> str:
    """What is scanned from a kitchen's paper ticket."""
    return f"{TICKET_CODE_PREFIX}{order_id.hex.upper()}"


def order_of_code(text: str) -> str | None:
    """The hexadecimal digits of the order's id; None for any other code."""
    digits = text.removeprefix(TICKET_CODE_PREFIX)
    is_code = text != digits and len(digits) == 32 and all(c in "0123456789ABCDEF" for c in digits)
    return digits.lower() if is_code else None
