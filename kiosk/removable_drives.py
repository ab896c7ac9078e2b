"""Drives that somebody has plugged in, and writing a file to one that may be pulled out at any moment."""

from __future__ import annotations

import errno
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from shutil import disk_usage

from kiosk.services.ports import NotWritten, Place, WriteFault

log = logging.getLogger(__name__)

# Where desktops and udisks mount them.
ROOTS = (Path("/media"), Path("/run/media"))
MOUNTS = Path("/proc/self/mounts")
_MOST_PLACES = 4
_MAX_MOUNTS_BYTES = 1024 * 1024
_FAULTS = {
    errno.ENOSPC: WriteFault.FULL,
    errno.EDQUOT: WriteFault.FULL,
    errno.EFBIG: WriteFault.FULL,
    errno.EROFS: WriteFault.NOT_WRITABLE,
    errno.EACCES: WriteFault.NOT_WRITABLE,
    errno.EPERM: WriteFault.NOT_WRITABLE,
}


class RemovableDrives:
    """kiosk.services.ports.BundleWriter. `folder`: a further place, of the settings."""

    def __init__(self, folder: Path | None, roots: tuple[Path, ...] = ROOTS, mounts: Path = MOUNTS) -> None:
        self._folder = folder
        self._roots = roots
        self._mounts = mounts

    def places(self) -> tuple[Place, ...]:
        """The drives first. One that does not answer is left out."""
        folders = [(path, path.name) for path in self._mounted()]
        if self._folder is not None:
            folders.append((self._folder, ""))
        found = (_place(path, name) for path, name in folders)
        return tuple(place for place in found if place is not None)[:_MOST_PLACES]

    def write(self, place: Place, name: str, content: bytes) -> None:
        """The file has its name only when all of it is on the drive."""
        unfinished = Path(place.path) / f".{name}.part"
        try:
            with unfinished.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(Path(place.path) / name)
            _sync_folder(Path(place.path))
        except OSError as error:
            log.warning("support_bundle_not_written", extra={"errno": error.errno})
            _remove(unfinished)
            raise NotWritten(_FAULTS.get(error.errno or 0, WriteFault.GONE)) from error

    def _mounted(self) -> Iterator[Path]:
        """Below the roots, as the kernel knows them: a folder that a drive has left behind is none."""
        try:
            with self._mounts.open("rb") as file:
                lines = file.read(_MAX_MOUNTS_BYTES).decode("utf-8", "replace").splitlines()
        except OSError:
            return
        for line in lines:
            fields = line.split(" ")
            path = Path(_unescaped(fields[1])) if len(fields) > 1 else None
            if path is not None and any(root in path.parents for root in self._roots):
                yield path


def _place(path: Path, name: str) -> Place | None:
    try:
        return Place(str(path), name, disk_usage(path).free) if path.is_dir() else None
    except OSError:
        return None


def _unescaped(field: str) -> str:
    """As proc(5) writes blanks and such: three octal digits behind a backslash."""
    parts = field.split("\\")
    return parts[0] + "".join(
        chr(int(part[:3], 8)) + part[3:] if part[:3].isdigit() and set(part[:3]) <= set("01234567") else "\\" + part
        for part in parts[1:]
    )


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(unfinished: Path) -> None:
    try:
        unfinished.unlink(missing_ok=True)
    except OSError:
        log.warning("unfinished_bundle_left")
