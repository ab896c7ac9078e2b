"""A support bundle: what IT or its supplier needs to see what is wrong, and nothing of who eats here.

What goes into it is named one by one. Logs hold no personal data; as a net under that rule each line is held against
what is known of everybody here, and left out where it says anything of it.
"""

from __future__ import annotations

import io
import json
import logging
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from kiosk.domain.audit import Act
from kiosk.domain.clock import Clock
from kiosk.domain.personal_scan import PersonalScan
from kiosk.domain.quarantine import QuarantinedEvent
from kiosk.domain.staff import Permission, Staff
from kiosk.services.audit import Audit
from kiosk.services.events import DeviceHealth
from kiosk.services.ports import (
    BundleSources,
    BundleWriter,
    CentralRefused,
    CentralTold,
    CentralUnreachable,
    CentralUpkeep,
    Disk,
    NotWritten,
    Place,
    StorageFailed,
    Store,
    StoreUpkeep,
    SyncPosition,
    WriteFault,
)

log = logging.getLogger(__name__)

CHECK_WITHIN_S = 5.0
# Of logs, before they are packed: the newest. They pack to a tenth.
MAX_LOG_BYTES = 16 * 1024 * 1024
MAX_BUNDLE_BYTES = 24 * 1024 * 1024
_ROOM_LEFT_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Exported:
    """`file`: its name in the place. `lines_left_out`: of logs, for what they said."""

    file: str
    bundle_bytes: int
    lines_left_out: int


class SupportBundles:
    """`versions`: as Upkeep has them; `local` puts a moment into the canteen's time, for the file's name."""

    def __init__(
        self,
        store: Store,
        store_upkeep: StoreUpkeep,
        central: CentralUpkeep,
        disk: Disk,
        sources: BundleSources,
        writer: BundleWriter,
        audit: Audit,
        clock: Clock,
        versions: Callable[[], Mapping[str, str]],
        local: Callable[[datetime], datetime],
    ) -> None:
        self._store = store
        self._store_upkeep = store_upkeep
        self._central = central
        self._disk = disk
        self._sources = sources
        self._writer = writer
        self._audit = audit
        self._clock = clock
        self._versions = versions
        self._local = local

    def places(self, by: Staff) -> tuple[Place, ...]:
        """Where one can be written just now. Raises NotPermitted."""
        by.require(Permission.EXPORT_SUPPORT_BUNDLE)
        return self._writer.places()

    def export(self, by: Staff, path: str, devices: Sequence[DeviceHealth]) -> Exported | WriteFault:
        """Write one to the place with that path. `devices`: as the screen knows them. Raises NotPermitted,
        StorageFailed."""
        by.require(Permission.EXPORT_SUPPORT_BUNDLE)
        place = next((place for place in self._writer.places() if place.path == path), None)
        if place is None:
            return WriteFault.GONE
        position = self._store_upkeep.position()
        content, left_out = self._made(position, devices)
        if place.free_bytes < len(content) + _ROOM_LEFT_BYTES or len(content) > MAX_BUNDLE_BYTES:
            return WriteFault.FULL
        name = f"canteen-support-{position.letter or 'x'}-{self._local(self._clock.now()):%Y%m%d-%H%M%S}.zip"
        try:
            self._writer.write(place, name, content)
        except NotWritten as error:
            return error.fault
        self._note(by, len(content))
        return Exported(name, len(content), left_out)

    def _note(self, by: Staff, size: int) -> None:
        """A disk that takes nothing more is a reason for a bundle, and none against it: then the log alone tells."""
        try:
            with self._store.transaction() as tx:
                self._audit.record(tx, by.id, Act.SUPPORT_BUNDLE_MADE, size=size)
        except StorageFailed:
            log.exception("support_bundle_not_noted", extra={"staff": by.id})

    def _made(self, position: SyncPosition, devices: Sequence[DeviceHealth]) -> tuple[bytes, int]:
        """The zip file, and how many lines of logs were left out."""
        scan = PersonalScan(self._store_upkeep.personal_texts())
        packed = io.BytesIO()
        left_out = 0
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bundle:
            for name, about in self._facts(position, devices).items():
                bundle.writestr(name, json.dumps(about, ensure_ascii=False, indent=1, default=str))
            for name, content in _newest(self._sources.log_files(), MAX_LOG_BYTES):
                lines = content.decode("utf-8", "replace").splitlines()
                kept = [line for line in lines if not scan.finds(line)]
                left_out += len(lines) - len(kept)
                bundle.writestr(f"logs/{name}", "\n".join(kept))
            bundle.writestr("left_out.json", json.dumps({"log_lines": left_out}))
        return packed.getvalue(), left_out

    def _facts(self, position: SyncPosition, devices: Sequence[DeviceHealth]) -> dict[str, object]:
        database_bytes, wal_bytes = self._store_upkeep.sizes()
        return {
            "made.json": {"at": self._clock.now(), "terminal": position.letter},
            "versions.json": {**self._versions(), **self._store_upkeep.versions()},
            "settings.json": self._sources.settings(),
            "storage.json": {
                "database_bytes": database_bytes,
                "wal_bytes": wal_bytes,
                "log_bytes": self._disk.log_bytes(),
                "free_bytes": self._disk.free_bytes(),
                "integrity": self._store_upkeep.check(CHECK_WITHIN_S),
                "last_backup_at": self._store_upkeep.last_backup_at(),
                "rows": self._store_upkeep.row_counts(),
            },
            "sync.json": _sync(position, self._central.last_contact_at(), self._told(position)),
            "devices.json": [_device(device) for device in devices],
        }

    def _told(self, position: SyncPosition) -> CentralTold | None:
        try:
            return self._central.ask_upkeep(position.epoch, position.after)
        except (CentralUnreachable, CentralRefused):
            return None


def _sync(position: SyncPosition, last_contact_at: datetime | None, told: CentralTold | None) -> dict[str, object]:
    about: dict[str, object] = {
        "incarnation": position.incarnation,
        "epoch": position.epoch,
        "feed_after": position.after,
        "waiting": position.waiting,
        "orders_waiting": position.orders_waiting,
        "oldest_waiting_at": position.oldest_at,
        "last_contact_at": last_contact_at,
    }
    if told is not None:
        about["central"] = {
            "version": told.version,
            "protocol": told.protocol,
            "release": told.release,
            "is_behind": told.is_behind,
            "waiting_batches": told.waiting_batches,
            "quarantined_count": told.quarantined_count,
            "quarantined": [_quarantined(event) for event in told.quarantined],
        }
    return about


def _quarantined(event: QuarantinedEvent) -> dict[str, object]:
    return {
        "seq": event.seq,
        "kind": event.kind,
        "reason": event.reason,
        "received_at": event.received_at,
        "order": event.order_number,
    }


def _device(device: DeviceHealth) -> dict[str, object]:
    return {
        "name": device.name,
        "kind": device.kind,
        "state": device.state,
        "problem": device.problem,
        "simulated": device.simulated,
    }


def _newest(files: Iterable[tuple[str, bytes]], most_bytes: int) -> Iterator[tuple[str, bytes]]:
    """Of files that come newest first as much as fits, of the last one its end."""
    left = most_bytes
    for name, content in files:
        yield name, content[-left:]
        left -= len(content)
        if left <= 0:
            return
