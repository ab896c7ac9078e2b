"""The terminal's connection to central, from before its enrolment on: services hold this one object.

What speaks HTTP is imported when it is needed: importing it takes a good part of what the first frame takes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kiosk.domain.collection import ClaimAnswer
from kiosk.domain.due_order import DueOrder
from kiosk.domain.ids import CollectionId, OrderId, PaymentId
from kiosk.domain.money import Money
from kiosk.domain.payer import Payer
from kiosk.services.events import EventSink
from kiosk.services.ports import CentralRefused, GrantIssued, GrantRefused, TerminalIdentity
from kiosk.settings import CentralSettings
from kiosk.sync.ports import SyncStore

if TYPE_CHECKING:
    from kiosk.sync.due_orders import CentralDueOrders
    from kiosk.sync.face_letters import SiteKey
    from kiosk.sync.grants import CentralGrants
    from kiosk.sync.line import CentralAddress
    from kiosk.sync.worker import SyncWorker


# With the slip in hand a counter can do without central: it does not keep a queue waiting for it.
_DUE_ORDERS_WITHIN_S = 1.5


def address_of(settings: CentralSettings) -> CentralAddress:
    from kiosk.sync.line import CentralAddress

    return CentralAddress(settings.url, settings.timeout_s, settings.ca_file)


class CentralConnection:
    """Central, OutboxSignal and DueOrders of kiosk.services.ports. Not enrolled, it refuses grants; what is sold waits
    in the outbox."""

    def __init__(self) -> None:
        self._grants: CentralGrants | None = None
        self._due_orders: CentralDueOrders | None = None
        self._worker: SyncWorker | None = None

    def connect(
        self,
        settings: CentralSettings,
        identity: TerminalIdentity,
        store: SyncStore,
        events: EventSink,
        site_key: SiteKey | None = None,
    ) -> None:
        """Start to push and pull as that terminal, and with a `site_key` to share faces. Raises CentralAddressError."""
        from kiosk.sync.due_orders import CentralDueOrders
        from kiosk.sync.grants import CentralGrants
        from kiosk.sync.worker import SyncWorker

        address = address_of(settings)
        self._grants = CentralGrants(address, identity, store)
        quick = replace(address, timeout_s=min(address.timeout_s, _DUE_ORDERS_WITHIN_S))
        self._due_orders = CentralDueOrders(quick, identity)
        self._worker = SyncWorker(store, address, identity, events, settings.poll_wait_s, site_key)
        self._worker.start()

    def request_grant(
        self,
        request_id: PaymentId,
        payer: Payer,
        amount: Money,
        abandons: tuple[PaymentId, ...],
        further: tuple[Money, ...] = (),
    ) -> GrantIssued | GrantRefused:
        if self._grants is None:
            raise CentralRefused("this terminal is not enrolled")
        return self._grants.request_grant(request_id, payer, amount, abandons, further)

    def due_by_number(self, number: str) -> tuple[DueOrder, ...]:
        return self._asked().due_by_number(number)

    def due_by_card(self, card_uid: str) -> tuple[DueOrder, ...]:
        return self._asked().due_by_card(card_uid)

    def due_by_id(self, order_id: OrderId) -> DueOrder | None:
        return self._asked().due_by_id(order_id)

    def claim(self, collection_id: CollectionId, due: DueOrder) -> ClaimAnswer:
        return self._asked().claim(collection_id, due)

    def give_up_claim(self, collection_id: CollectionId, due: DueOrder) -> None:
        self._asked().give_up_claim(collection_id, due)

    def _asked(self) -> CentralDueOrders:
        if self._due_orders is None:
            raise CentralRefused("this terminal is not enrolled")
        return self._due_orders

    def wake(self) -> None:
        if self._worker is not None:
            self._worker.wake()

    def stop(self) -> None:
        if self._worker is not None:
            self._worker.stop()
        if self._grants is not None:
            self._grants.close()
        if self._due_orders is not None:
            self._due_orders.close()
