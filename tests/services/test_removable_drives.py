"""Drives that are plugged in, and what becomes of a file when one is full, or pulled out in the middle."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.removable_drives import RemovableDrives
from kiosk.services.ports import NotWritten, Place, WriteFault
from tests.services.test_support_bundle import TECHNICIAN, Terminal
from tests.services.test_support_bundle import terminal as terminal  # a fixture


def test_places_are_what_is_mounted_there_and_the_folder_of_the_settings(terminal: Terminal) -> None:
    left_behind = terminal.folder / "media" / "OLD"
    left_behind.mkdir()
    spaced = terminal.folder / "media" / "MY DRIVE"
    spaced.mkdir()
    with terminal.mounts.open("a") as mounts:
        mounts.write(
            "/dev/sdb1 {} vfat rw 0 0\n/dev/sdc1 {} ext4 rw 0 0\nbroken\n".format(
                str(spaced).replace(" ", "\\040"), terminal.folder / "elsewhere"
            )
        )
    drives = RemovableDrives(terminal.folder, (terminal.folder / "media",), terminal.mounts)
    assert [(place.path, place.name) for place in drives.places()] == [
        (str(terminal.drive), "KINGSTON"),
        (str(spaced), "MY DRIVE"),
        (str(terminal.folder), ""),
    ]


def test_nothing_is_written_anywhere_else(terminal: Terminal) -> None:
    ended = terminal.bundles().export(TECHNICIAN, str(terminal.folder), ())
    assert ended is WriteFault.GONE


class PulledOut(RemovableDrives):
    """Somebody pulls the drive between choosing and writing."""

    def write(self, place: Place, name: str, content: bytes) -> None:
        Path(place.path).rmdir()
        super().write(place, name, content)


def test_a_drive_that_was_pulled_out(terminal: Terminal) -> None:
    drives = PulledOut(None, (terminal.folder / "media",), terminal.mounts)
    with pytest.raises(NotWritten) as refused:
        drives.write(drives.places()[0], "x.zip", b"x")
    assert refused.value.fault is WriteFault.GONE


WRITES = """
import resource, signal, sys
from pathlib import Path
from kiosk.removable_drives import RemovableDrives
from kiosk.services.ports import NotWritten, Place
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
try:
    RemovableDrives(None).write(Place(sys.argv[1], "", 1), "x.zip", bytes(100_000))
except NotWritten as error:
    print(error.fault)
"""


def test_a_drive_that_is_full_in_the_middle_keeps_nothing(tmp_path: Path) -> None:
    """A process whose files may not grow: the kernel breaks the write off."""
    done = subprocess.run(
        [sys.executable, "-c", WRITES, str(tmp_path)], capture_output=True, text=True, timeout=60, check=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])},
    )  # fmt: skip
    assert done.stdout.strip() == "full"
    assert list(tmp_path.iterdir()) == []


def test_too_little_room_is_said_before_anything_is_written(terminal: Terminal) -> None:
    class Full(RemovableDrives):
        def places(self) -> tuple[Place, ...]:
            return tuple(replace(place, free_bytes=1000) for place in super().places())

    bundles = terminal.bundles()
    bundles._writer = Full(None, (terminal.folder / "media",), terminal.mounts)
    assert bundles.export(TECHNICIAN, str(terminal.drive), ()) is WriteFault.FULL
    assert list(terminal.drive.iterdir()) == []
