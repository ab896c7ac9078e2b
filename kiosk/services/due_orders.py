"""Finding an order that is to be paid at this counter: by the slip's code, without a network; by its number or the
member's card at central, and among the orders of this very terminal always."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.domain.clock import Clock
from kiosk.domain.due_order import DueOrder, due_order_of
from kiosk.domain.ids import MemberId
from kiosk.domain.order import Order, OrderState
from kiosk.domain.payment import PaymentMethod, PaymentState
from kiosk.domain.slip import Slip, has_lines
from kiosk.services.collected import NotCollected, NotCollectedReason
from kiosk.services.ports import CentralRefused, CentralUnreachable, DueOrders, StorageFailed, Store, Transaction
from kiosk.services.signed_slip import check_slip

MAX_FOUND = 20
_LOOKED_THROUGH = 500
_STATES = {OrderState.PAID: NotCollectedReason.SETTLED, OrderState.CANCELLED: NotCollectedReason.CANCELLED}

Found = tuple[DueOrder, ...]


class FindDueOrders:
    """Its calls block (disk, network) and are made one at a time. Nothing is changed by any of them."""

    def __init__(self, store: Store, central: DueOrders, clock: Clock) -> None:
        self._store = store
        self._central = central
        self._clock = clock

    def by_slip(self, text: str) -> DueOrder | NotCollected:
        """What a scanner has read, whatever it is."""
        try:
            with self._store.transaction() as tx:
                slip = check_slip(tx, text, self._clock.now())
                if isinstance(slip, NotCollected):
                    return slip
                own = tx.orders.get(slip.due.order_id)
        except StorageFailed:
            return NotCollected(NotCollectedReason.STORAGE_FAILED)
        if own is not None and own.state in _STATES:
            return NotCollected(_STATES[own.state])
        return slip.due if slip.lines_hash is None else self._with_lines(slip)

    def by_number(self, number: str) -> Found | NotCollected:
        """Newest first. One that was taken here is found without a network."""
        return self._look(lambda order: order.number == number, lambda: self._central.due_by_number(number))

    def by_card(self, card_uid: str) -> Found | NotCollected:
        """The orders of that card's member, newest first."""
        try:
            with self._store.transaction() as tx:
                holder = tx.members.by_card(card_uid)
        except StorageFailed:
            return NotCollected(NotCollectedReason.STORAGE_FAILED)
        member_id: MemberId | None = holder[0].id if holder else None
        return self._look(
            lambda order: member_id is not None and order.member_id == member_id,
            lambda: self._central.due_by_card(card_uid),
        )

    def _look(self, is_wanted: Callable[[Order], bool], ask: Callable[[], Found]) -> Found | NotCollected:
        try:
            with self._store.transaction() as tx:
                wanted = [o for o in tx.orders.awaiting_payment(_LOOKED_THROUGH) if is_wanted(o)]
                own = [due for order in wanted if (due := _due(tx, order)) is not None]
        except StorageFailed:
            return NotCollected(NotCollectedReason.STORAGE_FAILED)
        try:
            told = ask()
        except (CentralUnreachable, CentralRefused) as error:
            return tuple(own) if own else NotCollected(_away(error))
        known = {due.order_id for due in own}
        found = (*own, *(due for due in told if due.order_id not in known))
        return found[:MAX_FOUND] if found else NotCollected(NotCollectedReason.NOT_FOUND)

    def _with_lines(self, slip: Slip) -> DueOrder | NotCollected:
        """The slip had no room for them: central has the order when its terminal has told of it."""
        try:
            due = self._central.due_by_id(slip.due.order_id)
        except (CentralUnreachable, CentralRefused):
            return NotCollected(NotCollectedReason.NEEDS_CENTRAL)
        if due is None:
            return NotCollected(NotCollectedReason.NOT_FOUND)
        return due if has_lines(slip, due) else NotCollected(NotCollectedReason.FORGED)


def _due(tx: Transaction, order: Order) -> DueOrder | None:
    own = tx.slips.own()
    payments = tx.payments.of_order(order.id)
    payment = next((p for p in payments if p.state is PaymentState.DUE and p.method is PaymentMethod.COUNTER), None)
    if own is None or payment is None or tx.collections.is_collected(payment.id):
        return None
    return due_order_of(order, payment, own.terminal_id, own.incarnation)


def _away(error: Exception) -> NotCollectedReason:
    if isinstance(error, CentralRefused):
        return NotCollectedReason.CENTRAL_REFUSED
    return NotCollectedReason.CENTRAL_UNREACHABLE
