"""Everything the screens show, as one frozen value. No Kivy here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum

from kiosk.domain.cart import EMPTY_CART, Cart, Selection
from kiosk.domain.diet import NO_DIET, DietProfile
from kiosk.domain.face_consent import ConsentPurpose
from kiosk.domain.ids import CouponId, PaymentId
from kiosk.domain.loyalty import PointsRule, RedeemRule
from kiosk.domain.member import Member
from kiosk.domain.menu import Menu
from kiosk.domain.money import Money
from kiosk.domain.order import DiningMode, Order
from kiosk.domain.payer import Payer
from kiosk.domain.stock import StockLevels
from kiosk.screens.flow.account_state import Account, Enrolling, StaffPresent
from kiosk.screens.flow.face_state import MOST_LOOKS, MOST_TRIES, FacePolicy, Facing
from kiosk.services.events import DeviceHealth, DeviceKind, LinkState, PrintJobChanged, PrintJobState, works_here
from kiosk.services.face_events import FaceReadiness
from kiosk.services.journal import CardPayment
from kiosk.services.outcomes import DueAtCounter, Outcome, Paid

COMBOS = "combos"  # the category that shows the combos, always the first of the rail


class ScreenName(StrEnum):
    ATTRACT = "attract"
    MENU = "menu"
    MEMBER = "member"
    CHECKOUT = "checkout"
    PAYING = "paying"
    RESULT = "result"
    PROBLEM = "problem"
    ACCOUNT = "account"
    FACE_AGE = "face_age"
    FACE_CONSENT = "face_consent"
    FACE_POSES = "face_poses"
    FACE_RESULT = "face_result"
    FACE_LOOK = "face_look"
    FACE_DIGITS = "face_digits"
    FACE_CONFIRM = "face_confirm"


FACE_SCREENS = (ScreenName.FACE_LOOK, ScreenName.FACE_DIGITS, ScreenName.FACE_CONFIRM)


class TextSize(StrEnum):
    NORMAL = "normal"
    LARGE = "large"
    LARGEST = "largest"


@dataclass(frozen=True, slots=True)
class View:
    """How this person wants to read; reset for the next one."""

    language: str = "zh"
    text_size: TextSize = TextSize.NORMAL
    high_contrast: bool = False
    low_layout: bool = False


@dataclass(frozen=True, slots=True)
class Customer:
    """A member who has tapped the card, or whose face was recognised: `payer`. `set_aside`: what they can pay here
    without central."""

    member: Member
    payer: Payer
    set_aside: Money


@dataclass(frozen=True, slots=True)
class Redeeming:
    """What the member wants to use beside money, as far as the order allows it."""

    points: bool = False
    coupon_id: CouponId | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """One customer's visit. A result that carries another `id` belongs to somebody else and is dropped.
    `balance_shown`: they touched the hidden balance, here or on the result, where the card may be a guest's. `looks`:
    at how many faces was looked. `tries_left`: of the digits that settle a doubt; no new look brings new ones."""

    id: int
    view: View = View()
    cart: Cart = EMPTY_CART
    customer: Customer | None = None
    balance_shown: bool = False
    diet: DietProfile = NO_DIET
    dining_mode: DiningMode = DiningMode.DINE_IN
    redeeming: Redeeming = Redeeming()
    looks: int = 0
    tries_left: int = MOST_TRIES

    @property
    def may_look(self) -> bool:
        """At a face, as far as this customer has tried it."""
        return self.looks < MOST_LOOKS and self.tries_left > 0

    @property
    def profile(self) -> DietProfile:
        """What to avoid: the chips and the member's own profile together."""
        return self.diet.union(self.customer.member.diet) if self.customer else self.diet


@dataclass(frozen=True, slots=True)
class Browsing:
    """Where the customer is in the menu. `search` None: not searching; "" is an open, empty search."""

    category_id: str = COMBOS
    search: str | None = None
    filters_open: bool = False


@dataclass(frozen=True, slots=True)
class Editing:
    """The open sheet of a dish or combo. `replaces` is the cart's selection that it changes (None: adds a new one);
    `open_slot` is the combo's slot (index) whose choices are unfolded."""

    selection: Selection
    quantity: int = 1
    replaces: Selection | None = None
    open_slot: int | None = None


class PayMethod(StrEnum):
    """CARD_AND_COUNTER: the balance does not reach; who tried to pay pays what they can, the counter takes the rest."""

    CARD = "card"
    FACE = "face"
    COUNTER = "counter"
    CARD_AND_COUNTER = "card_and_counter"


@dataclass(frozen=True, slots=True)
class Paying:
    """`in_flight`: handed to the checkout service; nothing but its outcome ends it. Else: waiting for a card. `amount`:
    what the card is being charged; None: what there is to pay."""

    method: PayMethod
    in_flight: bool
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class ShownPayment:
    """What became of the last payment by card, said on the attract screen. `until_s` None: until that is known."""

    payment: CardPayment
    until_s: float | None


@dataclass(frozen=True, slots=True)
class Check:
    """A payment that is being checked, and when to ask again."""

    payment_id: PaymentId
    again_s: float


class Notice(StrEnum):
    """A short message that passes by itself."""

    CARD_UNKNOWN = "card_unknown"
    CARD_BLOCKED = "card_blocked"
    CARD_OF_ANOTHER = "card_of_another"  # than the member whose face staff enrol
    WELCOME = "welcome"
    CART_FULL = "cart_full"
    MENU_CHANGED = "menu_changed"
    NOT_SERVED_NOW = "not_served_now"
    PRICE_CHANGED = "price_changed"
    TOO_MUCH_FOR_FACE = "too_much_for_face"
    OTHER_CARD = "other_card"
    SOLD_OUT = "sold_out"


@dataclass(frozen=True, slots=True)
class ShownNotice:
    notice: Notice
    until_s: float


@dataclass(frozen=True, slots=True)
class IdleTimes:
    """Seconds, from the settings."""

    warn_after_s: float = 45
    count_s: int = 15
    result_s: float = 10


@dataclass(frozen=True, slots=True)
class State:
    """`local` is the canteen's wall time at the last tick; `serving_id` the meal period that is served then (None:
    closed), `next_serving_id` the one after it. `idle_left_s` counts down while the warning shows. `now_s` and
    `touched_s` are monotonic. `paper`: the last news of a customer's receipt or slip; a fast printer's may come before
    its order's outcome. `last_payer`: who paid; the card may still lie on the reader while the number shows.
    `out_of_order`: the disk takes nothing more, so nobody can order until it works again, or the terminal was started
    anew. `check` goes on when its customer has left; `last_payment` goes with the next one. `cameras_on`: these take
    pictures now, and the screen shows a light. `face`: what of recognising faces works, `facing` this customer's,
    `face_tasks` how many there were since the start. `choosing_coupon`: its sheet is open. `account`: the member's,
    while it is open; `enrolling`: their face. `staff_present`: staff enrol one, whose card is being looked up. `idle`,
    `home_view`, `points_rule`, `redeem_rule` and `face_policy` are the terminal's settings."""

    session: Session
    screen: ScreenName = ScreenName.ATTRACT
    menu: Menu | None = None
    levels: StockLevels = field(default_factory=lambda: StockLevels({}))
    local: time | None = None
    serving_id: str | None = None
    next_serving_id: str | None = None
    browsing: Browsing = Browsing()
    editing: Editing | None = None
    choosing_coupon: bool = False
    paying: Paying | None = None
    outcome: Outcome | None = None
    paper: PrintJobChanged | None = None
    last_payer: Payer | None = None
    facing: Facing | None = None
    face_tasks: int = 0
    face_policy: FacePolicy = field(default_factory=FacePolicy)
    check: Check | None = None
    last_payment: ShownPayment | None = None
    account: Account | None = None
    enrolling: Enrolling | None = None
    staff_present: StaffPresent | None = None
    notice: ShownNotice | None = None
    idle_left_s: int | None = None
    now_s: float = 0.0
    touched_s: float = 0.0
    link: LinkState = LinkState.OFFLINE
    devices: Mapping[str, DeviceHealth] = field(default_factory=dict)
    cameras_on: frozenset[str] = frozenset()
    face: FaceReadiness = field(default_factory=FaceReadiness)
    out_of_order: bool = False
    idle: IdleTimes = IdleTimes()
    home_view: View = View()
    points_rule: PointsRule = field(default_factory=PointsRule)
    redeem_rule: RedeemRule = field(default_factory=RedeemRule)

    @property
    def order(self) -> Order | None:
        """The order that was just taken, paid or to be paid at the counter."""
        return self.outcome.order if isinstance(self.outcome, Paid | DueAtCounter) else None

    @property
    def paper_state(self) -> PrintJobState | None:
        """How that order's receipt or slip is doing; None: nothing was heard of it."""
        if self.order is None or self.paper is None or self.paper.order_id != self.order.id:
            return None
        return self.paper.state

    @property
    def in_flight(self) -> bool:
        """A payment is with the checkout service."""
        return self.paying is not None and self.paying.in_flight

    @property
    def card_reader_works(self) -> bool:
        return works_here(self.devices, DeviceKind.CARD_READER)

    @property
    def camera_works(self) -> bool:
        return works_here(self.devices, DeviceKind.CAMERA)

    def can_recognise(self, purpose: ConsentPurpose) -> bool:
        """Whether a look could name somebody here who consented to that."""
        return self.face.is_ready and purpose in self.face.purposes and self.camera_works

    def member_can_pay(self, money: Money) -> bool:
        """Whether the card that was tapped can be charged that much now, as far as this terminal has a say."""
        customer = self.session.customer
        return self.link is LinkState.ONLINE or (customer is not None and money <= customer.set_aside)

    @property
    def simulated_devices(self) -> tuple[str, ...]:
        return tuple(name for name, health in self.devices.items() if health.simulated)
