"""What the customer did, what came back and what the flow wants done, as far as faces go: part of
kiosk.screens.flow.events, which names all of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.domain.cart import Cart
from kiosk.domain.ids import MemberId
from kiosk.domain.money import Money
from kiosk.domain.order import DiningMode
from kiosk.domain.payer import ByFace
from kiosk.domain.payment import PaymentPart
from kiosk.services.face_ports import LookRequest
from kiosk.services.identify import Identified


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
class FaceIdentified:
    """The answer to IdentifyFace and IdentifyByDigits. None: nobody, or not any more."""

    session_id: int
    task: int
    identity: Identified | None


# --- effects ---


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
class PayByFace:
    """As PayByCard."""

    session_id: int
    payer: ByFace
    cart: Cart
    shown_total: Money
    dining_mode: DiningMode
    language: str
    others: tuple[PaymentPart, ...] = ()
