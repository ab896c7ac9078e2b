"""The two programs without window and devices, each a process of its own that is killed and started again in well under
a second: forked from one that has imported everything.

What they do is the product's own: `python -m central serve`, and the terminal's services as its composition root makes
them, with the threads that push and pull.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from enum import StrEnum
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, cast

from central.app import create_app
from central.opening import opened
from central.server import Server
from central.settings import load_settings as load_central_settings
from kiosk.domain.cart import EMPTY_CART, Selection
from kiosk.domain.loyalty import PointsRule
from kiosk.domain.menu import Menu
from kiosk.domain.order import DiningMode, Order
from kiosk.domain.payer import Payer
from kiosk.domain.payment import Payment, PaymentState
from kiosk.domain.pricing import price_cart
from kiosk.opening import Services, build_services
from kiosk.screens.bridge import Bridge
from kiosk.services.checkout import Checkout, CheckoutRequest
from kiosk.services.outcomes import Paid
from kiosk.services.ports import Store, Transaction
from kiosk.settings import Settings, load_settings
from kiosk.sync.encoder import WireEncoder
from kiosk.system_clock import SystemClock
from kiosk.terminal_store import open_terminal_store

SETTLED = "settled"
SETTLE_WITHIN_S = 60.0
BETWEEN_SALES_S = 0.01


class Mutant(StrEnum):
    """Planted bugs: the proof must find each."""

    TOLD_TOO_EARLY = "the screen says paid before the commit"
    SALE_IN_TWO = "the payment's end in a transaction of its own"
    NEVER_RELEASES = "a payment that was left open is forgotten"


def serve_central(config: Path, told: Connection) -> None:
    """What `central serve` does, until killed. Sends None once it listens."""
    settings = load_central_settings(config)
    with opened(settings) as parts:
        Server(create_app(parts), settings.listen, parts.waiters, lambda _url: told.send(None)).listen_and_serve()


def sell(config: Path, line: Connection, cards: tuple[str, ...], seed: int, mutant: Mutant | None) -> None:
    """A sale whenever it hears something, until killed. Sends None once it can sell, and each order's id when it is
    paid."""
    with _terminal(config, mutant) as services:
        chance = random.Random(seed)
        checkout = _checkout(services, mutant, line)
        line.send(None)
        while True:
            _hear(line)
            request = _request(services.store, chance)
            if request is None:
                continue  # the menu is on its way
            outcome = checkout.pay_by_card(request, chance.choice(cards))
            if isinstance(outcome, Paid):
                line.send(outcome.order.id)


def _hear(line: Connection) -> None:
    """Waits for a word; what was said meanwhile counts as one."""
    line.recv()
    while line.poll():
        line.recv()


def settle(config: Path, told: Connection) -> None:
    """Sells nothing: waits until central has everything, and says whether it came to that."""
    with _terminal(config, None) as services:
        deadline_s = time.monotonic() + SETTLE_WITHIN_S
        while time.monotonic() < deadline_s:
            with services.store.transaction() as tx:
                if not tx.outbox.waiting():
                    told.send(SETTLED)
                    return
            time.sleep(BETWEEN_SALES_S)
        told.send("not settled")


@contextmanager
def _terminal(config: Path, mutant: Mutant | None) -> Iterator[Services]:
    settings = load_settings(config)
    if mutant is Mutant.NEVER_RELEASES:
        _forget_what_was_left_open(settings)
    services = build_services(settings, Bridge())
    try:
        identity = services.store.identity()
        assert identity is not None, "not enrolled"
        services.desk.resume()
        services.central.connect(settings.central, identity, services.store, services.bridge)
        yield services
    finally:
        services.central.stop()
        services.store.close()


def _request(store: Store, chance: random.Random) -> CheckoutRequest | None:
    """One or two dishes that are not counted, so that none is ever sold out."""
    with store.transaction() as tx:
        menu, counted = tx.menus.current(), tx.stock.levels().portions
    if menu is None:
        return None
    dishes = [dish for dish in menu.dishes if dish.id not in counted]
    cart = EMPTY_CART
    for dish in chance.sample(dishes, chance.randint(1, 2)):
        cart = cart.add(Selection.of_dish(dish))
    return CheckoutRequest(cart, price_cart(cart, cast(Menu, menu)).total, DiningMode.DINE_IN, "zh")


# --- the planted bugs ---


def _forget_what_was_left_open(settings: Settings) -> None:
    store = open_terminal_store(settings)
    with store.transaction() as tx:
        for payment in tx.payments.unresolved():
            tx.payments.settle(payment.to(PaymentState.NOT_CHARGED))
    store.close()


def _checkout(services: Services, mutant: Mutant | None, told: Connection) -> Checkout:
    stores = {Mutant.SALE_IN_TWO: _PaymentsLater, Mutant.TOLD_TOO_EARLY: lambda store: _TellsFirst(store, told)}
    if mutant not in stores:
        return services.checkout
    store, rule, desk, central = stores[mutant](services.store), PointsRule(), services.desk, services.central
    return Checkout(store, central, WireEncoder(rule), desk, central, SystemClock(), rule)


class _TellsFirst:
    """A store whose sales are told before they are committed."""

    def __init__(self, store: Store, told: Connection) -> None:
        self._store, self._told = store, told

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        with self._store.transaction() as tx:
            watched = _Watched(tx)
            yield cast(Transaction, watched)
            for order in watched.added:
                self._told.send(order.id)
                time.sleep(BETWEEN_SALES_S)


class _Watched:
    """A unit of work that remembers its orders."""

    def __init__(self, unit: Transaction) -> None:
        self._unit = unit
        self.orders = self
        self.added: list[Order] = []

    def add(self, order: Order) -> None:
        self._unit.orders.add(order)
        self.added.append(order)

    def next_number(self, day: date) -> str:
        return self._unit.orders.next_number(day)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._unit, name)


class _PaymentsLater:
    """A store that settles payments when the transaction is over."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        with self._store.transaction() as tx:
            later = _Later(tx)
            yield cast(Transaction, later)
        for payment in later.settled:
            time.sleep(BETWEEN_SALES_S)
            with self._store.transaction() as tx:
                tx.payments.settle(payment)


class _Later:
    """A unit of work that keeps back how payments end."""

    def __init__(self, unit: Transaction) -> None:
        self._unit = unit
        self.payments = self
        self.get = unit.payments.get
        self.settled: list[Payment] = []

    def settle(self, payment: Payment) -> None:
        self.settled.append(payment)

    def add(self, payment: Payment, payer: Payer | None = None) -> None:
        self._unit.payments.add(payment, payer)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._unit, name)
