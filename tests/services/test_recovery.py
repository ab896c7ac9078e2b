"""After a crash: what was intended was not charged, and central hears of it."""

from __future__ import annotations

import pytest

from kiosk.domain.cart import EMPTY_CART
from kiosk.domain.ids import OrderId, PaymentId, uuid7
from kiosk.domain.loyalty import PointsRule
from kiosk.domain.money import Money
from kiosk.domain.payer import ByCard
from kiosk.domain.payment import Payment, PaymentMethod, PaymentState
from kiosk.services.ports import StorageFailed
from kiosk.services.recovery import resolve_unfinished
from kiosk.sync.encoder import WireEncoder
from kiosk.sync.wire import GrantReleased
from tests.domain.canteen import PLAIN_RICE
from tests.services.terminal import Terminal

ENCODER = WireEncoder(PointsRule())


def left_behind(terminal: Terminal, state: PaymentState, method: PaymentMethod = PaymentMethod.BALANCE) -> Payment:
    payment = Payment(PaymentId(uuid7(0)), OrderId(uuid7(0)), method, Money(1200), state)
    with terminal.store.transaction() as tx:
        tx.payments.add(payment, ByCard("62E3086CED"))
    return payment


def test_open_payments_were_not_charged_and_are_released() -> None:
    terminal = Terminal()
    opened = [left_behind(terminal, s) for s in (PaymentState.INTENDED, PaymentState.BEING_CHECKED)]
    assert resolve_unfinished(terminal.store, ENCODER) == tuple(p.id for p in opened)
    payments = terminal.store.tables.payments
    assert [payments[p.id].state for p in opened] == [PaymentState.NOT_CHARGED] * 2
    assert terminal.outbox == [GrantReleased(p.id) for p in opened]


@pytest.mark.parametrize("state", [PaymentState.PAID, PaymentState.NOT_CHARGED, PaymentState.DUE])
def test_what_is_settled_stays(state: PaymentState) -> None:
    terminal = Terminal()
    payment = left_behind(terminal, state)
    assert resolve_unfinished(terminal.store, ENCODER) == ()
    assert terminal.store.tables.payments == {payment.id: payment}
    assert terminal.outbox == []


def test_sales_are_not_touched_and_twice_is_once() -> None:
    terminal = Terminal()
    terminal.pays(EMPTY_CART.add(PLAIN_RICE))
    terminal.takes_order(EMPTY_CART.add(PLAIN_RICE))
    before = terminal.store.tables.copy()
    assert resolve_unfinished(terminal.store, ENCODER) == ()
    assert terminal.store.tables == before
    payment = left_behind(terminal, PaymentState.INTENDED)
    assert [resolve_unfinished(terminal.store, ENCODER) for _ in range(2)] == [(payment.id,), ()]


def test_disk_that_fails_leaves_everything_to_the_next_start() -> None:
    terminal = Terminal()
    left_behind(terminal, PaymentState.INTENDED)
    before = terminal.store.tables.copy()
    terminal.store.fails_at(1)
    with pytest.raises(StorageFailed):
        resolve_unfinished(terminal.store, ENCODER)
    assert terminal.store.tables == before
