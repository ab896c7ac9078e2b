"""The section members beside cash: what can happen there, and what it wants done."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar
from uuid import UUID

from kiosk.domain.diet import DietProfile
from kiosk.domain.dish import Allergen, DietTag
from kiosk.domain.ids import MemberId
from kiosk.domain.member_act import CorrectionReason
from kiosk.domain.staff import Permission, Staff
from kiosk.screens.admin_door import AdminAnswer, AdminEvent
from kiosk.screens.admin_flow.effects import AdminAct
from kiosk.services.begin_enrolment import EnrolmentHindrance
from kiosk.services.entry import NotEntered
from kiosk.services.forget_face import FaceForgotten
from kiosk.services.look_up_member import MemberFound, MemberSeen
from kiosk.services.member_acts import BlockEnd, Correcting, MemberActAnswer
from kiosk.services.staff_acts import NotKnown

# --- touches ---


@dataclass(frozen=True, slots=True)
class FindTouched(AdminEvent):
    """Look for the number whose end was typed."""


@dataclass(frozen=True, slots=True)
class FoundTouched(AdminEvent):
    """One of those who were found."""

    member_id: MemberId


@dataclass(frozen=True, slots=True)
class CardsTouched(AdminEvent):
    pass


@dataclass(frozen=True, slots=True)
class CardTouched(AdminEvent):
    """One of theirs: to block it, or where it is blocked to unblock it."""

    uid: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class BlockConfirmed(AdminEvent):
    pass


@dataclass(frozen=True, slots=True)
class BindConfirmed(AdminEvent):
    """The card on the reader; `instead` of the others."""

    instead: bool


@dataclass(frozen=True, slots=True)
class SheetDismissed(AdminEvent):
    """What was asked is not to be done."""


@dataclass(frozen=True, slots=True)
class CorrectTouched(AdminEvent):
    pass


@dataclass(frozen=True, slots=True)
class DirectionChosen(AdminEvent):
    takes: bool


@dataclass(frozen=True, slots=True)
class CorrectionTyped(AdminEvent):
    """Digits of the amount, or of who confirms."""

    digits: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CorrectionErased(AdminEvent):
    """The last digit goes."""


@dataclass(frozen=True, slots=True)
class CorrectionReasoned(AdminEvent):
    """Why; now somebody else confirms it."""

    reason: CorrectionReason


@dataclass(frozen=True, slots=True)
class SecondConfirmed(AdminEvent):
    """Number and PIN are typed."""


@dataclass(frozen=True, slots=True)
class DietTouched(AdminEvent):
    pass


@dataclass(frozen=True, slots=True)
class AllergenTouched(AdminEvent):
    allergen: Allergen


@dataclass(frozen=True, slots=True)
class TagTouched(AdminEvent):
    tag: DietTag


@dataclass(frozen=True, slots=True)
class SpicyTouched(AdminEvent):
    pass


@dataclass(frozen=True, slots=True)
class DietKept(AdminEvent):
    """The member agrees that it is kept."""


@dataclass(frozen=True, slots=True)
class FaceTouched(AdminEvent):
    """Something is to be done with the face; it is asked once."""


@dataclass(frozen=True, slots=True)
class FaceDeletionConfirmed(AdminEvent):
    pass


@dataclass(frozen=True, slots=True)
class EnrolTouched(AdminEvent):
    """The face is to be enrolled, or anew."""


# --- effects: with `act_id` None begin it; else it was begun, and nobody knows how it ended ---


@dataclass(frozen=True, slots=True)
class FindMembers(AdminAct):
    ending: str
    needs: ClassVar = Permission.LOOK_UP_MEMBERS


@dataclass(frozen=True, slots=True)
class ReadMember(AdminAct):
    member_id: MemberId
    needs: ClassVar = Permission.LOOK_UP_MEMBERS


@dataclass(frozen=True, slots=True)
class BlockCard(AdminAct):
    member_id: MemberId
    uid: str = field(repr=False)
    act_id: UUID | None = None
    needs: ClassVar = Permission.BLOCK_CARDS


@dataclass(frozen=True, slots=True)
class BindCard(AdminAct):
    member_id: MemberId
    uid: str = field(repr=False)
    instead: bool
    act_id: UUID | None = None
    needs: ClassVar = Permission.BIND_CARDS


@dataclass(frozen=True, slots=True)
class UnblockCard(AdminAct):
    member_id: MemberId
    uid: str = field(repr=False)
    act_id: UUID | None = None
    needs: ClassVar = Permission.BIND_CARDS


@dataclass(frozen=True, slots=True)
class Correct(AdminAct):
    """`entry`: number and PIN of the second person, once; then they are `confirmed_by`."""

    asked: Correcting
    entry: str = field(repr=False)
    confirmed_by: Staff | None = None
    act_id: UUID | None = None
    needs: ClassVar = Permission.CORRECT_BALANCES


@dataclass(frozen=True, slots=True)
class KeepDiet(AdminAct):
    member_id: MemberId
    diet: DietProfile = field(repr=False)
    act_id: UUID | None = None
    needs: ClassVar = Permission.CHANGE_DIET


@dataclass(frozen=True, slots=True)
class DeleteFace(AdminAct):
    member_id: MemberId
    act_id: UUID | None = None
    needs: ClassVar = Permission.DELETE_FACES


@dataclass(frozen=True, slots=True)
class BeginEnrolment(AdminAct):
    """May that member's face be enrolled here, by them? The card is the one that they hold."""

    member_id: MemberId
    card_uid: str = field(repr=False)
    needs: ClassVar = Permission.ENROL_FACES


CentralAct = BindCard | UnblockCard | Correct | KeepDiet
TerminalAct = BlockCard | DeleteFace


# --- answers ---


@dataclass(frozen=True, slots=True)
class MembersFound(AdminAnswer):
    found: tuple[MemberFound, ...]


@dataclass(frozen=True, slots=True)
class MemberRead(AdminAnswer):
    member_id: MemberId
    seen: MemberSeen | None


@dataclass(frozen=True, slots=True)
class CentralAnswered(AdminAnswer):
    """`asked`: with the act's id, and without a PIN."""

    asked: CentralAct
    answer: MemberActAnswer


@dataclass(frozen=True, slots=True)
class SecondRefused(AdminAnswer):
    """Nobody has confirmed it."""

    outcome: NotEntered


@dataclass(frozen=True, slots=True)
class DoneHere(AdminAnswer):
    """`asked`: with the act's id."""

    asked: TerminalAct
    ended: BlockEnd | FaceForgotten | NotKnown


@dataclass(frozen=True, slots=True)
class EnrolmentHindered(AdminAnswer):
    """It does not begin. (If it does: events.HandOver.)"""

    hindrance: EnrolmentHindrance
