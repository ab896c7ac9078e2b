"""A terminal without its screen, devices and threads: the real store, services and sync, which can be killed before or
after any commit and whenever it waits for the network."""

from __future__ import annotations

import base64
import random
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.domain.ids import TerminalId
from kiosk.services.journal import Fate
from kiosk.services.ports import CentralRefused, CentralUnreachable, TerminalIdentity
from kiosk.store.connection import Connection
from kiosk.store.database import connect
from kiosk.store.errors import StorageBusy
from kiosk.store.face_keys import FaceKeys, face_keys_beside
from kiosk.store.key_file import load_or_make_key
from kiosk.store.schema import bring_up_to_date
from kiosk.store.sqlite_store import SqliteStore, open_store
from kiosk.sync import wire
from kiosk.sync.push import OutOfStep
from tests.prove.simulation.acts import Act, Witness
from tests.prove.simulation.books import Books
from tests.prove.simulation.mortal import Crashed, Death, MortalStore
from tests.prove.simulation.network import Line, Network
from tests.prove.simulation.services import Services, start_services
from tests.prove.simulation.shown_menu import ShownMenu
from tests.prove.simulation.times import Clock
from tests.prove.simulation.trace import Trace

T = TypeVar("T")
_ACTS = " UNION ALL ".join(
    f"SELECT id FROM {table}"  # noqa: S608
    for table in ("orders", "refunds", "counter_payments", "cash_top_ups")
)


@cache
def _first_start() -> tuple[bytes, bytes]:
    """Database and key as a first start leaves them: migrating takes a fifth of a second each time."""
    with tempfile.TemporaryDirectory() as folder:
        path, key_path = Path(folder) / "terminal.db", Path(folder) / "terminal.key"
        open_store(path, key_path).close()
        return path.read_bytes(), key_path.read_bytes()


class SimulatedTerminal:
    """`books` are told of whatever is durable on its disk. `oversell`: portions of a dish, with central away."""

    oversell = 3

    def __init__(
        self,
        place: int,
        folder: Path,
        chance: random.Random,
        clock: Clock,
        trace: Trace,
        network: Network,
        books: Books,
    ) -> None:
        self.place, self.chance, self.clock, self.trace = place, chance, clock, trace
        self._network, self.books = network, books
        self.path, self._key_path = folder / f"terminal-{place}.db", folder / f"terminal-{place}.key"
        self.copy_path = folder / f"terminal-{place}.copy"
        self.crash_rate = 0.0
        self.crashes = 0
        self.in_service = False
        self.must_enrol = False  # central refuses it, or an enrolment was begun and nobody knows how it ended
        self.busy: set[str] = set()
        self.shown_menu: ShownMenu | None = None  # None: to be read anew
        self.witness = Witness(place, books.order)
        for path, content in zip((self.path, self._key_path), _first_start(), strict=True):
            path.write_bytes(content)
        self._open()

    # --- life and death ---

    def _open(self) -> None:
        """As build_services does (kiosk.opening), and the machinery after it."""
        self.shown_menu = None
        key = load_or_make_key(self._key_path, self.path)
        raw = connect(self.path, key)
        bring_up_to_date(raw, self.path, key)
        self.disk = SqliteStore(self.path, key, Connection(raw), FaceKeys(face_keys_beside(self.path)))
        self.store = self.mortal(self.disk)
        identity = self.disk.identity()
        if identity is None:
            return
        self.identity = identity
        line = Line(self._network, self.place, self._alive())
        parts = self.store, self.witness, identity, line, self.clock, self.chance
        self.services = start_services(*parts, self.oversell)
        self._check_journal()

    def _check_journal(self) -> None:
        """What it says of the last payment by card is what has become of it."""
        told = self.services.left_unseen
        if told is None:
            return
        self.trace.add("journal", self.place, told.fate)
        assert (told.order is None) == (told.fate is Fate.NOT_CHARGED)
        assert told.order is None or told.order.id in self.books.acts, "a payment stands that nobody made"
        charged = self.books.by_payment.get(told.payment_id)
        assert (told.order is None) == (charged is None), "not charged, the journal says, and it was"

    def durable(self, act: Act) -> None:
        self.trace.add("durable", self.place, act.what, act.id, act.minor)
        self.books.record(act)

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

    def run(self, what: str, work: Callable[[Services], T]) -> T | None:
        """One thing at a time of each kind, as the program's threads do them. None: not now, or it failed
        or died over it."""
        if not self.in_service or what in self.busy:
            return None
        lives = self.crashes
        self.busy.add(what)
        try:
            return work(self.services)
        except Crashed:
            if self.crashes == lives:
                self.crash()
            return None
        except StorageBusy:
            return None
        finally:
            if self.crashes == lives:
                self.busy.discard(what)

    # --- sync ---

    def push(self) -> str:
        """What waits goes up; how that ended."""

        def work(services: Services) -> str:
            while services.sender.send_batch():
                pass
            return "all sent"

        return self._sync("push", work)

    def pull(self) -> str:
        """What is new comes down; how that ended."""

        def work(services: Services) -> str:
            self.shown_menu = None
            while services.reader.read_page(0):
                pass
            return "up to date"

        return self._sync("pull", work)

    def _sync(self, what: str, work: Callable[[Services], str]) -> str:
        def attempt(services: Services) -> str:
            try:
                return work(services)
            except CentralUnreachable:
                return "unreachable"
            except CentralRefused:
                self.must_enrol = True  # the screen says so, and somebody comes
                return "refused"
            except OutOfStep as error:
                raise AssertionError(str(error)) from error

        ended = self.run(what, attempt) or "not now"
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
        self.disk = SqliteStore(self.path, self.disk._key, with_copy, FaceKeys(face_keys_beside(self.path)))
        self.in_service, self.must_enrol = False, True
        return True

    # --- what is on its disk ---

    def waiting(self) -> int:
        with self.disk.transaction() as tx:
            return tx.outbox.waiting()

    def acts(self) -> set[UUID]:
        """Orders, refunds, counter payments and top-ups."""
        return {UUID(act_id) for (act_id,) in self.select(_ACTS)}

    def incarnations(self) -> set[int]:
        """Those that this disk has been."""
        return {number for (number,) in self.select("SELECT number FROM incarnations")}

    def select(self, sql: str) -> list[tuple[Any, ...]]:
        """As it is stored, without a transaction: nobody else writes."""
        return self.disk._connection.exec_driver_sql(sql).all()

    def execute(self, sql: str) -> None:
        """Behind the program's back."""
        with self.disk.transaction():
            self.disk._connection.exec_driver_sql(sql)

    # --- what mutants do otherwise ---

    def mortal(self, disk: SqliteStore) -> Any:
        return MortalStore(disk, self.death, self.witness, self.durable)

    def after_sync(self) -> None: ...

    def after_crash(self) -> None: ...
