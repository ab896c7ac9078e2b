"""A till: the services of the counter on a real store, with a real central at the other end of a real line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import msgspec

from central.wallet.pre_grants import PreGrantRule, issue
from central.wallet.service import top_up
from kiosk.domain.cart import EMPTY_CART, Cart, Selection
from kiosk.domain.counter import CounterLimits
from kiosk.domain.coupon import Coupon
from kiosk.domain.ids import DishId, OrderId
from kiosk.domain.loyalty import PointsRule, RedeemRule
from kiosk.domain.menu import Menu
from kiosk.domain.money import Money
from kiosk.domain.order import DiningMode, Order
from kiosk.domain.payer import ByCard
from kiosk.domain.payment import PaymentMethod, PaymentPart
from kiosk.domain.pricing import price_cart
from kiosk.domain.receipt import PaperKind
from kiosk.services.audit import Audit
from kiosk.services.cash_drawer import CashDrawer
from kiosk.services.cash_top_up import CashTopUps, TopUpLimits
from kiosk.services.checkout import Checkout, CheckoutRequest
from kiosk.services.counter_payment import CounterPayments
from kiosk.services.counter_sale import CashSales
from kiosk.services.find_orders import FindOrders
from kiosk.services.lane import Lane
from kiosk.services.look_up_member import LookUpMembers
from kiosk.services.member_acts import MemberActs
from kiosk.services.outcomes import DueAtCounter, Outcome, Paid
from kiosk.services.papers import Papers
from kiosk.services.payments_lately import PaymentsLately
from kiosk.services.ports import Central as CentralPort
from kiosk.services.ports import Store, TerminalIdentity
from kiosk.services.printing import PrintDesk
from kiosk.services.refund import Refunds
from kiosk.services.reprint import Reprints
from kiosk.services.staff_acts import StaffAct
from kiosk.store.sqlite_store import SqliteStore, open_store
from kiosk.sync.client import CentralClient
from kiosk.sync.encoder import WireEncoder
from kiosk.sync.enrol import enrol
from kiosk.sync.grants import CentralGrants
from kiosk.sync.line import CentralAddress
from kiosk.sync.member_acts import CentralMemberActs
from kiosk.sync.ports import SyncStore
from kiosk.sync.pull import FeedReader
from kiosk.sync.push import OutboxSender
from tests.central.sales import new_id
from tests.central.support import Central, Diner
from tests.services.fakes import EventLog, FakePrinter, FixedClock, Signal
from tests.services.terminal import catalogue
from tests.store.sales import new_store

MOMENT = datetime(2026, 3, 2, 4, 3, tzinfo=UTC)
CHINA = timezone(timedelta(hours=8))
TIMEOUT_S = 10.0
LIMITS = TopUpLimits(largest_minor=20_000, largest_balance_minor=50_000)
KEYED = CounterLimits(largest_sum_minor=5_000, largest_weight_g=2_000)
ASK_AGAIN_S = 20.0
POINTS = PointsRule(100)
PRINTER_OF = {kind: "kitchen" if kind is PaperKind.KITCHEN_TICKET else "front" for kind in PaperKind}


class Line:
    """kiosk.services.ports.Central over HTTP, with a connection of its own for each call."""

    def __init__(self, address: CentralAddress, identity: TerminalIdentity, store: SyncStore) -> None:
        self._parts = address, identity, store

    def request_grant(self, *arguments: Any, **named: Any) -> Any:
        grants = CentralGrants(*self._parts)
        try:
            return grants.request_grant(*arguments, **named)
        finally:
            grants.close()


@dataclass
class Services:
    """Made anew at every start, on a store that may be wrapped."""

    store: Store
    line: CentralPort
    events: EventLog = field(default_factory=EventLog)
    front: FakePrinter = field(default_factory=lambda: FakePrinter("front"))
    kitchen: FakePrinter = field(default_factory=lambda: FakePrinter("kitchen"))

    def __post_init__(self) -> None:
        self.encoder, clock, signal = WireEncoder(POINTS), FixedClock(MOMENT), Signal()
        papers = Papers("Terminal 1", catalogue)
        drawer = CashDrawer("front", self.store, self.events, Audit(clock))
        self.desk = PrintDesk(self.store, self.events, papers, clock, CHINA, PRINTER_OF, drawer)
        self.desk.connect([self.front, self.kitchen])
        common = (self.store, self.encoder, self.desk, signal, clock)
        self.clock = clock
        self.checkout = Checkout(self.store, self.line, self.encoder, self.desk, signal, clock, POINTS, limits=KEYED)
        self.refunds = Refunds(*common)
        self.counter_payments = CounterPayments(*common, POINTS)
        self.cash_top_ups = CashTopUps(*common, LIMITS)
        self.cash_sales = CashSales(*common, KEYED)
        self.find_orders = FindOrders(self.store, self.desk.local_time)
        self.reprints = Reprints(self.store, self.desk, clock)
        self.look_up_members = LookUpMembers(self.store)
        self.payments_lately = PaymentsLately(self.store, self.desk.local_time)
        self.lane = Lane(self.checkout, self.store, clock, ASK_AGAIN_S)


class Till:
    """An enrolled terminal without screens. `folder` holds its database and key."""

    def __init__(self, central: Central, folder: Path) -> None:
        self.central = central
        self.folder = folder
        self.address = CentralAddress(central.url, TIMEOUT_S)
        code = central.parts.transactions.write(central.parts.desk.make_code)
        self.identity = enrol(self.address, code, "终端")
        self.store: SqliteStore = new_store(folder, self.identity)
        self.reads_feed()
        self.services = Services(self.store, Line(self.address, self.identity, self.store))

    def reopens(self, folder: Path | None = None) -> None:
        """Starts again, on the database in `folder` if that is given."""
        self.store.close()
        self.folder = folder or self.folder
        self.store = open_store(self.folder / "kiosk.db", self.folder / "kiosk.key")
        self.services = Services(self.store, Line(self.address, self.identity, self.store))

    def enrols_anew(self) -> None:
        """The same disk as the terminal's next incarnation."""
        desk = self.central.parts.desk
        code = self.central.parts.transactions.write(lambda tx: desk.make_code(tx, self.identity.letter))
        self.identity = enrol(self.address, code, "终端")
        self.store.save_identity(self.identity)
        self.reopens()

    def reads_feed(self) -> None:
        with self._client() as client:
            reader = FeedReader(client, self.store, self.identity, EventLog(), lambda: None)
            while reader.read_page(0):
                pass

    def is_usual_for(self, member: Diner) -> None:
        """They eat here usually: two meals, a top-up, and central sets the next ones aside."""
        for _ in range(2):
            self.sells(("rice", 1), card_uid=member.card_uid)
        self.uploads()
        write, rule = self.central.parts.transactions.write, PreGrantRule(limit_minor=4000, terminal_cap_minor=10**9)
        write(lambda tx: top_up(tx, new_id(), member.id, Money(5000)))
        write(lambda tx: issue(tx, rule, [member.id]))
        self.reads_feed()

    def uploads(self) -> None:
        with self._client() as client:
            sender = OutboxSender(client, self.store)
            while sender.send_batch():
                pass

    def sells(self, *dishes: tuple[str, int], card_uid: str) -> Order:
        outcome = self.pays(self.cart(*dishes), card_uid)
        assert isinstance(outcome, Paid), outcome
        return outcome.order

    @contextmanager
    def member_acts(self, address: CentralAddress | None = None) -> Iterator[MemberActs]:
        """As the admin screen has it; another `address` is nobody's."""
        line, services = CentralMemberActs(address or self.address, self.identity), self.services
        try:
            yield MemberActs(self.store, line, services.encoder, Signal(), services.events, services.clock)
        finally:
            line.close()

    def pays(self, cart: Cart, card_uid: str) -> Outcome:
        return self.services.checkout.pay_by_card(self.request(cart), card_uid)

    def takes_order(self, *dishes: tuple[str, int], card_uid: str | None = None) -> Order:
        payer = ByCard(card_uid) if card_uid else None
        outcome = self.services.checkout.take_order_for_counter(self.request(self.cart(*dishes)), payer)
        assert isinstance(outcome, DueAtCounter), outcome
        return outcome.order

    def pays_a_part(
        self, dish: tuple[str, int], card_uid: str, language: str, coupon: Coupon, *, points: int, due: str
    ) -> Order:
        """By card, points and a coupon; the rest is due at the counter."""
        self.reads_feed()
        request = self.request(self.cart(dish))
        total = request.shown_total
        parts = coupon.part_of(total), RedeemRule().redeemable(points, total, total)
        others = (*filter(None, parts), PaymentPart(PaymentMethod.COUNTER, yuan(due)))
        request = replace(request, language=language, others=others)
        outcome = self.services.checkout.pay_by_card(request, card_uid)
        assert isinstance(outcome, DueAtCounter), outcome
        return outcome.order

    def cart(self, *dishes: tuple[str, int]) -> Cart:
        cart = EMPTY_CART
        for dish_id, quantity in dishes:
            cart = cart.add(Selection.of_dish(self.menu.dish_by_id[DishId(dish_id)]), quantity)
        return cart

    @property
    def menu(self) -> Menu:
        with self.store.transaction() as tx:
            menu = tx.menus.current()
        assert menu is not None
        return menu

    def left(self, dish_id: str) -> int:
        with self.store.transaction() as tx:
            return tx.stock.levels().portions[DishId(dish_id)]

    def order(self, order_id: OrderId) -> Order:
        with self.store.transaction() as tx:
            order = tx.orders.get(order_id)
        assert order is not None
        return order

    def told(self) -> list[Any]:
        """What waits in the outbox, as plain JSON, oldest first."""
        with self.store.transaction() as tx:
            _, waiting = tx.outbox.next_batch(1000, 10**7)
        return [msgspec.json.decode(body) for _, body in waiting]

    def quarantined(self) -> list[Any]:
        """Of this terminal's events, at central."""
        found = self.central.staff_get("/v1/quarantine?limit=500")
        return [row for row in found if row["terminal_letter"] == self.identity.letter]

    def request(self, cart: Cart) -> CheckoutRequest:
        return CheckoutRequest(cart, price_cart(cart, self.menu).total, DiningMode.DINE_IN, "en")

    @contextmanager
    def _client(self) -> Iterator[CentralClient]:
        client = CentralClient(self.address, self.identity)
        try:
            yield client
        finally:
            client.line.close()


def act(staff: str = "7", reason: str = "cold") -> StaffAct:
    return StaffAct(new_id(), staff, reason)


def yuan(text: str) -> Money:
    return Money.parse(text)
