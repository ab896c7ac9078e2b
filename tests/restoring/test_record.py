"""The record beside the database: what it keeps, what it tolerates, what it refuses."""

from __future__ import annotations

import stat
from pathlib import Path
from uuid import uuid4

import pytest

from central.restoring import record as record_module
from central.restoring.record import (
    GrantWrittenOff,
    Marked,
    Record,
    RecordUnusable,
    Restored,
    TerminalEnrolled,
    TerminalGivenUp,
    TerminalRevoked,
)

WRITTEN_OFF = uuid4()
ENTRIES = (
    TerminalEnrolled("t1", "A", 1),
    TerminalRevoked("t1"),
    TerminalEnrolled("t1", "A", 2),
    TerminalEnrolled("t2", "B", 1),
    TerminalRevoked("t2"),
    GrantWrittenOff(WRITTEN_OFF),
    TerminalGivenUp("t2", 1000),
    Restored(1),
    Marked(7),
)


@pytest.fixture
def record(tmp_path: Path) -> Record:
    made = Record(tmp_path / "restore.record")
    made.start([])
    for entry in ENTRIES:
        made.append(entry)
    return made


def test_it_tells_what_its_entries_come_to(record: Record, tmp_path: Path) -> None:
    for read in (record, Record(tmp_path / "restore.record")):
        facts = read.facts()
        assert facts.terminals == {"t1": ("A", 2), "t2": ("B", 1)}
        assert facts.revoked == {"t2"}, "whoever was enrolled anew is not revoked any more"
        assert facts.written_off == {WRITTEN_OFF}
        assert facts.given_up == {"t2": 1000}
        assert (facts.restores, facts.mark) == (1, 7)
    assert stat.S_IMODE((tmp_path / "restore.record").stat().st_mode) == 0o600


def test_begun_at_once_or_one_by_one_it_is_the_same(record: Record, tmp_path: Path) -> None:
    at_once = Record(tmp_path / "other.record")
    at_once.start(ENTRIES)
    assert (tmp_path / "other.record").read_bytes() == (tmp_path / "restore.record").read_bytes()


def test_a_power_cut_in_the_last_line_is_tolerated_wherever_it_came(record: Record, tmp_path: Path) -> None:
    path = tmp_path / "restore.record"
    whole = path.read_bytes()
    before = whole[: whole.rindex(b"\n", 0, -1) + 1]
    for end in range(len(before), len(whole)):
        path.write_bytes(whole[:end])
        assert record.facts().mark == 0, end
        record.append(Marked(7))
        assert path.read_bytes() == whole, end


def test_damage_is_refused_with_its_line(record: Record, tmp_path: Path) -> None:
    path = tmp_path / "restore.record"
    lines = path.read_bytes().splitlines(keepends=True)
    for number, line in enumerate(lines, start=1):
        broken = line.replace(b'"', b"'", 1)
        path.write_bytes(b"".join([*lines[: number - 1], broken, *lines[number:]]))
        with pytest.raises(RecordUnusable, match=f"line {number}"):
            record.facts()
        with pytest.raises(RecordUnusable):
            record.append(Marked(8))
    for number in range(1, len(lines)):  # a line is missing
        path.write_bytes(b"".join([*lines[: number - 1], *lines[number:]]))
        with pytest.raises(RecordUnusable, match="damaged"):
            record.facts()


@pytest.mark.parametrize("content", [b"\0" * 1000, b"x" * 10_000, b"\n", "0123456789abcdef 卡\n".encode()])
def test_a_file_that_is_no_record_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "restore.record").write_bytes(content)
    with pytest.raises(RecordUnusable):
        Record(tmp_path / "restore.record").facts()


def test_a_record_that_is_missing_is_not_made_anew(tmp_path: Path) -> None:
    record = Record(tmp_path / "restore.record")
    with pytest.raises(RecordUnusable, match="is missing"):
        record.facts()
    with pytest.raises(RecordUnusable, match="is missing"):
        record.append(Marked(1))
    assert not record.is_there


def test_a_disk_that_takes_nothing_is_said(tmp_path: Path, record: Record) -> None:
    (tmp_path / "restore.record").unlink()
    (tmp_path / "restore.record").mkdir()
    with pytest.raises(RecordUnusable):
        record.append(Marked(9))
    with pytest.raises(RecordUnusable, match="cannot be written"):
        Record(tmp_path / "gone" / "restore.record").start([])


def test_it_is_bounded(tmp_path: Path) -> None:
    record = Record(tmp_path / "restore.record")
    record.start([Marked(n) for n in range(record_module.MAX_ENTRIES)])
    with pytest.raises(RecordUnusable, match="is full"):
        record.append(Marked(0))
