"""What staff see of a face being enrolled at the counter. A part of the counter's State."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from kiosk.domain.ids import MemberId
from kiosk.screens.flow.state import State as CustomerState


class Guardian(StrEnum):
    """Who agrees for a member under 14. nobody: the member is older, or will say."""

    NOBODY = "nobody"
    MOTHER = "mother"
    FATHER = "father"
    OTHER = "other"


MIN_PHONE_DIGITS, MAX_PHONE_DIGITS = 6, 15  # E.164


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Staff enrol a member's face. `flow`: the self-service terminal's own, in which all of it happens from the card
    on. Before that: `guardian` (None: not said yet), what they are called (`guardian_word`), and the digits of their
    `phone`. `staff`: who enrols; `member_id`: whom they were shown on the admin screen, and nobody else; None: whoever
    taps a card."""

    flow: CustomerState
    staff: str
    member_id: MemberId | None = None
    guardian: Guardian | None = None
    guardian_word: str = ""
    phone: str = field(default="", repr=False)

    @property
    def is_begun(self) -> bool:
        """The card is known: the self-service terminal's screens are shown."""
        return self.flow.enrolling is not None

    @property
    def has_guardian(self) -> bool:
        """The member is under 14: it was said that somebody agrees for them."""
        return self.guardian not in (None, Guardian.NOBODY)

    @property
    def awaits_card(self) -> bool:
        """It is said who agrees."""
        return self.guardian is Guardian.NOBODY or (self.has_guardian and len(self.phone) >= MIN_PHONE_DIGITS)
