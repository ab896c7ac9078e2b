"""What the customer did and what came back (of faces: face_events.py). Service events (kiosk.services.events) go into
the flow as they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from enum import StrEnum

from kiosk.domain.cart import Cart, DishChoice, Selection
from kiosk.domain.diet import DietProfile
from kiosk.domain.ids import ComboId, CouponId, DishId, PaymentId
from kiosk.domain.menu import Menu
from kiosk.domain.money import Money
from kiosk.domain.order import DiningMode
from kiosk.domain.payer import Payer
from kiosk.domain.payment import PaymentPart
from kiosk.domain.stock import StockLevels
from kiosk.screens.flow.account_events import AccountEffect, AccountEvent
from kiosk.screens.flow.face_events import DigitTouched as DigitTouched
from kiosk.screens.flow.face_events import FaceConfirmed as FaceConfirmed
from kiosk.screens.flow.face_events import FaceIdentified as FaceIdentified
from kiosk.screens.flow.face_events import FaceLookTouched as FaceLookTouched
from kiosk.screens.flow.face_events import FaceTryAgainTouched as FaceTryAgainTouched
from kiosk.screens.flow.face_events import IdentifyByDigits as IdentifyByDigits
from kiosk.screens.flow.face_events import IdentifyFace as IdentifyFace
from kiosk.screens.flow.face_events import LookForFace as LookForFace
from kiosk.screens.flow.face_events import PayByFace as PayByFace
from kiosk.screens.flow.face_events import StopFace as StopFace
from kiosk.screens.flow.face_events import TakePoses as TakePoses
from kiosk.screens.flow.state import PayMethod, TextSize
from kiosk.services import events as service
from kiosk.services.identify import Identity
from kiosk.services.journal import CardPayment
from kiosk.services.outcomes import Outcome

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
    Tick | Touched | MenuLoaded | LevelsLoaded | CustomerIdentified | CheckoutFinished | PaymentChecked
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


# --- effects: what the flow wants done, outside of itself ---


@dataclass(frozen=True, slots=True)
class Identify:
    session_id: int
    card_uid: str


@dataclass(frozen=True, slots=True)
class PayByCard:
    """`others`: what of the total is not charged to the balance (points, a coupon, a rest at the counter)."""

    session_id: int
    card_uid: str
    received_s: float
    cart: Cart
    shown_total: Money
    dining_mode: DiningMode
    language: str
    others: tuple[PaymentPart, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckPayment:
    """What became of a payment that is being checked?"""

    payment_id: PaymentId


@dataclass(frozen=True, slots=True)
class TakeOrderForCounter:
    """Take the order now; it is paid at the counter. `payer`: whose it is, if that is known."""

    session_id: int
    payer: Payer | None
    cart: Cart
    shown_total: Money
    dining_mode: DiningMode
    language: str


@dataclass(frozen=True, slots=True)
class LoadMenu:
    pass


@dataclass(frozen=True, slots=True)
class LoadLevels:
    pass


@dataclass(frozen=True, slots=True)
class LoadFaces:
    """Whom to know has changed."""


class SoundKind(StrEnum):
    SUCCESS = "success"
    FAILURE = "failure"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class PlaySound:
    kind: SoundKind


Effect = (
    Identify | PayByCard | PayByFace | CheckPayment | TakeOrderForCounter
    | LoadMenu | LoadLevels | LoadFaces | LookForFace | TakePoses | StopFace | IdentifyFace | IdentifyByDigits
    | AccountEffect | PlaySound
)  # fmt: skip
