"""A terminal that keeps an audit log, and what the product says of it."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from uuid import UUID, uuid4

from central.audit.report import AuditReport, check_logs
from kiosk.audit_check import check_logs as check_terminal
from kiosk.domain.audit import StoredEntry
from kiosk.domain.ids import TerminalId
from kiosk.services.audit import Audit
from kiosk.services.ports import TerminalIdentity
from kiosk.store.sqlite_store import SqliteStore
from kiosk.sync.audit import AuditSender
from kiosk.sync.client import CentralClient
from kiosk.sync.line import CentralAddress
from tests.central.support import Central, Terminal
from tests.services.fakes import FixedClock
from tests.store.sales import new_store

NOON = datetime(2026, 3, 2, 4, 30, tzinfo=UTC)


class AuditedTerminal:
    """An enrolled terminal with its real store and its sender."""

    def __init__(self, central: Central, terminal: Terminal, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        enrolled, self.folder = terminal.enrolled, folder
        self.identity = TerminalIdentity(
            TerminalId(enrolled.terminal_id),
            enrolled.incarnation,
            enrolled.letter,
            "x",
            terminal.key.private_bytes_raw(),
        )
        self.letter = enrolled.letter
        self.store: SqliteStore = new_store(folder, self.identity)
        self.client = CentralClient(CentralAddress(central.url, 10), self.identity)
        self.clock = FixedClock(NOON)
        self.sender = AuditSender(self.client, self.store, self.identity)

    def acts(self, count: int = 1) -> None:
        for _ in range(count):
            with self.store.transaction() as tx:
                Audit(self.clock).record(tx, "staff:7", "reprint", str(uuid4()), copy=1)

    def log(self) -> tuple[UUID, list[StoredEntry]]:
        with self.store.transaction() as tx:
            found = tx.audit.open_log()
            assert found is not None
            return found[0], list(tx.audit.entries_after(found[0], 0, 1000))

    def check(self) -> tuple[bool, str]:
        said = StringIO()
        return check_terminal(self.store, said), said.getvalue()

    def close(self) -> None:
        self.store.close()
        self.client.line.close()


def check(central: Central, letter: str | None) -> AuditReport:
    return central.parts.transactions.read(lambda c: check_logs(c, central.parts.countersigner, letter))


def broken(report: AuditReport) -> list[str]:
    return [line for line in report.lines if line.startswith("BROKEN")]
