"""Who works here, as central last told, and how often PINs were tried."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import bindparam, delete, func, or_, select
from sqlalchemy.dialects.sqlite import insert

from kiosk.domain.ids import StaffId
from kiosk.services.ports import PinTries, StaffEntry
from kiosk.store.connection import Connection
from kiosk.store.tables.staff import pin_tries, staff, staff_cards

_IN_A_ROW = "*"  # no staff number
_BY_NUMBER = select(staff.c.body).where(staff.c.number == bindparam("typed"))
_BY_CARD = (
    select(staff.c.body)
    .join(staff_cards, staff_cards.c.staff_id == staff.c.id)
    .where(staff_cards.c.uid == bindparam("card_uid"))
)
_GET = select(staff.c.body).where(staff.c.id == bindparam("staff_id"))
_DROP = delete(staff).where(staff.c.id == bindparam("staff_id"))
_DROP_CARDS = delete(staff_cards).where(staff_cards.c.staff_id == bindparam("of_staff"))
_PUT = insert(staff).values(id=bindparam("id"))
_PUT = _PUT.on_conflict_do_update(
    index_elements=["id"], set_={name: _PUT.excluded[name] for name in ("number", "body", "epoch")}
)
_PUT_CARD = insert(staff_cards).values(uid=bindparam("uid"))
_PUT_CARD = _PUT_CARD.on_conflict_do_update(
    index_elements=["uid"], set_={name: _PUT_CARD.excluded[name] for name in ("staff_id", "epoch")}
)
_WRONG_AT = select(pin_tries.c.wrong).where(pin_tries.c.number == bindparam("at"))
_WRONG_IN_ALL = select(func.coalesce(func.sum(pin_tries.c.wrong), 0)).where(pin_tries.c.number != _IN_A_ROW)
_COUNT = insert(pin_tries).values(number=bindparam("number"), wrong=1)
_COUNT = _COUNT.on_conflict_do_update(index_elements=["number"], set_={"wrong": pin_tries.c.wrong + 1})
_FORGET = delete(pin_tries).where(
    or_(pin_tries.c.number == bindparam("at"), pin_tries.c.number.not_in(select(staff.c.number)))
)
_FORGET_ALL = delete(pin_tries)

_decoder = msgspec.json.Decoder(StaffEntry)


class SqlStaff:
    """kiosk.services.ports.StaffMembers, and what the feed tells of them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def by_number(self, number: str) -> StaffEntry | None:
        return self._entry(_BY_NUMBER, typed=number)

    def by_card(self, uid: str) -> StaffEntry | None:
        return self._entry(_BY_CARD, card_uid=uid)

    def get(self, staff_id: StaffId) -> StaffEntry | None:
        return self._entry(_GET, staff_id=staff_id)

    def hear(self, epoch: str, staff_id: StaffId, entry: StaffEntry | None, cards: Iterable[str]) -> None:
        """What central said of that staff member. None: gone. The cards are all that they have."""
        self._connection.execute(_DROP_CARDS, {"of_staff": staff_id})
        if entry is None:
            self._connection.execute(_DROP, {"staff_id": staff_id})
            return
        values = {"id": staff_id, "number": entry.number, "body": msgspec.json.encode(entry), "epoch": epoch}
        self._connection.execute(_PUT, values)
        for uid in cards:
            self._connection.execute(_PUT_CARD, {"uid": uid, "staff_id": staff_id, "epoch": epoch})

    def tries(self, number: str) -> PinTries:
        in_a_row, at_number = (self._connection.execute(_WRONG_AT, {"at": at}).scalar() for at in (_IN_A_ROW, number))
        return PinTries(in_a_row or 0, at_number or 0, self._connection.execute(_WRONG_IN_ALL).scalar_one())

    def count_try(self, number: str) -> None:
        for at in (_IN_A_ROW, number):
            self._connection.execute(_COUNT, {"number": at})

    def forget_tries(self, number: str) -> None:
        """The row of anybody's tries is at a number that nobody has."""
        self._connection.execute(_FORGET, {"at": number})

    def forget_all_tries(self) -> None:
        self._connection.execute(_FORGET_ALL)

    def _entry(self, query: Any, **given: str) -> StaffEntry | None:
        body = self._connection.execute(query, given).scalar()
        return None if body is None else _decoder.decode(body)
