"""States as they come up at a counter, for the tests of its screens. The menu is the demonstration's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path
from uuid import UUID

from central.menu.menu_file import load_menu
from kiosk.domain.cart import Cart, Selection
from kiosk.domain.cash import CounterPayment, CounterResult
from kiosk.domain.collection import cash_collection
from kiosk.domain.counter import CounterLimits
from kiosk.domain.dish import Dish
from kiosk.domain.due_order import DueOrder
from kiosk.domain.face_consent import ConsentPurpose
from kiosk.domain.ids import (
    CollectionId,
    CounterPaymentId,
    DishId,
    FaceConsentId,
    MemberId,
    OrderId,
    PaymentId,
    TerminalId,
)
from kiosk.domain.local_text import LocalText
from kiosk.domain.menu import Menu
from kiosk.domain.money import Money
from kiosk.domain.order import DiningMode, Order, OrderState, draft_order
from kiosk.domain.payer import ByCard, ByFace
from kiosk.domain.payment import PaymentMethod
from kiosk.domain.pricing import price_cart
from kiosk.domain.stock import StockLevels
from kiosk.screens.counter_flow.after_sale_state import Undoable
from kiosk.screens.counter_flow.collecting_state import Collecting, FoundOrder
from kiosk.screens.counter_flow.enrolment_state import Enrolment
from kiosk.screens.counter_flow.state import (
    CounterRules,
    Ended,
    Lane,
    LaneEnd,
    Outcome,
    Paying,
    PayMethod,
    Sale,
    ScreenName,
    State,
    Weighing,
)
from kiosk.screens.flow.face_state import FacePolicy, Facing
from kiosk.screens.flow.state import Session, TextSize, View
from kiosk.screens.flow.state import State as CustomerState
from kiosk.services.counter_sale import CashSold
from kiosk.services.events import DeviceKind, LinkState
from kiosk.services.face_events import FaceReadiness
from kiosk.services.identify import Identified
from kiosk.services.outcomes import BeingChecked, NotCharged, NotChargedReason, Paid
from tests.screens import scenes
from tests.screens.gallery import Sight

MOMENT = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
DEMO = load_menu(Path(__file__).resolve().parents[2] / "config" / "demo" / "menu.toml", 1).menu


def _by_weight(id_: str, zh: str, en: str, minor: int, per_g: int, like: str) -> Dish:
    dish = DEMO.dish_by_id[DishId(like)]
    plain = replace(dish, id=DishId(id_), name=LocalText(zh, en), price=Money(minor), per_g=per_g)
    return replace(plain, option_groups=())


PEANUTS = _by_weight("peanuts-by-weight", "散称老醋花生", "Vinegar peanuts by weight", 380, 100, "vinegar-peanuts")
MALATANG = _by_weight("malatang-by-weight", "自选麻辣烫", "Malatang, choose your own", 2599, 500, "malatang")
MENU: Menu = DEMO if DEMO.weighed else replace(DEMO, weighed=(PEANUTS, MALATANG))
WEIGHED = MENU.weighed[0]
CHICKEN = MENU.dish_by_id[DishId("kung-pao-chicken")]
TOFU = MENU.dish_by_id[DishId("mapo-tofu")]
RICE = MENU.dish_by_id[DishId("steamed-rice")]

RULES = CounterRules(CounterLimits(largest_sum_minor=20_000, largest_weight_g=3_000), face_policy=FacePolicy())
CARDS_ONLY = replace(RULES, face_policy=None)
CAMERA = "face-camera"
SMALL = Cart().add(Selection.of_dish(RICE), 2).add(Selection.of_sum(Money(1250)))
SOME = (
    Cart()
    .add(Selection.of_dish(CHICKEN))
    .add(Selection.of_dish(RICE), 2)
    .add(Selection.of_weight(WEIGHED, 350))
    .add(Selection.of_sum(Money(650)))
)
MANY = SOME
for _dish in MENU.dishes[:14]:
    MANY = MANY.add(Selection.of_dish(_dish), 3)
FIXED = Cart().add(Selection.of_sum(Money(1200)))


def state(screen: ScreenName = ScreenName.SALE, *, reader: bool = True, printer: bool = True) -> State:
    """At lunch time, everything works unless said otherwise."""
    return State(
        Sale(1),
        RULES,
        screen=screen,
        menu=MENU,
        levels=StockLevels({CHICKEN.id: 12}, frozenset({MENU.dishes[4].id})),
        local=time(12, 0),
        serving_id="lunch",
        now_s=1000.0,
        touched_s=1000.0,
        link=LinkState.ONLINE,
        devices={
            **scenes.devices(reader=reader, printer=printer),
            CAMERA: scenes.health(CAMERA, DeviceKind.CAMERA),
        },
        face=FaceReadiness(is_ready=True, purposes=frozenset({ConsentPurpose.PAYING})),
    )


def total(cart: Cart) -> Money:
    return price_cart(cart, MENU).total


def order(cart: Cart, number: str = "C042", *, paid: bool = True) -> Order:
    draft = draft_order(
        OrderId(UUID(int=int(number[1:]) + 1)),
        price_cart(cart, MENU),
        MENU,
        dining_mode=DiningMode.DINE_IN,
        language="zh",
        created_at=MOMENT,
    )
    return replace(draft.to(OrderState.PAID if paid else OrderState.AWAITING_PAYMENT), number=number)


def of_sale(base: State, **changes: object) -> State:
    """With that of the customer who is served now."""
    return replace(base, sale=replace(base.sale, **changes))  # type: ignore[arg-type]


def with_cart(base: State, cart: Cart) -> State:
    return of_sale(base, cart=cart)


def paying(cart: Cart = SOME, method: PayMethod = PayMethod.MEMBER, *, in_flight: bool = False) -> State:
    screen = ScreenName.CASH if method is PayMethod.CASH else ScreenName.PAYING
    waiting = Paying(method, total(cart), in_flight, card_end="6CED" if in_flight else "")
    return replace(with_cart(state(screen), cart), paying=waiting)


def ended(outcome: Outcome, base: State | None = None) -> State:
    """With the undo that goes with it."""
    received = outcome.payment.received if isinstance(outcome, CashSold) else None
    shown = of_sale(base or with_cart(state(ScreenName.RESULT), SOME), outcome=outcome, received=received)
    return with_undo(shown, outcome.order) if isinstance(outcome, Paid | CashSold) else shown


def with_undo(base: State, sold: Order, left_s: float = 8.0) -> State:
    return replace(base, undoable=(Undoable(sold, base.now_s + left_s), *base.undoable))


def looked_at(base: State, **changes: object) -> State:
    """The customer stands before the camera."""
    facing = Facing(1, ConsentPurpose.PAYING, turn=False, **changes)  # type: ignore[arg-type]
    return replace(of_sale(base, facing=facing), cameras_on=frozenset({CAMERA} if facing.is_looking else ()))


def about_to_look(base: State) -> State:
    """The camera was asked to look and gives no picture yet."""
    return replace(looked_at(base), cameras_on=frozenset())


BY_FACE = ByFace(scenes.MEMBER.id, FaceConsentId(UUID(int=1)))
RECOGNISED = Identified(scenes.MEMBER, ByCard(scenes.CARD), Money(0))
PAID = Paid(order(SOME), Money(3750), 12)


def cash_sold(received_minor: int) -> CashSold:
    sold = order(SOME)
    ids = CounterPaymentId(UUID(int=7)), sold.id, PaymentId(UUID(int=8))
    made = CounterPayment(*ids, CounterResult.PAID, sold.total, "7", MOMENT, received=Money(received_minor))
    return CashSold(sold, made)


def not_charged(reason: NotChargedReason = NotChargedReason.INSUFFICIENT) -> NotCharged:
    return NotCharged(reason, total(SOME), free=Money(320))


TOO_FEW = NotCharged(
    NotChargedReason.SOLD_OUT,
    total(SOME),
    sold_out=(DEMO.dishes[0].id, DEMO.dishes[2].id),
    left=((DEMO.dishes[0].id, 1), (DEMO.dishes[2].id, 0)),
)
BEING_CHECKED = BeingChecked(PaymentId(UUID(int=9)), total(SOME))


def lane(**changes: object) -> State:
    kinds = (LaneEnd.PAID, LaneEnd.PAID, LaneEnd.NOT_PAID, LaneEnd.PAID, LaneEnd.NOT_KNOWN)
    ends = tuple(
        Ended(end, order(FIXED, f"C0{42 - back}") if end is LaneEnd.PAID else None) for back, end in enumerate(kinds)
    )
    on = Lane(FIXED, Money(1200), DiningMode.DINE_IN, taken=Money(44_400), paid=37, ended=42, ends=ends)
    return replace(state(ScreenName.LANE), lane=replace(on, **changes))  # type: ignore[arg-type]


def weighing(grams: int) -> State:
    return replace(with_cart(state(), SMALL), weighing=Weighing(WEIGHED.id, grams))


def found(*numbers: str) -> tuple[FoundOrder, ...]:
    carts = (SOME, SMALL, FIXED)
    orders = [order(carts[i % 3], number, paid=False) for i, number in enumerate(numbers)]
    return tuple(FoundOrder(_due(made), made) for made in orders)


def _due(made: Order) -> DueOrder:
    payment = PaymentId(UUID(int=made.id.int + 1000))
    taken_by = TerminalId("terminal-1"), 1, made.number, MOMENT, made.dining_mode, "zh"
    return DueOrder(made.id, payment, *taken_by, made.total, made.total)


def _collected(method: PaymentMethod) -> Undoable:
    """The order of another terminal, just paid here."""
    (one,) = found("A037")
    made = cash_collection(CollectionId(UUID(int=5)), one.due_order, "7", MOMENT)
    if method is PaymentMethod.COUNTER:
        return Undoable(one.order, 1008.0, made.amount, collected=made)
    made = replace(made, method=method, payment_id=PaymentId(UUID(int=6)), member_id=MemberId("m"))
    return Undoable(one.order, 1008.0, collected=made)


COLLECTED_CARD = _collected(PaymentMethod.BALANCE)
COLLECTED_CASH = _collected(PaymentMethod.COUNTER)


def collecting(**changes: object) -> State:
    return replace(state(ScreenName.COLLECT), collecting=Collecting(**changes))  # type: ignore[arg-type]


def enrolling(flow: CustomerState | None = None, **changes: object) -> State:
    """Before the card, or in the self-service terminal's flow."""
    base = state(ScreenName.ENROL)
    session = Session(1, base.view)
    enrolment = Enrolment(flow or CustomerState(session), "王师傅", **changes)  # type: ignore[arg-type]
    return replace(base, enrolment=enrolment)


def paying_collected() -> State:
    """An order that was found, and its customer is asked to pay it."""
    (one,) = found("A037")
    waiting = Paying(PayMethod.MEMBER, one.due, in_flight=False)
    asked = replace(state(ScreenName.PAYING), paying=waiting)
    return replace(asked, collecting=Collecting("A037", found=(one,), chosen=one))


def without_tries(base: State) -> State:
    """Wrong digits were told too often."""
    return of_sale(base, tries_left=0)


def with_view(base: State, view: View) -> State:
    return replace(base, view=view)


def sights() -> Iterator[Sight]:
    """Every look in which the counter's screens must hold."""
    small, wide = (1280, 800), (1920, 1080)
    yield Sight("zh", View("zh"), small)
    yield Sight("en", View("en"), small)
    yield Sight("zh-largest", View("zh", TextSize.LARGEST), small)
    yield Sight("en-largest", View("en", TextSize.LARGEST), small)
    yield Sight("zh-wide", View("zh"), wide, keeps_picture=False)
    yield Sight("en-largest-contrast-wide", View("en", TextSize.LARGEST, high_contrast=True), wide, keeps_picture=False)
