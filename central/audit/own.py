"""Central's own audit log: what its staff did, written at the end of the transaction that did it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Row, select

from central.audit import repository
from central.installation import installation
from kiosk.domain.audit import Act, StoredEntry, genesis, next_entry

CENTRAL = "central"
"""The actor of what the program does by itself."""


@dataclass(frozen=True, slots=True)
class PlannedAct:
    """What `actor` does to `subject`; ids, never names. Bounds: kiosk.domain.audit."""

    actor: str
    action: str
    subject: str
    details: Mapping[str, object]


def operator() -> str:
    """Who gives commands to this process: the account's number, as its name is a person's."""
    return f"os-uid:{os.getuid()}"


def append(connection: Connection, acts: Sequence[PlannedAct], now: datetime) -> None:
    """Chain them to the log, in order. Holds the log until the transaction ends. Raises AuditError."""
    if not acts:
        return
    log = repository.lock_own_log(connection) or _first_log(connection, now)
    _chain(connection, log, acts, now)


def begin_after_restore(connection: Connection, now: datetime, details: Mapping[str, object]) -> None:
    """The database was put back to a backup: what was written since stands in terminals' countersigned heads and is
    not here any more. Another log begins, which says so."""
    before = repository.lock_own_log(connection)
    log = _begin(connection, now, before)
    _chain(connection, log, [PlannedAct(operator(), Act.RESTORED, "", details)], now)


def _first_log(connection: Connection, now: datetime) -> Row[Any]:
    connection.execute(select(installation.c.id).with_for_update())  # two processes must not both begin it
    return repository.lock_own_log(connection) or _begin(connection, now, None)


def _begin(connection: Connection, now: datetime, before: Row[Any] | None) -> Row[Any]:
    log_id = uuid4()
    first = {"last_seq": 0, "last_hash": genesis(log_id), "began_at": now}
    repository.add_log(connection, {"log_id": log_id, "terminal_id": None, "incarnation": 0} | first)
    details: dict[str, object] = {}
    if before is not None:
        details = {"continues": before.log_id, "seq": before.last_seq, "hash": before.last_hash.hex()}
    _chain(connection, _get(connection, log_id), [PlannedAct(CENTRAL, Act.LOG_BEGUN, str(log_id), details)], now)
    return _get(connection, log_id)


def _get(connection: Connection, log_id: UUID) -> Row[Any]:
    log = repository.lock_log(connection, log_id)
    if log is None:
        raise LookupError("the log that was just begun is not there")
    return log


def _chain(connection: Connection, log: Row[Any], acts: Sequence[PlannedAct], now: datetime) -> None:
    last = StoredEntry(log.last_seq, b"", log.last_hash) if log.last_seq else None
    entries: list[StoredEntry] = []
    for act in acts:
        last = next_entry(log.log_id, last, now, act.actor, act.action, act.subject, act.details)
        entries.append(last)
    repository.add_entries(connection, log.log_id, log.incarnation, entries)
