"""Who is this card, or this face? Looked up in the members that central has sent here: it works with central away."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from kiosk.domain.ids import MemberId
from kiosk.domain.member import Card, CardState, Member
from kiosk.domain.money import Money
from kiosk.domain.payer import ByCard, ByFace, Payer
from kiosk.services.ports import Store, Transaction

_PRINTED_BITS, _PRINTED_DIGITS, _ASKED_DIGITS = 32, 10, 4


@dataclass(frozen=True, slots=True)
class Identified:
    """The member's balance is what central last told, less what was spent here since. `payer`: by what they were
    recognised, and can pay. `set_aside`: what they can pay here without central."""

    member: Member
    payer: Payer
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
        return _identified(tx, member, ByCard(card_uid), now)


def identify_face(store: Store, member_id: MemberId, now: datetime) -> Identified | None:
    """The member whose face it is; None when they, their face or its consent have gone meanwhile. Raises
    StorageFailed."""
    with store.transaction() as tx:
        member, face = tx.members.get(member_id), tx.faces.of(member_id)
        if member is None or face is None or not face.consent.holds_at(now):
            return None
        return _identified(tx, member, ByFace(member_id, face.consent.id), now)


def whose_digits(store: Store, candidates: Iterable[MemberId], digits: str) -> MemberId | None:
    """Which of them has a card, not blocked, whose printed number ends so; None: nobody, or more than one. It takes as
    long whoever it is. Raises StorageFailed."""
    with store.transaction() as tx:
        cards = [card for member_id in sorted(candidates) for card in tx.members.cards_of(member_id)]
    matching = [hmac.compare_digest(printed_end(card), digits) for card in cards]
    found = {
        card.member_id
        for card, matches in zip(cards, matching, strict=True)
        if matches and card.state is CardState.ACTIVE
    }
    return found.pop() if len(found) == 1 else None


def printed_end(card: Card) -> str:
    """The last digits of the number that is printed on such cards: the UID's last four bytes, in decimal."""
    number = int(card.uid, 16) % (1 << _PRINTED_BITS)
    return f"{number:0{_PRINTED_DIGITS}d}"[-_ASKED_DIGITS:]


def _identified(tx: Transaction, member: Member, payer: Payer, now: datetime) -> Identified:
    currency = member.balance.currency
    lefts = (use.left for use in tx.grants.open_pre_grants(member.id))
    set_aside = Money.sum((left for left in lefts if left.currency == currency), currency)
    balance = member.balance - tx.grants.unacknowledged(member.id, currency)
    coupons = tuple(coupon for coupon in member.coupons if coupon.terms.is_valid_at(now))
    return Identified(replace(member, balance=balance, coupons=coupons), payer, set_aside)
