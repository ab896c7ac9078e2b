"""The feed's bodies, made from the tables at the moment of publishing. None: the thing is gone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row

from central.coupons.repository import usable_coupons
from central.faces.repository import newest_deletions
from central.faces.sharing_repository import find_letters
from central.members import repository as members
from central.menu import repository as menus
from central.orders import repository as orders
from central.orders.collection_repository import settled_by
from central.orders.usual import usual_cart
from central.restoring.safe import Safe
from central.staff import repository as staff
from central.stock import allotments
from central.stock import repository as stock
from central.terminals import repository as terminals
from central.terminals.identity import SELLING_ROLES
from central.wallet import repository as wallet
from central.wallet.accounts import read_accounts
from kiosk.domain.ids import DishId, FaceConsentId, FaceDeletionId, GrantId, MemberId, StaffId, TerminalId
from kiosk.domain.member import Card, CardState, Member, mask_name
from kiosk.domain.money import Money
from kiosk.domain.wallet import Grant
from kiosk.sync import wire


def menu_body(connection: Connection) -> bytes | None:
    newest = menus.newest(connection)
    return newest.body if newest else None


def member_bodies(
    connection: Connection, member_ids: Sequence[str], currency: str, now: datetime
) -> dict[str, bytes | None]:
    """By member id. The balance is what the member may still spend, pre-grants included; so are points and coupons. Of
    one who was deleted there is nothing."""
    bodies: dict[str, bytes | None] = dict.fromkeys(member_ids)
    carts = orders.latest_carts(connection, member_ids)
    coupons = usable_coupons(connection, member_ids, now)
    for member_id, account in read_accounts(connection, member_ids, currency).items():
        if account.member.deleted_at is not None:
            continue
        member = Member(
            MemberId(member_id),
            mask_name(account.member.name),
            account.spendable,
            account.free_points,
            now,
            members.diet_of(account.member),
            usual_cart(carts.get(member_id, ())),
            coupons.get(member_id, ()),
        )
        bodies[member_id] = wire.encode(member)
    return bodies


def card_bodies(connection: Connection, uids: Sequence[str]) -> dict[str, bytes | None]:
    """By card UID."""
    bodies: dict[str, bytes | None] = dict.fromkeys(uids)
    for row in members.find_cards(connection, uids):
        bodies[row.uid] = wire.encode(Card(row.uid, MemberId(row.member_id), CardState(row.state)))
    return bodies


def stock_bodies(connection: Connection, dish_ids: Sequence[str]) -> dict[str, bytes | None]:
    """By dish id; a dish that is neither counted nor said to be sold out has no row."""
    bodies: dict[str, bytes | None] = dict.fromkeys(dish_ids)
    free = allotments.free_portions(connection, dish_ids)
    for dish_id, state in stock.stock_states(connection, dish_ids).items():
        record = wire.StockRecord(
            DishId(dish_id),
            state.portions,
            state.sold_out,
            state.count_id,
            free=None if state.portions is None else max(0, free.get(dish_id, 0)),
        )
        bodies[dish_id] = wire.encode(record)
    return bodies


def allotment_bodies(connection: Connection, keys: Sequence[tuple[str, int, str]]) -> Iterator[tuple[str, str, bytes]]:
    """(terminal id, key, body) by the terminal's letter, incarnation and dish: ids are drawn, letters are given in
    turn, and what happens again is to be told alike."""
    wanted = set(keys)
    ids = sorted({terminal_id for terminal_id, _, _ in wanted})
    letters = {row.id: row.letter for row in terminals.find_terminals(connection, ids)}
    rows = allotments.of_terminals(connection, ids)
    for row in sorted(rows, key=lambda row: (letters[row.terminal_id], row.incarnation, row.dish_id)):
        if (row.terminal_id, row.incarnation, row.dish_id) in wanted:
            record = wire.AllotmentRecord(
                DishId(row.dish_id), row.incarnation, row.handed, row.beyond, recalled=row.is_recalled
            )
            key = f"{letters[row.terminal_id]}:{row.incarnation}:{row.dish_id}"
            yield row.terminal_id, key, wire.encode(record)


def face_bodies(connection: Connection, member_ids: Sequence[str]) -> dict[str, bytes | None]:
    """The newest deletion of each one's face, by member id."""
    newest = newest_deletions(connection, member_ids)
    return {
        member_id: wire.encode(wire.FaceRecord(MemberId(member_id), FaceDeletionId(newest[member_id])))
        for member_id in member_ids
        if member_id in newest
    }


def face_letter_bodies(connection: Connection, letter_ids: Sequence[UUID]) -> Iterator[tuple[str, str, bytes]]:
    """(terminal id, key, body) of those letters that have been written."""
    for row in find_letters(connection, letter_ids):
        if row.sealed is not None:
            letter = wire.FaceLetterRecord(
                MemberId(row.member_id), FaceConsentId(row.consent_id), row.box_id, row.sealed
            )
            yield row.terminal_id, str(row.id), wire.encode(letter)


def terminal_bodies(connection: Connection, terminal_ids: Sequence[str]) -> dict[str, bytes | None]:
    """By id, in the order of their letters; one whose key is lost is trusted by nobody until it is enrolled anew."""
    rows = sorted(terminals.find_terminals(connection, terminal_ids), key=lambda row: str(row.letter))
    return {row.id: _terminal_body(row) for row in rows}


def _terminal_body(row: Row[Any]) -> bytes | None:
    if not row.public_key or row.role not in SELLING_ROLES:  # the others sign no slips
        return None
    return wire.encode(wire.TerminalRecord(row.id, row.incarnation, row.letter, row.public_key, row.is_revoked))


def staff_bodies(connection: Connection, staff_ids: Sequence[str]) -> dict[str, bytes | None]:
    """By id; gone: removed."""
    return {staff_id: _staff_body(connection, staff_id) for staff_id in staff_ids}


def _staff_body(connection: Connection, staff_id: str) -> bytes | None:
    row = staff.find_present(connection, staff_id)
    if row is None:
        return None
    cards, roles = staff.cards_of(connection, staff_id), tuple(row.roles.split())
    return wire.encode(wire.StaffRecord(StaffId(row.id), row.number, row.name, roles, row.pin_hash, cards))


def collected_bodies(connection: Connection, payment_ids: Sequence[UUID]) -> Iterator[tuple[str, str, bytes | None]]:
    """(terminal id, key, body), for the terminals that took the orders; gone where that was undone."""
    for row in orders.sold_by(connection, payment_ids):
        is_collected = settled_by(connection, row.order_id) is not None
        body = wire.encode(wire.CollectedRecord(row.id, row.order_id)) if is_collected else None
        yield row.terminal_id, str(row.id), body


def grant_bodies(
    connection: Connection, grant_ids: Sequence[UUID], currency: str, safe: Safe
) -> Iterator[tuple[str, str, bytes | None]]:
    """(terminal id, key, body) of pre-grants. One that was written off is gone, and its terminal must hear of it; one
    that the terminal itself has used up or closed is left out."""
    for row in wallet.find_pre_grants(connection, grant_ids):
        if not row.is_open and not row.is_written_off:
            continue
        body = wire.encode(_grant_record(row, currency, safe)) if row.is_open else None
        yield row.terminal_id, str(row.id), body


def _grant_record(row: Row[Any], currency: str, safe: Safe) -> wire.GrantRecord:
    member_id, amount = MemberId(row.member_id), Money(row.amount_minor, currency)
    grant = Grant(GrantId(row.id), None, member_id, TerminalId(row.terminal_id), row.incarnation, amount)
    return wire.GrantRecord(grant.id, member_id, row.incarnation, amount, row.is_recalled, safe.seals.seal(grant))
