"""The checkout service on a real store, without screens and devices: for measuring what lies below them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import msgspec

from benchmarks.bench_menu import benchmark_menu, put_menu
from kiosk.domain.cart import Cart, Selection
from kiosk.domain.ids import GrantId, MemberId, PaymentId, TerminalId
from kiosk.domain.loyalty import PointsRule
from kiosk.domain.member import Card, Member
from kiosk.domain.money import Money
from kiosk.domain.order import DiningMode
from kiosk.domain.pricing import price_cart
from kiosk.domain.receipt import PaperKind
from kiosk.domain.wallet import Grant
from kiosk.screens.texts import texts_for
from kiosk.services.checkout import Checkout, CheckoutRequest
from kiosk.services.events import Event, PrintJobState
from kiosk.services.outcomes import DueAtCounter, Paid
from kiosk.services.papers import Papers
from kiosk.services.ports import GrantIssued, PrintJob, TerminalIdentity
from kiosk.services.printing import PrintDesk
from kiosk.store.sqlite_store import SqliteStore, open_store
from kiosk.sync.encoder import WireEncoder
from kiosk.system_clock import SystemClock

IDENTITY = TerminalIdentity(TerminalId("benchmark"), 1, "A", "benchmark", bytes(range(32)))
CARD = "62E30AFFFF"  # not known here, as its member eats elsewhere: central is asked
_REGULARS = 300  # they come in turn: nobody eats a thousand times at one lunch
_SET_ASIDE = Money(10**9)
_DISHES_OF_AN_ORDER = 3


@dataclass(frozen=True, slots=True)
class _GrantsAtOnce:
    """kiosk.services.ports.Central and OutboxSignal: central's part takes no time."""

    identity: TerminalIdentity

    def request_grant(
        self,
        request_id: PaymentId,
        card_uid: str,
        amount: Money,
        abandons: tuple[PaymentId, ...],
        further: tuple[Money, ...] = (),
    ) -> GrantIssued:
        who, member = self.identity, MemberId(f"of-{card_uid}")
        return GrantIssued(
            Grant(GrantId(uuid4()), request_id, member, who.terminal_id, who.incarnation, amount), amount
        )

    def wake(self) -> None:
        """Nothing is uploaded."""


class NoScreen:
    """kiosk.services.events.EventSink."""

    def publish(self, event: Event) -> None:
        """Nobody listens."""


@dataclass(frozen=True, slots=True)
class _IdlePrinter:
    """kiosk.services.ports.Printer: takes every job and prints none."""

    name: str

    def submit(self, job: PrintJob, report: Callable[[UUID, PrintJobState], None]) -> bool:
        return True


class NotSold(Exception):
    """The checkout ended in another way than it should; the outcome."""


class OfflineTill:
    """A terminal's store in `folder` with the menu of the measurements, and its checkout. Its print jobs are
    stored and go nowhere."""

    def __init__(self, folder: Path, identity: TerminalIdentity = IDENTITY) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.store: SqliteStore = open_store(folder / "terminal.db", folder / "terminal.key")
        self.store.save_identity(identity)
        self._menu = benchmark_menu()
        put_menu(self.store, self._menu)
        self._set_aside(identity)
        clock, rule, central = SystemClock(), PointsRule(100), _GrantsAtOnce(identity)
        printer_of = {PaperKind.RECEIPT: "receipts", PaperKind.KITCHEN_TICKET: "kitchen"}
        papers = Papers("benchmark", texts_for)
        desk = PrintDesk(self.store, NoScreen(), papers, clock, ZoneInfo("Asia/Shanghai"), printer_of)
        desk.connect([_IdlePrinter(name) for name in printer_of.values()])
        self._checkout = Checkout(self.store, central, WireEncoder(rule), desk, central, clock, rule)
        self._sales = 0

    def _set_aside(self, identity: TerminalIdentity) -> None:
        """Regular customers, and a pre-grant for each."""
        now = datetime.now(UTC)
        ids = [MemberId(f"m-{i}") for i in range(_REGULARS)]
        members = {i: msgspec.json.encode(Member(i, "王*明", _SET_ASIDE, 0, now)) for i in ids}
        cards = {(uid := _regular_card(n)): Card(uid, i) for n, i in enumerate(ids)}
        with self.store.transaction() as unit:
            unit.feed.apply_page(
                epoch="benchmark",
                next_after=2,
                more=False,
                menus=(),
                members=members,
                cards=cards,
                stock={},
            )
            for i in ids:
                unit.grants.take(
                    Grant(GrantId(uuid4()), None, i, identity.terminal_id, identity.incarnation, _SET_ASIDE)
                )

    def offer_stored_menu(self) -> None:
        """From now on what central has told: its dishes that are not counted, so that none is ever sold out."""
        with self.store.transaction() as unit:
            menu, counted = unit.menus.current(), unit.stock.levels().portions
        if menu is None:
            raise NotSold("there is no menu")
        dishes = tuple(dish for dish in menu.dishes if dish.id not in counted)
        self._menu = replace(menu, dishes=dishes, combos=())

    def pay_by_card(self) -> None:
        outcome = self._checkout.pay_by_card(self._next_request(), CARD)
        if not isinstance(outcome, Paid):
            raise NotSold(outcome)

    def pay_by_regular_card(self) -> None:
        """From what central has set aside here: it is not asked."""
        card_uid = _regular_card(self._sales % _REGULARS)
        outcome = self._checkout.pay_by_card(self._next_request(), card_uid)
        if not isinstance(outcome, Paid):
            raise NotSold(outcome)

    def take_order(self) -> None:
        """To be paid at the counter."""
        outcome = self._checkout.take_order_for_counter(self._next_request(), None)
        if not isinstance(outcome, DueAtCounter):
            raise NotSold(outcome)

    def _next_request(self) -> CheckoutRequest:
        """Three dishes, others each time."""
        dishes = self._menu.dishes
        cart = Cart()
        for i in range(_DISHES_OF_AN_ORDER):
            cart = cart.add(Selection.of_dish(dishes[(self._sales + 7 * i) % len(dishes)]))
        self._sales += 1
        return CheckoutRequest(cart, price_cart(cart, self._menu).total, DiningMode.DINE_IN, "zh")


def _regular_card(number: int) -> str:
    return f"62E309{number:04X}"
