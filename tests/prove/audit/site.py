"""A terminal's audit log on a real, encrypted SQLite file, and the central that countersigned it, as the product's own
code made them; and what the product says of it afterwards."""

from __future__ import annotations

import random
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from central.audit.countersigning import Countersigner
from kiosk.audit_check import check_logs
from kiosk.domain.audit import CountersignedHead, StoredEntry
from kiosk.services.audit import Audit
from kiosk.store.database import connect
from kiosk.store.sqlite_store import SqliteStore, open_store
from tests.services.fakes import FixedClock
from tests.store.sales import IDENTITY, new_store

NOON = datetime(2026, 3, 2, 4, 30, tzinfo=UTC)
ACTS = ("refund", "void", "top_up", "reprint", "started", "stopped", "enrolled")


@dataclass(frozen=True)
class Log:
    """What stands in the database: the open log's entries and the heads that are kept of it."""

    log_id: UUID
    entries: tuple[StoredEntry, ...]
    heads: tuple[CountersignedHead, ...]


class Site:
    """`folder` holds the log as it is; attacks get copies of it."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.central = Countersigner(chance.randbytes(32))
        self.folder = folder
        self.key = b""
        self._chance = chance

    def write(self, entries: int) -> Log:
        """A log of that many entries, countersigned now and then, the last time before its last few; a long one at
        least twice, whatever is drawn."""
        store = new_store(self.folder)
        clock = FixedClock(NOON)
        tail = self._chance.randint(2, 5)
        for i in range(entries):
            clock.moment += timedelta(seconds=self._chance.randint(1, 3600))
            with store.transaction() as tx:
                details = {"amount_minor": self._chance.randint(1, 5000), "reason": f"r{i}"}
                subject = str(UUID(int=self._chance.getrandbits(128)))
                Audit(clock).record(
                    tx, f"staff:{self._chance.randint(1, 9)}", self._chance.choice(ACTS), subject, **details
                )
            is_now = i == entries // 2 or self._chance.random() < 0.1
            if i == entries - tail or (i < entries - tail and is_now):
                self.countersign(store)
        log = read(store)
        store.close()
        self.key = (self.folder / "kiosk.key").read_bytes()
        return log

    def countersign(self, store: SqliteStore) -> None:
        """As central does with what it is sent, and the terminal with the reply."""
        with store.transaction() as tx:
            found = tx.audit.open_log()
            assert found is not None
            log_id, seq, _ = found
            last = next(iter(tx.audit.entries_after(log_id, seq - 1, 1)))
            head = CountersignedHead(IDENTITY.terminal_id, IDENTITY.incarnation, log_id, seq, last.hash, NOON)
            tx.audit.keep(log_id, self.central.sign(head), self.central.public_key, None)

    def copy(self) -> Path:
        """The files once more, for an attack."""
        target = self.folder / uuid4().hex
        target.mkdir()
        for name in ("kiosk.db", "kiosk.key"):
            shutil.copy(self.folder / name, target / name)
        return target

    def open_raw(self, folder: Path) -> Any:
        """The database as somebody has it who has the key: no guard of ours holds."""
        raw = connect(folder / "kiosk.db", self.key)
        guards = raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        raw.execute("BEGIN")
        for (name,) in guards:
            raw.execute(f"DROP TRIGGER {name}")
        raw.execute("COMMIT")
        return raw

    def accuses(self, folder: Path, newest: CountersignedHead | None = None) -> str:
        """What `check-audit` finds, "" for nothing. `newest`: what central told when it was asked."""
        store = open_store(folder / "kiosk.db", folder / "kiosk.key")
        try:
            if newest is not None:
                with store.transaction() as tx:
                    tx.audit.keep(newest.log_id, newest, self.central.public_key, None)
            said = StringIO()
            return "" if check_logs(store, said) else said.getvalue()
        finally:
            store.close()


def read(store: SqliteStore) -> Log:
    with store.transaction() as tx:
        found = tx.audit.open_log()
        assert found is not None
        return Log(found[0], tuple(tx.audit.entries_after(found[0], 0, 10**6)), tx.audit.heads(found[0]))
