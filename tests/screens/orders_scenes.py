"""What the section orders of the admin screen shows, for the tests of its screens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

from kiosk.domain.cart import Cart, Selection
from kiosk.domain.ids import CouponId, MemberId, OrderId, PaymentId, RefundId
from kiosk.domain.money import Money
from kiosk.domain.order import DiningMode, Order, OrderState, draft_order
from kiosk.domain.order_standing import Standing
from kiosk.domain.payment import Payment, PaymentMethod, PaymentPart, PaymentState
from kiosk.domain.pricing import price_cart
from kiosk.domain.receipt import PaperKind
from kiosk.domain.refund import Refund, plan_refund
from kiosk.domain.unit import POINTS, coupon_unit
from kiosk.screens.admin_flow.orders_state import BackAsked, BackKind, BeingFoundOut, GivingBack, OrdersState
from kiosk.services.events import PrintJobState
from kiosk.services.find_orders import NothingFound, NothingFoundReason, OrderPage
from kiosk.services.journal import Fate
from kiosk.services.order_details import OrderDetails, OrderPaper, OrderRow
from kiosk.services.payments_lately import PaymentLately
from kiosk.services.refund import Refunded
from kiosk.services.staff_acts import NotKnown, RefusedReason
from tests.screens.counter_scenes import CHICKEN, MENU, RICE, TOFU

NOON = datetime(2026, 3, 9, 12, 3, tzinfo=timezone(timedelta(hours=8)))
CARD_END = "86CE"


def order(number: str = "A037", state: OrderState = OrderState.PAID, dishes: int = 3) -> Order:
    cart = Cart().add(Selection.of_dish(CHICKEN), 2).add(Selection.of_dish(RICE), 2).add(Selection.of_dish(TOFU))
    for dish in MENU.dishes[4 : 1 + dishes]:
        cart = cart.add(Selection.of_dish(dish))
    order_id = OrderId(UUID(int=7))
    draft = draft_order(
        order_id, price_cart(cart, MENU), MENU, dining_mode=DiningMode.TAKE_AWAY, language="zh", created_at=NOON
    )
    return replace(draft, number=number, state=state, member_id=MemberId("m-1"))


def payment(of: Order, state: PaymentState = PaymentState.PAID) -> Payment:
    """By a coupon, points, the card; and a rest in cash."""
    others = (
        PaymentPart(PaymentMethod.COUPON, Money(500), Money(1, coupon_unit(CouponId(str(UUID(int=3)))))),
        PaymentPart(PaymentMethod.POINTS, Money(200), Money(200, POINTS)),
        PaymentPart(PaymentMethod.BALANCE, Money(2000)),
    )
    rest = PaymentPart(PaymentMethod.COUNTER, of.total - Money(2700))
    return Payment(PaymentId(UUID(int=8)), of.id, PaymentMethod.COUNTER, of.total, state, of.member_id, (*others, rest))


PAPERS = (
    OrderPaper(UUID(int=21), PaperKind.RECEIPT, PrintJobState.UNKNOWN, 0, may_print_again=True),
    OrderPaper(UUID(int=22), PaperKind.KITCHEN_TICKET, PrintJobState.CONFIRMED, 2, may_print_again=True),
)


def details(of: Order | None = None, refunds: tuple[Refund, ...] = ()) -> OrderDetails:
    of = of or order()
    standing = Standing.PARTLY_REFUNDED if refunds else Standing.PAID
    return OrderDetails(of, NOON, standing, (payment(of),), refunds, PAPERS, None, CARD_END)


def refund_of(of: Order, portions: Mapping[int, int]) -> Refund:
    lines, parts = plan_refund(of, (payment(of),), (), portions)
    made_at = datetime(2026, 3, 9, 4, 20, tzinfo=UTC)
    return Refund(RefundId(UUID(int=9)), of.id, lines, parts, "staff-12", "菜品有问题", made_at)


def _page(count: int = 6) -> OrderPage:
    standings = (*Standing, Standing.PAID)
    rows = tuple(
        OrderRow(
            OrderId(UUID(int=100 + n)),
            f"A{137 - n:03d}",
            NOON - timedelta(minutes=n),
            Money(1250 * (n + 1)),
            standings[n],
        )
        for n in range(count)
    )
    return OrderPage(rows, rows[-1].id)


def _payments(*fates: Fate) -> tuple[PaymentLately, ...]:
    return tuple(
        PaymentLately(
            PaymentId(UUID(int=n)),
            CARD_END if n % 2 == 0 else "",
            NOON - timedelta(minutes=n),
            Money(1250),
            fate,
            "A037" if fate in (Fate.PAID, Fate.DUE) else "",
        )
        for n, fate in enumerate(fates)
    )


def _variants() -> dict[str, OrdersState]:
    paid, long = order(), order(dishes=9)
    given = refund_of(paid, {0: 1})
    whole = {number: line.quantity for number, line in enumerate(paid.lines)}
    waits = replace(paid, state=OrderState.AWAITING_PAYMENT)
    unpaid = OrderDetails(
        waits,
        NOON,
        Standing.AWAITING_PAYMENT,
        (payment(waits, PaymentState.DUE),),
        (),
        (OrderPaper(UUID(int=23), PaperKind.COUNTER_SLIP, PrintJobState.SKIPPED, 0, may_print_again=True),),
        RefusedReason.NOT_PAID,
        CARD_END,
    )
    gone = replace(details(), standing=Standing.COLLECTED, not_refundable=RefusedReason.COLLECTED)
    elsewhere = NothingFound(NothingFoundReason.ELSEWHERE, "B")
    refund = GivingBack(BackKind.REFUND, details(), {**whole, 0: 1})
    return {
        "list": OrdersState(looking=False, found=_page()),
        "elsewhere": OrdersState(looking=False, found=elsewhere, typed="12"),
        "order": OrdersState("order", looking=False, details=details()),
        "order-long": OrdersState("order", looking=False, details=details(long)),
        "refunded": OrdersState(
            "order", looking=False, details=details(paid, (given,)), ended=Refunded(refund_of(paid, whole), paid)
        ),
        "not-known": OrdersState(
            "order",
            looking=False,
            details=details(),
            ended=NotKnown(UUID(int=1)),
            being_found_out=BeingFoundOut(
                UUID(int=1), BackAsked(BackKind.VOID, paid.id, whole, restock=True, reason="?"), 0.0
            ),
        ),
        "collected": OrdersState("order", looking=False, details=gone),
        "unpaid": OrdersState("order", looking=False, details=unpaid),
        "refund": OrdersState("order_back", looking=False, details=details(), giving_back=refund),
        "typing": OrdersState(
            "order_back", looking=False, details=details(), giving_back=replace(refund, typed="SEE BOOK 12")
        ),
        "void": OrdersState(
            "order_back",
            looking=False,
            details=details(),
            giving_back=GivingBack(BackKind.VOID, details(), whole, restock=True),
        ),
        "cancel": OrdersState(
            "order_back", looking=False, details=unpaid, giving_back=GivingBack(BackKind.CANCEL, unpaid, {})
        ),
        "checked": OrdersState("order_payments", looking=False, payments=_payments(Fate.BEING_CHECKED, *Fate)),
        "certain": OrdersState("order_payments", looking=False, payments=_payments(Fate.PAID, Fate.NOT_CHARGED)),
        "no-disk": OrdersState("order_payments", looking=False),
    }


VARIANTS = _variants()
