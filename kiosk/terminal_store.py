"""The terminal's store in its state folder, and what commands do with it: open, restore, back up, enrol.

Part of the composition root (kiosk.bootstrap).
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from kiosk.central_connection import address_of
from kiosk.domain.audit import Act
from kiosk.services.audit import Audit
from kiosk.settings import Settings
from kiosk.store.database import put_back
from kiosk.store.key_file import load_key
from kiosk.store.last_run import DATABASE, KEY
from kiosk.store.sqlite_store import SqliteStore, open_store
from kiosk.system_clock import SystemClock


def open_terminal_store(settings: Settings) -> SqliteStore:
    """The terminal's database in its state folder. Raises CannotOpenStore."""
    state_dir = settings.terminal.state_dir
    state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    return open_store(state_dir / DATABASE, state_dir / KEY)


def restore_terminal_store(settings: Settings, copy: Path) -> None:
    """Put the database in the state folder back to that copy; the terminal must not be running. Raises CannotOpenStore,
    BackupFailed."""
    state_dir = settings.terminal.state_dir
    database = state_dir / DATABASE
    put_back(copy, load_key(state_dir / KEY, database), database)
    store = open_terminal_store(settings)  # brings an old copy up to date, and says now what is wrong with it
    try:
        with store.transaction() as tx:
            tx.orders.leave_gap(_today(settings))
            Audit(SystemClock()).record(tx, operator(), Act.RESTORED)
    finally:
        store.close()


def enrol_terminal(settings: Settings, store: SqliteStore, code: str) -> None:
    """Make this machine the terminal that the code stands for. Raises CentralRefused, CentralUnreachable."""
    from kiosk.sync.enrol import enrol

    identity = enrol(address_of(settings.central), code, settings.terminal.name, settings.terminal.role)
    with store.transaction() as tx:
        was_on_another_disk = tx.identity.is_forgotten() or (tx.identity.get() is None and identity.incarnation > 1)
        if was_on_another_disk:
            # Two disks on one day, both enrolled anew, are two incarnations.
            tx.orders.leave_gap(_today(settings), gaps=2 + identity.incarnation % 7)
        tx.enrol(identity)
        Audit(SystemClock()).record(
            tx, operator(), Act.ENROLLED, identity.terminal_id, incarnation=identity.incarnation, letter=identity.letter
        )


def _today(settings: Settings) -> date:
    """The canteen's, by this machine's clock: order numbers are of a day."""
    return SystemClock().now().astimezone(ZoneInfo(settings.terminal.timezone)).date()


def operator() -> str:
    """Who gives a command at this machine, for the audit log: the account's number, as its name is a person's."""
    return f"os-uid:{os.getuid()}"


def back_up(store: SqliteStore, target: Path) -> None:
    """A checked copy of the database, and a word about it in the audit log. Raises BackupFailed, StorageFailed."""
    store.backup_to(target)
    with store.transaction() as tx:
        Audit(SystemClock()).record(tx, operator(), Act.BACKED_UP)
