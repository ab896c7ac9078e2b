"""What terminals were handed of each dish, and what of it is used: table and statements of central/stock/portions.py.

Counters that only grow. What a terminal holds is `handed + brought - written_off - used`; more may be used than it had
where a restored central has forgotten a lot, or what was written off was sold after all: then it holds none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Row,
    String,
    Table,
    bindparam,
    case,
    cast,
    func,
    or_,
    select,
    update,
)

from central.database import metadata
from central.statements import Statement, by_keys, per_dialect
from central.stock.repository import stock_item, stock_movement
from central.terminals.identity import SELLING_ROLES
from central.terminals.repository import terminal

allotment = Table(
    "allotment",
    metadata,
    Column("terminal_id", ForeignKey("terminal.id"), primary_key=True),
    Column("incarnation", Integer, primary_key=True, autoincrement=False),
    Column("dish_id", String(40), primary_key=True),
    Column("handed", BigInteger, nullable=False),
    Column("used", BigInteger, nullable=False),
    Column("beyond", BigInteger, nullable=False),
    Column("written_off", BigInteger, nullable=False),
    Column("is_recalled", Boolean, nullable=False),
    # By staff, to that terminal: what it held as soon as it was there.
    Column("brought", BigInteger, nullable=False, server_default="0"),
    Index(None, "dish_id"),
)

_KEY = ("terminal_id", "incarnation", "dish_id")
_UNUSED = allotment.c.handed + allotment.c.brought - allotment.c.written_off - allotment.c.used
_HELD = case((_UNUSED > 0, _UNUSED), else_=0)


@dataclass(frozen=True, slots=True, order=True)
class Holder:
    """An incarnation of a terminal, and a dish. In this order they are written, whoever writes several."""

    dish_id: str
    terminal_id: str
    incarnation: int

    @property
    def fed_as(self) -> tuple[str, int, str]:
        """As the feed's changes name it."""
        return self.terminal_id, self.incarnation, self.dish_id

    @property
    def key(self) -> dict[str, Any]:
        return {"terminal_id": self.terminal_id, "incarnation": self.incarnation, "dish_id": self.dish_id}


# In one statement, so of one moment: a sale that is booked beside it takes from both sums or from neither.
_LEFT = (
    select(func.coalesce(func.sum(stock_movement.c.portions), 0))
    .where(stock_movement.c.dish_id == stock_item.c.dish_id, stock_movement.c.count_number == stock_item.c.count_number)
    .scalar_subquery()
)
_ALL_HELD = (
    select(func.coalesce(func.sum(_HELD), 0)).where(allotment.c.dish_id == stock_item.c.dish_id).scalar_subquery()
)
_FREE = by_keys(
    lambda among: select(
        stock_item.c.dish_id,
        cast(case((stock_item.c.sold_out, 0), else_=_LEFT - _ALL_HELD), BigInteger).label("free"),
    ).where(among(stock_item.c.dish_id), stock_item.c.is_counted)
)
_LOCK_DISHES = by_keys(
    lambda among: (
        select(stock_item.c.dish_id)
        .where(among(stock_item.c.dish_id))
        .order_by(stock_item.c.dish_id)
        .with_for_update(key_share=True)
    )
)
_OF_DISHES = by_keys(lambda among: select(allotment, _HELD.label("held")).where(among(allotment.c.dish_id)))
_OF_TERMINALS = by_keys(
    lambda among: select(allotment, _HELD.label("held")).where(among(allotment.c.terminal_id)).order_by(*_KEY)
)


def _adding(*others: str) -> Statement:
    """Adds to the counters; sets the `others`."""
    return per_dialect(
        lambda insert: (new := insert(allotment)).on_conflict_do_update(
            index_elements=_KEY,
            set_={name: allotment.c[name] + new.excluded[name] for name in ("handed", "used", "beyond", "brought")}
            | {name: new.excluded[name] for name in others},
        )
    )


_ADD = _adding()
_ADD_AND_ANSWER = _adding("is_recalled")
_RAISE = per_dialect(
    lambda insert: (new := insert(allotment)).on_conflict_do_update(
        index_elements=_KEY,
        set_={
            "handed": case((allotment.c.handed < new.excluded.handed, new.excluded.handed), else_=allotment.c.handed)
        },
    )
)
_WHICH = tuple(allotment.c[name] == bindparam(f"of_{name}") for name in _KEY)
_RECALL = Statement(update(allotment).where(*_WHICH).values(is_recalled=True))
_WRITE_OFF = Statement(
    update(allotment)
    .where(allotment.c.terminal_id == bindparam("of_terminal"), allotment.c.incarnation <= bindparam("up_to"))
    .values(written_off=allotment.c.written_off + _HELD, is_recalled=False)
)
_SELLING = Statement(
    select(func.count().label("terminals"))
    .select_from(terminal)
    .where(terminal.c.is_revoked.is_(False), or_(*(terminal.c.role == bindparam(r) for r in sorted(SELLING_ROLES))))
)
_NEW = {"handed": 0, "used": 0, "beyond": 0, "written_off": 0, "brought": 0, "is_recalled": False}


def lock_dishes(connection: Connection, dish_ids: Sequence[str]) -> None:
    """Nobody else hands out portions of them until the transaction ends."""
    _LOCK_DISHES.of_keys(connection, dish_ids)


def free_portions(connection: Connection, dish_ids: Sequence[str]) -> dict[str, int]:
    """Portions left that no terminal holds, by dish; none while staff say that it is sold out; what is not counted is
    left out. Below zero where less is left than terminals hold."""
    return {row.dish_id: row.free for row in _FREE.of_keys(connection, dish_ids)}


def of_dishes(connection: Connection, dish_ids: Sequence[str]) -> Sequence[Row[Any]]:
    """Each with what it has `held`."""
    return _OF_DISHES.of_keys(connection, dish_ids)


def of_terminals(connection: Connection, terminal_ids: Sequence[str]) -> Sequence[Row[Any]]:
    return _OF_TERMINALS.of_keys(connection, terminal_ids)


def terminals_selling(connection: Connection) -> int:
    """How many there are that sell and are not revoked: a kitchen's screen and a board take no part in the lots."""
    found: int = _SELLING.one(connection, {name: name for name in SELLING_ROLES}).terminals
    return found


def hand(connection: Connection, portions: Mapping[Holder, int]) -> None:
    """So many more. Who asks for more has given back what was recalled."""
    _ADD_AND_ANSWER.run(connection, *(h.key | _NEW | {"handed": portions[h]} for h in sorted(portions)))


def bring(connection: Connection, portions: Mapping[Holder, int]) -> None:
    """So many more, which staff have put there; asked back at once, as others sell the dish too."""
    rows = (h.key | _NEW | {"brought": portions[h], "is_recalled": True} for h in sorted(portions))
    _ADD_AND_ANSWER.run(connection, *rows)


def use(connection: Connection, taken: Mapping[Holder, tuple[int, int]]) -> None:
    """So many more sold: (of what was handed, beyond that)."""
    _ADD.run(connection, *(h.key | _NEW | {"used": taken[h][0], "beyond": taken[h][1]} for h in sorted(taken)))


def take_back(connection: Connection, returned: Mapping[Holder, int]) -> None:
    """So many of what was handed come back unsold."""
    _ADD_AND_ANSWER.run(connection, *(h.key | _NEW | {"used": returned[h]} for h in sorted(returned)))


def raise_handed(connection: Connection, handed: Mapping[Holder, int]) -> None:
    """To at least so many in all its time."""
    _RAISE.run(connection, *(h.key | _NEW | {"handed": handed[h]} for h in sorted(handed)))


def recall(connection: Connection, holders: Sequence[Holder]) -> None:
    _RECALL.run(connection, *({f"of_{name}": value for name, value in h.key.items()} for h in sorted(holders)))


def write_off(connection: Connection, terminal_id: str, up_to: int) -> None:
    """What it holds in incarnations up to that one can be handed to others."""
    _WRITE_OFF.run(connection, {"of_terminal": terminal_id, "up_to": up_to})
