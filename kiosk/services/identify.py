"""Who is this card? Looked up in the members that central has sent here, so it works with central away."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from kiosk.domain.member import CardState, Member
from kiosk.domain.money import Money
from kiosk.services.ports import Store


@dataclass(frozen=True, slots=True)
class Identified:
    """The member's balance is what central last told, less what was spent here since. `set_aside`: what the card can
    pay here without central."""

    member: Member
    card_uid: str
    set_aside: Money


@dataclass(frozen=True, slots=True)
class CardNotKnown:
    card_uid: str


@dataclass(frozen=True, slots=True)
class CardIsBlocked:
    card_uid: str


Identity = Identified | CardNotKnown | CardIsBlocked


def identify(store: Store, card_uid: str, now: datetime) -> Identity:
    """The member of that card as this terminal knows them, with what coupons are valid now. Raises StorageFailed."""
    with store.transaction() as tx:
        found = tx.members.by_card(card_uid)
        if found is None:
            return CardNotKnown(card_uid)
        member, card = found
        if card.state is CardState.BLOCKED:
            return CardIsBlocked(card_uid)
        currency = member.balance.currency
        lefts = (use.left for use in tx.grants.open_pre_grants(member.id))
        set_aside = Money.sum((left for left in lefts if left.currency == currency), currency)
        balance = member.balance - tx.grants.unacknowledged(member.id, currency)
    coupons = tuple(coupon for coupon in member.coupons if coupon.terms.is_valid_at(now))
    return Identified(replace(member, balance=balance, coupons=coupons), card_uid, set_aside)
