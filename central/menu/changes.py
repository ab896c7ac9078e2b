"""The menu of the day: what staff change of the imported menu, kept act by act, and the menu that comes of it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from central.errors import CentralError
from central.menu import change_repository, repository
from central.staff.service import staff_here
from central.terminals.identity import Terminal
from central.transactions import Transaction, TransactionThreads
from kiosk.domain.audit import Act
from kiosk.domain.menu import Menu, MenuError
from kiosk.domain.menu_change import (
    MAX_CHANGES,
    MAX_REASON_CHARS,
    MenuChange,
    changed_menu,
    changes_due,
    in_order,
    permission_for,
)
from kiosk.domain.menu_of_day import MenuRefusal, menu_items
from kiosk.domain.text import TextError, check_text
from kiosk.sync import wire

log = structlog.get_logger()

# A terminal's clock may be a little behind when staff say "from now on".
MOST_BEHIND, MOST_AHEAD = timedelta(minutes=10), timedelta(days=92)
LOOK_EVERY_S = 10.0


class MenuChangesOutOfBounds(CentralError):
    """Too many changes, or no reason."""


def change_menu(tx: Transaction, terminal: Terminal, request: wire.MenuChangesRequest) -> wire.MenuChangesReply:
    """All of the request or nothing; the same act once. Raises MenuChangesOutOfBounds."""
    if len(request.changes) > MAX_CHANGES:
        raise MenuChangesOutOfBounds(f"at most {MAX_CHANGES} changes at a time")
    imported = repository.imported(tx.connection, lock=True)
    if imported is None:
        return wire.MenuChangesReply((), tx.now, MenuRefusal.UNKNOWN_ITEM if request.changes else "")
    menu = wire.decode(imported.body, Menu)
    refusal: MenuRefusal | None = None
    if request.changes and not change_repository.is_done(tx.connection, request.act_id):
        refusal = _change(tx, terminal, menu, request)
    standing = change_repository.changes_of(tx.connection, menu.version)
    return wire.MenuChangesReply(menu_items(menu, standing, tx.now), tx.now, refusal or "")


def offer_due(tx: Transaction) -> bool:
    """Offer the menu as it should be now; False if that is what is offered already."""
    imported, newest = repository.imported(tx.connection, lock=True), repository.newest(tx.connection)
    if imported is None or newest is None:
        return False
    due = changes_due(change_repository.changes_of(tx.connection, imported.version), tx.now)
    if not due and newest.version == imported.version:
        return False
    menu = changed_menu(wire.decode(imported.body, Menu), due, newest.version)
    if wire.encode(menu) == newest.body:
        return False
    version = newest.version + 1
    body = wire.encode(replace(menu, version=version))
    repository.add_menu(tx.connection, version, body, tx.now, changed_from=imported.version)
    tx.changes.menu = True
    return True


async def offer_as_they_come_due(threads: TransactionThreads) -> None:
    """Until cancelled. What fails is tried again soon."""
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        try:
            if await threads.read(partial(has_come_due, now=threads.now())):
                await threads.write(offer_due)
        except (DBAPIError, PoolTimeout) as error:
            log.warning("menu_changes_not_offered", error=type(error).__name__)


def has_come_due(connection: Connection, now: datetime) -> bool:
    """Whether some change began to hold after the menu was offered that is offered now. Holds up nobody who writes."""
    imported, newest = repository.imported(connection), repository.newest(connection)
    if imported is None or newest is None:
        return False
    changes = change_repository.changes_of(connection, imported.version)
    return any(change.from_at is not None and newest.imported_at < change.from_at <= now for change in changes)


def _change(tx: Transaction, terminal: Terminal, menu: Menu, request: wire.MenuChangesRequest) -> MenuRefusal | None:
    try:
        if request.reason or any(change.price is not None for change in request.changes):
            check_text(request.reason, MAX_REASON_CHARS, "the reason")
    except TextError as error:
        raise MenuChangesOutOfBounds(str(error)) from error
    changes = tuple(replace(change, from_at=change.from_at or tx.now) for change in request.changes)
    standing = change_repository.changes_of(tx.connection, menu.version)
    refusal = _refusal(tx, request.staff, menu, standing, changes)
    if refusal is not None:
        return refusal
    ids = terminal.id, request.staff
    change_repository.add_act(tx.connection, request.act_id, menu.version, *ids, request.reason, changes, tx.now)
    kinds = {change.kind.value: sum(c.kind is change.kind for c in changes) for change in changes}
    about = changes[0].item_id if len(changes) == 1 else ""
    before = {item.id: item for item in menu_items(menu, standing, tx.now)}
    details = _before_and_after(before[about].price.decimal_text(), changes[0]) if about else {}
    tx.record(Act.MENU_CHANGED, about, actor=request.staff, act=request.act_id, **kinds, **details)
    offer_due(tx)
    return None


def _before_and_after(price: str, change: MenuChange) -> dict[str, str]:
    if change.price is None or change.from_at is None:
        return {}
    return {"before": price, "after": change.price.decimal_text(), "since": change.from_at.isoformat()}


def _refusal(
    tx: Transaction, staff_id: str, menu: Menu, standing: list[MenuChange], changes: tuple[MenuChange, ...]
) -> MenuRefusal | None:
    """Every menu that will come of it must be one, not only today's."""
    known: set[str] = {dish.id for dish in (*menu.dishes, *menu.weighed)} | {combo.id for combo in menu.combos}
    moments = [change.from_at or tx.now for change in changes]
    if not _may(tx, staff_id, changes):
        return MenuRefusal.NOT_PERMITTED
    if any(change.item_id not in known for change in changes):
        return MenuRefusal.UNKNOWN_ITEM
    if min(moments) < tx.now - MOST_BEHIND or max(moments) > tx.now + MOST_AHEAD:
        return MenuRefusal.TOO_LATE
    if any(change.price is not None and change.price.currency != tx.currency for change in changes):
        return MenuRefusal.PRICE
    ordered = in_order([*standing, *changes])
    for moment in (tx.now, *(c.from_at for c in ordered if c.from_at and c.from_at > tx.now)):
        try:
            offered = changed_menu(menu, changes_due(ordered, moment), menu.version)
        except MenuError:
            return MenuRefusal.PRICE
        if not offered.dishes:
            return MenuRefusal.NOTHING_LEFT
    return None


def _may(tx: Transaction, staff_id: str, changes: tuple[MenuChange, ...]) -> bool:
    """A terminal asks first; it may have heard of their roles long ago."""
    by = staff_here(tx.connection, staff_id)
    return by is not None and all(by.may(permission_for(change)) for change in changes)
