"""What staff do for a member at a terminal: cards, a balance that is wrong, what the member may not eat."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from kiosk.domain.diet import DietProfile
from kiosk.domain.errors import DomainError
from kiosk.domain.ids import CardBlockId, MemberId, StaffId
from kiosk.domain.member import is_card_uid
from kiosk.domain.money import Money
from kiosk.domain.staff import Permission
from kiosk.domain.text import check_text

MAX_ID_CHARS = 40
MAX_CORRECTION_MINOR = 1_000_000  # 10,000.00; central's settings allow less
MAX_CARDS = 8  # of one member


class MemberActError(DomainError):
    """That is no act for a member."""


class CorrectionReason(StrEnum):
    """mixed_up: it was another member's. other: written down on paper."""

    WRONG_TOP_UP = "wrong_top_up"
    WRONG_CHARGE = "wrong_charge"
    CHARGED_TWICE = "charged_twice"
    MIXED_UP = "mixed_up"
    OTHER = "other"


class MemberActRefusal(StrEnum):
    """Why central did nothing. not_permitted: also who does not work here any more. awaiting_terminals: it was
    restored, and does not know yet what all terminals hold. other_act: the act's id stands for another."""

    NOT_PERMITTED = "not_permitted"
    SAME_PERSON = "same_person"
    MEMBER_UNKNOWN = "member_unknown"
    CARD_OF_ANOTHER = "card_of_another"
    CARD_BLOCKED = "card_blocked"
    CARD_UNKNOWN = "card_unknown"
    TOO_MANY_CARDS = "too_many_cards"
    TOO_MUCH = "too_much"
    BELOW_CREDIT_LINE = "below_credit_line"
    AWAITING_TERMINALS = "awaiting_terminals"
    OTHER_ACT = "other_act"


@dataclass(frozen=True, slots=True)
class CardBlock:
    """A card that is lost: nobody pays with it any more. Holds at its terminal at once, elsewhere as it is heard of."""

    id: CardBlockId
    card_uid: str = field(repr=False)
    member_id: MemberId
    staff_id: StaffId
    made_at: datetime

    def __post_init__(self) -> None:
        """Raises MemberActError, TextError."""
        _check_card(self.card_uid)
        check_text(self.member_id, MAX_ID_CHARS, "the member's id")
        check_text(self.staff_id, MAX_ID_CHARS, "the staff member's id")


@dataclass(frozen=True, slots=True)
class BindCard:
    """From now on that card is the member's. `instead`: of all others that they have, which are blocked with it."""

    card_uid: str = field(repr=False)
    instead: bool

    def __post_init__(self) -> None:
        """Raises MemberActError."""
        _check_card(self.card_uid)


@dataclass(frozen=True, slots=True)
class UnblockCard:
    """It was found again."""

    card_uid: str = field(repr=False)

    def __post_init__(self) -> None:
        """Raises MemberActError."""
        _check_card(self.card_uid)


@dataclass(frozen=True, slots=True)
class CorrectBalance:
    """So much more (below zero: less) on the balance; `confirmed_by` is the second person."""

    amount: Money
    reason: CorrectionReason
    confirmed_by: StaffId

    def __post_init__(self) -> None:
        """Raises MemberActError, TextError."""
        if not 0 < abs(self.amount.minor) <= MAX_CORRECTION_MINOR:
            raise MemberActError("a correction is of something, within bounds")
        check_text(self.confirmed_by, MAX_ID_CHARS, "who confirms")


@dataclass(frozen=True, slots=True)
class ChangeDiet:
    """What the member avoids and keeps to, with their word for it that this is kept; none: nothing is kept."""

    diet: DietProfile = field(repr=False)


MemberChange = BindCard | UnblockCard | CorrectBalance | ChangeDiet

PERMISSION_FOR: dict[type, Permission] = {
    BindCard: Permission.BIND_CARDS,
    UnblockCard: Permission.BIND_CARDS,
    CorrectBalance: Permission.CORRECT_BALANCES,
    ChangeDiet: Permission.CHANGE_DIET,
}


def _check_card(uid: str) -> None:
    if not is_card_uid(uid):
        raise MemberActError("a card's number has 4 to 10 bytes in upper-case hex")
