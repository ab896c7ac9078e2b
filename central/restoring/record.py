"""The record beside the database: what a restored central must not have forgotten.

A backup knows nothing of what was decided after it was made: a terminal enrolled, a write-off, a giving-up. That is
written here, and synced, before it happens; the file is in the state directory, not in the database.

One line an entry: sixteen hex digits, a blank, the entry as JSON. The digits are the beginning of a SHA-256 over the
digits of the line before and the entry: no line can be changed, left out or exchanged unnoticed. The last line may end
in the middle, when the power went while it was being written: what it says had not happened yet.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import msgspec

from central.errors import CentralError
from central.state_dir import sync

MAX_ENTRIES = 50_000
MAX_LINE_BYTES = 500
_DIGITS = 16


class RecordUnusable(CentralError):
    """The record is missing, damaged, full, or cannot be written."""


class TerminalEnrolled(msgspec.Struct, frozen=True, tag="enrolled"):
    """From now on `incarnation` is that terminal's newest; a revocation before it is over."""

    terminal_id: str
    letter: str
    incarnation: int


class TerminalRevoked(msgspec.Struct, frozen=True, tag="revoked"):
    terminal_id: str


class GrantWrittenOff(msgspec.Struct, frozen=True, tag="written_off"):
    grant_id: UUID


class TerminalGivenUp(msgspec.Struct, frozen=True, tag="given_up"):
    """Every grant of an incarnation up to that one is written off."""

    terminal_id: str
    up_to: int


class FaceForgottenHere(msgspec.Struct, frozen=True, tag="face_forgotten"):
    """Central was told itself to have that member's face forgotten: no terminal will tell of it again."""

    member_id: str
    deletion_id: UUID


class MemberDeleted(msgspec.Struct, frozen=True, tag="member_deleted"):
    """Nothing that a backup has of that member is used any more."""

    member_id: str


class StaffRemoved(msgspec.Struct, frozen=True, tag="staff_removed"):
    """Whoever a backup has under that id gets in nowhere any more."""

    staff_id: str


class Restored(msgspec.Struct, frozen=True, tag="restored"):
    """The database was put back to a backup, for the `number`-th time."""

    number: int


class Marked(msgspec.Struct, frozen=True, tag="marked"):
    """The database said this number. One that says a smaller one was put back to a backup since."""

    number: int


Entry = (
    TerminalEnrolled
    | TerminalRevoked
    | GrantWrittenOff
    | TerminalGivenUp
    | FaceForgottenHere
    | MemberDeleted
    | StaffRemoved
    | Restored
    | Marked
)


@dataclass(slots=True)
class Facts:
    """What the entries come to. `terminals`: letter and newest incarnation, by id; `faces_forgotten`: the member, by
    the deletion's id, oldest first."""

    terminals: dict[str, tuple[str, int]] = field(default_factory=dict)
    revoked: set[str] = field(default_factory=set)
    written_off: set[UUID] = field(default_factory=set)
    given_up: dict[str, int] = field(default_factory=dict)
    faces_forgotten: dict[UUID, str] = field(default_factory=dict)
    members_deleted: set[str] = field(default_factory=set)
    staff_removed: set[str] = field(default_factory=set)
    restores: int = 0
    mark: int = 0

    def add(self, entry: Entry) -> None:
        match entry:
            case TerminalEnrolled():
                self.terminals[entry.terminal_id] = entry.letter, entry.incarnation
                self.revoked.discard(entry.terminal_id)
            case TerminalRevoked():
                self.revoked.add(entry.terminal_id)
            case GrantWrittenOff():
                self.written_off.add(entry.grant_id)
            case TerminalGivenUp():
                self.given_up[entry.terminal_id] = max(entry.up_to, self.given_up.get(entry.terminal_id, 0))
            case FaceForgottenHere():
                self.faces_forgotten[entry.deletion_id] = entry.member_id
            case MemberDeleted():
                self.members_deleted.add(entry.member_id)
            case StaffRemoved():
                self.staff_removed.add(entry.staff_id)
            case Restored():
                self.restores = max(self.restores, entry.number)
            case Marked():
                self.mark = max(self.mark, entry.number)


class Record:
    """The file. Who appends holds the row of the installation in the database: one at a time, whatever the process."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def is_there(self) -> bool:
        return self._path.exists()

    def start(self, entries: Sequence[Entry]) -> None:
        """Make the record, with these entries; one that is there is replaced. It appears whole or not at all."""
        fresh = self._path.with_name(self._path.name + ".new")
        lines, digits = bytearray(), ""
        for entry in entries:
            line, digits = _line(digits, entry)
            lines += line
        try:
            fresh.unlink(missing_ok=True)
            self._write(fresh, lines, at=0, flags=os.O_CREAT | os.O_EXCL)
            fresh.replace(self._path)
            sync(self._path.parent)
        except OSError as error:
            raise self._unusable(f"cannot be written: {error.strerror}") from error

    def set_aside(self) -> None:
        """Nothing is served with it any more."""
        try:
            self._path.replace(self._path.with_name(self._path.name + ".old"))
            sync(self._path.parent)
        except OSError as error:
            raise self._unusable(f"cannot be set aside: {error.strerror}") from error

    def append(self, entry: Entry) -> None:
        """Durable when this returns. Raises RecordUnusable; then nothing was added."""
        entries, digits, size = self._read()
        if len(entries) >= MAX_ENTRIES:
            raise self._unusable(f"is full: {MAX_ENTRIES} entries")
        try:
            self._write(self._path, _line(digits, entry)[0], at=size, flags=0)
        except OSError as error:
            raise self._unusable(f"cannot be written: {error.strerror}") from error

    def facts(self) -> Facts:
        """Raises RecordUnusable."""
        facts = Facts()
        for entry in self._read()[0]:
            facts.add(entry)
        return facts

    def _read(self) -> tuple[list[Entry], str, int]:
        """The entries, the last one's digits, and the size of all whole lines in bytes."""
        try:
            with self._path.open("rb") as file:
                content = file.read(MAX_ENTRIES * MAX_LINE_BYTES + 1)
        except FileNotFoundError as error:
            raise self._unusable(
                "is missing: put it back, or run `python -m central restore --without-record`"
            ) from error
        except OSError as error:
            raise self._unusable(f"cannot be read: {error.strerror}") from error
        *lines, torn = content.split(b"\n")
        if len(lines) > MAX_ENTRIES or len(torn) > MAX_LINE_BYTES:
            raise self._unusable("is larger than any record can be")
        entries: list[Entry] = []
        digits = ""
        for number, line in enumerate(lines, start=1):
            entry = _entry(digits, line)
            if entry is None:
                raise self._unusable(f"is damaged in line {number}: put a copy of the file back")
            entries.append(entry)
            digits = line[:_DIGITS].decode()
        return entries, digits, len(content) - len(torn)

    def _write(self, path: Path, content: bytes | bytearray, at: int, flags: int) -> None:
        """Whatever stood behind `at` was never finished, and goes."""
        descriptor = os.open(path, os.O_WRONLY | flags, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.truncate(at)
            file.seek(at)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    def _unusable(self, reason: str) -> RecordUnusable:
        return RecordUnusable(f"{self._path} {reason}")


def _line(digits_before: str, entry: Entry) -> tuple[bytes, str]:
    body = msgspec.json.encode(entry)
    digits = _digits(digits_before, body)
    return b"%s %s\n" % (digits.encode(), body), digits


def _entry(digits_before: str, line: bytes) -> Entry | None:
    """None for a line that was not written so."""
    if len(line) > MAX_LINE_BYTES or line[_DIGITS : _DIGITS + 1] != b" ":
        return None
    body = line[_DIGITS + 1 :]
    if line[:_DIGITS] != _digits(digits_before, body).encode():
        return None
    try:
        entry: Entry = _DECODER.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    return entry


def _digits(digits_before: str, body: bytes) -> str:
    return hashlib.sha256(digits_before.encode() + body).hexdigest()[:_DIGITS]


_DECODER: msgspec.json.Decoder[Entry] = msgspec.json.Decoder(Entry)
