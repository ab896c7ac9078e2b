"""What the flow wants done, outside of itself (of My account and enrolling: account_events.py)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from kiosk.domain.cart import Cart
from kiosk.domain.ids import MemberId, PaymentId
from kiosk.domain.money import Money
from kiosk.domain.order import DiningMode
from kiosk.domain.payer import ByFace, Payer
from kiosk.domain.payment import PaymentPart
from kiosk.screens.flow.account_events import AccountEffect
from kiosk.services.face_ports import LookRequest


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
class PayByFace:
    """As PayByCard."""

    session_id: int
    payer: ByFace
    cart: Cart
    shown_total: Money
    dining_mode: DiningMode
    language: str
    others: tuple[PaymentPart, ...] = ()


@dataclass(frozen=True, slots=True)
class Reserve:
    """Have in hand what the cart needs; answered by CartReserved."""

    session_id: int
    cart: Cart
    shown_total: Money


@dataclass(frozen=True, slots=True)
class LetGo:
    """The customer does not pay what was reserved."""


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
class LookForFace:
    """Whoever touched the screen is before the camera."""

    request: LookRequest


@dataclass(frozen=True, slots=True)
class TakePoses:
    """Of a face that is to be enrolled."""

    task: int


@dataclass(frozen=True, slots=True)
class StopFace:
    """Nobody waits for that task of the desk any more: the camera goes off."""

    task: int


@dataclass(frozen=True, slots=True)
class IdentifyFace:
    session_id: int
    task: int
    member_id: MemberId


@dataclass(frozen=True, slots=True)
class IdentifyByDigits:
    """Who of the candidates has a card whose number ends so?"""

    session_id: int
    task: int
    candidates: frozenset[MemberId] = field(repr=False)
    digits: str = field(repr=False)


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
    Identify | PayByCard | PayByFace | CheckPayment | TakeOrderForCounter | Reserve | LetGo
    | LoadMenu | LoadLevels | LoadFaces | LookForFace | TakePoses | StopFace | IdentifyFace | IdentifyByDigits
    | AccountEffect | PlaySound
)  # fmt: skip
