"""The terminal of protocol 2 whose database is kept; run by record.py."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kiosk.domain.cart import EMPTY_CART, DishChoice, Selection
from kiosk.domain.ids import DishId
from kiosk.domain.loyalty import PointsRule
from kiosk.domain.order import DiningMode
from kiosk.domain.pricing import price_cart
from kiosk.services.checkout import Checkout, CheckoutRequest
from kiosk.services.outcomes import DueAtCounter, Paid
from kiosk.services.printing import PrintDesk
from kiosk.store.sqlite_store import open_store
from kiosk.sync.client import CentralClient
from kiosk.sync.encoder import WireEncoder
from kiosk.sync.enrol import enrol
from kiosk.sync.grants import CentralGrants
from kiosk.sync.line import CentralAddress
from kiosk.sync.pull import FeedReader
from kiosk.sync.push import OutboxSender
from tests.central.support import Central, Diner
from tests.services.fakes import EventLog, FixedClock, Signal
from tests.services.terminal import CHINA, MOMENT, PAPERS


class Till:
    """A whole terminal less its screens, for the database that it leaves behind."""

    def __init__(self, central: Central, folder: Path) -> None:
        address = CentralAddress(central.url, 10)
        code = central.parts.transactions.write(central.parts.desk.make_code)
        identity = enrol(address, code, "终端 C")
        self.store = open_store(folder / "kiosk.db", folder / "kiosk.key")
        self.store.save_identity(identity)
        self._client = CentralClient(address, identity)
        self.reader = FeedReader(self._client, self.store, identity, EventLog(), lambda: None)
        self.sender = OutboxSender(self._client, self.store)
        encoder, clock, points = WireEncoder(PointsRule(100)), FixedClock(MOMENT), PointsRule(100)
        desk = PrintDesk(self.store, EventLog(), PAPERS, clock, CHINA, {})
        self.grants = CentralGrants(address, identity)
        self.checkout = Checkout(self.store, self.grants, encoder, desk, Signal(), clock, points)

    def sells(self, dish: str, card_uid: str | None = None) -> object:
        with self.store.transaction() as tx:
            menu = tx.menus.current()
        assert menu is not None
        options = {"size": ("regular",)} if dish == "noodles" else {}
        cart = EMPTY_CART.add(Selection((DishChoice.of(DishId(dish), options),)))
        request = CheckoutRequest(cart, price_cart(cart, menu).total, DiningMode.TAKE_AWAY, "zh")
        if card_uid is None:
            return self.checkout.take_order_for_counter(request, None)
        return self.checkout.pay_by_card(request, card_uid)

    def syncs(self) -> None:
        while self.sender.send_batch():
            pass
        while self.reader.read_page(0):
            pass

    def close(self) -> None:
        self.grants.close()
        self._client.line.close()
        self.store.close()


def leave_a_terminal(central: Central, folder: Path, member: Diner, other: Diner) -> None:
    """Two meals uploaded (so money is set aside here) and an event in quarantine; not uploaded: a meal paid with what
    was set aside, an order for the counter, and a payment that a crash cut off after central had granted it."""
    till = Till(central, folder)
    try:
        till.syncs()
        for _ in range(2):
            assert isinstance(till.sells("noodles", member.card_uid), Paid)
        with till.store.transaction() as tx:
            tx.outbox.add(b'{"type":"unheard_of"}')
        till.syncs()
        while not open_pre_grants(till, member):
            till.reader.read_page(1)
        assert isinstance(till.sells("noodles", member.card_uid), Paid)
        assert isinstance(till.sells("rice"), DueAtCounter)
        till.checkout._write = lambda *_: (_ for _ in ()).throw(SystemExit)  # the power cut
        try:
            till.sells("noodles", other.card_uid)
        except SystemExit:
            pass
    finally:
        till.close()


def open_pre_grants(till: Till, member: Diner) -> tuple[Any, ...]:
    with till.store.transaction() as tx:
        return tx.grants.open_pre_grants(member.id)
