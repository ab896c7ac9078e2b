"""Planted bugs of the payment journal: the real program with one thing wrong. Each must be found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from kiosk.domain.payer import Payer
from kiosk.domain.payment import Payment, PaymentState
from kiosk.services.journal import CardPayment, Fate, PaymentJournal
from kiosk.services.ports import Store


class Overlaid:
    """Something with some of its attributes replaced."""

    def __init__(self, under: Any, **replaced: Any) -> None:
        self._under = under
        self._replaced = replaced

    def __getattr__(self, name: str) -> Any:
        return self._replaced[name] if name in self._replaced else getattr(self._under, name)


class WritesItDownAfterwards:
    """The intention is written with the next transaction: when central has set the money aside already."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self._late: list[tuple[Payment, Payer | None]] = []

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        with self._store.transaction() as tx:
            for payment, payer in self._late:
                tx.payments.add(payment, payer)
            self._late.clear()
            yield Overlaid(tx, payments=Overlaid(tx.payments, add=self._keep(tx)))

    def _keep(self, tx: Any) -> Callable[..., None]:
        def add(payment: Payment, payer: Payer | None = None) -> None:
            if payment.state is PaymentState.INTENDED:
                self._late.append((payment, payer))
            else:
                tx.payments.add(payment, payer)

        return add

    def reopen(self) -> None:
        self._store.reopen()


class ForgetsToRelease:
    """What was not charged is settled here, and central never hears of it."""

    def __init__(self, store: Any) -> None:
        self._store = store

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        with self._store.transaction() as tx:

            def add(body: bytes) -> int:
                return 0 if b'"grant_released"' in body else int(tx.outbox.add(body))

            yield Overlaid(tx, outbox=Overlaid(tx.outbox, add=add))

    def reopen(self) -> None:
        self._store.reopen()


class TakesTheIntentionForThePayment(PaymentJournal):
    """Says "paid" of what was only begun."""

    def at_start(self) -> CardPayment | None:
        with self._store.transaction() as tx:
            was_open = {payment.id for payment in tx.payments.unresolved()}
        said = super().at_start()
        if said is None or said.payment_id not in was_open:
            return said
        return CardPayment(said.payment_id, said.card_end, said.at, Fate.PAID)


def unchanged(store: Store) -> Store:
    return store
