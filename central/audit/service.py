"""Intake of terminals' audit logs: what fits is kept and countersigned, what does not is disputed and never taken.

A terminal shows the last head that was countersigned for it, and the last one of central's own log that it has seen:
so central also finds out when its own database was changed behind its back (docs/decisions/0006).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from central.audit import repository
from central.audit.countersigning import Countersigner
from central.audit.own import CENTRAL
from central.errors import CentralError
from central.terminals.identity import Terminal
from central.transactions import Transaction
from kiosk.domain.audit import (
    MAX_SEQ,
    Act,
    AuditError,
    CountersignedHead,
    StoredEntry,
    entry_hash,
    genesis,
    parse_entry,
)
from kiosk.sync import wire

MAX_LOGS = 20  # of one incarnation; more than one is disputed already


class BadAuditBatch(CentralError):
    """The message itself makes no sense."""


class Dispute(StrEnum):
    """Why what a terminal says of an audit log and what central has do not fit together."""

    FOREIGN_LOG = "foreign_log"
    LOG_REPLACED = "log_replaced"
    FORKED = "forked"
    BROKEN = "broken"
    FORGED_HEAD = "forged_head"
    CHANGED_HERE = "changed_here"


DISPUTE_TEXTS = {
    Dispute.FOREIGN_LOG: "it is another terminal's log",
    Dispute.LOG_REPLACED: "this incarnation had a log already, and began another",
    Dispute.FORKED: "central has another entry: the terminal was put back to an older copy, or its log was rewritten",
    Dispute.BROKEN: "the entry does not follow the one before it",
    Dispute.FORGED_HEAD: "the terminal shows a countersignature that is not central's",
    Dispute.CHANGED_HERE: "central's database does not have what central has countersigned: it was put back or changed",
}


@dataclass(frozen=True, slots=True)
class _Exchange:
    """One request. `disputes` are told to the terminal each time, and written into central's log once."""

    tx: Transaction
    terminal: Terminal
    countersigner: Countersigner
    disputes: list[str] = field(default_factory=list)

    def dispute(self, reason: Dispute, log_id: UUID, seq: int) -> None:
        said = f"log {log_id}, entry {seq}: {DISPUTE_TEXTS[reason]}"
        if said in self.disputes:
            return
        self.disputes.append(said)
        key = {"terminal_id": self.terminal.id, "log_id": log_id, "reason": reason}
        if repository.put_dispute(self.tx.connection, key | {"seq": seq, "noticed_at": self.tx.now}):
            self.tx.record(
                Act.AUDIT_DISPUTED,
                self.terminal.id,
                actor=CENTRAL,
                incarnation=self.terminal.incarnation,
                log=log_id,
                reason=reason,
                seq=seq,
            )


def receive(
    tx: Transaction, terminal: Terminal, batch: wire.AuditBatch, countersigner: Countersigner
) -> wire.AuditReply:
    """Take in the entries and countersign them. The same again changes nothing. Raises BadAuditBatch."""
    if not 1 <= batch.first_seq <= MAX_SEQ or len(batch.entries) > wire.MAX_AUDIT_ENTRIES:
        raise BadAuditBatch(f"a batch has at most {wire.MAX_AUDIT_ENTRIES} entries, numbered from 1")
    exchange = _Exchange(tx, terminal, countersigner)
    log = _find_or_begin(exchange, batch.log_id)
    if log is None:
        return _reply(exchange, batch, 0, None)
    _take(exchange, log, batch)
    log = repository.lock_log(tx.connection, log.log_id) or log
    if batch.newest is not None:
        _look_at(exchange, log, batch.newest, Dispute.FORGED_HEAD)
    kept = repository.newest_head(tx.connection, log.log_id)
    if kept is not None:
        _look_at(exchange, log, kept, Dispute.CHANGED_HERE)
    return _reply(exchange, batch, log.last_seq, _head(exchange, log))


def _find_or_begin(exchange: _Exchange, log_id: UUID) -> Row[Any] | None:
    """The log, held; None when nothing may be written into it."""
    connection, terminal = exchange.tx.connection, exchange.terminal
    log = repository.lock_log(connection, log_id)
    if log is None:
        had = repository.count_logs(connection, terminal.id, terminal.incarnation)
        if had:
            exchange.dispute(Dispute.LOG_REPLACED, log_id if had < MAX_LOGS else UUID(int=0), 1)
        if had >= MAX_LOGS:
            return None
        whose = {"terminal_id": terminal.id, "incarnation": terminal.incarnation}
        first = {"last_seq": 0, "last_hash": genesis(log_id), "began_at": exchange.tx.now}
        repository.add_log(connection, {"log_id": log_id} | whose | first)
        log = repository.lock_log(connection, log_id)
    if log is not None and log.terminal_id != terminal.id:
        exchange.dispute(Dispute.FOREIGN_LOG, log_id, 1)
        return None
    return log


def _look_at(exchange: _Exchange, log: Row[Any], head: CountersignedHead, if_not_ours: Dispute) -> None:
    """Whether what was countersigned once is still there."""
    connection = exchange.tx.connection
    if head.log_id != log.log_id or not exchange.countersigner.is_mine(head):
        exchange.dispute(if_not_ours, log.log_id, head.seq)
    elif repository.hash_at(connection, log.log_id, head.seq) != head.head:
        exchange.dispute(Dispute.CHANGED_HERE, log.log_id, min(head.seq, log.last_seq + 1))
        repository.put_head(connection, head)


def _take(exchange: _Exchange, log: Row[Any], batch: wire.AuditBatch) -> None:
    """Put new entries behind the last one; stop at the first that does not fit."""
    last = StoredEntry(log.last_seq, b"", log.last_hash)
    new: list[StoredEntry] = []
    for seq, body in enumerate(batch.entries, start=batch.first_seq):
        if seq <= log.last_seq:
            if repository.hash_at(exchange.tx.connection, log.log_id, seq) != entry_hash(body):
                exchange.dispute(Dispute.FORKED, log.log_id, seq)
                break
            continue
        if seq > last.seq + 1:
            break  # a gap: the reply says from where
        if not _follows(body, last):
            exchange.dispute(Dispute.BROKEN if seq > batch.first_seq else Dispute.FORKED, log.log_id, seq)
            break
        last = StoredEntry(seq, body, entry_hash(body))
        new.append(last)
    repository.add_entries(exchange.tx.connection, log.log_id, exchange.terminal.incarnation, new)


def _follows(body: bytes, last: StoredEntry) -> bool:
    try:
        entry = parse_entry(body)
    except AuditError:
        return False
    return (entry.seq, entry.previous) == (last.seq + 1, last.hash)


def _head(exchange: _Exchange, log: Row[Any]) -> CountersignedHead | None:
    """A fresh countersignature, unless something about the log is disputed: then the last one that was given."""
    if exchange.disputes:
        kept = repository.newest_head(exchange.tx.connection, log.log_id)
        return kept if kept is not None and exchange.countersigner.is_mine(kept) else None
    return _countersign(exchange, log, exchange.terminal.id, exchange.terminal.incarnation)


def _own_head(exchange: _Exchange, witness: CountersignedHead | None) -> CountersignedHead | None:
    """The head of central's own log, for the terminal to witness; none while what it has witnessed of that log is not
    there any more."""
    connection = exchange.tx.connection
    log = repository.own_log(connection)
    before = len(exchange.disputes)
    if witness is not None and exchange.countersigner.is_mine(witness) and not witness.terminal_id:
        witnessed = repository.find_log(connection, witness.log_id)
        if witnessed is None:
            exchange.dispute(Dispute.CHANGED_HERE, witness.log_id, 1)
        else:
            _look_at(exchange, witnessed, witness, Dispute.FORGED_HEAD)
    is_disputed = len(exchange.disputes) > before
    if log is None or (is_disputed and witness is not None and witness.log_id == log.log_id):
        return None
    kept = repository.newest_head(connection, log.log_id)
    if kept is not None and repository.hash_at(connection, log.log_id, kept.seq) != kept.head:
        return None  # the check of central's log says why
    return _countersign(exchange, log, "", 0)


def _countersign(exchange: _Exchange, log: Row[Any], terminal_id: str, incarnation: int) -> CountersignedHead | None:
    """Only what stands there: an end of the log that is not its last entry's hash is nobody's to sign."""
    if not log.last_seq:
        return None
    if repository.hash_at(exchange.tx.connection, log.log_id, log.last_seq) != log.last_hash:
        exchange.dispute(Dispute.CHANGED_HERE, log.log_id, log.last_seq)
        return None
    head = CountersignedHead(terminal_id, incarnation, log.log_id, log.last_seq, log.last_hash, exchange.tx.now)
    signed = exchange.countersigner.sign(head)
    repository.put_head(exchange.tx.connection, signed)
    return signed


def _reply(
    exchange: _Exchange, batch: wire.AuditBatch, last_seq: int, head: CountersignedHead | None
) -> wire.AuditReply:
    own = _own_head(exchange, batch.witness)
    return wire.AuditReply(last_seq, exchange.countersigner.public_key, head, own, tuple(exchange.disputes))
