"""Real terminals (checkout, store, sync) at a real central whose database is lost and put back to a backup."""

from __future__ import annotations

import itertools
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection, func, select

from central import cli
from central.members.repository import member as member_table
from central.menu.repository import add_menu
from central.opening import Parts
from central.orders.repository import customer_order
from central.transactions import Transaction
from central.wallet.accounts import Account, read_accounts
from central.wallet.ledger import LOSSES, ledger_posting
from central.wallet.pre_grants import PreGrantRule, issue
from kiosk.domain.cart import Cart
from kiosk.domain.coupon import Coupon
from kiosk.domain.loyalty import PointsRule
from kiosk.domain.member import Member
from kiosk.domain.money import Money
from kiosk.domain.order import DiningMode
from kiosk.domain.pricing import price_cart
from kiosk.services.checkout import Checkout, CheckoutRequest
from kiosk.services.outcomes import NotCharged, NotChargedReason, Outcome, Paid
from kiosk.services.ports import TerminalIdentity
from kiosk.services.printing import PrintDesk
from kiosk.services.recovery import resolve_unfinished
from kiosk.store.sqlite_store import SqliteStore
from kiosk.sync import wire
from kiosk.sync.client import CentralClient
from kiosk.sync.encoder import WireEncoder
from kiosk.sync.enrol import enrol
from kiosk.sync.grants import CentralGrants
from kiosk.sync.line import CentralAddress
from kiosk.sync.pull import FeedReader
from kiosk.sync.push import OutboxSender
from tests.central.support import Central, Diner, running_central
from tests.domain.canteen import BIG_NOODLES, MENU, PLAIN_RICE
from tests.services.fakes import EventLog, FixedClock, Signal
from tests.services.terminal import CHINA, MOMENT, PAPERS
from tests.store.sales import new_store

RICE, NOODLES = Cart().add(PLAIN_RICE), Cart().add(BIG_NOODLES)  # 3.00 and 17.00
FEAST = Cart().add(BIG_NOODLES, 2)  # 34.00: more than is ever set aside
RULE = PreGrantRule(limit_minor=3000, terminal_cap_minor=1_000_000)
NOWHERE = CentralAddress("http://127.0.0.1:9", timeout_s=0.5)
_folders = itertools.count(1)


def price(cart: Cart) -> Money:
    return price_cart(cart, MENU).total


class RealProgram:
    """What a planted bug may have otherwise (tests/restoring/mutants.py); here nothing is."""

    def served_with(self, parts: Parts) -> Parts:
        """What central is served with."""
        return parts

    def restored(self, connection: Connection) -> None:
        """Done to the database after `restore`, before anybody comes."""

    def store(self, store: SqliteStore) -> SqliteStore:
        """A terminal's."""
        return store


class Till:
    """A terminal whose every step a test takes by itself. `charged`: what was shown as paid, by member."""

    def __init__(self, site: Site, identity: TerminalIdentity, store: SqliteStore, folder: Path) -> None:
        self.site, self.identity, self.store, self.folder = site, identity, store, folder
        self.recalled = False
        self.unplug()

    @property
    def letter(self) -> str:
        return self.identity.letter

    def unplug(self) -> None:
        self._connect(NOWHERE)

    def plug_in(self) -> Till:
        self._connect(CentralAddress(self.site.central.url, timeout_s=20))
        return self

    def _connect(self, address: CentralAddress) -> None:
        self.client = CentralClient(address, self.identity)
        self.grants = CentralGrants(address, self.identity, self.store)
        for line in (self.client.line, self.grants._client.line):
            self.site.stack.callback(line.close)
        self.reader = FeedReader(self.client, self.store, self.identity, EventLog(), lambda: None)
        self.sender = OutboxSender(self.client, self.store)
        encoder, clock, points = WireEncoder(PointsRule(100)), FixedClock(MOMENT), PointsRule(100)
        desk = PrintDesk(self.store, EventLog(), PAPERS, clock, CHINA, {})
        self.checkout = Checkout(self.store, self.grants, encoder, desk, Signal(), clock, points)
        resolve_unfinished(self.store, encoder)

    def pull(self) -> None:
        while self.reader.read_page(0):
            pass

    def push(self) -> None:
        while self.sender.send_batch():
            pass

    def sync(self) -> None:
        self.pull()
        self.push()
        self.pull()

    def pays(self, diner: Diner, cart: Cart = RICE, coupon: Coupon | None = None) -> Outcome:
        part = coupon.part_of(price(cart)) if coupon else None
        others = (part,) if part else ()
        outcome = self.checkout.pay_by_card(
            CheckoutRequest(cart, price(cart), DiningMode.DINE_IN, "zh", others), diner.card_uid
        )
        if isinstance(outcome, Paid):
            self.site.charged[diner.id] += price(cart).minor - sum(other.value.minor for other in others)
            self.site.orders.add(outcome.order.id)
        return outcome

    def is_paid(self, diner: Diner, cart: Cart = RICE) -> bool:
        return isinstance(self.pays(diner, cart), Paid)

    def member(self, diner: Diner) -> Member | None:
        """As this terminal knows them."""
        with self.store.transaction() as tx:
            found = tx.members.by_card(diner.card_uid)
        return found[0] if found else None

    def coupons(self, diner: Diner) -> tuple[Coupon, ...]:
        member = self.member(diner)
        assert member is not None
        return member.coupons

    def finds_central_closed(self, diner: Diner) -> bool:
        """A card pays nothing that central would have to grant, as if it were away."""
        outcome = self.pays(diner, FEAST)
        return isinstance(outcome, NotCharged) and outcome.reason is NotChargedReason.CENTRAL_UNREACHABLE

    def held(self, diner: Diner) -> int:
        with self.store.transaction() as tx:
            return sum(use.left.minor for use in tx.grants.open_pre_grants(diner.id))  # type: ignore[arg-type]

    def waiting(self) -> int:
        with self.store.transaction() as tx:
            return tx.outbox.waiting()

    def enrol_anew(self) -> None:
        """With this disk, as the next incarnation."""
        code = self.site.new_code(self.letter)
        identity = enrol(CentralAddress(self.site.central.url, 20), code, f"till {self.letter}")
        self.store.save_identity(identity)
        self.identity = identity
        self.plug_in()


@dataclass
class Site:
    """`charged` and `orders` are the truth: what customers were told. `borne` is the canteen's loss."""

    folder: Path
    database_url: str | None
    stack: ExitStack
    charged: Counter[str] = field(default_factory=Counter)
    orders: set[UUID] = field(default_factory=set)
    borne: Money = field(default_factory=Money.zero)
    opening: dict[str, Money] = field(default_factory=dict)
    program: RealProgram = field(default_factory=RealProgram)
    _serving: ExitStack = field(default_factory=ExitStack)

    @property
    def config(self) -> Path:
        return self.folder / "central.toml"

    @property
    def state(self) -> Path:
        return self.folder / "state"

    def start(self) -> Central:
        self._serving = self.stack.enter_context(ExitStack())
        serving = running_central(self.folder, self.database_url, served_with=self.program.served_with)
        self.central = self._serving.enter_context(serving)
        return self.central

    def stop(self) -> None:
        self._serving.close()

    def open(self) -> Central:
        """For the first time: with a menu."""
        central = self.start()

        def offer(tx: Transaction) -> None:
            add_menu(tx.connection, MENU.version, wire.encode(MENU), tx.now)
            tx.changes.menu = True

        central.parts.transactions.write(offer)
        return central

    def diner(self, balance: str = "60.00") -> Diner:
        diner = self.central.add_member(balance)
        self.opening[diner.id] = Money.parse(balance)
        return diner

    def new_code(self, replaces: str | None = None) -> str:
        parts = self.central.parts
        return parts.transactions.write(lambda tx: parts.desk.make_code(tx, replaces))

    def till(self, replaces: str | None = None) -> Till:
        """A newly enrolled one with an empty disk."""
        identity = enrol(CentralAddress(self.central.url, 20), self.new_code(replaces), "till")
        folder = self.folder / f"till-{next(_folders)}"
        folder.mkdir()
        store = new_store(folder, identity)
        self.stack.callback(store.close)
        till = Till(self, identity, self.program.store(store), folder).plug_in()
        till.pull()
        return till

    def usual(self, till: Till, diner: Diner) -> None:
        """Let the diner eat twice there, and set money aside for a third time."""
        till.pull()
        for _ in range(2):
            assert till.is_paid(diner)
        till.push()
        assert self.set_aside(diner) == 1
        till.pull()

    def set_aside(self, diner: Diner) -> int:
        return self.central.parts.transactions.write(lambda tx: issue(tx, RULE, [diner.id]))

    def command(self, *arguments: str) -> int:
        return cli.main([*arguments, "--config", str(self.config)])

    def back_up(self) -> Path:
        target = self.folder / f"backup-{next(_folders)}"
        assert self.command("backup", str(target)) == 0
        return target

    def lose_and_restore(self, backup: Path, *options: str) -> None:
        self.stop()
        if self.database_url is None:
            for path in self.state.glob("central.db*"):
                path.unlink()
        assert self.command("restore", str(backup), *options) == 0
        self.start()
        self.central.parts.transactions.write(lambda tx: self.program.restored(tx.connection))

    def give_up(self, letter: str) -> None:
        assert self.command("give-up", letter, "--by", "Li") == 0
        assert self.command("give-up", letter, "--by", "Wang", "--confirm") == 0

    def bear(self, diner: Diner, cart: Cart) -> None:
        """That was sold under a grant whose money the diner had back: the canteen pays."""
        self.opening[diner.id] += price(cart)
        self.borne += price(cart)

    def check(self) -> None:
        """Nobody is below zero, by what central knows and by what customers were told."""
        for member_id, account in self._accounts().items():
            assert not (self.opening[member_id] - Money(self.charged[member_id])).is_negative, "overdrawn"
            assert account.booked + account.credit_line == account.free + account.held

    def check_settled(self) -> None:
        """Everything that customers were told is booked, once, and nothing else."""
        self.check()
        booked = Counter({i: (self.opening[i] - a.booked).minor for i, a in self._accounts().items()})
        assert +booked == +self.charged
        found = self.central.parts.transactions.read(lambda c: c.execute(select(customer_order.c.id)).scalars().all())
        assert sorted(found) == sorted(self.orders)
        assert self.central.staff_get("/v1/quarantine?limit=500") == []
        posted = select(func.coalesce(func.sum(ledger_posting.c.amount_minor), 0)).where(
            ledger_posting.c.account == LOSSES
        )
        assert self.central.parts.transactions.read(lambda c: c.execute(posted).scalar_one()) == -self.borne.minor

    def _accounts(self) -> dict[str, Account]:
        def read(connection: Connection) -> dict[str, Account]:
            ids = connection.execute(select(member_table.c.id)).scalars().all()
            return read_accounts(connection, ids, "CNY")

        return self.central.parts.transactions.read(read)
