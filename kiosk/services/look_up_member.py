"""A member as staff see them at a terminal: by the card that lies on the reader, or by the end of the member's number
where the card is lost; without asking central."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.domain.diet import NO_DIET, DietProfile
from kiosk.domain.ids import MemberId
from kiosk.domain.member import Card, CardState, Member
from kiosk.domain.money import Money
from kiosk.domain.staff import Permission, Staff
from kiosk.services.ports import Store, Transaction

FEWEST_DIGITS, MOST_FOUND = 3, 6


@dataclass(frozen=True, slots=True)
class MemberSeen:
    """`balance` is what central last told, less what was spent here since; `on_the_way`: cash that was taken here and
    is not on it yet. `has_face`: one is enrolled here. `card_uid`: of the card on the reader; "": found by number."""

    member_id: MemberId
    masked_name: str
    card_uid: str
    is_card_blocked: bool
    balance: Money
    on_the_way: Money
    points: int
    has_face: bool
    cards: tuple[Card, ...] = ()
    diet: DietProfile = field(default=NO_DIET, repr=False)


@dataclass(frozen=True, slots=True)
class MemberFound:
    """One of those whose number ends so."""

    member_id: MemberId
    masked_name: str


class LookUpMembers:
    """Its calls block (disk). All raise NotPermitted, StorageFailed."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def by_card(self, by: Staff, card_uid: str) -> MemberSeen | None:
        """None: nobody here is known by that card."""
        by.require(Permission.LOOK_UP_MEMBERS)
        with self._store.transaction() as tx:
            found = tx.members.by_card(card_uid)
            return None if found is None else _seen(tx, *found)

    def by_id(self, by: Staff, member_id: MemberId) -> MemberSeen | None:
        """None: they are not known here (any more)."""
        by.require(Permission.LOOK_UP_MEMBERS)
        with self._store.transaction() as tx:
            member = tx.members.get(member_id)
            return None if member is None else _seen(tx, member, None)

    def by_number(self, by: Staff, ending: str) -> tuple[MemberFound, ...]:
        """Whose number ends with these digits, MOST_FOUND at most; nobody for fewer than FEWEST_DIGITS: that would be
        everybody."""
        by.require(Permission.LOOK_UP_MEMBERS)
        if len(ending) < FEWEST_DIGITS or not (ending.isascii() and ending.isdigit()):
            return ()
        with self._store.transaction() as tx:
            return tuple(MemberFound(m.id, m.masked_name) for m in tx.members.numbered(ending, MOST_FOUND))


def _seen(tx: Transaction, member: Member, card: Card | None) -> MemberSeen:
    currency = member.balance.currency
    return MemberSeen(
        member.id,
        member.masked_name,
        card.uid if card else "",
        card is not None and card.state is not CardState.ACTIVE,
        member.balance - tx.grants.unacknowledged(member.id, currency),
        tx.cash.top_ups_on_the_way(member.id, currency),
        member.points,
        tx.faces.of(member.id) is not None,
        tx.members.cards_of(member.id),
        member.diet,
    )
