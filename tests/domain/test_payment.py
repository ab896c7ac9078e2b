"""A payment's states: what is settled stays settled, unless it collected an order and that was undone."""

from __future__ import annotations

import pytest

from kiosk.domain.ids import OrderId, PaymentId, uuid7
from kiosk.domain.money import Money
from kiosk.domain.payment import Payment, PaymentError, PaymentMethod, PaymentState

INTENDED, CHECKED, PAID = PaymentState.INTENDED, PaymentState.BEING_CHECKED, PaymentState.PAID
NOT_CHARGED, DUE = PaymentState.NOT_CHARGED, PaymentState.DUE
ALLOWED = {
    (INTENDED, PAID),
    (INTENDED, NOT_CHARGED),
    (INTENDED, DUE),
    (INTENDED, CHECKED),
    (CHECKED, PAID),
    (CHECKED, NOT_CHARGED),
    (DUE, PAID),
    (DUE, NOT_CHARGED),
    (PAID, DUE),  # what was due was collected, and that was undone
    (PAID, PaymentState.TAKEN_BACK),  # what had collected it
}


def payment(minor: int = 1250, state: PaymentState = INTENDED) -> Payment:
    return Payment(PaymentId(uuid7(0)), OrderId(uuid7(0)), PaymentMethod.BALANCE, Money(minor), state)


@pytest.mark.parametrize("before", PaymentState)
@pytest.mark.parametrize("after", PaymentState)
def test_states(before: PaymentState, after: PaymentState) -> None:
    one = payment(state=before)
    if (before, after) in ALLOWED:
        moved = one.to(after)
        assert (moved.id, moved.amount, moved.state) == (one.id, one.amount, after)
    else:
        with pytest.raises(PaymentError):
            one.to(after)


def test_amount_is_not_below_zero() -> None:
    assert payment(0).amount == Money(0)
    with pytest.raises(PaymentError):
        payment(-1)
