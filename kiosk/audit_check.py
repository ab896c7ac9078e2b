"""`python main.py check-audit`: whether the audit log is as it was written, as far as this machine and central know."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TextIO
from uuid import UUID

from kiosk.central_connection import address_of
from kiosk.domain.audit import CountersignedHead, StoredEntry
from kiosk.domain.audit_check import LogCheck, Verdict
from kiosk.services.ports import CentralRefused, CentralUnreachable
from kiosk.settings import Settings
from kiosk.store.sqlite_store import SqliteStore
from kiosk.sync.audit import AuditSender, is_countersigned
from kiosk.sync.client import CentralClient
from kiosk.sync.line import CentralAddressError
from kiosk.terminal_store import open_terminal_store

_PAGE = 500


def check_audit_log(settings: Settings, report: TextIO) -> bool:
    """Ask central for its newest countersignature, check every log of this disk, and write what was found to `report`.
    True when nothing is wrong. Raises CannotOpenStore, StorageFailed."""
    store = open_terminal_store(settings)
    try:
        disputes = _ask_central(settings, store, report)
        report.writelines(f"BROKEN  central says: {dispute}\n" for dispute in disputes)
        return check_logs(store, report) and not disputes
    finally:
        store.close()


def check_logs(store: SqliteStore, report: TextIO) -> bool:
    """Every log of this disk against the countersignatures that are kept here. Raises StorageFailed."""
    with store.transaction() as tx:
        logs, strays = tx.audit.logs(), tx.audit.strays()
        heads = {log_id: tx.audit.heads(log_id) for log_id, _ in logs}
    good = bool(logs) and not strays
    for log_id, key in logs:
        verdict = LogCheck(log_id, partial(_is_genuine, key)).check(_entries(store, log_id), heads[log_id])
        _write(report, log_id, verdict)
        good = good and not verdict.findings
    if strays:
        report.write(f"BROKEN  {strays} entries belong to no log\n")
    elif not logs:
        report.write("BROKEN  there is no audit log: every start writes into it\n")
    return good


def _entries(store: SqliteStore, log_id: UUID) -> Iterator[StoredEntry]:
    """In order, a page a transaction: a terminal that sells meanwhile gets its turn."""
    after = 0
    while True:
        with store.transaction() as tx:
            page = tuple(tx.audit.entries_after(log_id, after, _PAGE))
        yield from page
        if len(page) < _PAGE:
            return
        after = page[-1].seq


def _is_genuine(key: bytes | None, head: CountersignedHead) -> bool:
    return isinstance(key, bytes) and is_countersigned(head, key)


def _write(report: TextIO, log_id: UUID, verdict: Verdict) -> None:
    report.writelines(f"BROKEN  log {log_id}: {finding.text}\n" for finding in verdict.findings)
    if not verdict.findings:
        seen = f"entries 1 to {verdict.last_seq} are whole, countersigned by central up to {verdict.countersigned_seq}"
        report.write(f"works   log {log_id}: {seen}\n")


def _ask_central(settings: Settings, store: SqliteStore, report: TextIO) -> tuple[str, ...]:
    identity = store.identity()
    if identity is None:
        report.write("note    not enrolled: no countersignature of central's\n")
        return ()
    try:
        client = CentralClient(address_of(settings.central), identity)
        try:
            return AuditSender(client, store, identity).exchange()
        finally:
            client.line.close()
    except (CentralAddressError, CentralRefused, CentralUnreachable) as error:
        report.write(f"note    central was not asked ({error}): checked with what it countersigned before\n")
        return ()
