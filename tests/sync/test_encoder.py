"""What the terminal writes down for central."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.cart import Cart, DishChoice, Selection
from kiosk.domain.ids import DishId
from kiosk.domain.local_text import LocalText
from kiosk.domain.loyalty import PointsRule
from kiosk.domain.money import Money
from kiosk.domain.order import OrderedDish, OrderLine, OrderState
from kiosk.domain.payment import PaymentMethod, PaymentState
from kiosk.domain.stock import StockMovement
from kiosk.domain.wallet import GrantUse
from kiosk.sync.encoder import WireEncoder
from kiosk.sync.wire import MAX_EVENT_BYTES, GrantReleased, OrderRecorded, SpendRecord, TerminalEvent, decode
from tests.domain.canteen import PLAIN_RICE, PLAIN_SET
from tests.store.sales import draft, grant_for, intended

ENCODER = WireEncoder(PointsRule(per_minor=100))


def test_a_sale_by_balance_carries_its_spend_closes_its_grant_and_earns_points() -> None:
    order = replace(draft(Cart().add(PLAIN_SET, 2).add(PLAIN_RICE)).to(OrderState.PAID), number="A001")
    payment = intended(order).to(PaymentState.PAID)
    use, spend = GrantUse(grant_for(payment), Money.zero()).spend(payment.id, payment.amount)
    event = decode(ENCODER.sale(order, payment, ((use, spend),)), TerminalEvent)
    assert event == OrderRecorded(
        order,
        payment,
        (
            StockMovement(DishId("noodles"), -2, "sale"),
            StockMovement(DishId("rice"), -3, "sale"),
        ),
        spends=(SpendRecord(spend, close_after=1),),
        points=28,  # 2 × 13.00 + 2.00
    )


def test_a_grant_that_stays_open_is_not_closed() -> None:
    order = draft()
    payment = intended(order)
    grant = replace(grant_for(payment), amount=payment.amount * 2)
    use, spend = GrantUse(grant, Money.zero()).spend(payment.id, payment.amount)
    event = decode(ENCODER.sale(order, payment, ((use, spend),)), TerminalEvent)
    assert event.spends == (SpendRecord(spend),)


def test_an_order_for_the_counter_earns_nothing_yet() -> None:
    order = draft().to(OrderState.AWAITING_PAYMENT)
    payment = replace(intended(order), method=PaymentMethod.COUNTER).to(PaymentState.DUE)
    event = decode(ENCODER.sale(order, payment, ()), TerminalEvent)
    assert (event.points, event.all_spends) == (0, ())
    assert event.movements


def test_a_release_names_its_request() -> None:
    payment = intended(draft())
    assert decode(ENCODER.release(payment.id), TerminalEvent) == GrantReleased(payment.id)


def test_the_fullest_cart_fits_an_event() -> None:
    """30 lines of combos of four dishes, each with four options in both languages."""
    options = tuple(LocalText("多加香菜和辣椒油", "With plenty of coriander and chilli oil") for _ in range(4))
    dish = OrderedDish(
        DishId("braised-beef-noodles"),
        LocalText("红烧牛肉面", "Braised beef noodles"),
        options,
        LocalText("主菜", "Main"),
    )
    choice = DishChoice.of(dish.dish_id, {f"group-{i}": (f"choice-{i}",) for i in range(4)}, "main")
    order = draft()
    line = OrderLine(
        Selection((choice,) * 4), LocalText("豪华套餐", "Deluxe set"), (dish,) * 4, 20, Money(4000), Money(80_000)
    )
    full = replace(order, lines=(line,) * 30)
    assert len(ENCODER.sale(full, intended(full), ())) < MAX_EVENT_BYTES / 2
