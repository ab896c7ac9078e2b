"""What staff is told of the audit logs: the entries, and whether somebody changed them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row

from central.audit import repository
from central.audit.countersigning import Countersigner
from central.audit.service import DISPUTE_TEXTS, Dispute
from central.errors import NotFound
from central.terminals.repository import all_terminals, find_by_letter
from kiosk.domain.audit import Act, AuditEntry, AuditError, StoredEntry, parse_entry
from kiosk.domain.audit_check import Fault, LogCheck, Verdict


@dataclass(slots=True)
class AuditReport:
    """Lines for people; broken when one of them says so."""

    lines: list[str] = field(default_factory=list)
    is_broken: bool = False

    def add(self, text: str, *, works: bool | None) -> None:
        """`works` None: a note."""
        mark = {True: "works ", False: "BROKEN", None: "note  "}[works]
        self.lines.append(f"{mark}  {text}")
        self.is_broken = self.is_broken or works is False


def list_entries(connection: Connection, letter: str | None, limit: int, zone: ZoneInfo) -> list[str]:
    """The newest entries of a terminal's log or of central's own, newest first. Raises NotFound."""
    logs = repository.all_logs(connection, _terminal_id(connection, letter))
    lines: list[str] = []
    for log in reversed(logs):
        found = repository.newest_entries(connection, log.log_id, limit - len(lines))
        lines += [_line(stored, zone) for stored in found]
    return lines


def check_logs(connection: Connection, countersigner: Countersigner, letter: str | None) -> AuditReport:
    """Check the logs of one terminal, or every log that there is. Raises NotFound."""
    report = AuditReport()
    own = repository.all_logs(connection, None)
    check = _checker(connection, countersigner)
    disputes = _disputes(connection, own)
    if letter is None:
        _check_own(connection, own, check, report)
    only = _terminal_id(connection, letter)
    for terminal in all_terminals(connection):
        if only in (None, terminal.id):
            _check_terminal(connection, terminal, check, disputes, report)
    return report


def _checker(connection: Connection, countersigner: Countersigner) -> Callable[[Row[Any]], Verdict]:
    def check(log: Row[Any]) -> Verdict:
        found = LogCheck(log.log_id, countersigner.is_mine)
        return found.check(repository.entries(connection, log.log_id), repository.heads(connection, log.log_id))

    return check


def _check_own(
    connection: Connection, logs: Sequence[Row[Any]], check: Callable[[Row[Any]], Verdict], report: AuditReport
) -> None:
    if not logs:
        report.add("central's own log is empty", works=None)
    for i, log in enumerate(logs):
        restored = i + 1 < len(logs) and _begins_after_restore(connection, logs[i + 1])
        _tell("central's log", log, check(log), report, is_cut_known=restored)


def _check_terminal(
    connection: Connection,
    terminal: Row[Any],
    check: Callable[[Row[Any]], Verdict],
    disputes: Sequence[AuditEntry],
    report: AuditReport,
) -> None:
    name = f"terminal {terminal.letter}"
    logs = repository.all_logs(connection, terminal.id)
    if not logs:
        report.add(f"{name} has sent no audit log", works=None)
    for log in logs:
        _tell(name, log, check(log), report, is_cut_known=False)
    for entry in disputes:
        if entry.subject == terminal.id:
            _tell_dispute(name, terminal, entry, report)


def _tell(name: str, log: Row[Any], verdict: Verdict, report: AuditReport, *, is_cut_known: bool) -> None:
    for finding in verdict.findings:
        is_restore = is_cut_known and finding.fault is Fault.CUT_OFF
        text = f"{name}, log {log.log_id}: {finding.text}"
        report.add(f"{text}; a restore was made then" if is_restore else text, works=None if is_restore else False)
    if not verdict.findings and verdict.last_seq != log.last_seq:
        report.add(f"{name}, log {log.log_id}: entries behind {verdict.last_seq} are missing", works=False)
    elif not verdict.findings:
        seen = f"entries 1 to {verdict.last_seq} are whole, countersigned up to {verdict.countersigned_seq}"
        report.add(f"{name}, log {log.log_id}: {seen}", works=True)


def _tell_dispute(name: str, terminal: Row[Any], entry: AuditEntry, report: AuditReport) -> None:
    """A dispute is over with the terminal's next enrolment. Of one about central's own database the check above tells
    whether it still holds."""
    details = dict(entry.details)
    reason = details.get("reason", "")
    text = DISPUTE_TEXTS[Dispute(reason)] if reason in set(Dispute) else reason
    is_over = reason == Dispute.CHANGED_HERE or int(details.get("incarnation", "0")) < terminal.incarnation
    said = (
        f"{name}, log {details.get('log')}, entry {details.get('seq')}, noticed {entry.at:%Y-%m-%d %H:%M} UTC: {text}"
    )
    report.add(said, works=None if is_over else False)


def _disputes(connection: Connection, own: Sequence[Row[Any]]) -> list[AuditEntry]:
    found: list[AuditEntry] = []
    for log in own:
        for stored in repository.entries(connection, log.log_id):
            entry = _parsed(stored)
            if entry is not None and entry.action == Act.AUDIT_DISPUTED:
                found.append(entry)
    return found


def _begins_after_restore(connection: Connection, log: Row[Any]) -> bool:
    first = [_parsed(stored) for _, stored in zip(range(2), repository.entries(connection, log.log_id), strict=False)]
    return [entry.action for entry in first if entry is not None] == [Act.LOG_BEGUN, Act.RESTORED]


def _parsed(stored: StoredEntry) -> AuditEntry | None:
    try:
        return parse_entry(stored.body)
    except AuditError:
        return None


def _line(stored: StoredEntry, zone: ZoneInfo) -> str:
    entry = _parsed(stored)
    if entry is None:
        return f"{stored.seq!s:>6} cannot be read"
    details = " ".join(f"{name}={value}" for name, value in entry.details)
    at = f"{entry.at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
    return f"{entry.seq:>6} {at} {entry.actor:16} {entry.action} {entry.subject} {details}".rstrip()


def _terminal_id(connection: Connection, letter: str | None) -> str | None:
    if letter is None:
        return None
    terminal = find_by_letter(connection, letter)
    if terminal is None:
        raise NotFound(f"there is no terminal {letter}")
    terminal_id: str = terminal.id
    return terminal_id
