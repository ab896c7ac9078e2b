"""A member as the terminal knows them: enough to greet, feed and charge them, and no more."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kiosk.domain.cart import Cart
from kiosk.domain.coupon import Coupon
from kiosk.domain.diet import NO_DIET, DietProfile
from kiosk.domain.ids import MemberId
from kiosk.domain.money import Money

# ISO 14443 UIDs have 4, 7 or 10 bytes, EM4100 cards (RDM6300) 5.
_CARD_UID = re.compile(r"(?:[0-9A-F]{2}){4,10}", re.ASCII)


def is_card_uid(text: str) -> bool:
    """Upper-case hex, of as many bytes as a card's number has."""
    return _CARD_UID.fullmatch(text) is not None


class CardState(StrEnum):
    ACTIVE = "active"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Card:
    """`uid` is the raw UID in upper-case hex; it names the member and proves nothing."""

    uid: str
    member_id: MemberId
    state: CardState = CardState.ACTIVE


@dataclass(frozen=True, slots=True)
class Member:
    """`masked_name` is masked by central ("王*明"). `balance` is the free balance central last told, with its time:
    for display only, never a permission to spend; so are the points and coupons that may be used."""

    id: MemberId
    masked_name: str
    balance: Money
    points: int
    balance_at: datetime
    diet: DietProfile = NO_DIET
    usual: Cart | None = None
    coupons: tuple[Coupon, ...] = ()


@dataclass(frozen=True, slots=True)
class CardHolder:
    """What a payment asks of a member, and the state of the card that is to pay."""

    id: MemberId
    balance: Money
    card_state: CardState


def mask_name(name: str) -> str:
    """ "王小明" → "王*明", "王明" → "王*", "Ann Lee" → "A*** L**": enough for its owner, little for the queue."""
    name = " ".join(name.split())
    if not name:
        return ""
    if name.isascii():
        return " ".join(word[0] + "*" * (len(word) - 1) for word in name.split(" "))
    return name[0] + "*" * max(1, len(name) - 2) + (name[-1] if len(name) > 2 else "")
