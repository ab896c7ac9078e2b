"""Members and cards as central last told them, and what staff here have blocked since."""

from __future__ import annotations

import msgspec
from sqlalchemy import bindparam, case, select

from kiosk.domain.ids import MemberId
from kiosk.domain.member import Card, CardHolder, CardState, Member
from kiosk.domain.money import Money
from kiosk.store.card_blocks import blocked_here
from kiosk.store.connection import Connection
from kiosk.store.tables.feed import cards, members

_STATE = case((blocked_here(cards.c.uid), CardState.BLOCKED.value), else_=cards.c.state).label("state")
_BY_CARD = (
    select(cards.c.uid, _STATE, members.c.body)
    .join(members, members.c.id == cards.c.member_id)
    .where(cards.c.uid == bindparam("card_uid"))
)
_CARDS_OF = select(cards.c.uid, _STATE).where(cards.c.member_id == bindparam("of_member")).order_by(cards.c.uid)
_NUMBERED = (
    select(members.c.body)
    .where(members.c.id.endswith(bindparam("ending"), autoescape=False))
    .order_by(members.c.id)
    .limit(bindparam("count"))
)
_GET = select(members.c.body).where(members.c.id == bindparam("member_id"))

_decoder = msgspec.json.Decoder(Member)


class _Payer(msgspec.Struct):
    """Of a member."""

    id: MemberId
    balance: Money


_payer_decoder = msgspec.json.Decoder(_Payer)


class SqlMembers:
    """kiosk.services.ports.Members."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def by_card(self, uid: str) -> tuple[Member, Card] | None:
        """None also while a card is known here and its member is not yet (a first read under way)."""
        row = self._connection.execute(_BY_CARD, {"card_uid": uid}).first()
        if row is None:
            return None
        member = _decoder.decode(row.body)
        return member, Card(row.uid, member.id, CardState(row.state))

    def holder(self, uid: str) -> CardHolder | None:
        row = self._connection.execute(_BY_CARD, {"card_uid": uid}).first()
        if row is None:
            return None
        member = _payer_decoder.decode(row.body)
        return CardHolder(member.id, member.balance, CardState(row.state))

    def cards_of(self, member_id: MemberId) -> tuple[Card, ...]:
        rows = self._connection.execute(_CARDS_OF, {"of_member": member_id})
        return tuple(Card(row.uid, member_id, CardState(row.state)) for row in rows)

    def get(self, member_id: MemberId) -> Member | None:
        body = self._connection.execute(_GET, {"member_id": member_id}).scalar()
        return None if body is None else _decoder.decode(body)

    def numbered(self, ending: str, limit: int) -> tuple[Member, ...]:
        """Reads through all of them: some 30 ms for a hundred thousand."""
        rows = self._connection.execute(_NUMBERED, {"ending": ending, "count": limit})
        return tuple(_decoder.decode(row.body) for row in rows)
