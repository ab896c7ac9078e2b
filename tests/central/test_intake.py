"""Which batches are booked together, and that none of them suffers from another."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from central.push.intake import EVENTS_AT_ONCE, Intake
from central.push.service import Batch
from central.terminals.identity import Terminal
from central.transactions import TransactionThreads
from kiosk.sync.wire import PushedEvent, PushReply
from tests.central.sales import pushed_event

EVENT = pushed_event(1)


class Broken(Exception):
    """What nobody has thought of."""


class Books(TransactionThreads):
    """Instead of a database: notes what is booked in one transaction. `broken` are terminals whose batches fail."""

    def __init__(self, broken: Sequence[str] = (), *, is_away: bool = False) -> None:
        self.groups: list[list[str]] = []
        self._broken = broken
        self._is_away = is_away

    async def write(self, work: Any) -> Any:
        assert isinstance(work, partial)
        batches: Sequence[Batch] = work.keywords["batches"]
        self.groups.append([batch.terminal.id for batch in batches])
        await asyncio.sleep(0)
        if self._is_away:
            raise OperationalError("", None, Exception())
        if set(self.groups[-1]) & set(self._broken):
            raise Broken
        return [PushReply(batch.first_seq + len(batch.events) - 1) for batch in batches]


def batch(terminal_id: str, events: int = 1, first_seq: int = 1) -> Batch:
    many: tuple[PushedEvent, ...] = (EVENT,) * events
    return Batch(Terminal(terminal_id, 1, "A", "n", 3), first_seq, many)


def received(books: Books, batches: Sequence[Batch]) -> list[PushReply | BaseException]:
    async def all_at_once() -> list[PushReply | BaseException]:
        intake = Intake(books, at_once=1)
        return await asyncio.gather(*(intake.receive(one) for one in batches), return_exceptions=True)

    return asyncio.run(all_at_once())


def test_what_waits_is_booked_together() -> None:
    books = Books()
    replies = received(books, [batch(str(n), events=n) for n in range(1, 6)])
    assert replies == [PushReply(n) for n in range(1, 6)]
    assert books.groups == [["1", "2", "3", "4", "5"]]


def test_a_transaction_has_no_more_events_than_it_should() -> None:
    books = Books()
    received(books, [batch("a", EVENTS_AT_ONCE - 1), batch("b"), batch("c"), batch("d", EVENTS_AT_ONCE)])
    assert books.groups == [["a", "b"], ["c"], ["d"]]


def test_of_each_terminal_one_batch() -> None:
    books = Books()
    received(books, [batch("a"), batch("b"), batch("a"), batch("c")])
    assert books.groups == [["a", "b"], ["a", "c"]]


def test_a_batch_that_fails_takes_no_other_with_it() -> None:
    books = Books(broken=["b"])
    first, second, third = received(books, [batch("a"), batch("b"), batch("c")])
    assert (first, third) == (PushReply(1), PushReply(1))
    assert isinstance(second, Broken)
    assert books.groups == [["a", "b", "c"], ["a"], ["b"], ["c"]]


@pytest.mark.parametrize("count", [1, 3])
def test_a_database_that_is_away_is_asked_once(count: int) -> None:
    books = Books(is_away=True)
    replies = received(books, [batch(str(n)) for n in range(count)])
    assert [type(reply) for reply in replies] == [OperationalError] * count
    assert len(books.groups) == 1
