"""Planted bugs: the check of an audit log, each time without one of the things that it rests on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace

from kiosk.domain.audit import AuditEntry, CountersignedHead, StoredEntry, entry_body, entry_hash
from kiosk.domain.audit_check import LogCheck, Verdict


@dataclass(frozen=True, slots=True)
class HashWithoutPrevious(LogCheck):
    def hash_of(self, entry: AuditEntry) -> bytes:
        return entry_hash(entry_body(replace(entry, previous=bytes(32))))


@dataclass(frozen=True, slots=True)
class HashWithoutSeq(LogCheck):
    def hash_of(self, entry: AuditEntry) -> bytes:
        return entry_hash(entry_body(replace(entry, seq=1)))


@dataclass(frozen=True, slots=True)
class HashWithoutDetails(LogCheck):
    def hash_of(self, entry: AuditEntry) -> bytes:
        return entry_hash(entry_body(replace(entry, details=())))


@dataclass(frozen=True, slots=True)
class HashWithRunTogetherFields(LogCheck):
    """Nothing says where one value ends and the next begins."""

    def hash_of(self, entry: AuditEntry) -> bytes:
        values = (entry.seq, entry.at, entry.actor, entry.action, entry.subject, *sum(entry.details, ()))
        return hashlib.sha256("".join(map(str, values)).encode() + entry.previous).digest()


@dataclass(frozen=True, slots=True)
class HeadsNotLookedAt(LogCheck):
    def check(self, entries: Iterable[StoredEntry], heads: Iterable[CountersignedHead]) -> Verdict:
        return LogCheck.check(self, entries, ())


@dataclass(frozen=True, slots=True)
class LastEntrySkipped(LogCheck):
    def check(self, entries: Iterable[StoredEntry], heads: Iterable[CountersignedHead]) -> Verdict:
        return LogCheck.check(self, list(entries)[:-1], heads)


@dataclass(frozen=True, slots=True)
class SignatureNotChecked(LogCheck):
    def _genuine(self, heads: Iterable[CountersignedHead], findings: list[object]) -> dict[int, set[bytes]]:
        return LogCheck._genuine(replace(self, is_genuine=lambda _: True), heads, findings)


@dataclass(frozen=True, slots=True)
class OnlyHeadsThatFitAreSeen(LogCheck):
    """A head behind the log's end is taken for one that is still to come."""

    def check(self, entries: Iterable[StoredEntry], heads: Iterable[CountersignedHead]) -> Verdict:
        found = list(entries)
        return LogCheck.check(self, found, [h for h in heads if h.seq <= len(found)])


@dataclass(frozen=True, slots=True)
class LinksNotFollowed(LogCheck):
    def _fault(self, stored: StoredEntry, last_seq: int, last_hash: bytes) -> object:
        fault = LogCheck._fault(self, stored, last_seq, last_hash)
        return None if fault == "out_of_place" else fault


MUTANTS = (
    HashWithoutPrevious,
    HashWithoutSeq,
    HashWithoutDetails,
    HashWithRunTogetherFields,
    HeadsNotLookedAt,
    LastEntrySkipped,
    SignatureNotChecked,
    OnlyHeadsThatFitAreSeen,
    LinksNotFollowed,
)
