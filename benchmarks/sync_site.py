"""Central servers for the benchmarks of sync, with members, enrolled terminals and grants for them to sell under."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks.programs import Program, python
from benchmarks.sale_site import ROOT
from benchmarks.sync_content import Person
from central.feed.repository import last_seq
from central.opening import Parts, opened
from central.settings import load_settings
from central.terminals.identity import Terminal
from central.terminals.service import EnrolmentRefused
from central.transactions import Transaction
from central.wallet.service import request_grant
from kiosk.companions import run_once
from kiosk.domain.ids import GrantId, PaymentId, TerminalId, uuid7
from kiosk.domain.money import Money
from kiosk.domain.wallet import Grant, GrantUse
from kiosk.services.ports import TerminalIdentity
from kiosk.sync.wire import PROTOCOL, EnrolRequest, GrantRequest

_SETTINGS = """\
[canteen]
name = "benchmark"

[server]
state_dir = "{folder}/state"

[listen]
port = 0

[first_content]
menu = "{root}/config/demo/menu.toml"
members = "{members}"
"""


class CentralSite:
    """A central server's folder: its settings, and its state unless the database is elsewhere."""

    def __init__(self, folder: Path, members: Path, database_url: str | None = None) -> None:
        """Of a new folder, or of a copy of one's state."""
        folder.mkdir(parents=True, exist_ok=True)
        self._log = folder / "central.log"
        self.config = folder / "central.toml"
        settings = _SETTINGS.format(folder=folder, root=ROOT, members=members)
        if database_url is not None:
            settings += f'\n[database]\nurl = "{database_url}"\n'
        self.config.write_text(settings, encoding="utf-8")

    def initialise(self) -> None:
        run_once(["central", "init", "--config", str(self.config)])

    @contextmanager
    def parts(self) -> Iterator[Parts]:
        """What the server is made of, in this process too: as staff's commands have it."""
        with opened(load_settings(self.config)) as parts:
            yield parts

    @contextmanager
    def serving(self) -> Iterator[tuple[Program, int]]:
        """The server as a process of its own, and its port."""
        with Program(python("central", "serve", "--config", str(self.config)), self._log) as program:
            url = program.line().split()[-1]
            yield program, int(url.rpartition(":")[2])


def enrol(parts: Parts, name: str) -> TerminalIdentity:
    """A terminal, without the way over HTTP."""
    key = Ed25519PrivateKey.generate()
    public_key = base64.b64encode(key.public_key().public_bytes_raw()).decode("ascii")
    code = parts.transactions.write(lambda tx: parts.desk.make_code(tx, None))
    answer = parts.transactions.write(lambda tx: parts.desk.enrol(tx, EnrolRequest(code, public_key, name)))
    if isinstance(answer, EnrolmentRefused):
        raise answer
    terminal_id = TerminalId(answer.terminal_id)
    return TerminalIdentity(
        terminal_id, answer.incarnation, answer.letter, answer.canteen_name, key.private_bytes_raw()
    )


def grants_for(parts: Parts, who: TerminalIdentity, members: Sequence[Person], amount: Money) -> list[GrantUse]:
    """An amount of each member's balance for that terminal, to be spent in many sales."""
    terminal = Terminal(who.terminal_id, who.incarnation, who.letter, "benchmark", PROTOCOL)

    def issue(tx: Transaction) -> list[GrantUse]:
        return [_issue(tx, terminal, member, amount) for member in members]

    return parts.transactions.write(issue)


def _issue(tx: Transaction, terminal: Terminal, member: Person, amount: Money) -> GrantUse:
    request_id = PaymentId(uuid7(time.time_ns() // 1_000_000))
    reply = request_grant(tx, terminal, GrantRequest(request_id, member.card_uid, amount))
    if reply is None or reply.grant_id is None or reply.member_id is None:
        raise RuntimeError(f"no grant: {reply}")
    grant = Grant(
        GrantId(reply.grant_id), request_id, reply.member_id, TerminalId(terminal.id), terminal.incarnation, amount
    )
    return GrantUse(grant, Money.zero(amount.currency))


def end_of_feed(parts: Parts) -> int:
    return parts.transactions.read(last_seq)
