"""A terminal's services on fakes: what a customer does there, a restart, an upload."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from gettext import GNUTranslations
from io import BytesIO

from babel.messages.mofile import write_mo

from kiosk.domain.cart import Cart
from kiosk.domain.diet import NO_DIET
from kiosk.domain.ids import MemberId
from kiosk.domain.local_text import LocalText
from kiosk.domain.loyalty import PointsRule
from kiosk.domain.member import Card, CardState, Member
from kiosk.domain.menu import Menu
from kiosk.domain.money import Money
from kiosk.domain.order import DiningMode
from kiosk.domain.payer import ByCard
from kiosk.domain.pricing import price_cart
from kiosk.domain.receipt import PaperKind
from kiosk.domain.stock import StockLevels
from kiosk.services.checkout import Checkout, CheckoutRequest
from kiosk.services.outcomes import Outcome
from kiosk.services.papers import Papers
from kiosk.services.ports import Central
from kiosk.services.printing import PrintDesk
from kiosk.services.recovery import resolve_unfinished
from kiosk.sync.encoder import WireEncoder
from kiosk.sync.wire import TerminalEvent, decode_event
from scripts.locales import read
from tests.domain.canteen import MENU
from tests.services.fakes import EventLog, FakeCentral, FakePrinter, FixedClock, Signal
from tests.services.memory_store import InMemoryStore

CARD, BLOCKED_CARD, UNKNOWN_CARD = "62E3086CED", "02004DB005", "DEADBEEF"
BALANCE = Money(5000)
# Half past midnight at the canteen is the day before in UTC.
CHINA = timezone(timedelta(hours=8))
MOMENT = datetime(2025, 9, 1, 16, 30, tzinfo=UTC)
PRINTER_OF = {
    PaperKind.RECEIPT: "front",
    PaperKind.COUNTER_SLIP: "front",
    PaperKind.KITCHEN_TICKET: "kitchen",
}


@cache
def catalogue(language: str) -> GNUTranslations:
    """The texts as they stand in the sources, compiled or not."""
    compiled = BytesIO()
    write_mo(compiled, read({"zh": "zh_CN"}.get(language, language)))
    compiled.seek(0)
    return GNUTranslations(compiled)


CANTEEN = LocalText("第一食堂", "Canteen One")
PAPERS = Papers("Terminal 1", catalogue)


def member(member_id: str) -> Member:
    return Member(MemberId(member_id), "王*明", BALANCE, 0, MOMENT, NO_DIET)


class Terminal:
    def __init__(
        self,
        menu: Menu | None = MENU,
        levels: StockLevels | None = None,
        printer_of: Mapping[PaperKind, str] = PRINTER_OF,
        line: Central | None = None,
    ) -> None:
        """`line`: how central is reached instead of the fake."""
        cards = {
            CARD: (member(f"of-{CARD}"), Card(CARD, MemberId(f"of-{CARD}"))),
            BLOCKED_CARD: (member("m2"), Card(BLOCKED_CARD, MemberId("m2"), CardState.BLOCKED)),
        }
        self.store = InMemoryStore(menu, levels or StockLevels({}), cards)
        self.central = FakeCentral({CARD: BALANCE})
        self.events = EventLog()
        self.signal = Signal()
        self._line = line or self.central
        self._printer_of = printer_of
        self._encoder = WireEncoder(PointsRule(100))
        self._start()

    def _start(self) -> None:
        self.front, self.kitchen = FakePrinter("front"), FakePrinter("kitchen")
        clock = FixedClock(MOMENT)
        self.desk = PrintDesk(self.store, self.events, PAPERS, clock, CHINA, self._printer_of)
        self.desk.connect([self.front, self.kitchen])
        self.checkout = Checkout(self.store, self._line, self._encoder, self.desk, self.signal, clock, PointsRule(100))

    def restart(self) -> int:
        """After a crash; how many payments had been left open."""
        self._start()
        self.store.fails_at()
        left_open = len(resolve_unfinished(self.store, self._encoder))
        self.desk.resume()
        return left_open

    def request(self, cart: Cart, shown_total: Money | None = None, language: str = "zh") -> CheckoutRequest:
        """What the screen asks for: the cart at the total it shows."""
        if shown_total is None:
            shown_total = price_cart(cart, MENU).total
        return CheckoutRequest(cart, shown_total, DiningMode.TAKE_AWAY, language)

    def pays(self, cart: Cart, card_uid: str = CARD, shown_total: Money | None = None) -> Outcome:
        return self.checkout.pay_by_card(self.request(cart, shown_total), card_uid)

    def takes_order(self, cart: Cart, card_uid: str | None = None, shown_total: Money | None = None) -> Outcome:
        return self.checkout.take_order_for_counter(
            self.request(cart, shown_total), ByCard(card_uid) if card_uid else None
        )

    @property
    def outbox(self) -> list[TerminalEvent]:
        """What central has not acknowledged."""
        return [decode_event(body) for body in self.store.tables.outbox[self.store.acknowledged :]]

    def uploads(self) -> None:
        self.central.receive(self.outbox)
        self.store.acknowledged = len(self.store.tables.outbox)
