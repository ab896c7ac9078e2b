"""Applying central's feed: a page's rows and the cursor after them, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

import msgspec
from sqlalchemy import Table, bindparam, delete, exists, func, or_, select, update
from sqlalchemy.dialects.sqlite import dialect, insert
from sqlalchemy.sql import ClauseElement

from kiosk.domain.ids import DishId, MemberId
from kiosk.domain.member import Card
from kiosk.domain.menu import Menu
from kiosk.domain.payment import PaymentState
from kiosk.domain.stock import ToldStock
from kiosk.store.connection import Connection
from kiosk.store.tables.feed import cards, feed_state, members, menu, stock
from kiosk.store.tables.payments import payments
from kiosk.store.tables.staff import staff, staff_cards


def _sql(statement: ClauseElement) -> str:
    """For the driver itself: a page has thousands of rows, and naming each value costs more than storing it."""
    return str(statement.compile(dialect=dialect()))


# Of a page most rows go so many a statement: starting a statement takes longer than storing a row.
_ROWS_AT_ONCE = 200


def _upsert(table: Table, key: str) -> tuple[str, str]:
    """For _ROWS_AT_ONCE rows, whose values come one after the other, and for one row; in the order of the table's
    columns."""
    statement = insert(table)
    rest = {c.name: statement.excluded[c.name] for c in table.columns if c.name != key}
    one = _sql(statement.on_conflict_do_update(index_elements=[key], set_=rest))
    row = f"({', '.join('?' * len(table.columns))})"
    # Written out: SQLAlchemy would take 10 ms of the terminal's start for each.
    return one.replace(row, ", ".join([row] * _ROWS_AT_ONCE)), one


_STATE = select(feed_state.c.epoch, feed_state.c.after, feed_state.c.rereading, feed_state.c.announced)
_SET_STATE = update(feed_state)
_PUT_MENU = (
    insert(menu)
    .values(id=1, revision=1, epoch=bindparam("epoch"), body=bindparam("body"))
    .on_conflict_do_update(
        index_elements=["id"],
        set_={"revision": menu.c.revision + 1, "epoch": bindparam("epoch"), "body": bindparam("body")},
    )
)
_DROP_MENU = update(menu).where(menu.c.epoch != bindparam("this_epoch")).values(revision=menu.c.revision + 1, body=None)
_PUT_MEMBER, _PUT_CARD, _PUT_STOCK = _upsert(members, "id"), _upsert(cards, "uid"), _upsert(stock, "dish_id")
_DROP_MEMBER = _sql(delete(members).where(members.c.id == bindparam("gone")))
_DROP_CARD = _sql(delete(cards).where(cards.c.uid == bindparam("gone")))
# Of members who have gone, however many: one reading of the table, for whole years leave together.
_GONE = select(func.json_each(bindparam("gone")).table_valued("value").c.value)
_DROP_CARDS_OF = delete(cards).where(cards.c.member_id.in_(_GONE))
# What is not settled yet still needs to know by what it is paid.
_FORGET_CARDS_PAID_WITH = (
    update(payments)
    .where(
        payments.c.card_uid.is_not(None),
        payments.c.state != PaymentState.INTENDED,
        payments.c.state != PaymentState.BEING_CHECKED,
        or_(
            payments.c.member_id.in_(_GONE),
            payments.c.card_uid.in_(select(cards.c.uid).where(cards.c.member_id.in_(_GONE))),
        ),
    )
    .values(card_uid=None)
)
_DROP_STOCK = _sql(delete(stock).where(stock.c.dish_id == bindparam("gone")))
_SWEPT = (members, cards, stock, staff, staff_cards)
_SWEEP = tuple(delete(t).where(t.c.epoch != bindparam("this_epoch")) for t in _SWEPT)
_ANYTHING = select(or_(exists().where(menu.c.body.is_not(None)), *(exists().select_from(t) for t in _SWEPT)))


class SqlFeed:
    """kiosk.sync.ports.Feed: this terminal's copy of what central knows, and how far it has read. `members_went`: in
    this transaction, some have or may have gone."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.members_went = False

    def cursor(self) -> tuple[str, int]:
        """The epoch and the sequence number read up to; ("", 0) before the first page."""
        row = self._connection.execute(_STATE).one()
        return row.epoch, row.after

    def is_announced(self) -> bool:
        """Whether central has been told, in that epoch, what this terminal holds."""
        return bool(self._connection.execute(_STATE).one().announced)

    def enter_epoch(self, epoch: str) -> None:
        """Central was restored, or is met for the first time: from now on nothing that it said before is used."""
        # A terminal that is new has nothing to look for when the read is through.
        rereading = self._connection.execute(_ANYTHING).scalar_one()
        values = {"epoch": epoch, "after": 0, "rereading": rereading, "announced": False}
        self._connection.execute(_SET_STATE, values)

    def set_announced(self, *, announced: bool) -> None:
        self._connection.execute(_SET_STATE, {"announced": announced})

    def read_to(self, after: int) -> None:
        """Of the rows up to there none is for this terminal."""
        self._connection.execute(_SET_STATE, {"after": after})

    def apply_page(
        self,
        *,
        epoch: str,
        next_after: int,
        more: bool,
        menus: Sequence[Menu | None],
        members: Mapping[MemberId, bytes | None],
        cards: Mapping[str, Card | None],
        stock: Mapping[DishId, ToldStock | None],
    ) -> None:
        """Store the newest state of each thing named, None being gone, and the cursor. With members their cards go, of
        which central says nothing any more. `menus` holds none or the newest last; `members` are JSON of
        kiosk.domain.member.Member, checked by the caller.

        A new epoch means everything is read again from the start: what stood before stays usable meanwhile, and
        what the new epoch has not named goes with its last page.
        """
        state = self._connection.execute(_STATE).one()
        rereading = state.rereading or epoch != state.epoch
        if menus:
            newest = menus[-1]
            body = None if newest is None else msgspec.json.encode(newest)
            self._connection.execute(_PUT_MENU, {"epoch": epoch, "body": body})
        # Of bytes and of enums the driver first looks for an adapter, row by row: as dear as storing them.
        self._put(_PUT_MEMBER, [(key, epoch, bytearray(body)) for key, body in members.items() if body is not None])
        self._put(_PUT_CARD, [(c.uid, c.member_id, str(c.state), epoch) for c in cards.values() if c is not None])
        told = [(dish_id, ToldStock(*entry)) for dish_id, entry in stock.items() if entry is not None]
        self._put(
            _PUT_STOCK,
            [(d, t.portions, t.sold_out, epoch, t.count_id.hex if t.count_id else None, t.free) for d, t in told],
        )
        gone = [key for key, body in members.items() if body is None]
        self._run(_DROP_MEMBER, [(key,) for key in gone])
        self._run(_DROP_CARD, [(key,) for key, card in cards.items() if card is None])
        if gone:
            for forget in (_FORGET_CARDS_PAID_WITH, _DROP_CARDS_OF):
                self._connection.execute(forget, {"gone": msgspec.json.encode(gone).decode()})
        self._run(_DROP_STOCK, [(key,) for key, entry in stock.items() if entry is None])
        if rereading and not more:
            rereading = False
            for sweep in (_DROP_MENU, *_SWEEP):
                self._connection.execute(sweep, {"this_epoch": epoch})
            self.members_went = True
        self.members_went = self.members_went or bool(gone)
        self._connection.execute(_SET_STATE, {"epoch": epoch, "after": next_after, "rereading": rereading})

    def _put(self, upserts: tuple[str, str], rows: Sequence[tuple[object, ...]]) -> None:
        """Handfuls of _ROWS_AT_ONCE by the first statement, what is left over by the second."""
        by_handfuls, one_by_one = upserts
        whole = len(rows) - len(rows) % _ROWS_AT_ONCE
        starts = range(0, whole, _ROWS_AT_ONCE)
        self._run(by_handfuls, [tuple(chain.from_iterable(rows[i : i + _ROWS_AT_ONCE])) for i in starts])
        self._run(one_by_one, rows[whole:])

    def _run(self, sql: str, rows: Sequence[tuple[object, ...]]) -> None:
        if rows:
            self._connection.exec_driver_sql(sql, list(rows))
