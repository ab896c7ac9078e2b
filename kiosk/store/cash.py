"""What was done in cash: orders paid or cancelled at the counter, and money taken for members' balances."""

from __future__ import annotations

import msgspec
from sqlalchemy import bindparam, func, insert, or_, select, update
from sqlcipher3.dbapi2 import IntegrityError

from kiosk.domain.cash import CashError, CashTopUp, CounterPayment
from kiosk.domain.ids import CounterPaymentId, MemberId, TopUpId
from kiosk.domain.money import Money
from kiosk.store.connection import Connection
from kiosk.store.part import Finishing
from kiosk.store.tables.outbox import outbox_state
from kiosk.store.tables.payments import cash_top_ups, counter_payments

_ADD_PAYMENT, _ADD_TOP_UP = insert(counter_payments), insert(cash_top_ups)
_PAYMENT = select(counter_payments.c.body).where(counter_payments.c.id == bindparam("payment_id"))
_TOP_UP = select(cash_top_ups.c.body).where(cash_top_ups.c.id == bindparam("top_up_id"))
_TOLD = update(cash_top_ups).where(cash_top_ups.c.told_id.is_(None)).values(told_id=bindparam("outbox_id"))
_ACKNOWLEDGED = select(outbox_state.c.acknowledged_id).scalar_subquery()
_ON_THE_WAY = select(func.coalesce(func.sum(cash_top_ups.c.amount_minor), 0)).where(
    cash_top_ups.c.member_id == bindparam("of_member"),
    or_(cash_top_ups.c.told_id.is_(None), cash_top_ups.c.told_id > _ACKNOWLEDGED),
)

_payments, _top_ups = msgspec.json.Decoder(CounterPayment), msgspec.json.Decoder(CashTopUp)


class SqlCash(Finishing):
    """kiosk.services.ports.Cash."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._topped_up = False

    def add_counter_payment(self, made: CounterPayment) -> None:
        """Raises CashError when it, or another for the same payment, stands already."""
        row = {"id": made.id, "payment_id": made.payment_id, "body": msgspec.json.encode(made)}
        try:
            self._connection.execute(_ADD_PAYMENT, row)
        except IntegrityError as error:
            raise CashError("the payment was settled at the counter already") from error

    def counter_payment(self, counter_payment_id: CounterPaymentId) -> CounterPayment | None:
        body = self._connection.execute(_PAYMENT, {"payment_id": counter_payment_id}).scalar()
        return None if body is None else _payments.decode(body)

    def add_top_up(self, made: CashTopUp) -> None:
        """Raises CashError when it stands already."""
        row = {
            "id": made.id,
            "member_id": made.member_id,
            "amount_minor": made.amount.minor,
            "body": msgspec.json.encode(made),
        }
        try:
            self._connection.execute(_ADD_TOP_UP, row)
        except IntegrityError as error:
            raise CashError("the top-up stands already") from error
        self._topped_up = True

    def top_up(self, top_up_id: TopUpId) -> CashTopUp | None:
        body = self._connection.execute(_TOP_UP, {"top_up_id": top_up_id}).scalar()
        return None if body is None else _top_ups.decode(body)

    def top_ups_on_the_way(self, member_id: MemberId, currency: str) -> Money:
        """Taken here for that member, and not acknowledged by central."""
        return Money(self._connection.execute(_ON_THE_WAY, {"of_member": member_id}).scalar_one(), currency)

    def finish(self, outbox_id: int | None) -> None:
        """At the transaction's end: central hears of a top-up by the event written beside it."""
        if self._topped_up and outbox_id is not None:
            self._connection.execute(_TOLD, {"outbox_id": outbox_id})
