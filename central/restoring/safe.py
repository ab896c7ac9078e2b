"""What central keeps outside its database: the key of its seals, and the record of what a restore must not forget."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from central.restoring.record import Record
from central.restoring.seals import Seals
from central.state_dir import RECORD_FILE, read_seal_key


class Safe:
    """Both are in the state directory, which backups of the database do not touch."""

    def __init__(self, state_dir: Path) -> None:
        self._state_dir = state_dir
        self.record = Record(state_dir / RECORD_FILE)

    @cached_property
    def seals(self) -> Seals:
        """Raises SecretFileError."""
        return Seals(bytes.fromhex(read_seal_key(self._state_dir)))
