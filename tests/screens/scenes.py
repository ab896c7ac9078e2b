"""States as they come up in the canteen, for the tests of the screens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from kiosk.domain.cart import Cart, DishChoice, Selection
from kiosk.domain.coupon import Coupon, CouponTerms
from kiosk.domain.ids import CouponId, MemberId, OrderId, PaymentId
from kiosk.domain.local_text import LocalText
from kiosk.domain.member import Member
from kiosk.domain.money import Money
from kiosk.domain.order import DiningMode, Order, OrderState, draft_order
from kiosk.domain.payer import ByCard
from kiosk.domain.payment import PaymentMethod, PaymentPart
from kiosk.domain.pricing import price_cart
from kiosk.domain.receipt import PaperKind
from kiosk.domain.unit import POINTS, coupon_unit
from kiosk.screens.flow.state import (
    Customer,
    Paying,
    PayMethod,
    Redeeming,
    ScreenName,
    Session,
    ShownPayment,
    State,
    TextSize,
    View,
)
from kiosk.services.events import (
    DeviceHealth,
    DeviceKind,
    DeviceProblem,
    DeviceState,
    LinkState,
    PrintJobChanged,
    PrintJobState,
)
from kiosk.services.journal import CardPayment, Fate
from kiosk.services.outcomes import BeingChecked, DueAtCounter, NotCharged, NotChargedReason, Outcome, Paid
from tests.screens.sample_menu import COMBOS, MENU, dish_id

MOMENT = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
CARD = "62E3086CED"
READER, PRINTER = "campus-card", "receipts"

CHICKEN = MENU.dish_by_id[dish_id(0, 0)]
NOODLES = MENU.dish_by_id[dish_id(3, 1)]
TOFU = MENU.dish_by_id[dish_id(1, 0)]
CHICKEN_HOT = Selection(
    (DishChoice.default(CHICKEN).with_option("spice", ("hot",)).with_option("extras", ("egg", "rice")),)
)
SET_MEAL = Selection.of_combo(COMBOS[0], MENU)

ONE_DISH = Cart().add(Selection.of_dish(TOFU))
USUAL = Cart().add(CHICKEN_HOT).add(Selection.of_dish(TOFU))
SOME = Cart().add(SET_MEAL).add(CHICKEN_HOT, 2).add(Selection.of_dish(NOODLES))
MANY = SOME
for _way in range(2, 11):
    MANY = MANY.add(Selection.of_dish(MENU.dish_by_id[dish_id(_way % 8, _way)]), _way)


def coupon(number: int, zh: str, en: str, off: int, *, percent: int = 100, minimum: int = 0) -> Coupon:
    always = MOMENT - timedelta(days=30), MOMENT + timedelta(days=30)
    terms = CouponTerms(LocalText(zh, en), percent, Money(off), Money(minimum), *always)
    return Coupon(CouponId(str(UUID(int=number))), terms)


FIVE_OFF = coupon(1, "开学五元券", "Term start: ¥5 off", 500)
FIFTH_OFF = coupon(2, "会员日八折", "Member day: 20% off", 1500, percent=20)
BIG_ORDER = coupon(3, "满百减二十", "¥20 off from ¥100", 2000, minimum=10000)
COUPONS = (FIVE_OFF, FIFTH_OFF, BIG_ORDER)

MEMBER = Member(MemberId("1"), "王*明", Money(5000), 1280, MOMENT, usual=USUAL)
NOTHING = Money(0)
RICH_IN_COUPONS = replace(MEMBER, coupons=COUPONS)
NEW_MEMBER = Member(MemberId("2"), "A****** W*****", Money(320), 0, MOMENT)


def health(
    name: str, kind: DeviceKind, state: DeviceState = DeviceState.READY, problem: DeviceProblem = DeviceProblem.NONE
) -> DeviceHealth:
    return DeviceHealth(name, kind, state, problem)


def devices(*, reader: bool = True, printer: bool = True) -> Mapping[str, DeviceHealth]:
    gone = (DeviceState.UNAVAILABLE, DeviceProblem.DISCONNECTED)
    return {
        READER: health(READER, DeviceKind.CARD_READER, *(() if reader else gone)),
        PRINTER: health(PRINTER, DeviceKind.PRINTER, *(() if printer else gone)),
    }


def view(language: str = "zh", text_size: TextSize = TextSize.NORMAL, *, high: bool = False, low: bool = False) -> View:
    return View(language, text_size, high_contrast=high, low_layout=low)


def state(screen: ScreenName, *, reader: bool = True, printer: bool = True, online: bool = True) -> State:
    """At lunch time, everything works unless said otherwise."""
    return State(
        Session(1),
        screen=screen,
        menu=MENU,
        serving_id="lunch",
        next_serving_id="dinner",
        now_s=1000.0,
        touched_s=1000.0,
        link=LinkState.ONLINE if online else LinkState.OFFLINE,
        devices=devices(reader=reader, printer=printer),
    )


def with_cart(base: State, cart: Cart) -> State:
    return replace(base, session=replace(base.session, cart=cart))


def with_member(
    base: State, member: Member = MEMBER, *, balance_shown: bool = False, set_aside: Money = NOTHING
) -> State:
    session = replace(base.session, customer=Customer(member, ByCard(CARD), set_aside), balance_shown=balance_shown)
    return replace(base, session=session)


def with_view(base: State, shown: View) -> State:
    """As the customer likes to read; the terminal's own view too, so that nothing resets it meanwhile."""
    return replace(base, session=replace(base.session, view=shown), home_view=shown)


def order(cart: Cart, *, paid: bool = True, mode: DiningMode = DiningMode.DINE_IN, number: str = "A037") -> Order:
    draft = draft_order(
        OrderId(UUID("01920000-0000-7000-8000-00000000a037")),
        price_cart(cart, MENU),
        MENU,
        dining_mode=mode,
        language="zh",
        created_at=MOMENT,
    )
    return replace(draft.to(OrderState.PAID if paid else OrderState.AWAITING_PAYMENT), number=number)


def paper(state: PrintJobState) -> PrintJobChanged:
    return PrintJobChanged(UUID(int=1), order(ONE_DISH).id, PaperKind.RECEIPT, state)


def redeeming(base: State, *, points: bool = True, coupon: Coupon | None = FIVE_OFF) -> State:
    """A member with points and coupons who uses them."""
    base = with_member(base, RICH_IN_COUPONS)
    chosen = Redeeming(points, coupon.id if coupon else None)
    return replace(base, session=replace(base.session, redeeming=chosen))


COUPON_PART = PaymentPart(PaymentMethod.COUPON, Money(500), Money(1, coupon_unit(FIVE_OFF.id)))
POINTS_PART = PaymentPart(PaymentMethod.POINTS, Money(1200), Money(1200, POINTS))


def ended(base: State, outcome: Outcome) -> State:
    screen = ScreenName.RESULT if isinstance(outcome, Paid | DueAtCounter) else ScreenName.PROBLEM
    return replace(base, screen=screen, outcome=outcome)


def not_charged(reason: NotChargedReason, cart: Cart = SOME) -> NotCharged:
    free = Money(320) if reason is NotChargedReason.INSUFFICIENT else None
    sold_out = (CHICKEN.id, TOFU.id) if reason is NotChargedReason.SOLD_OUT else ()
    return NotCharged(reason, price_cart(cart, MENU).total, free, sold_out)


BEING_CHECKED = BeingChecked(PaymentId(UUID("01920000-0000-7000-8000-0000c0ffee42")), price_cart(SOME, MENU).total)
WAITING_FOR_CARD = Paying(PayMethod.CARD, in_flight=False)
CHARGING = Paying(PayMethod.CARD, in_flight=True)
TAKING = Paying(PayMethod.COUNTER, in_flight=True)


def with_last_payment(base: State, fate: Fate) -> State:
    """What became of the last payment by card is said."""
    paid = order(SOME) if fate in (Fate.PAID, Fate.DUE) else None
    payment = CardPayment(BEING_CHECKED.payment_id, CARD[-4:], time(12, 3), fate, paid)
    return replace(base, last_payment=ShownPayment(payment, None))


def looks() -> Iterator[tuple[str, View, tuple[int, int]]]:
    """Every look in which a screen must hold: name, view, window."""
    upright, lying = (1080, 1920), (1280, 800)
    yield "zh", view("zh"), upright
    yield "en", view("en"), upright
    yield "en-largest", view("en", TextSize.LARGEST), upright
    yield "zh-lying", view("zh"), lying
    yield "en-largest-lying", view("en", TextSize.LARGEST), lying
    yield "zh-large-contrast-low", view("zh", TextSize.LARGE, high=True, low=True), upright
