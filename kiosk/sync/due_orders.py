"""Asking central for orders that are due at the counter, and claiming one, while somebody waits for it."""

from __future__ import annotations

from kiosk.domain.collection import ClaimAnswer
from kiosk.domain.due_order import DueOrder
from kiosk.domain.ids import CollectionId, OrderId
from kiosk.services.ports import CentralRefused, TerminalIdentity
from kiosk.sync.client import CentralClient
from kiosk.sync.line import CentralAddress
from kiosk.sync.wire import ClaimRequest, DueOrdersRequest


class CentralDueOrders:
    """kiosk.services.ports.DueOrders, on a connection of its own. Used by one thread at a time."""

    def __init__(self, address: CentralAddress, identity: TerminalIdentity) -> None:
        """Raises CentralAddressError."""
        self._client = CentralClient(address, identity)

    def due_by_number(self, number: str) -> tuple[DueOrder, ...]:
        return self._client.due_orders(DueOrdersRequest(number=number)).orders

    def due_by_card(self, card_uid: str) -> tuple[DueOrder, ...]:
        return self._client.due_orders(DueOrdersRequest(card_uid=card_uid)).orders

    def due_by_id(self, order_id: OrderId) -> DueOrder | None:
        found = self._client.due_orders(DueOrdersRequest(order_id=order_id)).orders
        return found[0] if found and found[0].order_id == order_id else None

    def claim(self, collection_id: CollectionId, due: DueOrder) -> ClaimAnswer:
        reply = self._client.claim(ClaimRequest(collection_id, due.order_id, due.payment_id))
        try:
            return ClaimAnswer(reply.answer)
        except ValueError as error:
            raise CentralRefused("an answer this version does not know") from error

    def give_up_claim(self, collection_id: CollectionId, due: DueOrder) -> None:
        self._client.claim(ClaimRequest(collection_id, due.order_id, due.payment_id, given_up=True))

    def close(self) -> None:
        self._client.line.close()
