"""What staff did and what came back, at a counter. Service events go into the flow as they are; what is the same at a
self-service terminal is the same here (kiosk.screens.flow.events)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from kiosk.domain.cart import Selection
from kiosk.domain.ids import ComboId, DishId, OrderId
from kiosk.domain.money import Money
from kiosk.screens.counter_flow.collecting_state import FoundOrder
from kiosk.screens.counter_flow.enrolment_state import Guardian
from kiosk.screens.counter_flow.state import Outcome, PayMethod
from kiosk.screens.flow.account_events import AccountEvent
from kiosk.screens.flow.events import (
    BackTouched,
    BalanceTouched,
    CartReserved,
    CategoryChosen,
    ContrastChosen,
    CustomerIdentified,
    DigitTouched,
    DiningModeChosen,
    DoneTouched,
    FaceIdentified,
    FaceTryAgainTouched,
    LanguageChosen,
    LevelsLoaded,
    MenuLoaded,
    PaymentChecked,
    TextSizeChosen,
    Tick,
    Touched,
)
from kiosk.services import events as service
from kiosk.services.collected import Collected, NotCollected
from kiosk.services.counter_sale import CashSold
from kiosk.services.lane import SameMemberAgain
from kiosk.services.refund import Refunded
from kiosk.services.staff_acts import NotKnown, Refused
from kiosk.services.undo_collection import CollectionUndone

# --- results ---


@dataclass(frozen=True, slots=True)
class SaleFinished:
    """The answer to Charge, ChargeInLane, SellForCash, CollectFromBalance and CollectInCash."""

    sale_id: int
    outcome: Outcome | SameMemberAgain


@dataclass(frozen=True, slots=True)
class UndoFinished:
    """The answer to Undo and CheckUndo."""

    order_id: OrderId
    result: Refunded | CollectionUndone | Refused | NotKnown


@dataclass(frozen=True, slots=True)
class ActChecked:
    """The answer to CheckCash and CheckCollected. `done` None: it does not stand, nothing was charged, and no cash is
    to be kept for it."""

    act_id: UUID
    done: CashSold | Collected | None


@dataclass(frozen=True, slots=True)
class OrdersFound:
    """The answer to FindOrders."""

    sale_id: int
    found: tuple[FoundOrder, ...] | NotCollected


# --- touches ---


@dataclass(frozen=True, slots=True)
class DigitsTyped:
    """ "0" to "9" or "00", on the pad in front: grams while a dish is weighed, an order's number while one is collected
    ("A" to "Z" too), else a sum from its last digit on ("1250" is 12.50)."""

    digits: str


@dataclass(frozen=True, slots=True)
class EraseTouched:
    """The last digit."""


@dataclass(frozen=True, slots=True)
class ClearTouched:
    """All that was typed; with nothing typed, on the sale's screen, the whole sale."""


@dataclass(frozen=True, slots=True)
class SaleBroughtBack:
    """What was cleared."""


@dataclass(frozen=True, slots=True)
class SumAdded:
    """What was typed becomes a line."""


@dataclass(frozen=True, slots=True)
class DishTouched:
    """One portion more; what is sold by weight asks for its grams."""

    dish_id: DishId


@dataclass(frozen=True, slots=True)
class ComboTouched:
    combo_id: ComboId


@dataclass(frozen=True, slots=True)
class WeightConfirmed:
    pass


@dataclass(frozen=True, slots=True)
class WeighingClosed:
    pass


@dataclass(frozen=True, slots=True)
class LineChanged:
    """A line of the sale; a quantity of 0 takes it away."""

    selection: Selection
    quantity: int


@dataclass(frozen=True, slots=True)
class MethodTouched:
    """From the sale, a bad result, a found order or, in cash, from the lane. A sum that is typed and no line yet
    becomes one."""

    method: PayMethod


@dataclass(frozen=True, slots=True)
class ReceivedChosen:
    """A key of the cash screen: exactly what is due, or a note."""

    amount: Money


@dataclass(frozen=True, slots=True)
class CashTaken:
    """The cash is in the drawer."""


@dataclass(frozen=True, slots=True)
class UndoTouched:
    """Of the sale that the button showed."""

    order_id: OrderId


@dataclass(frozen=True, slots=True)
class UndoSeen:
    """How an undo ended was read."""


@dataclass(frozen=True, slots=True)
class FoundOutSeen:
    """The first of what was found out was read."""


@dataclass(frozen=True, slots=True)
class LaneStarted:
    """What the sale holds is the fixed price from now on."""


@dataclass(frozen=True, slots=True)
class LaneStopped:
    pass


@dataclass(frozen=True, slots=True)
class AgainAnswered:
    """Whether the same member is charged once more, or one who was refused by their face is tried again. `sale_id`: of
    the question that was shown."""

    sale_id: int
    charge: bool


@dataclass(frozen=True, slots=True)
class CollectOpened:
    pass


@dataclass(frozen=True, slots=True)
class NumberConfirmed:
    pass


@dataclass(frozen=True, slots=True)
class FoundOrderChosen:
    order_id: OrderId


@dataclass(frozen=True, slots=True)
class EnrolmentOpened:
    """Staff are to enrol a member's face."""


@dataclass(frozen=True, slots=True)
class GuardianChosen:
    """Who agrees; `word` is what they are called in the language of the screen."""

    guardian: Guardian
    word: str


CounterEvent = (
    Tick | Touched | MenuLoaded | LevelsLoaded | PaymentChecked | CartReserved
    | SaleFinished | UndoFinished | ActChecked | OrdersFound
    | LanguageChosen | TextSizeChosen | ContrastChosen | CategoryChosen | DiningModeChosen | BalanceTouched
    | DigitsTyped | EraseTouched | ClearTouched | SaleBroughtBack | SumAdded | DishTouched | ComboTouched
    | WeightConfirmed
    | WeighingClosed | LineChanged | MethodTouched | ReceivedChosen | CashTaken | UndoTouched | UndoSeen
    | FoundOutSeen | LaneStarted | LaneStopped | AgainAnswered | CollectOpened | NumberConfirmed | FoundOrderChosen
    | BackTouched | DoneTouched | FaceTryAgainTouched | DigitTouched | FaceIdentified
    | EnrolmentOpened | GuardianChosen | AccountEvent | CustomerIdentified
    | service.Event
)  # fmt: skip
