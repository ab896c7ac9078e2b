"""Everything that a counter's staff see, as one frozen value. No Kivy here. What its customer sees: customer.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import time
from enum import StrEnum
from uuid import UUID

from kiosk.domain.cart import EMPTY_CART, Cart
from kiosk.domain.counter import NOTHING_KEYED, CounterLimits
from kiosk.domain.ids import DishId, MemberId
from kiosk.domain.menu import Menu
from kiosk.domain.money import Money
from kiosk.domain.order import DiningMode, Order
from kiosk.domain.payer import Payer
from kiosk.domain.stock import StockLevels
from kiosk.screens.counter_flow.after_sale_state import Check, FoundOut, Undo, Undoable
from kiosk.screens.counter_flow.collecting_state import Collecting
from kiosk.screens.counter_flow.enrolment_state import Enrolment
from kiosk.screens.flow.face_state import MOST_TRIES, FacePolicy, Facing
from kiosk.screens.flow.state import View
from kiosk.services import outcomes
from kiosk.services.collected import Collected, NotCollected
from kiosk.services.counter_sale import CashSold
from kiosk.services.events import DeviceHealth, LinkState, PrintJobChanged
from kiosk.services.face_events import FaceReadiness
from kiosk.services.lane import SameMemberAgain
from kiosk.services.outcomes import Paid
from kiosk.services.staff_acts import NotKnown, Refused

ALL = "all"  # the category that shows every dish, always the first of the rail
WEIGHED = "weighed"  # the category of what is sold by weight; there only where the menu has some


class ScreenName(StrEnum):
    """sale: sums are typed, dishes touched. paying: a card or a face is awaited, or is being charged. cash: what was
    handed over. result: the end, good, bad or not known. lane: the same of one fixed price, all on one screen.
    collect: an order that was made at a self-service terminal is found. enrol: a member's face is enrolled."""

    SALE = "sale"
    PAYING = "paying"
    CASH = "cash"
    RESULT = "result"
    LANE = "lane"
    COLLECT = "collect"
    ENROL = "enrol"


class PayMethod(StrEnum):
    """MEMBER: by card or, where there is a camera, by face, whichever comes first."""

    MEMBER = "member"
    CASH = "cash"


Outcome = outcomes.Outcome | CashSold | Collected | NotCollected | NotKnown | Refused
"""How a sale can end. NotKnown is BeingChecked of an act of staff; NotCollected and Refused: nothing was done."""


@dataclass(frozen=True, slots=True)
class Cleared:
    """What a sale held before all of it was thrown away."""

    cart: Cart
    dining_mode: DiningMode


@dataclass(frozen=True, slots=True)
class Sale:
    """One customer, and all that is theirs: it ends with them. An answer that carries another `id` belongs to somebody
    else and is dropped. `tries_left`: of the digits that settle a doubt about their face; no new look brings new ones.
    `facing`: the look at whoever may pay now. `payer`: who is charged, or asked about in the lane; `payer_name` theirs,
    masked, if they were recognised by their face. `outcome`: how it ended; `received`: the cash for it; `paper`: their
    receipt; `balance_shown`: it was touched. `cleared`: what was thrown away before, and may be brought back."""

    id: int
    cart: Cart = EMPTY_CART
    dining_mode: DiningMode = DiningMode.DINE_IN
    tries_left: int = MOST_TRIES
    facing: Facing | None = None
    payer: Payer | None = field(default=None, repr=False)
    payer_name: str = ""
    outcome: Outcome | None = None
    received: Money | None = None
    paper: PrintJobChanged | None = None
    balance_shown: bool = False
    cleared: Cleared | None = None

    @property
    def before_payment(self) -> Sale:
        """The same customer is asked to pay, in another way or once more: what came of it before is over."""
        return replace(self, payer=None, payer_name="", outcome=None, received=None, paper=None, balance_shown=False)


@dataclass(frozen=True, slots=True)
class Weighing:
    """A dish that is sold by weight was touched; `grams` is what was typed so far."""

    dish_id: DishId
    grams: int = 0


@dataclass(frozen=True, slots=True)
class Paying:
    """`in_flight`: handed to a service; nothing but its outcome ends it. Else: waiting for a card or a face.
    `card_end`: of the card that is being charged; "" in cash and by face."""

    method: PayMethod
    amount: Money
    in_flight: bool
    card_end: str = ""


class LaneEnd(StrEnum):
    """How it ended for one customer of the lane. not_known: it was being checked when the next one came. undone: it was
    paid, and is not any more."""

    PAID = "paid"
    NOT_PAID = "not_paid"
    NOT_KNOWN = "not_known"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Ended:
    """One customer of the lane; `order`: what was paid."""

    end: LaneEnd
    order: Order | None = None


@dataclass(frozen=True, slots=True)
class Lane:
    """`id`: no other lane's. `cart` at `price` is locked: each tap or look is charged that. So many have `paid`, and so
    much was `taken`, since it was started. `asking`: staff are asked whether they mean somebody who was here before.
    `standing`: who was charged, refused or asked about, and has stood before the camera since; with when they were last
    seen there. `ends`: of the last few customers, the newest first, out of all that have `ended`."""

    cart: Cart
    price: Money
    dining_mode: DiningMode
    taken: Money
    id: int = 0
    paid: int = 0
    ended: int = 0
    asking: SameMemberAgain | None = None
    standing: Mapping[MemberId, float] = field(default_factory=dict)
    ends: tuple[Ended, ...] = ()


class Notice(StrEnum):
    """A short message that passes by itself."""

    SUM_TOO_LARGE = "sum_too_large"
    WEIGHT_TOO_LARGE = "weight_too_large"
    NOTHING_TO_PAY = "nothing_to_pay"
    CART_FULL = "cart_full"
    SOLD_OUT = "sold_out"
    MENU_CHANGED = "menu_changed"
    LESS_THAN_DUE = "less_than_due"
    ONE_AT_A_TIME = "one_at_a_time"  # a card came while another one is being charged: tap it again
    PRESS_PAY_FIRST = "press_pay_first"  # a card came before staff asked for one
    FINISH_SALE_FIRST = "finish_sale_first"
    OUT_OF_ORDER = "out_of_order"
    NO_ENROLLING = "no_enrolling"  # no camera that works, or no models of faces
    CARD_UNKNOWN = "card_unknown"
    CARD_BLOCKED = "card_blocked"
    CARD_OF_ANOTHER = "card_of_another"  # than the member whose face is enrolled
    WHO_AGREES_FIRST = "who_agrees_first"  # to a face being enrolled, before the card
    PHONE_FIRST = "phone_first"  # the guardian's, before the card
    NO_MENU = "no_menu"  # none has come from central yet
    UNDO_TOO_LATE = "undo_too_late"


@dataclass(frozen=True, slots=True)
class ShownNotice:
    notice: Notice
    until_s: float


class Trouble(StrEnum):
    """What does not work now, said all the time. offline: cards pay only what is set aside here."""

    OUT_OF_ORDER = "out_of_order"
    NOT_ACCEPTED = "not_accepted"
    OFFLINE = "offline"
    NO_CARD_READER = "no_card_reader"
    NO_CAMERA = "no_camera"
    NO_SCANNER = "no_scanner"
    NO_PRINTER = "no_printer"
    PAPER_LOW = "paper_low"


@dataclass(frozen=True, slots=True)
class CounterRules:
    """The terminal's settings. `result_s`: a good result gives way to the next sale by itself, unless change is to be
    handed out. `face_policy`: None where nobody pays by face. `staff`: who enrols faces here, by name or number."""

    limits: CounterLimits = NOTHING_KEYED
    result_s: float = 10.0
    undo_s: float = 10.0
    face_policy: FacePolicy | None = None
    staff: str = "counter"


@dataclass(frozen=True, slots=True)
class State:
    """`keyed_minor`: what was typed and is no line yet, on the sale's screen; on the cash screen, what was handed over.
    `lane` None: no fixed price is locked. `undo`: the last one asked for; `undoable`: what can be undone now, the
    newest first. `checks` go on when their customers have left; `found_out` is said until it is touched away.
    `face_tasks`: how many looks there were since the start; `face`: what of recognising works. `open_by_key`: the order
    whose cash the drawer did not open for. `serving_id`: the meal period of now. `now_s` and `touched_s` are
    monotonic."""

    sale: Sale
    rules: CounterRules = CounterRules()
    screen: ScreenName = ScreenName.SALE
    menu: Menu | None = None
    levels: StockLevels = field(default_factory=lambda: StockLevels({}))
    local: time | None = None
    serving_id: str | None = None
    category_id: str = ALL
    keyed_minor: int = 0
    weighing: Weighing | None = None
    paying: Paying | None = None
    lane: Lane | None = None
    collecting: Collecting | None = None
    enrolment: Enrolment | None = None
    undoable: tuple[Undoable, ...] = ()
    undo: Undo | None = None
    checks: tuple[Check, ...] = ()
    found_out: tuple[FoundOut, ...] = ()
    face_tasks: int = 0
    face: FaceReadiness = field(default_factory=FaceReadiness)
    open_by_key: UUID | None = None
    notice: ShownNotice | None = None
    now_s: float = 0.0
    touched_s: float = 0.0
    link: LinkState = LinkState.OFFLINE
    devices: Mapping[str, DeviceHealth] = field(default_factory=dict)
    cameras_on: frozenset[str] = frozenset()
    out_of_order: bool = False
    view: View = field(default_factory=View)

    @property
    def in_flight(self) -> bool:
        """A payment is with a service."""
        return self.paying is not None and self.paying.in_flight

    @property
    def is_quiet(self) -> bool:
        """Nobody pays or is looked at: what hides these screens hides nothing. A half-made sale stays as it is."""
        return self.screen in (ScreenName.SALE, ScreenName.COLLECT) and not self.in_flight and self.sale.facing is None

    @property
    def order(self) -> Order | None:
        """The order that was just paid."""
        return self.sale.outcome.order if isinstance(self.sale.outcome, Paid | CashSold | Collected) else None

    @property
    def change(self) -> Money | None:
        """What is to be given out of the cash that was just taken; None: nothing."""
        if self.sale.received is None or not isinstance(self.sale.outcome, CashSold | Collected):
            return None
        paid = self.sale.outcome.order.total if isinstance(self.sale.outcome, CashSold) else self.sale.outcome.paid
        return self.sale.received - paid or None

    @property
    def currency(self) -> str:
        return self.menu.currency if self.menu else "CNY"

    @property
    def simulated_devices(self) -> tuple[str, ...]:
        return tuple(name for name, health in self.devices.items() if health.simulated)
