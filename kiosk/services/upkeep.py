"""What whoever looks after the terminal is shown: what waits for central and since when, room, versions; and, asked
for, what central says and whether the database is whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kiosk.domain.clock import Clock
from kiosk.domain.release import UpdateState, update_state
from kiosk.domain.room import RoomSample, full_in_days
from kiosk.domain.staff import Permission, Staff
from kiosk.services.ports import (
    CentralRefused,
    CentralTold,
    CentralUnreachable,
    CentralUpkeep,
    Disk,
    Integrity,
    StoreUpkeep,
    SyncPosition,
)

# So long nobody minds waiting before a screen; it reads gigabytes.
CHECK_WITHIN_S = 10.0


@dataclass(frozen=True, slots=True)
class UpkeepSeen:
    """`now`, `last_contact_at` and `last_backup_at`: the canteen's wall time. `full_in_days` None: not known, or far
    off. `versions`: of what runs here, by name."""

    now: datetime
    position: SyncPosition
    last_contact_at: datetime | None
    database_bytes: int
    wal_bytes: int
    log_bytes: int
    free_bytes: int
    full_in_days: int | None
    last_backup_at: datetime | None
    versions: Mapping[str, str]

    def update_state(self, told: CentralTold | None) -> UpdateState:
        """As far as central has told."""
        return update_state(self.versions["kiosk"], told.version if told else "", told.release if told else "")


class NotTold(StrEnum):
    """Why central says nothing."""

    UNREACHABLE = "unreachable"
    REFUSED = "refused"


class Upkeep:
    """`versions`: of the program and what it stands on, beside the database's; `local` puts a moment into the canteen's
    time."""

    def __init__(
        self,
        store: StoreUpkeep,
        central: CentralUpkeep,
        disk: Disk,
        clock: Clock,
        versions: Callable[[], Mapping[str, str]],
        local: Callable[[datetime], datetime],
    ) -> None:
        self._store = store
        self._central = central
        self._disk = disk
        self._clock = clock
        self._versions = versions
        self._local = local

    def look(self, by: Staff) -> UpkeepSeen:
        """Asks nobody but this machine. Raises NotPermitted, StorageFailed."""
        by.require(Permission.SEE_HEALTH)
        return self._seen()

    def ask_central(self, by: Staff) -> CentralTold | NotTold:
        """Raises NotPermitted, StorageFailed."""
        by.require(Permission.SEE_HEALTH)
        position = self._store.position()
        try:
            return self._central.ask_upkeep(position.epoch, position.after)
        except CentralUnreachable:
            return NotTold.UNREACHABLE
        except CentralRefused:
            return NotTold.REFUSED

    def check_database(self, by: Staff) -> Integrity:
        """Takes seconds, CHECK_WITHIN_S at most; sales go on. Raises NotPermitted, StorageFailed."""
        by.require(Permission.SEE_HEALTH)
        return self._store.check(CHECK_WITHIN_S)

    def _seen(self) -> UpkeepSeen:
        now, free_bytes = self._clock.now(), self._disk.free_bytes()
        contact, backup = self._central.last_contact_at(), self._store.last_backup_at()
        database_bytes, wal_bytes = self._store.sizes()
        return UpkeepSeen(
            now=self._local(now),
            position=self._store.position(),
            last_contact_at=self._local(contact) if contact else None,
            database_bytes=database_bytes,
            wal_bytes=wal_bytes,
            log_bytes=self._disk.log_bytes(),
            free_bytes=free_bytes,
            full_in_days=full_in_days(self._disk.room_samples(), RoomSample(now, free_bytes)),
            last_backup_at=self._local(backup) if backup else None,
            versions={**self._versions(), **self._store.versions()},
        )
