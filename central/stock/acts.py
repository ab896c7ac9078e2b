"""Booking what staff did with stock at terminals (docs/decisions/0015): movements add up in whatever order they come;
of sold out and back the one that comes last here holds."""

from __future__ import annotations

from central.errors import CentralError
from central.menu import repository as menus
from central.orders.checks import check_moment
from central.stock import act_repository as repository
from central.stock.act_repository import StockItem
from central.stock.counts import book_count, undo_count
from central.stock.portions import book_brought, recall_uncovered
from central.terminals.identity import Terminal
from central.transactions import Transaction
from kiosk.domain.menu import Menu
from kiosk.domain.stock_act import StockAct, StockActKind, StockActLine, check_stock_act, opposite
from kiosk.sync import wire
from kiosk.sync.wire import StockActRecorded


class StockActRefused(CentralError):
    """The act cannot be booked as it was told."""


def record_stock_act(tx: Transaction, terminal: Terminal, event: StockActRecorded, body: bytes) -> None:
    """Once for that id. Raises StockActRefused, StockError or OrderRefused; what was written until then is the
    caller's to undo."""
    act = event.act
    check_stock_act(act)
    check_moment(act.made_at)
    _check_brought(event)
    known = repository.find_act(tx.connection, act.id)
    if known is not None and known.event != body:
        raise StockActRefused("another act of that id stands already")
    if known is not None:
        return
    if act.undoes is not None:
        _check_undo(tx, terminal, act)
    else:
        _check_dishes(tx, act)
    repository.add_act(tx.connection, act, terminal.id, tx.now, body)
    items = repository.lock_items(tx.connection, act.dish_ids)
    for line in act.lines:
        item = items[line.dish_id]
        portions = _portions(tx, terminal, act, line, item)
        if line.sold_out is not None:
            item.sold_out = line.sold_out
        if portions:
            repository.add_movement(tx.connection, item, portions, act, tx.now)
        repository.save_item(tx.connection, item)
    book_brought(tx, terminal, event.brought)
    tx.changes.dishes |= set(act.dish_ids)
    recall_uncovered(tx, act.dish_ids)


def _check_brought(event: StockActRecorded) -> None:
    """Only what the act adds, and of each dish once."""
    if not event.brought:
        return
    act, brought = event.act, {made.dish_id: made.portions for made in event.brought}
    added = {line.dish_id: line.portions for line in act.lines}
    is_restock = act.kind is StockActKind.RESTOCK and act.undoes is None
    if not is_restock or len(brought) < len(event.brought) or not brought.items() <= added.items():
        raise StockActRefused("it says that more is in hand than it brings")


def _portions(tx: Transaction, terminal: Terminal, act: StockAct, line: StockActLine, item: StockItem) -> int:
    """What is moved here; a count may also begin or end that the dish is counted."""
    if act.kind is not StockActKind.COUNT:
        return line.portions
    if act.undoes is None:
        return book_count(tx.connection, item, line, act.id, terminal.id)
    return undo_count(tx.connection, item, line, act.undoes, act.id, terminal.id)


def _check_undo(tx: Transaction, terminal: Terminal, act: StockAct) -> None:
    """Only the terminal that did it undoes it, once, and exactly that."""
    row = repository.find_act(tx.connection, act.undoes) if act.undoes else None
    if row is None or row.terminal_id != terminal.id:
        raise StockActRefused("it undoes what was not done at this terminal")
    made = wire.decode(row.event, StockActRecorded).act
    if made.undoes is not None or repository.is_undone(tx.connection, made.id):
        raise StockActRefused("it undoes what was undone already")
    if act != opposite(made, act.id, act.staff_id, act.made_at):
        raise StockActRefused("it is not the opposite of what it undoes")


def _check_dishes(tx: Transaction, act: StockAct) -> None:
    """Of the menu, or counted or marked once: a terminal may have been away while the menu changed."""
    unknown = set(act.dish_ids) - repository.known_dishes(tx.connection, act.dish_ids)
    if not unknown:
        return
    newest = menus.newest(tx.connection)
    if newest is not None:
        menu = wire.decode(newest.body, Menu)
        unknown -= {*menu.dish_by_id, *menu.weighed_by_id}
    if unknown:
        raise StockActRefused("it names a dish that is not known here")
