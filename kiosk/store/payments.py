"""Payments: written down before money moves, settled once."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import bindparam, insert, or_, select, update

from kiosk.domain.ids import FaceConsentId, MemberId, OrderId, PaymentId
from kiosk.domain.money import Money
from kiosk.domain.payer import ByCard, ByFace, Payer
from kiosk.domain.payment import Payment, PaymentMethod, PaymentPart, PaymentState, check_step
from kiosk.store.connection import Connection
from kiosk.store.errors import Conflict
from kiosk.store.part import Finishing
from kiosk.store.tables.payments import BY_FACE, PAID_OR_DUE, UNRESOLVED_PAYMENT, payments

_ADD = insert(payments)
_GET = select(payments).where(payments.c.id == bindparam("payment_id"))
_STATE = select(payments.c.state).where(payments.c.id == bindparam("payment_id"))
_OF_ORDER = select(payments).where(payments.c.order_id == bindparam("of_order")).order_by(payments.c.position)
_BY_PAYER = (
    select(payments)
    .where(or_(payments.c.card_uid.is_not(None), payments.c.face_consent_id.is_not(None)))
    .order_by(payments.c.position.desc())
    .limit(bindparam("count"))
)
_BY_FACE = (
    select(payments)
    .where(BY_FACE, payments.c.member_id == bindparam("of_member"), PAID_OR_DUE)
    .order_by(payments.c.position.desc())
    .limit(bindparam("count"))
)
_UNRESOLVED = select(payments).where(UNRESOLVED_PAYMENT).order_by(payments.c.position)
_SETTLE = (
    update(payments)
    .where(payments.c.id == bindparam("payment_id"))
    .values(state=bindparam("new_state"), member_id=bindparam("new_member_id"))
)
_TOLD = update(payments).where(payments.c.id == bindparam("payment_id")).values(told_id=bindparam("outbox_id"))

_decoder = msgspec.json.Decoder(tuple[PaymentPart, ...])


class SqlPayments(Finishing):
    """kiosk.services.ports.Payments."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._settled: list[PaymentId] = []

    def add(self, payment: Payment, payer: Payer | None = None) -> None:
        row = {
            "id": payment.id,
            "order_id": payment.order_id,
            "method": payment.method,
            "amount_minor": payment.amount.minor,
            "currency": payment.amount.currency,
            "state": payment.state,
            "member_id": payment.member_id,
            "card_uid": payer.uid if isinstance(payer, ByCard) else None,
            "face_consent_id": payer.consent_id if isinstance(payer, ByFace) else None,
            "parts": msgspec.json.encode(payment.parts) if payment.parts else None,
        }
        self._connection.execute(_ADD, row)
        if payment.state is not PaymentState.INTENDED:
            self._settled.append(payment.id)

    def settle(self, payment: Payment) -> None:
        """Raises Conflict for a payment that was never added, PaymentError for a step its stored state forbids."""
        stored: str | None = self._connection.execute(_STATE, {"payment_id": payment.id}).scalar()
        if stored is None:
            raise Conflict("no such payment to settle")
        check_step(PaymentState(stored), payment.state)
        row = {"payment_id": payment.id, "new_state": payment.state, "new_member_id": payment.member_id}
        self._connection.execute(_SETTLE, row)
        self._settled.append(payment.id)

    def get(self, payment_id: PaymentId) -> Payment | None:
        row = self._connection.execute(_GET, {"payment_id": payment_id}).first()
        return None if row is None else _payment(row)

    def of_order(self, order_id: OrderId) -> tuple[Payment, ...]:
        return tuple(_payment(row) for row in self._connection.execute(_OF_ORDER, {"of_order": order_id}))

    def last_by_payer(self) -> tuple[Payment, Payer] | None:
        return next(iter(self.latest_by_payer(1)), None)

    def latest_by_payer(self, limit: int) -> tuple[tuple[Payment, Payer], ...]:
        rows = self._connection.execute(_BY_PAYER, {"count": limit}).all()
        return tuple((_payment(row), payer) for row in rows if (payer := _payer(row)) is not None)

    def payer_of(self, payment_id: PaymentId) -> Payer | None:
        row = self._connection.execute(_GET, {"payment_id": payment_id}).first()
        return None if row is None else _payer(row)

    def by_face(self, member_id: MemberId, limit: int) -> tuple[Payment, ...]:
        rows = self._connection.execute(_BY_FACE, {"of_member": member_id, "count": limit})
        return tuple(_payment(row) for row in rows)

    def unresolved(self) -> tuple[Payment, ...]:
        return tuple(_payment(row) for row in self._connection.execute(_UNRESOLVED))

    def finish(self, outbox_id: int | None) -> None:
        """At the transaction's end: central hears of what was settled by the event written with it, if there was one
        (a request that central itself refused needs none)."""
        if self._settled and outbox_id is not None:
            rows = [{"payment_id": payment_id, "outbox_id": outbox_id} for payment_id in self._settled]
            self._connection.execute_many(_TOLD, rows)


def _payer(row: Any) -> Payer | None:
    if row.face_consent_id is not None and row.member_id is not None:
        return ByFace(MemberId(row.member_id), FaceConsentId(row.face_consent_id))
    return None if row.card_uid is None else ByCard(row.card_uid)


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
