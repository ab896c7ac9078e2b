"""What looking after a terminal needs of its store, its disk and central."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from kiosk.domain.quarantine import QuarantinedEvent
from kiosk.domain.room import RoomSample


class Integrity(StrEnum):
    """What SQLite's quick check found. `not_all`: nothing wrong, but time was up."""

    WHOLE = "whole"
    NOT_ALL = "not_all"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class SyncPosition:
    """`letter` "" and `incarnation` 0: not enrolled. `epoch`, `after`: up to where central's feed was read. `waiting`:
    events that central has not acknowledged, `orders_waiting` of them orders; `oldest_at`: when the first of them was
    made (UTC)."""

    letter: str
    incarnation: int
    epoch: str
    after: int
    waiting: int
    orders_waiting: int
    oldest_at: datetime | None


class StoreUpkeep(Protocol):
    """Beside the sales, on connections of its own. Everything raises StorageFailed."""

    def position(self) -> SyncPosition: ...

    def sizes(self) -> tuple[int, int]:
        """Bytes of the database, and of what is written ahead of it (WAL)."""
        ...

    def check(self, within_s: float) -> Integrity: ...

    def row_counts(self) -> Mapping[str, int]:
        """By the table's name."""
        ...

    def versions(self) -> Mapping[str, str]:
        """Of the database: sqlite, sqlcipher, schema."""
        ...

    def last_backup_at(self) -> datetime | None:
        """UTC; None: none that was noted here."""
        ...

    def personal_texts(self) -> frozenset[str]:
        """Of everybody known here, what tells who they are: ids, names, cards' numbers, PINs' hashes."""
        ...


@dataclass(frozen=True, slots=True)
class CentralTold:
    """What central says of itself and of this terminal; see kiosk.sync.wire.UpkeepReply."""

    version: str
    protocol: int
    oldest_protocol: int
    release: str
    is_behind: bool
    waiting_batches: int
    quarantined_count: int
    quarantined: tuple[QuarantinedEvent, ...]


class CentralUpkeep(Protocol):
    def ask_upkeep(self, epoch: str, after: int) -> CentralTold:
        """For whoever waits before a screen, so it gives up soon. Raises CentralUnreachable, CentralRefused."""
        ...

    def last_contact_at(self) -> datetime | None:
        """When an exchange last went well since the start, by this terminal's clock (UTC)."""
        ...


class Disk(Protocol):
    """The terminal's disk, beside the database."""

    def free_bytes(self) -> int: ...

    def log_bytes(self) -> int: ...

    def room_samples(self) -> tuple[RoomSample, ...]:
        """Of earlier days."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """Where a support bundle may be written. `path`: the folder. `name`: as its owner named the drive; "" is the folder
    that the settings name."""

    path: str
    name: str
    free_bytes: int


class WriteFault(StrEnum):
    GONE = "gone"  # pulled out, or not there any more
    FULL = "full"
    NOT_WRITABLE = "not_writable"


class NotWritten(Exception):
    """Nothing is left of it there, as far as that could be seen to."""

    def __init__(self, fault: WriteFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


class BundleWriter(Protocol):
    """Places to write to, and writing."""

    def places(self) -> tuple[Place, ...]: ...

    def write(self, place: Place, name: str, content: bytes) -> None:
        """Whole and durable, or not at all. Raises NotWritten."""
        ...


class BundleSources(Protocol):
    """What goes into a support bundle beside what the services know."""

    def log_files(self) -> Iterable[tuple[str, bytes]]:
        """Names and contents, the newest first."""
        ...

    def settings(self) -> Mapping[str, object]:
        """Those fields that are named one by one as fit to be shown."""
        ...
