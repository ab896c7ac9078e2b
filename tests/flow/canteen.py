"""A small canteen and a visitor for the tests of the flow: events in, states and effects out, taps counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from uuid import UUID

from kiosk.domain.cart import Cart, DishChoice, Selection
from kiosk.domain.coupon import Coupon, CouponTerms
from kiosk.domain.dish import Allergen, Dish, OptionChoice, OptionGroup
from kiosk.domain.ids import ComboId, CouponId, DishId, MemberId, OrderId, PaymentId
from kiosk.domain.local_text import LocalText
from kiosk.domain.member import Member
from kiosk.domain.menu import Category, Combo, ComboSlot, MealPeriod, Menu
from kiosk.domain.money import Money
from kiosk.domain.order import DiningMode, Order, OrderState, draft_order
from kiosk.domain.payer import ByCard
from kiosk.domain.pricing import price_cart
from kiosk.domain.stock import StockLevels
from kiosk.screens.flow import effects as fx
from kiosk.screens.flow import events as ev
from kiosk.screens.flow import step
from kiosk.screens.flow.state import Session, State
from kiosk.services.events import CardPresented, DeviceHealth, DeviceHealthChanged, DeviceKind, DeviceState
from kiosk.services.identify import Identified
from kiosk.services.outcomes import BeingChecked, DueAtCounter, NotCharged, NotChargedReason, Paid

LUNCH, AFTERNOON, DINNER = time(12, 0), time(15, 0), time(18, 0)
CARD, OTHER_CARD = "62E3086CED", "02004DB005"
CHICKEN, TOFU, RICE, SOUP, DUMPLINGS = map(DishId, ("chicken", "tofu", "rice", "soup", "dumplings"))
SET_MEAL = ComboId("set-meal")
MOMENT = datetime(2024, 5, 6, 4, 0, tzinfo=UTC)


def words(text: str) -> LocalText:
    return LocalText(text, text)


SPICE = OptionGroup(
    "spice",
    words("spice"),
    1,
    1,
    (
        OptionChoice("mild", words("mild"), Money(0)),
        OptionChoice("hot", words("hot"), Money(100), allergens=frozenset({Allergen.PEANUT})),
    ),
    ("mild",),
)


def dish(dish_id: DishId, minor: int, *periods: str, options: tuple[OptionGroup, ...] = ()) -> Dish:
    return Dish(
        dish_id,
        "mains",
        words(dish_id),
        words(dish_id),
        Money(minor),
        dish_id,
        frozenset(periods or ("lunch", "dinner")),
        allergens=frozenset(),
        option_groups=options,
    )


def menu_of(*dishes: Dish, version: int = 1, combos: tuple[Combo, ...] = ()) -> Menu:
    return Menu(
        version,
        words("canteen"),
        "CNY",
        (
            MealPeriod("lunch", words("lunch"), time(10, 30), time(14, 0)),
            MealPeriod("dinner", words("dinner"), time(16, 30), time(20, 30)),
        ),
        (Category("mains", words("mains"), "food"),),
        dishes,
        combos,
    )


CHICKEN_DISH = dish(CHICKEN, 1250, options=(SPICE,))
TOFU_DISH = dish(TOFU, 600)
COMBO = Combo(
    SET_MEAL,
    words("set meal"),
    words("set meal"),
    Money(1800),
    "set-meal",
    frozenset({"lunch", "dinner"}),
    (
        ComboSlot("main", words("main"), (CHICKEN, TOFU)),
        ComboSlot("side", words("side"), (RICE,)),
        ComboSlot("soup", words("soup"), (SOUP,)),
    ),
)
MENU = menu_of(
    CHICKEN_DISH,
    TOFU_DISH,
    dish(RICE, 100),
    dish(SOUP, 300),
    dish(DUMPLINGS, 900, "dinner"),
    combos=(COMBO,),
)
# The next version: no combo, no soup, and the chicken has no options any more.
SMALLER_MENU = menu_of(dish(CHICKEN, 1300), TOFU_DISH, dish(RICE, 100), dish(DUMPLINGS, 900, "dinner"), version=2)
NO_COUNTS = StockLevels({})

CHICKEN_MILD = Selection.of_dish(CHICKEN_DISH)
CHICKEN_HOT = Selection((DishChoice.default(CHICKEN_DISH).with_option("spice", ("hot",)),))
TOFU_PLAIN = Selection.of_dish(TOFU_DISH)
USUAL = Cart().add(CHICKEN_MILD).add(TOFU_PLAIN)

MEMBER = Member(MemberId("1"), "王*明", Money(5000), 120, MOMENT, usual=USUAL)
OTHER_MEMBER = Member(MemberId("2"), "李*桐", Money(320), 5, MOMENT)
ALWAYS = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
FIVE_OFF = Coupon(CouponId(str(UUID(int=1))), CouponTerms(words("five off"), 100, Money(500), Money(1000), *ALWAYS))
SAVER = replace(MEMBER, points=450, coupons=(FIVE_OFF,))
NO_MONEY = NotCharged(NotChargedReason.INSUFFICIENT, Money(1250), free=Money(320))
CHECKED = BeingChecked(PaymentId(UUID(int=9)), Money(1250))


def order_of(cart: Cart, *, paid: bool = True, number: str = "A037", menu: Menu = MENU) -> Order:
    order = draft_order(
        OrderId(UUID(int=7)),
        price_cart(cart, menu),
        menu,
        dining_mode=DiningMode.DINE_IN,
        language="zh",
        created_at=MOMENT,
    )
    return replace(order.to(OrderState.PAID if paid else OrderState.AWAITING_PAYMENT), number=number)


class Visitor:
    """Somebody at the terminal at lunch time. `touch` counts as a tap, `happens` does not; effects gather. `step`: the
    flow, or one with a planted bug."""

    step = staticmethod(step)

    def __init__(self, menu: Menu | None = MENU, levels: StockLevels = NO_COUNTS, local: time = LUNCH) -> None:
        self.state = State(Session(1))
        self.effects: list[fx.Effect] = []
        self.taps = 0
        self.now_s = 1000.0
        self.local = local
        self.happens(ev.Touched(self.now_s))
        if menu is not None:
            self.happens(ev.MenuLoaded(menu, levels))
        reader = DeviceHealth("campus-card", DeviceKind.CARD_READER, DeviceState.READY)
        self.happens(DeviceHealthChanged(reader), ev.Tick(self.now_s, self.local))
        self.effects.clear()

    def happens(self, *events: ev.FlowEvent) -> None:
        for event in events:
            self.state, effects = self.step(self.state, event)
            self.effects += effects

    def touch(self, event: ev.FlowEvent) -> None:
        self.taps += 1
        self.happens(ev.Touched(self.now_s), event)

    def waits(self, seconds: float) -> None:
        """The clock ticks each second meanwhile."""
        end_s = self.now_s + seconds
        while self.now_s < end_s:
            self.now_s = min(self.now_s + 1.0, end_s)
            self.happens(ev.Tick(self.now_s, self.local))

    def taps_card(self, card_uid: str = CARD) -> None:
        """A tap of the card, not of the screen."""
        self.happens(CardPresented("campus-card", card_uid, self.now_s))

    def is_identified(self, member: Member = MEMBER, card_uid: str = CARD) -> None:
        """The card is tapped and its member found."""
        self.taps_card(card_uid)
        self.happens(ev.CustomerIdentified(self.state.session.id, Identified(member, ByCard(card_uid), Money(0))))

    def is_paid(self) -> None:
        """The checkout service answers what was asked of it last: paid."""
        asked = self.asked_payments[-1]
        order = order_of(asked.cart)
        self.happens(ev.CheckoutFinished(asked.session_id, Paid(order, Money(3750), 12)))

    def is_due(self) -> None:
        asked = next(e for e in reversed(self.effects) if isinstance(e, fx.TakeOrderForCounter))
        self.happens(ev.CheckoutFinished(asked.session_id, DueAtCounter(order_of(asked.cart, paid=False))))

    def fails(self, outcome: NotCharged | BeingChecked) -> None:
        self.happens(ev.CheckoutFinished(self.state.session.id, outcome))

    @property
    def asked_payments(self) -> list[fx.PayByCard]:
        return [e for e in self.effects if isinstance(e, fx.PayByCard)]

    @property
    def sounds(self) -> list[fx.SoundKind]:
        return [e.kind for e in self.effects if isinstance(e, fx.PlaySound)]


def at_checkout(*selections: Selection) -> Visitor:
    """A guest who has chosen those and opened the checkout."""
    visitor = Visitor()
    visitor.touch(ev.OrderingStarted())
    for selection in selections or (CHICKEN_MILD,):
        visitor.touch(ev.DishOpened(selection.dishes[0].dish_id))
        visitor.touch(ev.ChoiceChanged(0, selection.dishes[0]))
        visitor.touch(ev.SheetConfirmed())
    visitor.touch(ev.CheckoutOpened())
    return visitor
