"""Upkeep: what central can tell a terminal about itself, for whoever looks after it."""

from __future__ import annotations

import msgspec

MAX_QUARANTINED = 20


class QuarantinedRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """An event of the asking terminal that was received and not booked. `type`: its tag, "" where it cannot be read.
    `reason`: kiosk.domain.quarantine.QuarantineReason. `received_ms`: Unix time in milliseconds. Nothing of what stands
    in it but the order's number: it may hold personal data."""

    incarnation: int
    seq: int
    type: str
    reason: str
    received_ms: int
    order_number: str = ""


class UpkeepReply(msgspec.Struct, frozen=True, omit_defaults=True):
    """`version` and `protocol` are central's, `oldest_protocol` the oldest that it speaks. `release`: what terminals
    ought to run, "" where nobody has said. `is_behind`: there are rows behind the cursor that was asked with.
    `waiting_batches`: backlogs of this terminal that are not booked yet. `quarantined`: the newest of
    `quarantined_count`."""

    version: str
    protocol: int
    oldest_protocol: int
    release: str = ""
    is_behind: bool = False
    waiting_batches: int = 0
    quarantined_count: int = 0
    quarantined: tuple[QuarantinedRecord, ...] = ()
