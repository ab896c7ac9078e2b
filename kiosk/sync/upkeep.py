"""Asking central about itself and this terminal, while somebody waits for it."""

from __future__ import annotations

from datetime import UTC, datetime

from kiosk.domain.quarantine import QuarantinedEvent, kind_of, reason_of
from kiosk.services.ports import CentralTold, CentralUnreachable, TerminalIdentity
from kiosk.sync.client import CentralClient
from kiosk.sync.line import CentralAddress
from kiosk.sync.wire import MAX_QUARANTINED, QuarantinedRecord, UpkeepReply

_MAX_CHARS = 40
_LAST_MS = 253_402_300_799_000  # the year 9999


class CentralUpkeepDesk:
    """kiosk.services.ports.CentralUpkeep, on a connection of its own. Used by one thread at a time."""

    def __init__(self, address: CentralAddress, identity: TerminalIdentity) -> None:
        """Raises CentralAddressError."""
        self._client = CentralClient(address, identity)

    def ask_upkeep(self, epoch: str, after: int) -> CentralTold:
        reply = self._client.upkeep(epoch, after)
        _check(reply)
        return CentralTold(
            reply.version,
            reply.protocol,
            reply.oldest_protocol,
            reply.release,
            reply.is_behind,
            reply.waiting_batches,
            reply.quarantined_count,
            tuple(map(_event, reply.quarantined)),
        )

    def close(self) -> None:
        self._client.line.close()


def _event(record: QuarantinedRecord) -> QuarantinedEvent:
    at = datetime.fromtimestamp(record.received_ms / 1000, UTC)
    return QuarantinedEvent(record.seq, kind_of(record.type), reason_of(record.reason), at, record.order_number)


def _check(reply: UpkeepReply) -> None:
    """Raises CentralUnreachable for an answer that no central of ours gives: all of it is shown."""
    texts = [reply.version, reply.release, *(record.order_number for record in reply.quarantined)]
    if any(len(text) > _MAX_CHARS or not text.isprintable() for text in texts):
        raise CentralUnreachable("an answer with texts that cannot be shown")
    if len(reply.quarantined) > MAX_QUARANTINED or not all(0 <= r.received_ms <= _LAST_MS for r in reply.quarantined):
        raise CentralUnreachable("an answer out of bounds")
