"""A terminal less its screens and devices: its real store, checkout and sync, before a central that runs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path

from kiosk.domain.cart import EMPTY_CART, Selection
from kiosk.domain.clock import Clock
from kiosk.domain.ids import DishId, MemberId
from kiosk.domain.loyalty import PointsRule
from kiosk.domain.menu import Menu
from kiosk.domain.money import Money
from kiosk.domain.order import DiningMode
from kiosk.domain.pricing import price_cart
from kiosk.services.checkout import Checkout, CheckoutRequest
from kiosk.services.events import CentralLinkChanged, Event, LinkState
from kiosk.services.outcomes import Outcome
from kiosk.services.ports import TerminalIdentity
from kiosk.services.printing import PrintDesk
from kiosk.store.sqlite_store import SqliteStore, open_store
from kiosk.sync.encoder import WireEncoder
from kiosk.sync.enrol import enrol
from kiosk.sync.face_letters import SiteKey
from kiosk.sync.grants import CentralGrants
from kiosk.sync.line import CentralAddress
from kiosk.sync.worker import SyncWorker
from kiosk.system_clock import SystemClock
from tests.central.support import Central, Diner
from tests.services.terminal import PAPERS
from tests.store.sales import new_store

TIMEOUT_S = 10.0
POLL_WAIT_S = 5.0
POINTS = PointsRule(100)


class Heard:
    """An EventSink that remembers how the link is."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._link = LinkState.OFFLINE

    def publish(self, event: Event) -> None:
        if isinstance(event, CentralLinkChanged):
            with self._lock:
                self._link = event.state

    @property
    def link(self) -> LinkState:
        with self._lock:
            return self._link


class Till:
    """`sync` runs meanwhile, as in a terminal."""

    def __init__(self, store: SqliteStore, grants: CentralGrants, sync: SyncWorker, heard: Heard, clock: Clock) -> None:
        self.store, self.sync, self._heard = store, sync, heard
        desk = PrintDesk(store, heard, PAPERS, clock, UTC, {})
        self._checkout = Checkout(store, grants, WireEncoder(POINTS), desk, sync, clock, POINTS)

    @property
    def link(self) -> LinkState:
        return self._heard.link

    @property
    def menu(self) -> Menu | None:
        with self.store.transaction() as tx:
            return tx.menus.current()

    def waiting(self) -> int:
        with self.store.transaction() as tx:
            return tx.outbox.waiting()

    def set_aside(self, member: Diner) -> Money:
        with self.store.transaction() as tx:
            return Money.sum(use.left for use in tx.grants.open_pre_grants(MemberId(member.id)))

    def sells(self, dish_id: str, member: Diner | None = None) -> Outcome:
        """One of that dish: by the member's card, or to be paid at the counter."""
        menu = self.menu
        assert menu is not None
        cart = EMPTY_CART.add(Selection.of_dish(menu.dish_by_id[DishId(dish_id)]))
        request = CheckoutRequest(cart, price_cart(cart, menu).total, DiningMode.TAKE_AWAY, "zh")
        if member is None:
            return self._checkout.take_order_for_counter(request, None)
        return self._checkout.pay_by_card(request, member.card_uid)


@contextmanager
def running_till(central: Central, folder: Path, url: str | None = None) -> Iterator[Till]:
    """Newly enrolled; it reaches central at `url`, if not directly."""
    with opened_till(folder, enrolled(central, folder), url or central.url) as till:
        yield till


def enrolled(central: Central, folder: Path) -> TerminalIdentity:
    """A new terminal, whose store is then in `folder`."""
    code = central.parts.transactions.write(central.parts.desk.make_code)
    identity = enrol(CentralAddress(central.url, TIMEOUT_S), code, "终端")
    folder.mkdir()
    new_store(folder, identity).close()
    return identity


@contextmanager
def opened_till(
    folder: Path, identity: TerminalIdentity, url: str, clock: Clock | None = None, site_key: SiteKey | None = None
) -> Iterator[Till]:
    """An enrolled terminal from its start to its end. `clock`: what it believes; with a `site_key` it shares faces."""
    address, heard = CentralAddress(url, TIMEOUT_S), Heard()
    store = open_store(folder / "kiosk.db", folder / "kiosk.key")
    grants = CentralGrants(address, identity, store)
    sync = SyncWorker(store, address, identity, heard, POLL_WAIT_S, site_key, letters_every_s=0.0)
    sync.start()
    try:
        yield Till(store, grants, sync, heard, clock or SystemClock())
    finally:
        sync.stop()
        grants.close()
        store.close()
