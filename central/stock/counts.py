"""Booking counts (docs/decisions/0015): a count says what is there, whatever counts said that it had not heard of.

A count is told as what was counted less what its terminal knew. What it knew went back to some count here, plus the
terminal's own counts since. So that the later of two counts takes the place of the other, and is not added to it, what
is booked brings the counts together to what the terminal's counts come to.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row

from central.stock import act_repository as repository
from central.stock.act_repository import StockItem
from kiosk.domain.stock_act import StockActLine


def book_count(connection: Connection, item: StockItem, line: StockActLine, act_id: UUID, terminal_id: str) -> int:
    """The movement of a count. A dish that was not counted is counted from now on."""
    if item.is_counted:
        booked = _difference(connection, item, line, terminal_id)
    else:
        item.is_counted, item.count_number = True, item.count_number + 1
        booked = line.counted or 0
    repository.add_count(connection, item, act_id, terminal_id, told=line.portions, booked=booked)
    item.count_id = act_id
    return booked


def undo_count(
    connection: Connection, item: StockItem, line: StockActLine, undone_id: UUID, act_id: UUID, terminal_id: str
) -> int:
    """The movement that undoes a count: none if the dish was counted since. When nobody had counted it before, it is
    not counted any more."""
    counts = repository.counts_of(connection, item) if item.is_counted else []
    is_newest = bool(counts) and counts[-1].count_id == undone_id
    booked = -counts[-1].booked if is_newest else 0
    if is_newest and len(counts) == 1:
        item.is_counted, item.count_number, item.count_id = False, item.count_number + 1, None
        return 0
    if item.is_counted:
        repository.add_count(connection, item, act_id, terminal_id, told=line.portions, booked=booked)
    if is_newest:
        item.count_id = act_id
    return booked


def _difference(connection: Connection, item: StockItem, line: StockActLine, terminal_id: str) -> int:
    counts = repository.counts_of(connection, item)
    place = _place(counts, line.after_count)
    if line.known is None or place is None:
        # What it knew was nothing, or of another day: all that it has moved itself was gone when it counted.
        own = repository.moved_by(connection, item, terminal_id)
        return (line.counted or 0) - sum(row.booked for row in counts) - own
    since = counts[place:]
    own_told = sum(row.told for row in since if row.terminal_id == terminal_id)
    return line.portions + own_told - sum(row.booked for row in since)


def _place(counts: Sequence[Row[Any]], count_id: UUID | None) -> int | None:
    """Where those begin that came after it; None when it is of an earlier time. (None knows none of them.)"""
    if count_id is None:
        return 0
    return next((i for i, row in enumerate(counts, start=1) if row.count_id == count_id), None)
