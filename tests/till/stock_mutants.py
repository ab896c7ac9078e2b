"""Planted bugs of stock, by name: the real program with one thing wrong. Each must be found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from central.stock import act_repository, acts
from kiosk.store.outbox import SqlOutbox
from kiosk.store.stock import SqlStock


@contextmanager
def _instead(owner: Any, name: str, other: Any) -> Iterator[None]:
    kept = getattr(owner, name)
    setattr(owner, name, other)
    try:
        yield
    finally:
        setattr(owner, name, kept)


def counts_add_up() -> Any:
    """Two counts that had not heard of each other correct the same portions twice."""

    def book_count(connection: Any, item: Any, line: Any, act_id: Any, terminal_id: str) -> int:
        act_repository.add_count(connection, item, act_id, terminal_id, told=line.portions, booked=line.portions)
        item.count_id = act_id
        moved: int = line.portions
        return moved

    return _instead(acts, "book_count", book_count)


def acknowledged_is_read() -> Any:
    """What central has acknowledged is taken to be in what was read of its feed, and nothing else is."""
    heard = SqlOutbox.hear_booked
    return _instead(SqlOutbox, "hear_booked", lambda outbox, _seq: heard(outbox, -1))


def a_mark_is_forgotten() -> Any:
    """What was said here does not hold until central's feed has it."""
    return _instead(SqlStock, "_marked", lambda _stock, levels, _among: levels)


def sold_out_for_ever() -> Any:
    """Nobody brings a dish back."""
    save = act_repository.save_item

    def save_item(connection: Any, item: Any) -> None:
        item.sold_out = item.sold_out or bool(acts_said.get(item.dish_id))
        acts_said[item.dish_id] = item.sold_out
        save(connection, item)

    acts_said: dict[str, bool] = {}
    return _instead(act_repository, "save_item", save_item)


MUTANTS: tuple[Callable[[], Any], ...] = (counts_add_up, acknowledged_is_read, a_mark_is_forgotten, sold_out_for_ever)
