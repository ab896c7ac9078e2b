"""Refunds, with running totals by line and by method that the database itself keeps below what was paid."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import bindparam, select
from sqlalchemy import insert as plain_insert
from sqlalchemy.dialects.sqlite import insert
from sqlcipher3.dbapi2 import IntegrityError

from kiosk.domain.ids import OrderId, RefundId
from kiosk.domain.order import Order
from kiosk.domain.payment import Payment
from kiosk.domain.refund import Refund, RefundError, paid_parts
from kiosk.store.connection import Connection
from kiosk.store.tables.refunds import refunded_lines, refunded_parts, refunds

_ADD = plain_insert(refunds)
_GET = select(refunds.c.body).where(refunds.c.id == bindparam("refund_id"))
_OF_ORDER = select(refunds.c.body).where(refunds.c.order_id == bindparam("of_order")).order_by(refunds.c.position)
_new_line, _new_part = insert(refunded_lines), insert(refunded_parts)
_ADD_LINE = _new_line.on_conflict_do_update(
    index_elements=["order_id", "line"],
    set_={"refunded": refunded_lines.c.refunded + _new_line.excluded.refunded},
)
_ADD_PART = _new_part.on_conflict_do_update(
    index_elements=["payment_id", "method"],
    set_={"refunded_minor": refunded_parts.c.refunded_minor + _new_part.excluded.refunded_minor},
)

_decoder = msgspec.json.Decoder(Refund)


class SqlRefunds:
    """kiosk.services.ports.Refunds."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, refund: Refund, order: Order, payments: Sequence[Payment]) -> None:
        """Raises RefundError when it stands already, or gives back more than was paid."""
        row = {"id": refund.id, "order_id": refund.order_id, "body": msgspec.json.encode(refund)}
        lines = [
            {
                "order_id": refund.order_id,
                "line": line.line,
                "sold": order.lines[line.line].quantity,
                "refunded": line.quantity,
            }
            for line in refund.lines
        ]
        paid = {(part.payment_id, part.method): part.amount.minor for part in paid_parts(payments)}
        parts = [
            {
                "payment_id": part.payment_id,
                "method": part.method,
                "paid_minor": paid.get((part.payment_id, part.method), 0),
                "refunded_minor": part.amount.minor,
            }
            for part in refund.parts
        ]
        try:
            self._connection.execute(_ADD, row)
            self._connection.execute_many(_ADD_LINE, lines)
            if parts:
                self._connection.execute_many(_ADD_PART, parts)
        except IntegrityError as error:
            raise RefundError("the refund stands already, or is more than was paid") from error

    def get(self, refund_id: RefundId) -> Refund | None:
        body = self._connection.execute(_GET, {"refund_id": refund_id}).scalar()
        return None if body is None else _decoder.decode(body)

    def of_order(self, order_id: OrderId) -> tuple[Refund, ...]:
        """Oldest first."""
        return tuple(
            _decoder.decode(body) for body in self._connection.execute(_OF_ORDER, {"of_order": order_id}).scalars()
        )
