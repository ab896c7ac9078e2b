"""The central server, without its sockets and threads: the real services on a real SQLite file, which can be killed
before or after any commit. What its endpoints do with asyncio is done here in turn."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from enum import Enum
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Connection, select

from central.database import open_database
from central.opening import Parts, initialise, opened
from central.orders.refund_repository import counter_payment, refund
from central.orders.repository import customer_order
from central.push.backlog import store
from central.push.booker import BacklogBooker
from central.push.repository import waiting_batch
from central.push.service import receive
from central.restoring.backups import back_up, check_copy, put_back
from central.restoring.restore import begin_epoch, mark
from central.settings import load_settings
from central.state_dir import using_state_dir
from central.stock.portions import hand_out
from central.terminals.identity import Terminal
from central.transactions import Transaction, Transactions
from central.wallet.cash_top_ups import cash_top_up
from central.wallet.pre_grants import PreGrantRule, issue
from central.wallet.service import request_grant
from kiosk.sync import wire
from tests.prove.simulation.acts import act_of
from tests.prove.simulation.at_once import InTurn, run_through
from tests.prove.simulation.times import Clock
from tests.prove.simulation.trace import Trace

T = TypeVar("T")

SETTINGS = """
[canteen]
name = "第一食堂"
[server]
state_dir = "{state_dir}"
[pre_grants]
limit_minor = {limit_minor}
terminal_cap_minor = {cap_minor}
"""
LIMIT_MINOR, CAP_MINOR = 12_000, 1_000_000
_LAST_SEQ = "SELECT last_seq FROM push_position WHERE terminal_id = ? AND incarnation = ?"
CACHE_KIB = 64_000  # of an hour's simulation; a server's own would read the same pages again and again


@cache
def _initialised() -> tempfile.TemporaryDirectory[str]:
    """A state directory as `init` leaves it, without settings: a fifth of a second each time, and always the same."""
    made = tempfile.TemporaryDirectory()
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "central.toml"
        config.write_text(_settings(Path(made.name)), encoding="utf-8")
        initialise(load_settings(config), lambda _: None)
    return made


def _settings(state_dir: Path) -> str:
    return SETTINGS.format(state_dir=state_dir, limit_minor=LIMIT_MINOR, cap_minor=CAP_MINOR)


class Death(Enum):
    BEFORE_COMMIT = "before the commit"
    AFTER_COMMIT = "after the commit"


class CentralCrashed(BaseException):
    """No `except Exception` of the product survives the end of its process."""


class SimulatedCentral:
    """Everything kept in memory only is gone after a crash. Its endpoints: answering.py."""

    def __init__(
        self, folder: Path, chance: random.Random, clock: Clock, trace: Trace, meanwhile: Callable[[], None]
    ) -> None:
        self.chance, self.clock, self.trace, self.meanwhile = chance, clock, trace, meanwhile
        config = folder / "central.toml"
        state_dir = folder / "central"
        config.write_text(_settings(state_dir), encoding="utf-8")
        self.settings = load_settings(config)
        shutil.copytree(_initialised().name, state_dir)
        self.rule = PreGrantRule(LIMIT_MINOR, CAP_MINOR)
        self.copy = folder / "central.copy"
        self.crash_rate = 0.0
        self.is_away = False
        self.crashes = 0
        self.answers: dict[bytes, bytes] = {}
        self.booker = BacklogBooker()
        self._stack = ExitStack()
        self.parts = self._open()

    def _open(self) -> Parts:
        parts = self._stack.enter_context(opened(self.settings, self.clock))
        with parts.database.write() as connection:
            connection.exec_driver_sql(f"PRAGMA cache_size = -{CACHE_KIB}")
            self._writing: Any = connection.connection.driver_connection
        return parts

    def select(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """What is committed, as it is stored. Asked of the one connection that writes, between its transactions: it has
        the pages, every other would have to decrypt them anew after each step."""
        assert not self._writing.in_transaction, "a transaction was left open"
        return self._writing.execute(sql, values).fetchall()  # type: ignore[no-any-return]

    def close(self) -> None:
        self._stack.close()

    def crash(self) -> None:
        """The process is killed and started again on the same file."""
        self.crashes += 1
        self.trace.add("central crashes")
        self._stack.close()
        self.parts, self.booker = self._open(), BacklogBooker()

    def back_up(self) -> None:
        back_up(self.settings, self.copy)
        mark(self.parts.transactions)

    def restore(self) -> None:
        """The database is put back to its last copy, as `python -m central restore` does; a new epoch begins."""
        self._stack.close()
        with using_state_dir(self.settings.server.state_dir, alone=True):
            check_copy(self.settings, self.copy)
            put_back(self.settings, self.copy)
            with closing(open_database(self.settings)) as database:
                Transactions(database, self.settings.canteen.currency, clock=self.clock).write(begin_epoch)
        self.parts, self.booker = self._open(), BacklogBooker()
        self.crashes += 1
        self.answers.clear()  # what it has forgotten it may decide otherwise; terminals use no reply of an older epoch

    # --- transactions ---

    def read(self, work: Callable[[Connection], T]) -> T:
        """As `select`: a terminal's request is answered from pages that are read already."""
        with self.parts.database.write() as connection:
            return work(connection)

    def write(self, work: Callable[[Transaction], T]) -> T:
        """Raises CentralCrashed in one of `1 / crash_rate` transactions."""
        death = self._death()
        if death is Death.BEFORE_COMMIT:
            self.parts.transactions.write(partial(_dying, work))
        result = self.parts.transactions.write(work)
        if death is Death.AFTER_COMMIT:
            raise CentralCrashed
        return result

    def manage(self, work: Callable[[Transaction], T]) -> T:
        """What staff do at central: once more when it crashed over it, and nobody knows whether it was done."""
        while True:
            try:
                return self.write(work)
            except CentralCrashed:
                self.crash()

    def _death(self) -> Death | None:
        if self.chance.random() >= self.crash_rate:
            return None
        return self.chance.choice(list(Death))

    # --- what mutants do otherwise ---

    def grant(
        self, tx: Transaction, terminal: Terminal, request: wire.GrantRequest, *, may_wait: bool
    ) -> wire.GrantReply | None:
        return request_grant(tx, terminal, request, may_wait=may_wait)

    def hand(
        self, tx: Transaction, terminal: Terminal, request: wire.PortionsRequest, *, may_wait: bool
    ) -> wire.PortionsReply | None:
        return hand_out(tx, terminal, request, may_wait=may_wait)

    def intake(self, terminal: Terminal, first_seq: int, events: Sequence[wire.PushedEvent]) -> wire.PushReply:
        return self.write(partial(receive, terminal=terminal, first_seq=first_seq, events=events))

    def keep(self, terminal: Terminal, head: wire.PackedHead, packed: bytes) -> wire.PushReply:
        return self.write(partial(store, terminal=terminal, head=head, packed=packed))

    def book(self) -> bool:
        """A part of each terminal's backlog; False when there is none."""
        return run_through(self.booker._book_of_each(InTurn(self.parts.transactions, self.write)))  # type: ignore[arg-type]

    def look_after(self, tx: Transaction, member_ids: Sequence[str]) -> int:
        return issue(tx, self.rule, member_ids)

    # --- of itself ---

    def pre_grant(self) -> int:
        """As the pre-granter does twice a second. How many members were looked at."""
        due = self.parts.pre_granter._take()
        if due:
            self.sweep(due)
        return len(due)

    def book_backlogs(self) -> bool:
        """As the booker does behind the acknowledgement."""
        try:
            booked = self.book()
        except CentralCrashed:
            self.crash()
            return True
        if booked:
            self.trace.add("central books")
        return booked

    def sweep(self, member_ids: Sequence[str]) -> None:
        """As the pre-granter does once a day with everybody: after a crash it has forgotten who was due."""
        self.trace.add("central looks after", *member_ids)
        try:
            self.write(partial(self.look_after, member_ids=member_ids))
        except CentralCrashed:
            self.crash()

    def last_seq(self, terminal_id: str, incarnation: int) -> int:
        """Up to where it has that terminal's events, durably."""
        found = self.select(_LAST_SEQ, (terminal_id, incarnation))
        return found[0][0] if found else 0

    def acts(self, terminal_id: str) -> set[UUID]:
        """Orders, refunds, counter payments and top-ups of that terminal: booked, or waiting to be."""
        return self.parts.transactions.read(lambda connection: _acts_of(connection, terminal_id))


def _acts_of(connection: Connection, terminal_id: str) -> set[UUID]:
    found: set[UUID] = set()
    for table in (customer_order, refund, cash_top_up):
        found.update(connection.scalars(select(table.c.id).where(table.c.terminal_id == terminal_id)))
    of_orders = counter_payment.join(customer_order, customer_order.c.id == counter_payment.c.order_id)
    settled = select(counter_payment.c.id).select_from(of_orders)
    found.update(connection.scalars(settled.where(customer_order.c.terminal_id == terminal_id)))
    for body in connection.scalars(select(waiting_batch.c.body).where(waiting_batch.c.terminal_id == terminal_id)):
        for pushed in wire.unpack_batch(body).events:
            act_id = act_of(wire.decode_event(pushed.body))
            if act_id is not None:
                found.add(act_id)
    return found


def _dying(work: Callable[[Transaction], object], tx: Transaction) -> None:
    work(tx)
    raise CentralCrashed
