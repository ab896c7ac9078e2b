"""Paying by card and ordering for the counter, when everything works or somebody says no."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kiosk.domain.cart import EMPTY_CART, Cart
from kiosk.domain.ids import DishId, MemberId
from kiosk.domain.menu import Menu
from kiosk.domain.money import Money
from kiosk.domain.order import DiningMode, OrderState
from kiosk.domain.payment import PaymentMethod, PaymentState
from kiosk.domain.receipt import PaperKind
from kiosk.domain.stock import StockLevels, StockMovement
from kiosk.domain.wallet import Spend
from kiosk.services.outcomes import DueAtCounter, NotCharged, NotChargedReason, Paid
from kiosk.services.ports import Refusal
from kiosk.sync.wire import GrantReleased, OrderRecorded, SpendRecord
from tests.domain.canteen import BIG_NOODLES, MENU, NOODLES, PLAIN_RICE, PLAIN_SET, RICE
from tests.services.fakes import Line
from tests.services.memory_store import Tables
from tests.services.terminal import BALANCE, BLOCKED_CARD, CARD, MOMENT, UNKNOWN_CARD, Terminal

CART = EMPTY_CART.add(BIG_NOODLES, 2).add(PLAIN_SET)  # 34.00 + 13.00
TOTAL = Money(4700)


def paid(terminal: Terminal, cart: Cart = CART, card_uid: str = CARD) -> Paid:
    outcome = terminal.pays(cart, card_uid)
    assert isinstance(outcome, Paid)
    return outcome


def refused(terminal: Terminal, cart: Cart = CART, card_uid: str = CARD) -> NotCharged:
    outcome = terminal.pays(cart, card_uid)
    assert isinstance(outcome, NotCharged)
    return outcome


def test_paid() -> None:
    terminal = Terminal()
    outcome = paid(terminal)
    order = outcome.order
    assert (order.number, order.state, order.total) == ("A001", OrderState.PAID, TOTAL)
    assert (order.created_at, order.dining_mode, order.language) == (MOMENT, DiningMode.TAKE_AWAY, "zh")
    assert order.member_id == f"of-{CARD}"
    assert (outcome.balance_after, outcome.points) == (BALANCE - TOTAL, 47)


def test_paid_is_all_in_one_transaction() -> None:
    terminal = Terminal()
    order = paid(terminal).order
    tables = terminal.store.tables
    assert terminal.store.commits == 2  # the intention, then the sale
    assert list(tables.orders.values()) == [order]
    (payment,) = tables.payments.values()
    assert (payment.order_id, payment.state, payment.amount) == (order.id, PaymentState.PAID, TOTAL)
    assert (payment.method, payment.member_id) == (PaymentMethod.BALANCE, order.member_id)
    (use,) = tables.grants.values()
    assert (use.grant.request_id, use.grant.amount, use.spent) == (payment.id, TOTAL, TOTAL)
    assert (use.spends, use.closed) == (1, True)
    assert tables.spends == [Spend(use.grant.id, 1, payment.id, TOTAL)]
    assert tables.movements == [StockMovement(NOODLES.id, -3, "sale"), StockMovement(RICE.id, -1, "sale")]
    assert sorted(job.kind for job in tables.print_jobs.values()) == [PaperKind.KITCHEN_TICKET, PaperKind.RECEIPT]
    assert terminal.outbox == [
        OrderRecorded(order, payment, tuple(tables.movements), spends=(SpendRecord(tables.spends[0], 1),), points=47)
    ]


def test_paid_is_told_to_printers_and_uploader() -> None:
    terminal = Terminal()
    order = paid(terminal).order
    assert [(job.order_id, job.kind) for job in terminal.front.jobs] == [(order.id, PaperKind.RECEIPT)]
    assert [(job.order_id, job.kind) for job in terminal.kitchen.jobs] == [(order.id, PaperKind.KITCHEN_TICKET)]
    assert terminal.signal.wakes == 1


def test_central_books_exactly_the_price() -> None:
    terminal = Terminal()
    paid(terminal)
    terminal.uploads()
    assert terminal.central.free == {CARD: BALANCE - TOTAL}
    assert (terminal.central.held, terminal.central.spent) == ({}, TOTAL)


def test_the_intention_is_durable_before_central_is_asked() -> None:
    terminal = Terminal()
    terminal.store.fails_at(1)
    assert refused(terminal).reason is NotChargedReason.STORAGE_FAILED
    assert terminal.central.asked == []


def test_numbers_count_through_the_canteens_day() -> None:
    terminal = Terminal()
    numbers = [paid(terminal, EMPTY_CART.add(PLAIN_RICE)).order.number for _ in range(3)]
    assert numbers == ["A001", "A002", "A003"]
    assert terminal.store.tables.counters == {date(2025, 9, 2): 3}


@pytest.mark.parametrize(
    ("refusal", "reason"),
    [
        (Refusal.CARD_BLOCKED, NotChargedReason.CARD_BLOCKED),
        (Refusal.MEMBER_BLOCKED, NotChargedReason.MEMBER_BLOCKED),
        (Refusal.ABANDONED, NotChargedReason.CENTRAL_REFUSED),
    ],
)
def test_refused_by_central(refusal: Refusal, reason: NotChargedReason) -> None:
    terminal = Terminal()
    terminal.central.refusals[CARD] = refusal
    assert refused(terminal) == NotCharged(reason, TOTAL)
    assert_nothing_was_sold(terminal)
    assert terminal.outbox == []  # a refusal is final: central holds nothing


def test_unknown_card() -> None:
    assert refused(Terminal(), card_uid=UNKNOWN_CARD).reason is NotChargedReason.CARD_UNKNOWN


def test_too_little_balance_says_how_much_there_is() -> None:
    terminal = Terminal()
    dear = EMPTY_CART.add(BIG_NOODLES, 3)
    assert refused(terminal, dear) == NotCharged(NotChargedReason.INSUFFICIENT, Money(5100), free=BALANCE)
    assert_nothing_was_sold(terminal)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (Line.DEAD, NotChargedReason.CENTRAL_UNREACHABLE),
        (Line.LOSES_REPLY, NotChargedReason.CENTRAL_UNREACHABLE),
        (Line.REVOKED, NotChargedReason.CENTRAL_REFUSED),
        (Line.MISFITS, NotChargedReason.CENTRAL_REFUSED),
    ],
)
def test_what_central_may_hold_is_released(line: Line, reason: NotChargedReason) -> None:
    terminal = Terminal()
    terminal.central.line = line
    assert refused(terminal) == NotCharged(reason, TOTAL)
    assert_nothing_was_sold(terminal)
    (payment,) = terminal.store.tables.payments.values()
    assert terminal.outbox == [GrantReleased(payment.id)]
    assert terminal.signal.wakes == 1
    terminal.uploads()
    assert (terminal.central.free[CARD], terminal.central.held) == (BALANCE, {})


def assert_nothing_was_sold(terminal: Terminal) -> None:
    tables = terminal.store.tables
    assert [p.state for p in tables.payments.values()] == [PaymentState.NOT_CHARGED]
    written = Tables(payments=tables.payments, payers=tables.payers, told=tables.told, outbox=tables.outbox)
    assert tables == written
    assert terminal.front.jobs == terminal.kitchen.jobs == []


def test_a_retry_with_the_same_card_abandons_what_was_not_released() -> None:
    """The balance that a lost reply holds is free again for the very next tap."""
    terminal = Terminal()
    terminal.central.line = Line.LOSES_REPLY
    refused(terminal)
    terminal.central.line = Line.ANSWERS
    assert paid(terminal).balance_after == BALANCE - TOTAL
    first, second = terminal.central.asked
    assert (first.abandons, second.abandons) == ((), (first.request_id,))
    assert second.request_id != first.request_id
    terminal.uploads()
    assert terminal.central.free == {CARD: BALANCE - TOTAL}


def test_what_central_has_acknowledged_is_not_abandoned_again() -> None:
    terminal = Terminal()
    terminal.central.line = Line.LOSES_REPLY
    refused(terminal)
    terminal.uploads()
    terminal.central.line = Line.ANSWERS
    paid(terminal)
    assert terminal.central.asked[-1].abandons == ()


def test_another_card_abandons_nothing() -> None:
    terminal = Terminal()
    terminal.central.free["0102030405"] = BALANCE
    terminal.central.line = Line.LOSES_REPLY
    refused(terminal)
    terminal.central.line = Line.ANSWERS
    paid(terminal, card_uid="0102030405")
    assert terminal.central.asked[-1].abandons == ()


SHORT = StockLevels({NOODLES.id: 2})
SOLD_OUT = StockLevels({}, frozenset({RICE.id}))


@pytest.mark.parametrize(("levels", "short"), [(SHORT, (NOODLES.id,)), (SOLD_OUT, (RICE.id,))])
def test_sold_out(levels: StockLevels, short: tuple[DishId, ...]) -> None:
    terminal = Terminal(levels=levels)
    expected = NotCharged(NotChargedReason.SOLD_OUT, TOTAL, sold_out=short)
    assert terminal.pays(CART) == terminal.takes_order(CART) == expected
    assert (terminal.central.asked, terminal.store.tables) == ([], Tables())


def test_the_last_portion_is_sold_once() -> None:
    terminal = Terminal(levels=StockLevels({RICE.id: 1}))
    paid(terminal, EMPTY_CART.add(PLAIN_RICE))
    assert refused(terminal, EMPTY_CART.add(PLAIN_RICE)).sold_out == (RICE.id,)


WITHOUT_SET = replace(MENU, combos=())
DEARER = replace(MENU, dishes=(replace(NOODLES, price=Money(1300)), *MENU.dishes[1:]))
CHEAPER = replace(MENU, dishes=(replace(NOODLES, price=Money(1100)), *MENU.dishes[1:]))


@pytest.mark.parametrize("menu", [WITHOUT_SET, DEARER, CHEAPER, None])
def test_menu_that_changed_under_the_customers_hands(menu: Menu | None) -> None:
    """Nobody pays another price than the screen showed."""
    terminal = Terminal(menu)
    expected = NotCharged(NotChargedReason.MENU_CHANGED, TOTAL)
    assert terminal.pays(CART) == terminal.takes_order(CART) == expected
    assert (terminal.central.asked, terminal.store.tables) == ([], Tables())


def test_menu_that_changed_elsewhere_does_not_matter() -> None:
    dearer_soup = replace(
        MENU, dishes=tuple(replace(d, price=d.price * 2) if d.id == "soup" else d for d in MENU.dishes)
    )
    assert isinstance(Terminal(dearer_soup).pays(CART), Paid)


def test_a_meal_that_costs_nothing_asks_nobody() -> None:
    terminal = Terminal(replace(MENU, dishes=(*MENU.dishes[:-1], replace(RICE, price=Money(0)))))
    cart = EMPTY_CART.add(PLAIN_RICE)
    outcome = terminal.pays(cart, shown_total=Money(0))
    assert isinstance(outcome, Paid)
    assert (outcome.order.number, outcome.order.state) == ("A001", OrderState.PAID)
    assert (outcome.balance_after, outcome.points, terminal.central.asked) == (None, 0, [])
    (event,) = terminal.outbox
    assert isinstance(event, OrderRecorded)
    assert (event.payment.state, event.all_spends, event.points) == (PaymentState.PAID, (), 0)


@pytest.mark.parametrize(
    ("card_uid", "member_id"),
    [(None, None), (CARD, MemberId(f"of-{CARD}")), (UNKNOWN_CARD, None)],
)
def test_order_for_the_counter(card_uid: str | None, member_id: MemberId | None) -> None:
    terminal = Terminal()
    outcome = terminal.takes_order(CART, card_uid)
    assert isinstance(outcome, DueAtCounter)
    order = outcome.order
    assert (order.number, order.state, order.member_id) == ("A001", OrderState.AWAITING_PAYMENT, member_id)
    tables = terminal.store.tables
    (payment,) = tables.payments.values()
    assert (payment.method, payment.state, payment.amount) == (PaymentMethod.COUNTER, PaymentState.DUE, TOTAL)
    assert payment.member_id == member_id
    assert terminal.outbox == [OrderRecorded(order, payment, tuple(tables.movements))]
    assert (tables.grants, tables.spends, terminal.central.asked) == ({}, [], [])
    assert (terminal.store.commits, terminal.signal.wakes) == (1, 1)
    assert [job.kind for job in terminal.front.jobs] == [PaperKind.COUNTER_SLIP]
    assert terminal.kitchen.jobs == []  # cooked when it is paid


def test_counter_and_card_share_the_days_numbers() -> None:
    terminal = Terminal()
    terminal.takes_order(CART)
    assert paid(terminal).order.number == "A002"


def test_blocked_card_is_centrals_to_refuse() -> None:
    """Central knows best: a card blocked here only by old news is asked for all the same."""
    terminal = Terminal()
    terminal.central.free[BLOCKED_CARD] = BALANCE
    paid(terminal, card_uid=BLOCKED_CARD)
