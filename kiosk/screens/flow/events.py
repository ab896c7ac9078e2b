"""What the customer did and what came back (of My account and enrolling: account_events.py). Service events
(kiosk.services.events) go into the flow as they are."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time

from kiosk.domain.cart import Cart, DishChoice, Selection
from kiosk.domain.diet import DietProfile
from kiosk.domain.ids import ComboId, CouponId, DishId, PaymentId
from kiosk.domain.menu import Menu
from kiosk.domain.order import DiningMode
from kiosk.domain.stock import StockLevels
from kiosk.screens.flow.account_events import AccountEvent
from kiosk.screens.flow.state import PayMethod, TextSize
from kiosk.services import events as service
from kiosk.services.identify import Identified, Identity
from kiosk.services.journal import CardPayment
from kiosk.services.outcomes import NotCharged, Outcome

# --- time and results ---


@dataclass(frozen=True, slots=True)
class Tick:
    """About once a second. `local` is the canteen's wall time, for meal periods only."""

    now_s: float
    local: time


@dataclass(frozen=True, slots=True)
class Touched:
    """A finger anywhere, before what it touches is told: the customer is still here."""

    now_s: float


@dataclass(frozen=True, slots=True)
class MenuLoaded:
    menu: Menu
    levels: StockLevels


@dataclass(frozen=True, slots=True)
class LevelsLoaded:
    levels: StockLevels


@dataclass(frozen=True, slots=True)
class CustomerIdentified:
    """The answer to the effect Identify. `usual` is left to the flow to check against the menu."""

    session_id: int
    identity: Identity


@dataclass(frozen=True, slots=True)
class FaceIdentified:
    """The answer to IdentifyFace and IdentifyByDigits. None: nobody, or not any more."""

    session_id: int
    task: int
    identity: Identified | None


@dataclass(frozen=True, slots=True)
class CartReserved:
    """The answer to the effect Reserve; `short`: why that cart cannot be sold."""

    session_id: int
    cart: Cart
    short: NotCharged | None


@dataclass(frozen=True, slots=True)
class CheckoutFinished:
    session_id: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class PaymentChecked:
    """The answer to the effect CheckPayment, and what the start found of the last run. `payment` None: that payment was
    never begun."""

    payment_id: PaymentId
    payment: CardPayment | None


# --- touches ---


@dataclass(frozen=True, slots=True)
class OrderingStarted:
    """The attract screen was touched, or "see the menu" on the member's screen."""


@dataclass(frozen=True, slots=True)
class FaceLookTouched:
    """ "Look here", on the attract screen."""


@dataclass(frozen=True, slots=True)
class FaceTryAgainTouched:
    pass


@dataclass(frozen=True, slots=True)
class FaceConfirmed:
    """ "That is me." """


@dataclass(frozen=True, slots=True)
class DigitTouched:
    """None takes the last one back."""

    digit: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class LanguageChosen:
    language: str


@dataclass(frozen=True, slots=True)
class TextSizeChosen:
    text_size: TextSize


@dataclass(frozen=True, slots=True)
class ContrastChosen:
    high: bool


@dataclass(frozen=True, slots=True)
class LayoutChosen:
    low: bool


@dataclass(frozen=True, slots=True)
class CategoryChosen:
    category_id: str


@dataclass(frozen=True, slots=True)
class SearchChanged:
    """None closes the search."""

    text: str | None


@dataclass(frozen=True, slots=True)
class FiltersOpened:
    is_open: bool


@dataclass(frozen=True, slots=True)
class DietChosen:
    diet: DietProfile


@dataclass(frozen=True, slots=True)
class DishOpened:
    dish_id: DishId


@dataclass(frozen=True, slots=True)
class ComboOpened:
    combo_id: ComboId


@dataclass(frozen=True, slots=True)
class LineOpened:
    """A line of the cart, to change it."""

    selection: Selection


@dataclass(frozen=True, slots=True)
class DishQuickAdded:
    """The plus on a card: one with default options."""

    dish_id: DishId


@dataclass(frozen=True, slots=True)
class SlotUnfolded:
    """Of the combo in the sheet; None folds all."""

    index: int | None


@dataclass(frozen=True, slots=True)
class ChoiceChanged:
    """The dish at `index` of the sheet's selection (0 outside combos) becomes `choice`."""

    index: int
    choice: DishChoice


@dataclass(frozen=True, slots=True)
class SheetQuantityChanged:
    quantity: int


@dataclass(frozen=True, slots=True)
class SheetConfirmed:
    """Add, or change the line that is edited."""


@dataclass(frozen=True, slots=True)
class SheetClosed:
    pass


@dataclass(frozen=True, slots=True)
class LineQuantityChanged:
    selection: Selection
    quantity: int


@dataclass(frozen=True, slots=True)
class BalanceTouched:
    """Show or hide the balance."""


@dataclass(frozen=True, slots=True)
class UsualChosen:
    """Pay the usual at once, with the card that was tapped or by face."""


@dataclass(frozen=True, slots=True)
class CheckoutOpened:
    pass


@dataclass(frozen=True, slots=True)
class DiningModeChosen:
    mode: DiningMode


@dataclass(frozen=True, slots=True)
class MethodChosen:
    method: PayMethod


@dataclass(frozen=True, slots=True)
class MemberPaymentChosen:
    """Pay with the card that was tapped to identify, or by the face that was recognised."""


@dataclass(frozen=True, slots=True)
class PointsChosen:
    """Use the member's points for this order, as many as it takes, or none."""

    use: bool


@dataclass(frozen=True, slots=True)
class CouponsOpened:
    """The sheet to choose a coupon from."""

    is_open: bool


@dataclass(frozen=True, slots=True)
class CouponChosen:
    """None: no coupon."""

    coupon_id: CouponId | None


@dataclass(frozen=True, slots=True)
class BackTouched:
    """One step back: from the checkout to the menu, from waiting for a card or a problem to the checkout."""


@dataclass(frozen=True, slots=True)
class MoreTimeTouched:
    pass


@dataclass(frozen=True, slots=True)
class CancelTouched:
    """Give up the order and leave."""


@dataclass(frozen=True, slots=True)
class DoneTouched:
    """The number was read."""


FlowEvent = (
    Tick | Touched | MenuLoaded | LevelsLoaded | CustomerIdentified | CartReserved | CheckoutFinished | PaymentChecked
    | OrderingStarted | LanguageChosen | TextSizeChosen | ContrastChosen | LayoutChosen
    | CategoryChosen | SearchChanged | FiltersOpened | DietChosen
    | DishOpened | ComboOpened | LineOpened | DishQuickAdded | SlotUnfolded | ChoiceChanged
    | SheetQuantityChanged | SheetConfirmed | SheetClosed | LineQuantityChanged
    | BalanceTouched | UsualChosen | CheckoutOpened | DiningModeChosen | MethodChosen
    | MemberPaymentChosen | PointsChosen | CouponsOpened | CouponChosen
    | BackTouched | MoreTimeTouched | CancelTouched | DoneTouched
    | AccountEvent
    | FaceLookTouched | FaceTryAgainTouched | FaceConfirmed | DigitTouched | FaceIdentified
    | service.Event
)  # fmt: skip
