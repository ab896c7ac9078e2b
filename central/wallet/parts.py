"""What points and coupons have paid, as money: the canteen bears it, so that sales are worth what was sold. What is due
at the counter is booked when it is paid."""

from __future__ import annotations

from uuid import UUID

from central.coupons import repository as coupons
from central.errors import CentralError
from central.transactions import Transaction
from central.wallet import ledger
from kiosk.domain.payment import Payment, PaymentMethod, PaymentPart
from kiosk.domain.unit import coupon_in

BORNE_BY = {PaymentMethod.POINTS: ledger.POINTS_COST, PaymentMethod.COUPON: ledger.COUPON_DISCOUNTS}


class PartRefused(CentralError):
    """A part of a payment is not what it can be."""


def part_reference(payment: Payment, part: PaymentPart) -> str:
    """Under which its value is booked."""
    return f"part:{payment.id}:{part.method}"


def points_earned(tx: Transaction, payment: Payment, undone: int) -> int:
    """By what was paid at once, and by a rest that was paid at the counter; `undone` as in `rest_reference`."""
    references = f"payment:{payment.id}", rest_reference(payment.id, undone)
    return sum(ledger.points_of(tx.connection, reference) for reference in references)


def rest_reference(payment_id: UUID, undone: int) -> str:
    """Under which the points are booked that what was due at the counter has earned. `undone`: how many times the order
    was paid there before and that was undone; each time is another one."""
    return f"due:{payment_id}:{undone}" if undone else f"due:{payment_id}"


def book_parts(tx: Transaction, payment: Payment) -> None:
    """The spends are booked already (settling.py), each in its own unit. Raises PartRefused for a coupon that takes
    more off than it may."""
    parts = [part for part in payment.parts if part.method in BORNE_BY]
    for part in parts:
        _check_value(tx, payment, part)
    entries = [
        (part_reference(payment, part), ledger.transfer("sale", BORNE_BY[part.method], ledger.SALES, part.value))
        for part in parts
    ]
    ledger.book(tx.connection, entries, tx.now)


def _check_value(tx: Transaction, payment: Payment, part: PaymentPart) -> None:
    coupon_id = coupon_in(part.used.currency) if part.used is not None else None
    if coupon_id is None:
        return
    row = coupons.find_coupon(tx.connection, coupon_id)
    if row is None or part.value > coupons.terms_of(row).value_for(payment.amount):
        raise PartRefused("the coupon is not worth that much for this order")
