"""The feed's bodies, made from the tables at the moment of publishing. None: the thing is gone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from central.members import repository as members
from central.menu import repository as menus
from central.orders import repository as orders
from central.orders.usual import usual_cart
from central.stock import repository as stock
from central.wallet import ledger
from central.wallet.balances import free_balances
from kiosk.domain.ids import DishId, MemberId
from kiosk.domain.member import Card, CardState, Member, mask_name
from kiosk.sync import wire


def menu_body(connection: Connection) -> bytes | None:
    newest = menus.newest(connection)
    return newest.body if newest else None


def member_bodies(
    connection: Connection, member_ids: Sequence[str], currency: str, now: datetime
) -> dict[str, bytes | None]:
    """By member id. The balance is the free one: what may still be granted."""
    bodies: dict[str, bytes | None] = dict.fromkeys(member_ids)
    free = free_balances(connection, member_ids, currency)
    points = ledger.points_of(connection, member_ids)
    carts = orders.latest_carts(connection, member_ids)
    for row in members.find_members(connection, member_ids):
        member = Member(
            MemberId(row.id),
            mask_name(row.name),
            free[row.id],
            points.get(row.id, 0),
            now,
            members.diet_of(row),
            usual_cart(carts.get(row.id, ())),
        )
        bodies[row.id] = wire.encode(member)
    return bodies


def card_bodies(connection: Connection, uids: Sequence[str]) -> dict[str, bytes | None]:
    """By card UID."""
    bodies: dict[str, bytes | None] = dict.fromkeys(uids)
    for row in members.find_cards(connection, uids):
        bodies[row.uid] = wire.encode(Card(row.uid, MemberId(row.member_id), CardState(row.state)))
    return bodies


def stock_bodies(connection: Connection, dish_ids: Sequence[str]) -> dict[str, bytes | None]:
    """By dish id; a dish that is not counted has no row."""
    portions = stock.portions_left(connection, dish_ids)
    return {
        dish_id: wire.encode(wire.StockRecord(DishId(dish_id), portions[dish_id])) if dish_id in portions else None
        for dish_id in dish_ids
    }
