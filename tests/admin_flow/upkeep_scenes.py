"""What services answer to whoever looks after a terminal: a good day, and bad ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from kiosk.domain.quarantine import EventKind, QuarantinedEvent, QuarantineReason
from kiosk.services.ports import CentralTold, Integrity, Place, SyncPosition
from kiosk.services.support_bundle import Exported
from kiosk.services.upkeep import NotTold, UpkeepSeen

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
VERSIONS = {
    "kiosk": "0.1.0",
    "protocol": "3",
    "python": "3.11.2",
    "kivy": "2.3.1",
    "sqlite": "3.53.4",
    "sqlcipher": "4.9.0 community",
    "schema": "0018",
}
SEEN = UpkeepSeen(
    now=NOW,
    position=SyncPosition("A", 1, "8f2c1d9e4b", 4812, 0, 0, None),
    last_contact_at=NOW - timedelta(seconds=12),
    database_bytes=48_200_000,
    wal_bytes=4_100_000,
    log_bytes=6_300_000,
    free_bytes=21_400_000_000,
    full_in_days=None,
    last_backup_at=NOW - timedelta(hours=9),
    versions=VERSIONS,
)
BAD = replace(
    SEEN,
    position=replace(SEEN.position, waiting=1284, orders_waiting=1190, oldest_at=NOW - timedelta(hours=27)),
    last_contact_at=NOW - timedelta(hours=27),
    free_bytes=420_000_000,
    full_in_days=12,
    last_backup_at=None,
)
EVENTS = tuple(
    QuarantinedEvent(900 - number, kind, reason, NOW - timedelta(hours=number), f"A{number:03}" if number % 2 else "")
    for number, (kind, reason) in enumerate(zip(EventKind, QuarantineReason, strict=True))
)
TOLD = CentralTold("0.1.0", 3, 1, "0.1.0", is_behind=False, waiting_batches=0, quarantined_count=0, quarantined=())
TOLD_BAD = replace(TOLD, version="0.2.0", release="0.2.0", quarantined_count=len(EVENTS), quarantined=EVENTS)
TOLD_BAD = replace(TOLD_BAD, is_behind=True, waiting_batches=2)
AWAY = NotTold.UNREACHABLE
DRIVE = Place("/media/kiosk/KINGSTON", "KINGSTON", 14_800_000_000)
FOLDER = Place("/srv/support", "", 90_000_000_000)
WRITTEN = Exported("canteen-support-A-20260302-120000.zip", 812_000, 0)
DAMAGED = Integrity.DAMAGED
