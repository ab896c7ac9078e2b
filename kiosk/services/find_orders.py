"""Finding an order that was taken at this terminal: by its number, a card, the time, or the code on its paper."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kiosk.domain.ids import OrderId, TerminalId
from kiosk.domain.order import Order, order_number
from kiosk.domain.order_code import ShortCode, read_order_code, read_short_code
from kiosk.domain.scanned_code import is_payment_code
from kiosk.domain.slip import PREFIX, SlipError, read_slip
from kiosk.domain.staff import Permission, Staff
from kiosk.services.order_details import OrderDetails, OrderRow, order_details, order_row
from kiosk.services.ports import StorageFailed, Store, Transaction

PAGE_ORDERS = 6
MAX_FOUND = 24
# Letters of a terminal, then the counter of the day: as it is called out, printed, or typed without the letter.
_NUMBER = re.compile(r"([A-Z]{0,4})([0-9]{1,6})", re.ASCII)
_MAX_TYPED_CHARS = 20


class NothingFoundReason(StrEnum):
    """elsewhere: it bears another terminal's letter. not_here: no such order is kept here. payment_code: what a phone
    shows to pay with, which is looked at no further."""

    NOT_HERE = "not_here"
    ELSEWHERE = "elsewhere"
    NOT_A_NUMBER = "not_a_number"
    CARD_UNKNOWN = "card_unknown"
    NO_ORDER_CODE = "no_order_code"
    PAYMENT_CODE = "payment_code"
    STORAGE_FAILED = "storage_failed"


@dataclass(frozen=True, slots=True)
class NothingFound:
    """`letter`: of the terminal that took it, where that is known."""

    reason: NothingFoundReason
    letter: str = ""


@dataclass(frozen=True, slots=True)
class OrderPage:
    """Newest first. `older`: the last order of it, if there are more behind."""

    rows: tuple[OrderRow, ...]
    older: OrderId | None = None


Found = OrderPage | NothingFound


class FindOrders:
    """Its calls block (disk); nothing is changed by any of them. `local_time` is the canteen's. Each needs the
    permission to find orders, and raises NotPermitted."""

    def __init__(self, store: Store, local_time: Callable[[datetime], datetime]) -> None:
        self._store = store
        self._local_time = local_time

    def newest(self, by: Staff, before: OrderId | None = None) -> Found:
        """A page of the newest, or of those before that one."""
        by.require(Permission.FIND_ORDERS)
        return self._look(lambda tx: self._page(tx, tx.orders.recent(PAGE_ORDERS + 1, before)))

    def until(self, by: Staff, moment: datetime) -> Found:
        """The page of those that were taken just before `moment`."""
        by.require(Permission.FIND_ORDERS)
        return self._look(lambda tx: self._page(tx, _until(tx, moment)))

    def by_number(self, by: Staff, typed: str) -> Found:
        """Whatever was typed: a number, today's first, and without a letter this terminal's own; or the eight digits
        under a code."""
        by.require(Permission.FIND_ORDERS)
        return self._look(lambda tx: self._numbered(tx, typed))

    def by_card(self, by: Staff, card_uid: str) -> Found:
        """Those of the card's member: that they ordered, or paid."""
        by.require(Permission.FIND_ORDERS)
        return self._look(lambda tx: self._of_card(tx, card_uid))

    def by_code(self, by: Staff, text: str) -> Found:
        """What a scanner has read, whatever it is. Whether a slip is signed does not matter: only what this terminal
        itself has kept is shown."""
        by.require(Permission.FIND_ORDERS)
        return self._look(lambda tx: self._coded(tx, text))

    def details(self, by: Staff, order_id: OrderId) -> OrderDetails | NothingFound:
        by.require(Permission.FIND_ORDERS)
        try:
            with self._store.transaction() as tx:
                order = tx.orders.get(order_id)
                if order is None:
                    return NothingFound(NothingFoundReason.NOT_HERE)
                return order_details(tx, order, self._local_time(order.created_at))
        except StorageFailed:
            return NothingFound(NothingFoundReason.STORAGE_FAILED)

    def _look(self, look: Callable[[Transaction], Found]) -> Found:
        try:
            with self._store.transaction() as tx:
                return look(tx)
        except StorageFailed:
            return NothingFound(NothingFoundReason.STORAGE_FAILED)

    def _page(self, tx: Transaction, orders: tuple[Order, ...]) -> OrderPage:
        shown = orders[:PAGE_ORDERS]
        return OrderPage(self._rows(tx, shown), shown[-1].id if len(orders) > PAGE_ORDERS else None)

    def _rows(self, tx: Transaction, orders: Iterable[Order]) -> tuple[OrderRow, ...]:
        return tuple(order_row(tx, order, self._local_time(order.created_at)) for order in orders)

    def _numbered(self, tx: Transaction, typed: str) -> Found:
        typed = typed[:_MAX_TYPED_CHARS].strip().upper()
        code = read_short_code(typed)
        if code is not None:
            return self._short_coded(tx, code)
        read = _NUMBER.fullmatch(typed)
        if read is None or not int(read[2]):
            return NothingFound(NothingFoundReason.NOT_A_NUMBER)
        own = tx.slips.own()
        own_letter = own.letter if own else ""
        letter = read[1] or own_letter
        orders = tx.orders.numbered(order_number(letter, int(read[2])), MAX_FOUND)
        if orders:
            return OrderPage(self._rows(tx, orders))
        if letter != own_letter:
            return NothingFound(NothingFoundReason.ELSEWHERE, letter)
        return NothingFound(NothingFoundReason.NOT_HERE)

    def _short_coded(self, tx: Transaction, code: ShortCode) -> Found:
        newest = tx.orders.recent(1)
        ids = tx.orders.ids_between(*code.ids_until(newest[0].id)) if newest else ()
        orders = [order for order_id in ids if code.is_of(order_id) and (order := tx.orders.get(order_id))]
        return OrderPage(self._rows(tx, orders)) if orders else NothingFound(NothingFoundReason.NOT_HERE)

    def _of_card(self, tx: Transaction, card_uid: str) -> Found:
        holder = tx.members.by_card(card_uid)
        if holder is None:
            return NothingFound(NothingFoundReason.CARD_UNKNOWN)
        once = {order.id: order for order in tx.orders.paid_by(holder[0].id, MAX_FOUND)}
        if not once:
            return NothingFound(NothingFoundReason.NOT_HERE)
        return OrderPage(self._rows(tx, once.values()))

    def _coded(self, tx: Transaction, text: str) -> Found:
        if is_payment_code(text):
            return NothingFound(NothingFoundReason.PAYMENT_CODE)
        coded = _read_code(text)
        if coded is None:
            return NothingFound(NothingFoundReason.NO_ORDER_CODE)
        order_id, taken_by = coded
        order = tx.orders.get(order_id)
        if order is not None:
            return OrderPage(self._rows(tx, (order,)))
        terminal = tx.slips.terminal(taken_by) if taken_by else None
        if terminal is not None:
            return NothingFound(NothingFoundReason.ELSEWHERE, terminal.letter)
        return NothingFound(NothingFoundReason.NOT_HERE)


def _until(tx: Transaction, moment: datetime) -> tuple[Order, ...]:
    last_id = tx.orders.last_before(moment)
    last = tx.orders.get(last_id) if last_id else None
    return () if last is None else (last, *tx.orders.recent(PAGE_ORDERS, last.id))


def _read_code(text: str) -> tuple[OrderId, TerminalId | None] | None:
    """Which order it names, and the terminal, if it says; None: it is no code of ours."""
    if text.startswith(PREFIX):
        try:
            due = read_slip(text).due
        except SlipError:
            return None
        return due.order_id, due.terminal_id
    order_id = read_order_code(text)
    return (order_id, None) if order_id else None
