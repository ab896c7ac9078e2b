"""What the program does on threads of its own, done here at once: one thread is all there is."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from concurrent.futures import Executor, Future
from typing import Any, TypeVar

from central.transactions import Transaction, Transactions
from kiosk.sync.ahead import PageAhead
from kiosk.sync.client import CentralClient

T = TypeVar("T")


class AtOnce(Executor):
    """Work is done when it is submitted. A crash in it ends whoever submits it: the machine is the same."""

    def submit(self, work: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        done: Future[T] = Future()
        try:
            done.set_result(work(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - whoever waits for the result is given it
            done.set_exception(error)
        return done


class AskedAtOnce(PageAhead):
    """Central answers before the page before it is stored, which is the earliest that it can."""

    def __init__(self, client: CentralClient, epoch: str, after: int, limit: int) -> None:
        self.cursor = epoch, after
        self._answer = AtOnce().submit(client.feed, epoch, after, limit, wait_s=0)


class InTurn:
    """central.transactions.TransactionThreads without its threads. `write` may die over it."""

    def __init__(self, transactions: Transactions, write: Callable[[Callable[[Transaction], T]], T]) -> None:
        self._transactions, self._write = transactions, write

    async def write(self, work: Callable[[Transaction], T]) -> T:
        return self._write(work)  # type: ignore[arg-type, return-value]

    async def read(self, work: Callable[[Any], T]) -> T:
        return self._transactions.read(work)


def run_through(work: Coroutine[Any, Any, T]) -> T:
    """What the event loop would make of it, nothing in it having to wait."""
    try:
        work.send(None)
    except StopIteration as ended:
        return ended.value  # type: ignore[no-any-return]
    raise AssertionError("it waits for something")
