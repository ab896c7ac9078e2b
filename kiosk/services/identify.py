"""Who is this card? Looked up in the members that central has sent here, so it works with central away."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.domain.member import CardState, Member
from kiosk.services.ports import Store


@dataclass(frozen=True, slots=True)
class Identified:
    member: Member
    card_uid: str


@dataclass(frozen=True, slots=True)
class CardNotKnown:
    card_uid: str


@dataclass(frozen=True, slots=True)
class CardIsBlocked:
    card_uid: str


Identity = Identified | CardNotKnown | CardIsBlocked


def identify(store: Store, card_uid: str) -> Identity:
    """The member of that card as this terminal knows them. Raises StorageFailed."""
    with store.transaction() as tx:
        found = tx.members.by_card(card_uid)
    if found is None:
        return CardNotKnown(card_uid)
    member, card = found
    return CardIsBlocked(card_uid) if card.state is CardState.BLOCKED else Identified(member, card_uid)
