"""A terminal's audit log, which central keeps a copy of and countersigns (docs/decisions/0006)."""

from __future__ import annotations

from uuid import UUID

import msgspec

from kiosk.domain.audit import CountersignedHead

MAX_AUDIT_ENTRIES = 200


class AuditBatch(msgspec.Struct, frozen=True, omit_defaults=True):
    """Entries `first_seq`, `first_seq + 1`, … of that log, as they are stored (kiosk.domain.audit); none just asks.
    `newest`: the last head of it that central countersigned, `witness`: the last of central's own log that the
    terminal has seen. Central finds out with them when it has forgotten what it knew."""

    log_id: UUID
    first_seq: int
    entries: tuple[bytes, ...] = ()
    newest: CountersignedHead | None = None
    witness: CountersignedHead | None = None


class AuditReply(msgspec.Struct, frozen=True, omit_defaults=True):
    """Central has that log up to `last_seq` and countersigns it there (`head`; none before the first entry).
    `public_key`: what to check that with. `disputes`: what does not fit with what central has (kiosk.domain.audit)."""

    last_seq: int
    public_key: bytes
    head: CountersignedHead | None = None
    witness: CountersignedHead | None = None
    disputes: tuple[str, ...] = ()
