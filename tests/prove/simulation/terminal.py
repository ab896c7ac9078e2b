"""A terminal without its screen, devices and threads: the real store, services and sync, which can be killed before or
after any commit and whenever it waits for the network."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Select, select

from kiosk.domain.cart import Cart, CartError
from kiosk.domain.ids import TerminalId
from kiosk.domain.loyalty import PointsRule
from kiosk.domain.order import DiningMode, Order
from kiosk.domain.pricing import price_cart
from kiosk.services.checkout import Checkout, CheckoutRequest
from kiosk.services.identify import identify
from kiosk.services.outcomes import DueAtCounter, Outcome, Paid
from kiosk.services.ports import CentralRefused, CentralUnreachable, TerminalIdentity
from kiosk.services.printing import PrintDesk
from kiosk.services.recovery import resolve_unfinished
from kiosk.store.connection import Connection
from kiosk.store.database import connect
from kiosk.store.errors import StorageBusy
from kiosk.store.key_file import load_or_make_key
from kiosk.store.schema import is_newest, migrate
from kiosk.store.sqlite_store import SqliteStore
from kiosk.store.tables import incarnations, orders
from kiosk.store.writer import writer
from kiosk.sync import wire
from kiosk.sync.encoder import WireEncoder
from kiosk.sync.pull import FeedReader
from kiosk.sync.push import OutboxSender, OutOfStep
from tests.prove.simulation.mortal import Crashed, Death, MortalStore, SimulatedClient, SimulatedGrants
from tests.prove.simulation.network import Line, Network
from tests.prove.simulation.times import Clock
from tests.prove.simulation.trace import Trace
from tests.services.fakes import EventLog, Signal
from tests.services.terminal import CHINA, PAPERS

T = TypeVar("T")

POINTS = PointsRule(100)


class SimulatedTerminal:
    """`found` is called with an order that is on disk and was never shown: the machine died in between."""

    def __init__(
        self,
        place: int,
        folder: Path,
        chance: random.Random,
        clock: Clock,
        trace: Trace,
        network: Network,
        found: Callable[[SimulatedTerminal, Order], None],
    ) -> None:
        self.place, self.chance, self.clock, self.trace = place, chance, clock, trace
        self._network, self._found = network, found
        self.path, self._key_path = folder / f"terminal-{place}.db", folder / f"terminal-{place}.key"
        self.copy_path = folder / f"terminal-{place}.copy"
        self.crash_rate = 0.0
        self.crashes = 0
        self.in_service = False
        self.must_enrol = False  # central refuses it, or an enrolment was begun and nobody knows how it ended
        self.busy: set[str] = set()
        self.last_order: Order | None = None
        self._open()

    # --- life and death ---

    def _open(self) -> None:
        """As build_services does (kiosk.opening), and the machinery after it."""
        key = load_or_make_key(self._key_path, self.path)
        raw = connect(self.path, key)
        if not is_newest(raw):
            migrate(writer(raw), self.path)
        self.disk = SqliteStore(self.path, key, Connection(raw))
        self.store = self.mortal(self.disk)
        identity = self.disk.identity()
        if identity is None:
            return
        self.identity = identity
        self._look_for_what_was_not_shown()
        encoder = WireEncoder(POINTS)
        resolve_unfinished(self.store, encoder)
        desk = PrintDesk(self.store, EventLog(), PAPERS, self.clock, CHINA, {})
        desk.resume()
        client = SimulatedClient(Line(self._network, self.place, self._alive()), identity)
        grants = SimulatedGrants(client, identity, self.store, self.chance)
        self.checkout = Checkout(self.store, grants, encoder, desk, Signal(), self.clock, POINTS)
        self.sender = OutboxSender(client, self.store)
        self.reader = FeedReader(client, self.store, identity, EventLog(), lambda: None)

    def _look_for_what_was_not_shown(self) -> None:
        with self.disk.transaction() as tx:
            last = tx.orders.recent(1)
        if last and last[0] != self.last_order:
            self.last_order = last[0]
            self._found(self, last[0])

    def _alive(self) -> Callable[[], None]:
        """A check that the machine is still the one that began the call."""
        lives = self.crashes

        def check() -> None:
            if self.crashes != lives:
                raise Crashed

        return check

    def crash(self) -> None:
        """The process is killed and started again on the same file, as often as it takes."""
        self.trace.add("crash", self.place)
        while True:
            self.crashes += 1
            self.busy.clear()
            self.after_crash()
            self.disk.close()
            try:
                self._open()
                return
            except (Crashed, StorageBusy):
                continue

    def close(self) -> None:
        self.disk.close()

    def death(self) -> Death | None:
        """How the transaction that begins now ends, if not well."""
        if self.chance.random() >= self.crash_rate:
            return None
        return self.chance.choice(list(Death))

    def _run(self, what: str, work: Callable[[], T]) -> T | None:
        """One thing at a time of each kind, as the program's threads do them. None: not now, or it failed
        or died over it."""
        if not self.in_service or what in self.busy:
            return None
        lives = self.crashes
        self.busy.add(what)
        try:
            return work()
        except Crashed:
            if self.crashes == lives:
                self.crash()
            return None
        except StorageBusy:
            return None
        finally:
            if self.crashes == lives:
                self.busy.discard(what)

    # --- customers ---

    def identify(self, card_uid: str) -> None:
        known = self._run("identify", lambda: identify(self.store, card_uid, self.clock.now()))
        self.trace.add("identified", self.place, type(known).__name__)

    def pay(self, cart: Cart, card_uid: str, language: str) -> Outcome | None:
        return self._take_order(cart, language, lambda request: self.checkout.pay_by_card(request, card_uid))

    def take_order_for_counter(self, cart: Cart, card_uid: str | None) -> Outcome | None:
        return self._take_order(cart, "zh", lambda request: self.checkout.take_order_for_counter(request, card_uid))

    def _take_order(self, cart: Cart, language: str, settle: Callable[[CheckoutRequest], Outcome]) -> Outcome | None:
        def work() -> Outcome | None:
            with self.disk.transaction() as tx:
                menu = tx.menus.current()
            try:
                total = price_cart(cart, menu).total if menu else None
            except CartError:
                total = None
            if total is None:
                return None
            outcome = settle(CheckoutRequest(cart, total, DiningMode.DINE_IN, language))
            if isinstance(outcome, Paid | DueAtCounter):
                self.last_order = outcome.order
            return outcome

        return self._run("order", work)

    # --- sync ---

    def push(self) -> str:
        """What waits goes up; how that ended."""

        def work() -> str:
            while self.sender.send_batch():
                pass
            return "all sent"

        return self._sync("push", work)

    def pull(self) -> str:
        """What is new comes down; how that ended."""

        def work() -> str:
            while self.reader.read_page(0):
                pass
            return "up to date"

        return self._sync("pull", work)

    def _sync(self, what: str, work: Callable[[], str]) -> str:
        def attempt() -> str:
            try:
                return work()
            except CentralUnreachable:
                return "unreachable"
            except CentralRefused:
                self.must_enrol = True  # the screen says so, and somebody comes
                return "refused"
            except OutOfStep as error:
                raise AssertionError(str(error)) from error

        ended = self._run(what, attempt) or "not now"
        if ended in ("all sent", "up to date"):
            self.after_sync()
        self.trace.add(what, self.place, ended)
        return ended

    # --- staff ---

    def enrol(self, code: str) -> bool:
        """With a key of its own (kiosk.sync.enrol makes it from the system's randomness). False: try again."""
        key = Ed25519PrivateKey.from_private_bytes(self.chance.randbytes(32))
        public_key = base64.b64encode(key.public_key().public_bytes_raw()).decode("ascii")
        body = wire.encode(wire.EnrolRequest(code, public_key, f"终端 {self.place}"))
        line = Line(self._network, self.place, lambda: None)
        self.must_enrol = True
        for _ in range(3):
            try:
                reply = line.request("POST", "/v1/enrol", body, {}, max_reply_bytes=10_000)
            except CentralUnreachable:
                continue
            except CentralRefused:
                return False
            enrolled: wire.Enrolled = wire.decode(reply, wire.Enrolled)
            self.become(enrolled, key.private_bytes_raw())
            return True
        return False

    def become(self, enrolled: wire.Enrolled, private_key: bytes) -> None:
        who = TerminalId(enrolled.terminal_id), enrolled.incarnation, enrolled.letter, enrolled.canteen_name
        self.disk.save_identity(TerminalIdentity(*who, private_key))
        self.trace.add("enrolled", self.place, enrolled.incarnation)
        self.in_service, self.must_enrol = True, False
        self.crash()  # the program starts again as the new incarnation

    def back_up(self) -> None:
        self.disk.backup_to(self.copy_path)

    def restore(self) -> bool:
        """The disk is replaced and yesterday's copy put on it. Out of service until it is enrolled anew."""
        if not self.copy_path.exists():
            return False
        self.crashes += 1
        self.busy.clear()
        self.disk.close()
        for leftover in self.path.parent.glob(self.path.name + "-*"):
            leftover.unlink()
        self.path.write_bytes(self.copy_path.read_bytes())
        with_copy = Connection(connect(self.path, load_or_make_key(self._key_path, self.path)))
        self.disk = SqliteStore(self.path, self.disk._key, with_copy)
        with self.disk.transaction() as tx:
            last = tx.orders.recent(1)
        self.last_order = last[0] if last else None
        self.in_service, self.must_enrol = False, True
        return True

    # --- what is on its disk ---

    def waiting(self) -> int:
        with self.disk.transaction() as tx:
            return tx.outbox.waiting()

    def order_ids(self) -> set[UUID]:
        return set(self._select(select(orders.c.id)))

    def incarnations(self) -> set[int]:
        """Those that this disk has been."""
        return set(self._select(select(incarnations.c.number)))

    def _select(self, statement: Select[tuple[Any]]) -> Sequence[Any]:
        with self.disk.transaction() as tx:
            return tx.feed._connection.execute(statement).scalars()

    # --- what mutants do otherwise ---

    def mortal(self, disk: SqliteStore) -> Any:
        return MortalStore(disk, self.death)

    def after_sync(self) -> None: ...

    def after_crash(self) -> None: ...
