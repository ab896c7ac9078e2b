"""The central server, without its sockets and threads: the real services on a real SQLite file, which can be killed
before or after any commit. What its endpoints do with asyncio is done here in turn."""

from __future__ import annotations

import random
import re
import zlib
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from enum import Enum
from functools import partial
from pathlib import Path
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from sqlalchemy import select

from central.database import open_database
from central.feed.service import read_page
from central.opening import Parts, initialise, opened
from central.orders.repository import customer_order
from central.push.repository import push_position
from central.push.service import receive
from central.restoring.announcing import take_announcement
from central.restoring.backups import back_up, check_copy, put_back
from central.restoring.epochs import NotAnnounced, OtherEpoch, check_announced, check_epoch
from central.restoring.restore import begin_epoch, mark
from central.settings import load_settings
from central.state_dir import using_state_dir
from central.terminals.identity import Terminal
from central.terminals.service import EnrolmentRefused, note_protocol
from central.terminals.signatures import NotAdmitted, NotAuthenticated, SignedRequest, authenticate
from central.transactions import Transaction, Transactions
from central.wallet.pre_grants import PreGrantRule, issue
from central.wallet.service import request_grant
from kiosk.services.ports import CentralRefused, CentralUnreachable
from kiosk.sync import wire
from tests.prove.simulation.network import Request
from tests.prove.simulation.times import Clock
from tests.prove.simulation.trace import Trace, brief

T = TypeVar("T")
_SEAL = re.compile(rb'"seal":"[^"]*"')

SETTINGS = """
[canteen]
name = "第一食堂"
[server]
state_dir = "{state_dir}"
[pre_grants]
limit_minor = {limit_minor}
terminal_cap_minor = {cap_minor}
"""
LIMIT_MINOR, CAP_MINOR = 4000, 100_000
ASKS_WHILE_RECALLING = 3
EVENTS_PER_TRANSACTION = 20  # so that central can die in the middle of a batch
CACHE_KIB = 64_000  # of an hour's simulation; a server's own would read the same pages again and again


class Death(Enum):
    BEFORE_COMMIT = "before the commit"
    AFTER_COMMIT = "after the commit"


class CentralCrashed(BaseException):
    """No `except Exception` of the product survives the end of its process."""


class SimulatedCentral:
    """`handle` is what the network calls. Everything kept in memory only is gone after a crash."""

    def __init__(
        self, folder: Path, chance: random.Random, clock: Clock, trace: Trace, meanwhile: Callable[[], None]
    ) -> None:
        self.chance, self.clock, self.trace, self._meanwhile = chance, clock, trace, meanwhile
        config = folder / "central.toml"
        state_dir = folder / "central"
        config.write_text(
            SETTINGS.format(state_dir=state_dir, limit_minor=LIMIT_MINOR, cap_minor=CAP_MINOR), encoding="utf-8"
        )
        self.settings = load_settings(config)
        initialise(self.settings, lambda _: None)
        self.rule = PreGrantRule(LIMIT_MINOR, CAP_MINOR)
        self.copy = folder / "central.copy"
        self.crash_rate = 0.0
        self.is_away = False
        self.crashes = 0
        self.answers: dict[bytes, bytes] = {}
        self._stack = ExitStack()
        self.parts = self._open()

    def _open(self) -> Parts:
        parts = self._stack.enter_context(opened(self.settings, self.clock))
        with parts.database.read() as connection:
            connection.exec_driver_sql(f"PRAGMA cache_size = -{CACHE_KIB}")
        return parts

    def close(self) -> None:
        self._stack.close()

    def crash(self) -> None:
        """The process is killed and started again on the same file."""
        self.crashes += 1
        self.trace.add("central crashes")
        self._stack.close()
        self.parts = self._open()

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
        self.parts = self._open()
        self.crashes += 1
        self.answers.clear()  # what it has forgotten it may decide otherwise; terminals use no reply of an older epoch

    # --- transactions ---

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

    # --- requests ---

    def handle(self, request: Request) -> bytes:
        """Raises CentralUnreachable when central is away or dies over it, CentralRefused when it does not deal with the
        sender. Anything else that it does not take is a fault, and is raised as what it is."""
        if self.is_away:
            raise CentralUnreachable("central is away")
        try:
            reply = self._answer(request)
        except CentralCrashed as error:
            self.crash()
            raise CentralUnreachable("central crashed") from error
        except (NotAdmitted, NotAuthenticated, EnrolmentRefused) as error:
            raise CentralRefused(str(error)) from error
        except (OtherEpoch, NotAnnounced) as error:
            raise CentralUnreachable(str(error)) from error
        # Neither the epoch nor the key of the seals is drawn from the seed.
        said = _SEAL.sub(b"", reply.replace(self.parts.installation.epoch.encode(), b""))
        self.trace.add("central", request.sender, request.path, "" if request.path == "/v1/enrol" else brief(said))
        return reply

    def _answer(self, request: Request) -> bytes:
        body = request.body
        if request.headers.get("Content-Encoding") == "gzip":
            body = zlib.decompress(body, 16 + zlib.MAX_WBITS)
        if request.path == "/v1/enrol":
            return self._enrol(wire.decode(body, wire.EnrolRequest))
        signed = SignedRequest(request.headers["Authorization"], request.method, request.target, request.body)
        terminal = self.parts.transactions.read(lambda connection: authenticate(connection, signed))
        if request.path == "/v1/announce":
            return self._announce(terminal, wire.decode(body, wire.Announcement))
        if request.path == "/v1/grants":
            return self._grants(terminal, wire.decode(body, wire.GrantRequest))
        if request.path == "/v1/push":
            return self._push(terminal, wire.decode(body, wire.PushBatch))
        return self._feed(terminal, urlsplit(request.target).query)

    def _enrol(self, message: wire.EnrolRequest) -> bytes:
        answer = self.write(lambda tx: self.parts.desk.enrol(tx, message))
        if isinstance(answer, EnrolmentRefused):
            raise answer
        return wire.encode(answer)

    def _announce(self, terminal: Terminal, message: wire.Announcement) -> bytes:
        check_epoch(self.parts.installation, message.epoch, wire.PROTOCOL)
        reply, left_out = self.write(partial(take_announcement, terminal=terminal, message=message))
        assert not left_out, "a terminal announced a grant that is not ours"
        return wire.encode(reply)

    def _grants(self, terminal: Terminal, message: wire.GrantRequest) -> bytes:
        check_epoch(self.parts.installation, message.epoch, wire.PROTOCOL)
        check_announced(terminal)
        lives = self.crashes
        for asks_left in reversed(range(ASKS_WHILE_RECALLING)):
            ask = partial(self.grant, terminal=terminal, request=message, may_wait=asks_left > 0)
            reply = self.write(ask)
            if reply is not None:
                break
            self._meanwhile()
            if lives != self.crashes or self.is_away:
                raise CentralUnreachable("central went away while it waited for a recall")
        assert reply is not None, "central may not wait any longer, and does not answer"
        encoded = wire.encode(reply)
        self._check_same_answer(message, reply, encoded)
        return encoded

    def _check_same_answer(self, message: wire.GrantRequest, reply: wire.GrantReply, encoded: bytes) -> None:
        known = self.answers.setdefault(message.request_id.bytes, encoded)
        if reply.refusal == "abandoned":
            self.answers[message.request_id.bytes] = encoded
        else:
            assert known == encoded, f"request {message.request_id} was answered twice, differently"

    def _push(self, terminal: Terminal, batch: wire.PushBatch) -> bytes:
        check_epoch(self.parts.installation, batch.epoch, wire.PROTOCOL)
        check_announced(terminal)
        quarantined: tuple[wire.Quarantined, ...] = ()
        reply = wire.PushReply(0)
        for start in range(0, len(batch.events), EVENTS_PER_TRANSACTION):
            first_seq, events = batch.first_seq + start, batch.events[start : start + EVENTS_PER_TRANSACTION]
            reply = self.intake(terminal, first_seq, events)
            quarantined += reply.quarantined
            if reply.last_seq < first_seq + len(events) - 1:
                break
        assert not quarantined, f"a terminal's event went to quarantine: {quarantined[0].reason}"
        assert reply.last_seq <= self.last_seq(terminal.id, terminal.incarnation), "acknowledged, and not written"
        return wire.encode(wire.PushReply(reply.last_seq, quarantined))

    def _feed(self, terminal: Terminal, query: str) -> bytes:
        if terminal.protocol != wire.PROTOCOL:
            self.write(partial(note_protocol, terminal=terminal, protocol=wire.PROTOCOL))
        asked = {name: values[0] for name, values in parse_qs(query, keep_blank_values=True).items()}
        epoch = self.parts.installation.epoch
        page = self.parts.transactions.read(
            lambda c: read_page(c, epoch, asked["epoch"], int(asked["after"]), int(asked["limit"]), terminal.id)
        )
        return wire.encode(page)

    # --- what mutants do otherwise ---

    def grant(
        self, tx: Transaction, terminal: Terminal, request: wire.GrantRequest, *, may_wait: bool
    ) -> wire.GrantReply | None:
        return request_grant(tx, terminal, request, may_wait=may_wait)

    def intake(self, terminal: Terminal, first_seq: int, events: Sequence[wire.PushedEvent]) -> wire.PushReply:
        return self.write(partial(receive, terminal=terminal, first_seq=first_seq, events=events))

    def look_after(self, tx: Transaction, member_ids: Sequence[str]) -> int:
        return issue(tx, self.rule, member_ids)

    # --- of itself ---

    def pre_grant(self) -> int:
        """As the pre-granter does twice a second. How many members were looked at."""
        due = self.parts.pre_granter._take()
        if due:
            self.sweep(due)
        return len(due)

    def sweep(self, member_ids: Sequence[str]) -> None:
        """As the pre-granter does once a day with everybody: after a crash it has forgotten who was due."""
        self.trace.add("central looks after", *member_ids)
        try:
            self.write(partial(self.look_after, member_ids=member_ids))
        except CentralCrashed:
            self.crash()

    def last_seq(self, terminal_id: str, incarnation: int) -> int:
        """Up to where it has that terminal's events, durably."""
        of_terminal = (push_position.c.terminal_id == terminal_id) & (push_position.c.incarnation == incarnation)
        statement = select(push_position.c.last_seq).where(of_terminal)
        return self.parts.transactions.read(lambda connection: connection.execute(statement).scalar()) or 0

    def order_ids(self, terminal_id: str) -> set[UUID]:
        statement = select(customer_order.c.id).where(customer_order.c.terminal_id == terminal_id)
        return set(self.parts.transactions.read(lambda connection: connection.scalars(statement).all()))


def _dying(work: Callable[[Transaction], object], tx: Transaction) -> None:
    work(tx)
    raise CentralCrashed
