"""Cards that staff blocked here: they pay nothing here from that moment, whatever the feed still says of them."""

from __future__ import annotations

from collections.abc import Collection

import msgspec
from sqlalchemy import ColumnElement, and_, bindparam, delete, exists, false, func, or_, select, true, update
from sqlalchemy.dialects.sqlite import insert

from kiosk.domain.member import CardState
from kiosk.domain.member_act import CardBlock
from kiosk.store.connection import Connection
from kiosk.store.errors import Conflict
from kiosk.store.part import Finishing
from kiosk.store.tables.feed import card_blocks, cards
from kiosk.store.tables.outbox import outbox_state

_BOOKED = select(outbox_state.c.booked_id).scalar_subquery()
# Central has said something of the card when it had heard of the block. Until then what it says is older.
_IS_HEARD = (card_blocks.c.is_told_of == true()) & (card_blocks.c.told_id <= _BOOKED)


def blocked_here(uid: ColumnElement[str]) -> ColumnElement[bool]:
    """Of a card in another statement."""
    is_untold = card_blocks.c.told_id.is_(None)
    not_heard = or_(is_untold, card_blocks.c.told_id > _BOOKED, card_blocks.c.is_told_of == false())
    return exists().where(card_blocks.c.card_uid == uid, not_heard)


_ADD = insert(card_blocks).on_conflict_do_update(
    index_elements=["card_uid"], set_={"told_id": None, "is_told_of": False}
)
_HOLDS = select(blocked_here(bindparam("uid")))
_TELL = update(card_blocks).where(card_blocks.c.told_id.is_(None)).values(told_id=bindparam("told"))
_NAMED = select(func.json_each(bindparam("named")).table_valued("value").c.value)
_NOTE = update(card_blocks).where(card_blocks.c.card_uid.in_(_NAMED)).values(is_told_of=True)
# While central says "blocked" it stays: a central that is put back to a backup may forget it.
_STILL_BLOCKED = exists().where(cards.c.uid == card_blocks.c.card_uid, cards.c.state == CardState.BLOCKED)
_NAMES_NOBODY = ~exists().where(cards.c.uid == card_blocks.c.card_uid)
_DROP_HEARD = delete(card_blocks).where(
    card_blocks.c.told_id <= _BOOKED, or_(and_(_IS_HEARD, ~_STILL_BLOCKED), _NAMES_NOBODY)
)
_ANY = select(exists().select_from(card_blocks))
_BEGIN_ANEW = update(card_blocks).values(is_told_of=False)


class SqlCardBlocks(Finishing):
    """kiosk.services.ports.CardBlocks and kiosk.sync.ports.CardBlocks."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._added = False

    def add(self, block: CardBlock) -> None:
        self._added = True
        self._connection.execute(_ADD, {"card_uid": block.card_uid, "told_id": None, "is_told_of": False})

    def holds(self, card_uid: str) -> bool:
        return bool(self._connection.execute(_HOLDS, {"uid": card_uid}).scalar_one())

    def hear(self, card_uids: Collection[str]) -> None:
        """Central has said something of these cards. A block that it knows of, and says no more, is over."""
        if not self._connection.execute(_ANY).scalar_one():
            return
        self._connection.execute(_NOTE, {"named": msgspec.json.encode(list(card_uids)).decode()})
        self._connection.execute(_DROP_HEARD)

    def enter_epoch(self) -> None:
        """What central said before, it may have forgotten."""
        self._connection.execute(_BEGIN_ANEW)

    def finish(self, outbox_id: int | None) -> None:
        """At the transaction's end: central hears of a block by the event written beside it. Raises Conflict when there
        is none."""
        if not self._added:
            return
        if outbox_id is None:
            raise Conflict("a card was blocked without an event for central")
        self._connection.execute(_TELL, {"told": outbox_id})
