"""One look at a face, as the screens show it; and what the terminal's settings say about looks and payments by face."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from kiosk.domain.face import Fault
from kiosk.domain.face_consent import ConsentPurpose
from kiosk.domain.ids import MemberId
from kiosk.domain.money import Money
from kiosk.services.face_events import FaceSeen
from kiosk.services.identify import Identified

MOST_LOOKS = 4
"""In one customer's visit; then only the card is offered: who tries on and on is not who they say."""
DIGITS = 4
MOST_TRIES = 3


class FaceTrouble(StrEnum):
    """Why nothing came of a look, beside what was wrong with the picture (kiosk.domain.face.Fault). slow: a good face,
    and no answer. not_turned: the head did not turn as it was asked to. not_now: known, and yet not to be used here."""

    CAMERA_GONE = "camera_gone"
    SLOW = "slow"
    NOT_TURNED = "not_turned"
    UNKNOWN = "unknown"
    NOT_NOW = "not_now"
    WRONG_DIGITS = "wrong_digits"


@dataclass(frozen=True, slots=True)
class FacePolicy:
    """From the settings: see kiosk.settings.FaceSettings. `shares`: with the site's other terminals, faces whose
    members consent to it."""

    look_s: float = 12.0
    turn_from_minor: int = 0
    largest_minor: int = 10_000
    confirm_s: int = 2
    shares: bool = False

    def asks_turn(self, money: Money) -> bool:
        return money.minor >= self.turn_from_minor


@dataclass(frozen=True, slots=True)
class Facing:
    """`task`: the look's number. `turn`: the head is to be turned, `turned`: it was. `seen`: how it goes on. `trouble`:
    nothing came of it. In doubt `candidates` are who it may be (they are never shown), `typed` the digits so far, and
    `checking` says that their answer, or whose face it is, is on its way. `found`: who it is, shown for a moment before
    anything is done; `amount` is then charged (None: nothing is); the moment lasts until `until_s`, and `left_s` of it
    are left; it begins with the next tick."""

    task: int
    purpose: ConsentPurpose
    turn: bool
    turned: bool = False
    seen: FaceSeen | None = None
    trouble: Fault | FaceTrouble | None = None
    candidates: frozenset[MemberId] = field(default=frozenset(), repr=False)
    typed: str = field(default="", repr=False)
    tries_left: int = MOST_TRIES
    checking: bool = False
    found: Identified | None = None
    amount: Money | None = None
    until_s: float | None = None
    left_s: int = 0

    @property
    def asks_digits(self) -> bool:
        """In doubt; also while they are compared."""
        return bool(self.candidates)

    @property
    def is_looking(self) -> bool:
        """The desk looks, and the camera is on."""
        return not (self.trouble or self.candidates or self.found or self.checking)
