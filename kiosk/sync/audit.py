"""The audit log to central, and central's countersignature back. Whatever fails here is tried again later: it never
holds up the sales."""

from __future__ import annotations

import logging
import time
from itertools import islice
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from kiosk.domain.audit import CountersignedHead, signed_head
from kiosk.services.ports import CentralRefused, CentralUnreachable, TerminalIdentity
from kiosk.sync.client import CentralClient
from kiosk.sync.ports import SyncStore
from kiosk.sync.wire import MAX_AUDIT_ENTRIES, AuditBatch, AuditReply

# With nothing to send: how old what this terminal has witnessed of central's log may get.
WITNESS_EVERY_S = 900.0
TRY_AGAIN_AFTER_S = 30.0
# Looking for new entries takes the store's turn: not after every sale.
LOOK_EVERY_S = 5.0
_MAX_EXCHANGES = 100

log = logging.getLogger(__name__)


def is_countersigned(head: CountersignedHead, public_key: bytes) -> bool:
    """Whether that key (Ed25519, raw) made the head's signature."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(head.signature, signed_head(head))
    except (InvalidSignature, ValueError):
        return False
    return True


class AuditSender:
    """Sends the open log's entries and keeps what central countersigns. For one thread."""

    def __init__(self, client: CentralClient, store: SyncStore, identity: TerminalIdentity) -> None:
        self._client = client
        self._store = store
        self._identity = identity
        self._at_central: dict[UUID, int] = {}
        self._due_s = 0.0
        self._not_before_s = 0.0

    def exchange_if_due(self) -> None:
        """When entries wait or it is time to see central's head. Raises StorageFailed, nothing else."""
        now_s = time.monotonic()
        if now_s < self._not_before_s:
            return
        self._not_before_s = now_s + LOOK_EVERY_S
        if now_s < self._due_s and not self._waiting():
            return
        try:
            disputes = self.exchange()
            self._due_s = now_s + WITNESS_EVERY_S
            if disputes or self._waiting():  # central does not take it: no use in asking every few seconds
                self._not_before_s = now_s + (WITNESS_EVERY_S if disputes else TRY_AGAIN_AFTER_S)
        except (CentralRefused, CentralUnreachable) as error:
            self._not_before_s = now_s + TRY_AGAIN_AFTER_S
            log.warning("audit_log_not_sent", extra={"reason": str(error)})

    def exchange(self) -> tuple[str, ...]:
        """Send what central does not have; at least one request is made. Returns what central disputes. Raises
        CentralUnreachable (also for a countersignature that is not by the pinned key), CentralRefused, StorageFailed.
        """
        disputes: tuple[str, ...] = ()
        for _ in range(_MAX_EXCHANGES):
            more, disputes = self._exchange_once()
            if not more:
                break
        for dispute in disputes:
            log.error("audit_log_disputed", extra={"reason": dispute})
        return disputes

    def _waiting(self) -> bool:
        with self._store.transaction() as tx:
            found = tx.audit.open_log()
            if found is None:
                return False
            log_id, last_seq, _ = found
            return last_seq > self._known(tx.audit.newest_head(log_id), log_id, last_seq)

    def _known(self, newest: CountersignedHead | None, log_id: UUID, last_seq: int) -> int:
        """Up to where central has the log, as far as is known here. Should central have more than there is here, what
        is written from now on is sent all the same, so that it sees the two differ."""
        return min(self._at_central.get(log_id, newest.seq if newest else 0), last_seq)

    def _exchange_once(self) -> tuple[bool, tuple[str, ...]]:
        with self._store.transaction() as tx:
            found = tx.audit.open_log()
            if found is None:
                return False, ()
            log_id, last_seq, pinned = found
            newest = tx.audit.newest_head(log_id)
            after = self._known(newest, log_id, last_seq)
            stored = tuple(islice(tx.audit.entries_after(log_id, after, MAX_AUDIT_ENTRIES), MAX_AUDIT_ENTRIES))
            witness = tx.audit.witness(log_id)
        entries = tuple(entry.body for entry in stored if isinstance(entry.body, bytes))
        reply = self._client.audit(AuditBatch(log_id, after + 1, entries, newest, witness))
        self._check(reply, log_id, pinned)
        with self._store.transaction() as tx:
            tx.audit.keep(log_id, reply.head, reply.public_key, _newer(witness, reply.witness))
        self._at_central[log_id] = min(reply.last_seq, last_seq)
        return reply.last_seq != after and reply.last_seq < last_seq, reply.disputes

    def _check(self, reply: AuditReply, log_id: UUID, pinned: bytes | None) -> None:
        if pinned is not None and reply.public_key != pinned:
            raise CentralUnreachable("central countersigns with another key than before: enrol the terminal anew")
        head = reply.head
        if head is not None and (head.terminal_id, head.log_id) != (self._identity.terminal_id, log_id):
            raise CentralUnreachable("a countersignature of another log")
        if not all(is_countersigned(h, reply.public_key) for h in (head, reply.witness) if h is not None):
            raise CentralUnreachable("a countersignature that is not by central's key")


def _newer(seen: CountersignedHead | None, told: CountersignedHead | None) -> CountersignedHead | None:
    """What to hold against central: the highest head of its log, also when it tells a lower one now."""
    if seen is None or told is None:
        return told or seen
    return seen if seen.log_id == told.log_id and seen.seq > told.seq else told
