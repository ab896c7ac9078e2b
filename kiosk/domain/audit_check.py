"""Checking an audit log: that its chain is whole, and that it is the one which central countersigned."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from kiosk.domain.audit import (
    AuditEntry,
    AuditError,
    CountersignedHead,
    StoredEntry,
    entry_body,
    entry_hash,
    genesis,
    parse_entry,
)


class Fault(StrEnum):
    """What can be wrong with a log, from one entry on."""

    MISSING = "missing"
    UNREADABLE = "unreadable"
    CHANGED = "changed"
    OUT_OF_PLACE = "out_of_place"
    REWRITTEN = "rewritten"
    CUT_OFF = "cut_off"
    FORGED_HEAD = "forged_head"


_FAULT_TEXTS = {
    Fault.MISSING: "is missing, or another stands in its place",
    Fault.UNREADABLE: "is no entry any more",
    Fault.CHANGED: "was changed: its hash is another",
    Fault.OUT_OF_PLACE: "does not follow the entry before it",
    Fault.REWRITTEN: "or a later one was rewritten: central countersigned another",
    Fault.CUT_OFF: "is missing with all behind it, which central countersigned",
    Fault.FORGED_HEAD: "has a countersignature that is not central's",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """`seq` is the first entry that is not to be believed."""

    seq: int
    fault: Fault

    @property
    def text(self) -> str:
        return f"entry {self.seq} {_FAULT_TEXTS[self.fault]}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A log's entries are good up to `last_seq`, and what stands up to `countersigned_seq` central vouches for: behind
    it, whoever can write to the database could have changed them all."""

    findings: tuple[Finding, ...]
    last_seq: int
    countersigned_seq: int


@dataclass(frozen=True, slots=True)
class LogCheck:
    """Checks one log. `is_genuine` says whether a head's signature is central's."""

    log_id: UUID
    is_genuine: Callable[[CountersignedHead], bool]

    def check(self, entries: Iterable[StoredEntry], heads: Iterable[CountersignedHead]) -> Verdict:
        """`entries` by seq, as the database has them; every head that is known, in any order."""
        run = _Run(genesis(self.log_id))
        due = self._genuine(heads, run.findings)
        for stored in entries:
            fault = self._fault(stored, run.last_seq, run.last_hash)
            if fault is not None:
                run.findings.append(Finding(run.last_seq + 1, fault))
                return run.verdict()
            run.last_seq, run.last_hash = stored.seq, stored.hash
            countersigned = due.pop(stored.seq, set())
            if countersigned - {stored.hash}:
                run.findings.append(Finding(run.countersigned_seq + 1, Fault.REWRITTEN))
                return run.verdict()
            if countersigned:
                run.countersigned_seq = stored.seq
        if due:
            run.findings.append(Finding(run.last_seq + 1, Fault.CUT_OFF))
        return run.verdict()

    def hash_of(self, entry: AuditEntry) -> bytes:
        return entry_hash(entry_body(entry))

    def _genuine(self, heads: Iterable[CountersignedHead], findings: list[Finding]) -> dict[int, set[bytes]]:
        """The hashes that central countersigned, by seq."""
        found: dict[int, set[bytes]] = {}
        for head in heads:
            if head.log_id == self.log_id and self.is_genuine(head):
                found.setdefault(head.seq, set()).add(head.head)
            else:
                findings.append(Finding(head.seq, Fault.FORGED_HEAD))
        return found

    def _fault(self, stored: StoredEntry, last_seq: int, last_hash: bytes) -> Fault | None:
        if stored.seq != last_seq + 1:
            return Fault.MISSING
        try:
            entry = parse_entry(stored.body)
        except AuditError:
            return Fault.UNREADABLE
        if self.hash_of(entry) != stored.hash:
            return Fault.CHANGED
        if (entry.seq, entry.previous) != (stored.seq, last_hash):
            return Fault.OUT_OF_PLACE
        return None


@dataclass(slots=True)
class _Run:
    """How far a check has come."""

    last_hash: bytes
    last_seq: int = 0
    countersigned_seq: int = 0
    findings: list[Finding] = field(default_factory=list)

    def verdict(self) -> Verdict:
        return Verdict(tuple(self.findings), self.last_seq, self.countersigned_seq)
