"""Push: events of the outbox, numbered, a message at a time; and the packed form of many, for a backlog."""

from __future__ import annotations

import re
from collections.abc import Iterable
from uuid import UUID

import msgspec

from kiosk.sync.wire.codec import WireError
from kiosk.sync.wire.packing import CutTexts, PackingError, beginnings, cut, unpack
from kiosk.sync.wire.protocol import MAX_BODY_BYTES

PACKED = "application/vnd.kiosk.packed"  # the body of a backlog
MAX_PUSH_EVENTS = 1000

_BEHIND_ID = b'":"'
_PACKED_ID = re.compile(rb"[0-9a-f]{32}" + _BEHIND_ID)


class PushedEvent(msgspec.Struct, frozen=True):
    """`id` is a UUIDv7 for ever; `body` is the event's JSON, byte for byte as the terminal stored it."""

    id: UUID
    body: msgspec.Raw


class PushBatch(msgspec.Struct, frozen=True):
    """Events `first_seq`, `first_seq + 1`, … of the signing terminal's incarnation, 1-based without gaps. `sent_ms`:
    Unix time in milliseconds by the terminal's clock, which made the events' ids too: so central knows how long each
    has waited, whatever that clock says. 0: not told."""

    first_seq: int
    events: tuple[PushedEvent, ...]
    epoch: str = ""
    sent_ms: int = 0


class PackedHead(msgspec.Struct, frozen=True):
    """Of a packed PushBatch: as there, and how many events it has."""

    first_seq: int
    count: int
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


def cut_batch(first_seq: int, epoch: str, events: Iterable[tuple[str, bytes]]) -> CutTexts:
    """A PushBatch of events, each its id's hexadecimal digits and its body, to be packed as the body of a backlog: the
    first number, then each event's id and body as texts of `kiosk.sync.wire.packing`."""
    texts = [id_.encode("ascii") + _BEHIND_ID + body for id_, body in events]
    return cut([f"{first_seq} {epoch}".encode("ascii"), *texts])


def pack_batch(batch: PushBatch) -> bytes:
    """The body of a backlog."""
    events = ((event.id.hex, bytes(event.body)) for event in batch.events)
    return cut_batch(batch.first_seq, batch.epoch, events).packed()


def packed_head(packed: bytes) -> PackedHead:
    """What is to be known of a batch to keep it as it is: all that this takes, `unpack_batch` opens. Raises
    WireError."""
    try:
        head, *ids = beginnings(packed, MAX_BODY_BYTES)
        if not all(map(_PACKED_ID.fullmatch, ids)):
            raise WireError("an event without an id")
        first_seq, epoch = _read_head(head)
    except (PackingError, ValueError) as error:
        raise WireError(str(error)) from error
    return PackedHead(first_seq, len(ids), epoch)


def unpack_batch(packed: bytes) -> PushBatch:
    """Read a backlog; its bodies come back byte for byte and are not looked into. Raises WireError."""
    try:
        head, *texts = unpack(packed, MAX_BODY_BYTES)
        first_seq, epoch = _read_head(head)
        return PushBatch(first_seq, tuple(_packed_event(text) for text in texts), epoch)
    except (PackingError, ValueError) as error:
        raise WireError(str(error)) from error


def _read_head(text: bytes) -> tuple[int, str]:
    first_seq, _, epoch = text.partition(b" ")
    return int(first_seq), epoch.decode("ascii")


def _packed_event(text: bytes) -> PushedEvent:
    id_, behind, body = text.partition(_BEHIND_ID)
    if not behind:
        raise WireError("an event without an id")
    return PushedEvent(UUID(hex=id_.decode("ascii")), msgspec.Raw(body))
