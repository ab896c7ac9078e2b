"""The terminal's disk as whoever looks after it is shown it: what is free, how that has changed, what logs take."""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path
from shutil import disk_usage

import msgspec

from kiosk.domain.room import LONGEST_SPAN, RoomSample
from kiosk.logs import log_folder

log = logging.getLogger(__name__)

_FILE = "free-room.json"
_MAX_FILE_BYTES = 64 * 1024
_MOST_SAMPLES = LONGEST_SPAN.days + 2


class TerminalDisk:
    """kiosk.services.ports.Disk. The samples lie in a small file in the state folder: without it a pace is not known,
    and that is all."""

    def __init__(self, state_dir: Path) -> None:
        self._state_dir = state_dir
        self._file = state_dir / _FILE

    def free_bytes(self) -> int:
        return disk_usage(self._state_dir).free

    def log_bytes(self) -> int:
        return sum(file.stat().st_size for file in log_folder(self._state_dir).glob("*.log*"))

    def room_samples(self) -> tuple[RoomSample, ...]:
        try:
            with self._file.open("rb") as file:
                samples = msgspec.json.decode(file.read(_MAX_FILE_BYTES), type=tuple[RoomSample, ...])
        except FileNotFoundError:
            return ()
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            log.warning("room_samples_unreadable")
            return ()
        return tuple(sample for sample in samples if sample.at.tzinfo is not None)

    def note_room(self, now: datetime) -> None:
        """Once a day, and at each start. What cannot be written is done without."""
        samples = [sample for sample in self.room_samples() if abs(now - sample.at) <= LONGEST_SPAN]
        if any(sample.at.date() == now.date() for sample in samples):
            return
        samples = [*samples, RoomSample(now, self.free_bytes())][-_MOST_SAMPLES:]
        unfinished = self._file.with_name(f"{_FILE}.new")
        try:
            unfinished.write_bytes(msgspec.json.encode(samples))
            unfinished.replace(self._file)
        except OSError:
            log.warning("room_not_noted")
