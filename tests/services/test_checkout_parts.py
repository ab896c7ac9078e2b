"""Paying in parts: points and a coupon beside the balance, and the rest at the counter. All of it, or nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.domain.cart import EMPTY_CART
from kiosk.domain.ids import CouponId
from kiosk.domain.money import Money
from kiosk.domain.order import OrderState
from kiosk.domain.payment import PaymentMethod, PaymentPart, PaymentState
from kiosk.domain.unit import POINTS, coupon_unit
from kiosk.services.outcomes import BeingChecked, DueAtCounter, NotCharged, NotChargedReason, Outcome, Paid
from kiosk.sync.wire import GrantReleased, OrderRecorded
from tests.domain.canteen import BIG_NOODLES, MENU, PLAIN_RICE, PLAIN_SET, RICE
from tests.services.fakes import Line
from tests.services.terminal import BALANCE, CARD, Terminal
from tests.services.test_checkout_pre_grants import set_aside

CART = EMPTY_CART.add(BIG_NOODLES, 2).add(PLAIN_SET)
TOTAL = Money(4700)
UNIT = coupon_unit(CouponId("01920000-0000-7000-8000-000000000001"))
COUPON = PaymentPart(PaymentMethod.COUPON, Money(500), Money(1, UNIT))
PTS = PaymentPart(PaymentMethod.POINTS, Money(300), Money(300, POINTS))
REST = PaymentPart(PaymentMethod.COUNTER, Money(1700))


def terminal_with(points: int = 350, coupons: int = 1) -> Terminal:
    terminal = Terminal()
    terminal.central.wallets = {(CARD, POINTS): points, (CARD, UNIT): coupons}
    return terminal


def pays(terminal: Terminal, *others: PaymentPart) -> Outcome:
    return terminal.checkout.pay_by_card(replace(terminal.request(CART), others=others), CARD)


def test_everything_is_asked_for_in_one_call() -> None:
    terminal = terminal_with()
    outcome = pays(terminal, COUPON, PTS)
    assert isinstance(outcome, Paid)
    (asked,) = terminal.central.asked
    assert (asked.amount, asked.further) == (Money(3900), (Money(1, UNIT), Money(300, POINTS)))
    assert [part.value.minor for part in outcome.parts] == [500, 300, 3900]
    assert (outcome.money, outcome.balance_after, outcome.points) == (Money(3900), BALANCE - Money(3900), 39)
    (event,) = terminal.outbox
    assert isinstance(event, OrderRecorded)
    assert (event.payment.parts, event.points) == (outcome.parts, 39)
    assert [r.spend.amount for r in event.spends] == [Money(3900), Money(1, UNIT), Money(300, POINTS)]
    assert all(r.close_after == 1 for r in event.spends)
    terminal.uploads()
    assert terminal.central.used == [Money(1, UNIT), Money(300, POINTS)]


def test_money_that_is_here_is_used_first() -> None:
    terminal = terminal_with()
    set_aside(terminal, 3000)
    assert isinstance(pays(terminal, PTS), Paid)
    assert terminal.central.asked[0].amount == Money(1400)


def test_only_points_are_asked_for_when_the_money_is_here() -> None:
    terminal = terminal_with()
    set_aside(terminal, 4400)
    assert isinstance(pays(terminal, PTS), Paid)
    (asked,) = terminal.central.asked
    assert (asked.amount, asked.further) == (Money(0), (Money(300, POINTS),))


def test_the_rest_is_due_at_the_counter() -> None:
    terminal = terminal_with()
    outcome = pays(terminal, PTS, REST)
    assert isinstance(outcome, DueAtCounter)
    assert (outcome.due, outcome.order.state) == (Money(1700), OrderState.AWAITING_PAYMENT)
    assert (outcome.balance_after, outcome.points) == (BALANCE - Money(2700), 27)
    (payment,) = terminal.store.tables.payments.values()
    assert (payment.state, payment.method, payment.due) == (PaymentState.DUE, PaymentMethod.COUNTER, Money(1700))
    assert [job.kind for job in terminal.front.jobs] == ["counter_slip"]
    assert terminal.kitchen.jobs == [], "the kitchen begins when it is paid"


def test_a_meal_that_costs_nothing_may_still_wait_at_the_counter() -> None:
    terminal = Terminal(replace(MENU, dishes=(*MENU.dishes[:-1], replace(RICE, price=Money(0)))))
    outcome = terminal.takes_order(EMPTY_CART.add(PLAIN_RICE), shown_total=Money(0))
    assert isinstance(outcome, DueAtCounter)
    (payment,) = terminal.store.tables.payments.values()
    assert (payment.method, payment.state, payment.parts) == (PaymentMethod.COUNTER, PaymentState.DUE, ())


def test_points_and_coupon_alone_may_go_before_the_counter() -> None:
    terminal = terminal_with()
    outcome = pays(terminal, COUPON, PTS, PaymentPart(PaymentMethod.COUNTER, Money(3900)))
    assert isinstance(outcome, DueAtCounter)
    assert terminal.central.asked[0].amount == Money(0)
    assert (outcome.balance_after, outcome.points) == (None, 0)


@pytest.mark.parametrize(
    ("wallet", "reason"),
    [((299, 1), NotChargedReason.POINTS_INSUFFICIENT), ((300, 0), NotChargedReason.COUPON_NOT_VALID)],
)
def test_what_central_does_not_give_stops_all_of_it(wallet: tuple[int, int], reason: NotChargedReason) -> None:
    terminal = terminal_with(*wallet)
    outcome = pays(terminal, COUPON, PTS)
    assert isinstance(outcome, NotCharged)
    assert outcome.reason is reason
    assert terminal.central.free[CARD] == BALANCE
    assert terminal.outbox == []


def test_too_little_money_says_what_the_card_can_pay() -> None:
    terminal = terminal_with()
    terminal.central.free[CARD] = Money(1000)
    outcome = pays(terminal, COUPON, PTS)
    assert isinstance(outcome, NotCharged)
    assert (outcome.money, outcome.card_can_pay) == (Money(3900), Money(1000))
    assert terminal.central.wallets == {(CARD, POINTS): 350, (CARD, UNIT): 1}


@pytest.mark.parametrize("line", [Line.DEAD, Line.LOSES_REPLY, Line.REVOKED, Line.MISFITS])
def test_nothing_is_used_when_it_fails(line: Line) -> None:
    terminal = terminal_with()
    terminal.central.line = line
    assert isinstance(pays(terminal, COUPON, PTS), NotCharged)
    terminal.central.line = Line.ANSWERS
    assert any(isinstance(event, GrantReleased) for event in terminal.outbox)
    terminal.uploads()
    assert terminal.central.wallets == {(CARD, POINTS): 350, (CARD, UNIT): 1}
    assert terminal.central.free[CARD] == BALANCE


def test_a_crash_after_the_grants_gives_all_of_them_back() -> None:
    terminal = terminal_with()
    terminal.store.fails_at(2, 3)
    assert isinstance(pays(terminal, COUPON, PTS), BeingChecked)
    assert terminal.central.wallets == {(CARD, POINTS): 50, (CARD, UNIT): 0}
    assert terminal.restart() == 1
    terminal.uploads()
    assert terminal.central.wallets == {(CARD, POINTS): 350, (CARD, UNIT): 1}


def test_a_grant_of_another_unit_is_not_taken() -> None:
    terminal = terminal_with()
    terminal.central.line = Line.SWAPS
    outcome = pays(terminal, COUPON, PTS)
    assert isinstance(outcome, NotCharged)
    assert outcome.reason is NotChargedReason.CENTRAL_REFUSED
