"""A counter terminal beside a till: finds and collects what other terminals took."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from kiosk.domain.collection import ClaimAnswer
from kiosk.domain.due_order import DueOrder
from kiosk.domain.ids import CollectionId, OrderId
from kiosk.domain.order import Order
from kiosk.services.collect_order import CollectOrders
from kiosk.services.collection_book import CollectionBook
from kiosk.services.due_orders import FindDueOrders
from kiosk.services.face_payment import FacePaymentLimits
from kiosk.services.ports import Central, CentralUnreachable, GrantIssued, GrantRefused
from kiosk.services.signed_slip import slip_of
from kiosk.services.undo_collection import UndoCollections
from kiosk.sync.due_orders import CentralDueOrders
from tests.services.fakes import FixedClock, Signal
from tests.till.till import MOMENT, POINTS, Services, Till

T = TypeVar("T")


@dataclass
class CentralFromCounter:
    """Central and DueOrders of kiosk.services.ports over HTTP, while `is_there`."""

    till: Till
    line: Central
    is_there: bool = True
    asked: list[str] = field(default_factory=list)

    def due_by_number(self, number: str) -> tuple[DueOrder, ...]:
        return self._ask("number", lambda central: central.due_by_number(number))

    def due_by_card(self, card_uid: str) -> tuple[DueOrder, ...]:
        return self._ask("card", lambda central: central.due_by_card(card_uid))

    def due_by_id(self, order_id: OrderId) -> DueOrder | None:
        return self._ask("id", lambda central: central.due_by_id(order_id))

    def claim(self, collection_id: CollectionId, due: DueOrder) -> ClaimAnswer:
        return self._ask("claim", lambda central: central.claim(collection_id, due))

    def give_up_claim(self, collection_id: CollectionId, due: DueOrder) -> None:
        self._ask("give up", lambda central: central.give_up_claim(collection_id, due))

    def request_grant(self, *arguments: object, **named: object) -> GrantIssued | GrantRefused:
        if not self.is_there:
            raise CentralUnreachable
        return self.line.request_grant(*arguments, **named)  # type: ignore[arg-type]

    def _ask(self, what: str, ask: Callable[[CentralDueOrders], T]) -> T:
        self.asked.append(what)
        if not self.is_there:
            raise CentralUnreachable
        central = CentralDueOrders(self.till.address, self.till.identity)
        try:
            return ask(central)
        finally:
            central.close()


class Counter:
    """The services of the counter on a till's store, which may be wrapped: then in `services`. `face_limits`: of what
    is paid by face, at the moment of `paying_clock`; None: nobody pays so."""

    def __init__(
        self,
        till: Till,
        services: Services | None = None,
        face_limits: FacePaymentLimits | None = None,
        paying_clock: FixedClock | None = None,
    ) -> None:
        self.till = till
        services = services or till.services
        self.central = CentralFromCounter(till, services.line)
        self.clock = FixedClock(MOMENT)
        book = CollectionBook(services.encoder, services.desk, self.clock, POINTS)
        self.undoing = UndoCollections(services.store, services.encoder, services.desk, Signal(), self.clock)
        self.find = FindDueOrders(services.store, self.central, self.clock)
        self.collect = CollectOrders(
            services.store,
            self.central,
            self.central,
            services.counter_payments,
            services.encoder,
            services.desk,
            Signal(),
            paying_clock or self.clock,
            book,
            face_limits,
        )

    def goes_offline(self) -> None:
        self.central.is_there = False

    def comes_back(self) -> None:
        self.central.is_there = True
        self.till.uploads()
        self.till.reads_feed()

    def scans(self, text: str) -> DueOrder:
        due = self.find.by_slip(text)
        assert isinstance(due, DueOrder), due
        return due


def slip(till: Till, order: Order) -> str:
    """As it was printed."""
    with till.store.transaction() as tx:
        payment, *_ = tx.payments.of_order(order.id)
        return slip_of(tx, order, payment)
