"""Tills whose staff look after the stock, each with a store of its own and central at the other end."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import msgspec

from kiosk.domain.ids import DishId, StaffId, StockActId
from kiosk.domain.staff import Role, Staff
from kiosk.domain.stock import StockLevels
from kiosk.services.ports import Store
from kiosk.services.stock_acts import KnownStock, StockActs, StockDone, StockEnd
from kiosk.services.stock_watch import StockWatch
from kiosk.sync.encoder import WireEncoder
from kiosk.sync.wire import PushBatch, PushedEvent
from tests.central.sales import new_id
from tests.central.support import Central
from tests.services.fakes import EventLog, FixedClock, Signal
from tests.till.till import MOMENT, POINTS, Till

RESTOCKER = Staff(StaffId("s-7"), "Zhang", frozenset({Role.RESTOCK}))
COUNTER = Staff(StaffId("s-8"), "Li", frozenset({Role.COUNTER}))
TECHNICIAN = Staff(StaffId("s-9"), "Wang", frozenset({Role.TECHNICIAN}))


def new_act() -> StockActId:
    return StockActId(new_id())


@dataclass
class Stocking:
    """The services of stock on a store that may be wrapped."""

    store: Store
    signal: Signal = field(default_factory=Signal)
    events: EventLog = field(default_factory=EventLog)

    def __post_init__(self) -> None:
        clock = FixedClock(MOMENT)
        watch = StockWatch(clock)
        self.acts = StockActs(self.store, WireEncoder(POINTS), self.signal, self.events, clock, watch)

    def known(self) -> KnownStock:
        return self.acts.known(RESTOCKER)

    def levels(self) -> StockLevels:
        return self.known().levels

    def left(self, dish_id: str) -> int | None:
        return self.levels().portions.get(DishId(dish_id))

    def counts(self, dish_id: str, counted: int, known: KnownStock | None = None) -> StockEnd:
        return self.acts.count(RESTOCKER, new_act(), DishId(dish_id), counted, known or self.known())


class StockTill(Till):
    def __init__(self, central: Central, folder: Path) -> None:
        super().__init__(central, folder)
        self.stock = Stocking(self.store)

    def uploads_without_a_reply(self) -> None:
        """Central has taken it, and this till does not know."""
        with self.store.transaction() as tx:
            epoch, _ = tx.feed.cursor()
            first_seq, waiting = tx.outbox.next_batch(1000, 10**7)
        events = tuple(PushedEvent(UUID(hex=id_), msgspec.Raw(body)) for id_, body in waiting)
        if events:
            with self._client() as client:
                client.push(PushBatch(first_seq, events, epoch))

    def syncs(self) -> None:
        self.uploads()
        self.reads_feed()


def done(end: StockEnd) -> StockDone:
    assert isinstance(end, StockDone), end
    return end
