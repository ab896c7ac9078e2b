"""What the section members shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from kiosk.domain.diet import NO_DIET, DietProfile
from kiosk.domain.member_act import CorrectionReason
from kiosk.domain.money import Money
from kiosk.screens.admin_flow.effects import AdminAct
from kiosk.screens.admin_flow.state import AdminState
from kiosk.services.cash_top_up import CashTaken
from kiosk.services.entry import Refusal
from kiosk.services.look_up_member import MemberFound, MemberSeen
from kiosk.services.staff_acts import NotKnown, Refused

ASK_EVERY_S = 5.0
_MINOR = 100  # of one unit: of a top-up whole ones are typed


@dataclass(frozen=True, slots=True)
class TopUpAsked:
    """What was asked of the service, as it must be asked again while its end is not known. `language` of the slip."""

    card_uid: str
    amount: Money
    language: str


@dataclass(frozen=True, slots=True)
class BeingFoundOut:
    act_id: UUID
    asked: TopUpAsked
    again_s: float


Ended = CashTaken | Refused | NotKnown


@dataclass(frozen=True, slots=True)
class Cards:
    """Their cards. `fresh`: the number of a card that is none of them and lies on the reader: to be bound. `losing`:
    the one that was touched to be blocked, which is asked once."""

    fresh: str = field(default="", repr=False)
    losing: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Correction:
    """A balance is corrected: how much, in minor units, more or less (`takes`), and why. Then `is_confirming`: a second
    person types their number and PIN (`entry`). `refusal` of the last try, and no try before `wait_until_s`."""

    typed_minor: int = 0
    takes: bool = False
    reason: CorrectionReason | None = None
    is_confirming: bool = False
    entry: str = field(default="", repr=False)
    refusal: Refusal | None = None
    wait_until_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Diet:
    """As it was touched so far."""

    profile: DietProfile = field(default=NO_DIET, repr=False)


@dataclass(frozen=True, slots=True)
class FaceAsked:
    """What is to be done with the face is asked once, before it is."""


Detail = Cards | Correction | Diet | FaceAsked


@dataclass(frozen=True, slots=True)
class MembersState:
    """`typed`: of a member who is seen the amount in whole units so far; else the end of their number. `looking`: a
    card or a number was asked about. `is_unknown`: nobody has it. `found`: those whose number ends so. `detail`: what
    is done for the member beside cash; `asked` is under way; `doubtful` central did not answer to, so that it may have
    been done, and is asked again at `again_s` as it was."""

    screen: str = "members"
    seen: MemberSeen | None = None
    looking: bool = False
    is_unknown: bool = False
    typed: str = ""
    in_flight: bool = False
    ended: Ended | None = None
    being_found_out: BeingFoundOut | None = None
    found: tuple[MemberFound, ...] = ()
    detail: Detail | None = None
    asked: AdminAct | None = None
    doubtful: AdminAct | None = None
    again_s: float = 0.0

    @property
    def amount(self) -> Money | None:
        """What was typed; None: nothing."""
        if self.seen is None or not self.typed:
            return None
        return Money(int(self.typed) * _MINOR, self.seen.balance.currency)

    @property
    def is_free(self) -> bool:
        return not self.in_flight and self.being_found_out is None and self.asked is None and self.doubtful is None


def members_of(state: AdminState) -> MembersState:
    """The section's own state, while it is open."""
    if not isinstance(state.open, MembersState):
        raise TypeError("the section members is not open")
    return state.open
