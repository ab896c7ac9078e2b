"""What became of the last payments by card or face, for staff whose customer asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from kiosk.domain.ids import PaymentId, unix_ms_of
from kiosk.domain.money import Money
from kiosk.domain.payer import Payer
from kiosk.domain.payment import Payment, PaymentState
from kiosk.domain.staff import Permission, Staff
from kiosk.services.journal import Fate, card_end
from kiosk.services.ports import Store, Transaction

MOST = 12
_FATES = {
    PaymentState.PAID: Fate.PAID,
    PaymentState.DUE: Fate.DUE,
    PaymentState.INTENDED: Fate.BEING_CHECKED,
    PaymentState.BEING_CHECKED: Fate.BEING_CHECKED,
    PaymentState.NOT_CHARGED: Fate.NOT_CHARGED,
    PaymentState.TAKEN_BACK: Fate.NOT_CHARGED,
}


@dataclass(frozen=True, slots=True)
class PaymentLately:
    """`at` is the canteen's time by the clock of then. `order_number` where an order came of it that is kept here; else
    "". `card_end` is "" by face."""

    payment_id: PaymentId
    card_end: str
    at: datetime
    amount: Money
    fate: Fate
    order_number: str = ""


class PaymentsLately:
    """Reads only: what is open is settled by the journal alone. `local_time` is the canteen's."""

    def __init__(self, store: Store, local_time: Callable[[datetime], datetime]) -> None:
        self._store = store
        self._local_time = local_time

    def list(self, by: Staff) -> tuple[PaymentLately, ...]:
        """Newest first, those being checked before all. Blocks (disk). Raises NotPermitted, and StorageFailed: then
        nothing can be said of any of them yet."""
        by.require(Permission.FIND_ORDERS)
        with self._store.transaction() as tx:
            is_open = {payment.id: payment for payment in tx.payments.unresolved()[:MOST]}
            begun = [(payment, tx.payments.payer_of(payment.id)) for payment in reversed(is_open.values())]
            begun += [(p, payer) for p, payer in tx.payments.latest_by_payer(MOST) if p.id not in is_open]
            return tuple(self._lately(tx, payment, payer) for payment, payer in begun[:MOST])

    def _lately(self, tx: Transaction, payment: Payment, payer: Payer | None) -> PaymentLately:
        order = tx.orders.get(payment.order_id)
        at = self._local_time(datetime.fromtimestamp(unix_ms_of(payment.id) / 1000, UTC))
        number = order.number if order else ""
        return PaymentLately(payment.id, card_end(payer), at, payment.amount, _FATES[payment.state], number)
