"""Push: events of the outbox, numbered, a message at a time; and the packed form of many, for a backlog."""

from __future__ import annotations

from uuid import UUID

import msgspec

from kiosk.sync.wire.codec import WireError
from kiosk.sync.wire.packing import PackingError, pack, unpack
from kiosk.sync.wire.protocol import MAX_BODY_BYTES

PACKED = "application/vnd.kiosk.packed"  # the body of a backlog
MAX_PUSH_EVENTS = 1000

_BEHIND_ID = b'":"'


class PushedEvent(msgspec.Struct, frozen=True):
    """`id` is a UUIDv7 for ever; `body` is the event's JSON, byte for byte as the terminal stored it."""

    id: UUID
    body: msgspec.Raw


class PushBatch(msgspec.Struct, frozen=True):
    """Events `first_seq`, `first_seq + 1`, … of the signing terminal's incarnation, 1-based without gaps."""

    first_seq: int
    events: tuple[PushedEvent, ...]
    epoch: str = ""


class Quarantined(msgspec.Struct, frozen=True):
    seq: int
    reason: str


class PushReply(msgspec.Struct, frozen=True):
    """Everything up to `last_seq` is durable at central. `quarantined`: kept there but not booked, with why; of a
    backlog, which is not booked yet, nothing is told. A gap is not an error of transport: `last_seq` then says from
    where to send again."""

    last_seq: int
    quarantined: tuple[Quarantined, ...] = ()


def pack_batch(batch: PushBatch) -> bytes:
    """The body of a backlog: the first number, then each event's id and body as texts of `kiosk.sync.wire.packing`."""
    events = (event.id.hex.encode("ascii") + _BEHIND_ID + event.body for event in batch.events)
    return pack([f"{batch.first_seq} {batch.epoch}".encode("ascii"), *events])


def unpack_batch(packed: bytes) -> PushBatch:
    """Read a backlog; its bodies come back byte for byte and are not looked into. Raises WireError."""
    try:
        head, *texts = unpack(packed, MAX_BODY_BYTES)
        first_seq, _, epoch = head.partition(b" ")
        return PushBatch(int(first_seq), tuple(_packed_event(text) for text in texts), epoch.decode("ascii"))
    except (PackingError, ValueError) as error:
        raise WireError(str(error)) from error


def _packed_event(text: bytes) -> PushedEvent:
    id_, behind, body = text.partition(_BEHIND_ID)
    if not behind:
        raise WireError("an event without an id")
    return PushedEvent(UUID(hex=id_.decode("ascii")), msgspec.Raw(body))
