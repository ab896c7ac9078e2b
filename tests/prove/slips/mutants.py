"""Planted bugs of collecting, by name: the real program with one thing wrong. Each must be found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

import msgspec

from central.opening import Parts
from central.orders.collection_repository import CollectionState, find_collection
from central.orders.repository import set_order_state
from central.orders.sold import lock_sold
from central.push.booking import book_one
from central.push.service import Batch, receive_all
from central.stock import repository as stock
from central.transactions import Transaction, Transactions
from central.wallet import ledger
from kiosk.domain.cash import CounterResult
from kiosk.domain.ids import CollectionId
from kiosk.domain.order import OrderState
from kiosk.domain.payment import PaymentMethod
from kiosk.sync import wire
from tests.central.sales import new_id
from tests.till.counter import Counter
from tests.till.mutants import Overlaid

T = TypeVar("T")


class RealProgram:
    """Nothing is wrong with it."""

    def served_with(self, parts: Parts) -> Parts:
        return parts

    def plant(self, counter: Counter) -> None:
        """In a counter's services."""


# --- central ---


class _AfterTheBatches(Transactions):
    """Central's transactions; when pushed batches are taken in, more is done in the same one."""

    def __init__(self, parts: Parts, more: Callable[[Transaction, Sequence[Batch], bool], None]) -> None:
        super().__init__(parts.database, parts.installation.currency)
        self._more = more
        self._seen: set[tuple[str, int]] = set()

    def write(self, work: Callable[[Transaction], T]) -> T:
        if not (isinstance(work, partial) and work.func is receive_all):
            return super().write(work)
        batches: Sequence[Batch] = work.keywords["batches"]

        def run(tx: Transaction) -> T:
            result = work(tx)
            for batch in batches:
                key = batch.terminal.id, batch.first_seq
                self._more(tx, [batch], key in self._seen)
                self._seen.add(key)
            return result

        return super().write(run)


class _WrongCentral(RealProgram):
    def served_with(self, parts: Parts) -> Parts:
        return replace(parts, transactions=_AfterTheBatches(parts, self._more))

    def _more(self, tx: Transaction, batches: Sequence[Batch], is_again: bool) -> None:
        for batch in batches:
            for pushed in batch.events:
                self._after(tx, batch, wire.decode_event(pushed.body), is_again=is_again)

    def _after(self, tx: Transaction, batch: Batch, event: Any, *, is_again: bool) -> None:
        raise NotImplementedError


class SettlingTwiceChargesTwice(_WrongCentral):
    """What was paid twice from a balance is not given back."""

    def _after(self, tx: Transaction, batch: Batch, event: Any, *, is_again: bool) -> None:
        if not isinstance(event, wire.OrderCollected) or event.collection.method is not PaymentMethod.BALANCE:
            return
        made = event.collection
        row = find_collection(tx.connection, made.id)
        if row is not None and row.state == CollectionState.SURPLUS and made.member_id and not is_again:
            account = ledger.member_account(made.member_id)
            entry = ledger.transfer("sale", account, ledger.SALES, made.amount)
            ledger.book(tx.connection, [(f"again:{made.id}", entry)], tx.now)


class CancellingAfterwardsGivesStockBack(_WrongCentral):
    """A cancel that comes after the order was collected puts its portions back all the same."""

    def _after(self, tx: Transaction, batch: Batch, event: Any, *, is_again: bool) -> None:
        if not isinstance(event, wire.CounterPaymentRecorded) or event.payment.result is not CounterResult.CANCELLED:
            return
        sold = lock_sold(tx, event.payment.order_id)
        if sold is not None and sold.is_collected and not is_again:
            tx.changes.dishes |= stock.add_movements(tx.connection, event.movements, sold.order.id, tx.now)


class ALostReplyDoubles(_WrongCentral):
    """What is sent again is another collection."""

    def _after(self, tx: Transaction, batch: Batch, event: Any, *, is_again: bool) -> None:
        if isinstance(event, wire.OrderCollected) and is_again and not event.spends:
            other = replace(event.collection, id=CollectionId(new_id()))
            doubled = msgspec.structs.replace(event, collection=other)
            book_one(tx, batch.terminal, doubled, wire.encode(doubled))


class UndoingGivesBackTwice(_WrongCentral):
    """A balance that had been given back, as it was paid twice, is given back once more when that is undone."""

    def _after(self, tx: Transaction, batch: Batch, event: Any, *, is_again: bool) -> None:
        if not isinstance(event, wire.CollectionUndone) or is_again:
            return
        row = find_collection(tx.connection, event.undone.collection_id)
        made = wire.decode(row.event, wire.OrderCollected).collection if row is not None else None
        if made is not None and made.member_id and ledger.postings_of(tx.connection, f"paid_twice:{made.id}"):
            entry = ledger.transfer("undone", ledger.REFUNDS, ledger.member_account(made.member_id), made.amount)
            ledger.book(tx.connection, [(f"again:{made.id}", entry)], tx.now)


class UndoingLeavesItPaid(_WrongCentral):
    """The money went back, and the order stays paid."""

    def _after(self, tx: Transaction, batch: Batch, event: Any, *, is_again: bool) -> None:
        if not isinstance(event, wire.CollectionUndone) or is_again:
            return
        sold = lock_sold(tx, event.undone.order_id)
        if sold is not None and sold.order.state is OrderState.AWAITING_PAYMENT:
            set_order_state(tx.connection, sold.order.id, OrderState.PAID)


# --- the counter ---


class _OtherStore:
    """A store whose transactions have some parts replaced."""

    def __init__(self, under: Any, parts: Callable[[Any], dict[str, Any]]) -> None:
        self._under = under
        self._parts = parts

    def __getattr__(self, name: str) -> Any:
        return getattr(self._under, name)

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        with self._under.transaction() as tx:
            yield Overlaid(tx, **self._parts(tx))


class ChecksNoSignature(RealProgram):
    """Whatever is written on a slip is believed."""

    def plant(self, counter: Counter) -> None:
        counter.find._store = _OtherStore(
            counter.till.store, lambda tx: {"slips": Overlaid(tx.slips, is_signed=lambda *_: True)}
        )


class ForgetsWhatItCollected(RealProgram):
    """A second touch, or the same slip again, is another payment."""

    def plant(self, counter: Counter) -> None:
        def parts(tx: Any) -> dict[str, Any]:
            forgets = Overlaid(tx.collections, get=lambda _: None, is_collected=lambda _: False, add=lambda _: None)
            return {"collections": forgets}

        for service in (counter.find, counter.collect, counter.collect._charging):
            service._store = _OtherStore(counter.till.store, parts)
