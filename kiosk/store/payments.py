"""Payments: written down before money moves, settled once."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import bindparam, insert, select, update

from kiosk.domain.ids import MemberId, OrderId, PaymentId
from kiosk.domain.money import Money
from kiosk.domain.payment import Payment, PaymentMethod, PaymentPart, PaymentState
from kiosk.store.connection import Connection
from kiosk.store.errors import Conflict
from kiosk.store.tables import UNRESOLVED_PAYMENT, payments

_ADD = insert(payments)
_GET = select(payments).where(payments.c.id == bindparam("payment_id"))
_OF_ORDER = select(payments).where(payments.c.order_id == bindparam("of_order")).order_by(payments.c.position)
_LAST_BY_CARD = select(payments).where(payments.c.card_uid.is_not(None)).order_by(payments.c.position.desc()).limit(1)
_CARD_OF = select(payments.c.card_uid).where(payments.c.id == bindparam("payment_id"))
_UNRESOLVED = select(payments).where(UNRESOLVED_PAYMENT).order_by(payments.c.position)
_SETTLE = (
    update(payments)
    .where(payments.c.id == bindparam("payment_id"))
    .values(state=bindparam("new_state"), member_id=bindparam("new_member_id"))
)
_TOLD = update(payments).where(payments.c.id == bindparam("payment_id")).values(told_id=bindparam("outbox_id"))

_decoder = msgspec.json.Decoder(tuple[PaymentPart, ...])


class SqlPayments:
    """kiosk.services.ports.Payments."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._settled: list[PaymentId] = []

    def add(self, payment: Payment, card_uid: str | None = None) -> None:
        row = {
            "id": payment.id,
            "order_id": payment.order_id,
            "method": payment.method,
            "amount_minor": payment.amount.minor,
            "currency": payment.amount.currency,
            "state": payment.state,
            "member_id": payment.member_id,
            "card_uid": card_uid,
            "parts": msgspec.json.encode(payment.parts) if payment.parts else None,
        }
        self._connection.execute(_ADD, row)
        if payment.state is not PaymentState.INTENDED:
            self._settled.append(payment.id)

    def settle(self, payment: Payment) -> None:
        """Raises Conflict for a payment that was never added, PaymentError for a step its stored state forbids."""
        stored = self.get(payment.id)
        if stored is None:
            raise Conflict("no such payment to settle")
        stored.to(payment.state)
        row = {"payment_id": payment.id, "new_state": payment.state, "new_member_id": payment.member_id}
        self._connection.execute(_SETTLE, row)
        self._settled.append(payment.id)

    def get(self, payment_id: PaymentId) -> Payment | None:
        row = self._connection.execute(_GET, {"payment_id": payment_id}).first()
        return None if row is None else _payment(row)

    def of_order(self, order_id: OrderId) -> tuple[Payment, ...]:
        return tuple(_payment(row) for row in self._connection.execute(_OF_ORDER, {"of_order": order_id}))

    def last_by_card(self) -> tuple[Payment, str] | None:
        row = self._connection.execute(_LAST_BY_CARD).first()
        return None if row is None else (_payment(row), row.card_uid)

    def card_of(self, payment_id: PaymentId) -> str | None:
        card_uid: str | None = self._connection.execute(_CARD_OF, {"payment_id": payment_id}).scalar()
        return card_uid

    def unresolved(self) -> tuple[Payment, ...]:
        return tuple(_payment(row) for row in self._connection.execute(_UNRESOLVED))

    def finish(self, outbox_id: int | None) -> None:
        """At the transaction's end: central hears of what was settled by the event written with it, if there was one
        (a request that central itself refused needs none)."""
        if self._settled and outbox_id is not None:
            rows = [{"payment_id": payment_id, "outbox_id": outbox_id} for payment_id in self._settled]
            self._connection.execute_many(_TOLD, rows)


def _payment(row: Any) -> Payment:
    return Payment(
        PaymentId(row.id),
        OrderId(row.order_id),
        PaymentMethod(row.method),
        Money(row.amount_minor, row.currency),
        PaymentState(row.state),
        None if row.member_id is None else MemberId(row.member_id),
        () if row.parts is None else _decoder.decode(row.parts),
    )
