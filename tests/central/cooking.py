"""A kitchen screen and a pickup board, as far as central sees them."""

from __future__ import annotations

import time
from dataclasses import replace
from uuid import UUID

import msgspec

from kiosk.domain.kitchen import Mark
from kiosk.domain.order import OrderedDish
from kiosk.sync import wire
from tests.central.sales import new_id
from tests.central.support import Central, Terminal


def paid(central: Central, terminal: Terminal, *stalls: str) -> wire.OrderRecorded:
    """An order of one dish at each of these stalls, paid but not pushed yet."""
    sold = terminal.bought(central.add_member("50.00"), "8.00")
    return at_stalls(sold, *stalls)


def at_stalls(sold: wire.OrderRecorded, *stalls: str) -> wire.OrderRecorded:
    line = sold.order.lines[0]
    dishes = tuple(OrderedDish(line.dishes[0].dish_id, line.dishes[0].name, stall=stall) for stall in stalls)
    order = replace(sold.order, lines=(replace(line, dishes=dishes),))
    return msgspec.structs.replace(sold, order=order)


class Reader:
    """Follows the tickets as a kitchen or board terminal: `told` are the newest, by order and stall."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self.told: dict[tuple[UUID, str], wire.TicketRecord] = {}
        self._cursor = ("", 0)

    def page(self, epoch: str = "", after: int = 0, wait_s: float = 0) -> wire.KitchenPage:
        target = f"/v1/kitchen?epoch={epoch}&after={after}&wait_s={wait_s}"
        return self.terminal.ask("GET", target, None, wire.KitchenPage)

    def read(self, wait_s: float = 0) -> list[wire.TicketRecord]:
        """What is new; all of it stands in `told`, too."""
        fresh: list[wire.TicketRecord] = []
        more = True
        while more:
            page = self.page(*self._cursor, wait_s=wait_s)
            self._cursor, more = (page.epoch, page.next_after), page.more
            fresh += page.tickets
        self.told |= {(r.ticket.key.order_id, r.ticket.key.stall): r for r in fresh}
        return fresh

    def state(self, sold: wire.OrderRecorded, stall: str = "") -> str:
        self.read()
        return self.told[sold.order.id, stall].ticket.state

    def mark(self, sold: wire.OrderRecorded, mark: Mark, stall: str = "", changes: int | None = None) -> wire.PushReply:
        self.read()
        seen = self.told[sold.order.id, stall].ticket.changes if changes is None else changes
        return self.terminal.push(wire.TicketMarked(sold.order.id, stall, mark, seen))


def old_event(event: object, age_s: float) -> wire.PushedEvent:
    """Made so long ago, by its terminal's clock."""
    made = (int(time.time() * 1000) - int(age_s * 1000)) << 80 | new_id().int & (1 << 80) - 1
    return wire.PushedEvent(UUID(int=made), msgspec.Raw(wire.encode(event)))
