"""A disk that loses power: from a trace up to some event, the files as the next start may find them.

The crash model. What was written to a file before its last sync is there. After that:
- each write is there, absent, or torn: any subset of the sectors it touches (512 or 4,096 bytes) is there;
- each truncation is there or absent, and the size is any that the file has had since the sync, whatever of its data
  is there; what lies inside the size and was never written reads as zeros or as garbage;
- files do not wait for one another: any of one with nothing of another;
- a file's name appears and goes (creation, unlink) independently of its content, and any number of such changes to a
  name may be undone until the folder is synced.
A sync covers what was written before it, once it has returned. What SQLite itself takes for granted is taken for
granted here (sqlite.org/psow.html, atomiccommit.html): a write changes no byte beside it, a sync that has succeeded is
true, a sector is old or new.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum, auto
from random import Random

from tests.prove.power_cut.trace import Created, DiskEvent, FileSynced, FolderSynced, Resized, Unlinked, Written

_SECTORS = (512, 4096)
_ODDS = (0.03, 0.3, 0.7, 0.97)


class _Fate(Enum):
    """Of what a file was given since its last sync."""

    NOTHING = auto()
    EVERYTHING = auto()
    BEGINNING = auto()  # the first writes, and the next one torn
    ANY = auto()


_FATES = (_Fate.NOTHING, _Fate.EVERYTHING, _Fate.BEGINNING, _Fate.ANY, _Fate.ANY)
_NAME_FATES = (_Fate.NOTHING, _Fate.EVERYTHING, _Fate.ANY)


class Disk:
    """One folder. `files`: its content at the beginning, durable."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = {number: _File(files[name]) for number, name in enumerate(sorted(files))}
        self._names: dict[str, int | None] = {name: number for number, name in enumerate(sorted(files))}
        # What a name has stood for after each change since the folder was last synced.
        self._renamed: dict[str, list[int | None]] = {}

    def apply(self, event: DiskEvent) -> None:
        match event:
            case Created(file, name):
                self._files[file] = _File(b"")
                self._renamed.setdefault(name, []).append(file)
            case Unlinked(name):
                self._renamed.setdefault(name, []).append(None)
            case Written(file) | Resized(file):
                self._files[file].change(event)
            case FileSynced(file):
                self._files[file].sync()
            case FolderSynced():
                self._names |= {name: changes[-1] for name, changes in self._renamed.items()}
                self._renamed.clear()

    def without_power_cut(self) -> dict[str, bytes]:
        """The files as a program sees them now."""
        return {name: self._files[file].now() for name, file in self.numbers().items()}

    def numbers(self) -> dict[str, int]:
        """Which file each name stands for now."""
        names = self._names | {name: changes[-1] for name, changes in self._renamed.items()}
        return {name: file for name, file in names.items() if file is not None}

    def after_power_cut(self, chance: Random) -> dict[str, bytes]:
        """One of the many ways in which the next start may find the files."""
        names = self._names | {
            name: ([self._names.get(name), *changes])[_kept(len(changes), chance)]
            for name, changes in self._renamed.items()
        }
        sector = chance.choice(_SECTORS)
        fill = chance.choice((bytes, chance.randbytes))
        return {
            name: self._files[file].after_power_cut(chance, sector, fill)
            for name, file in names.items()
            if file is not None
        }


def _kept(changes: int, chance: Random) -> int:
    """How many of the changes to a name are there."""
    match chance.choice(_NAME_FATES):
        case _Fate.NOTHING:
            return 0
        case _Fate.EVERYTHING:
            return changes
        case _:
            return chance.randint(0, changes)


class _File:
    def __init__(self, durable: bytes) -> None:
        self._synced = _Content(durable, bytes)
        self._durable: bytes | None = durable
        self._now: bytes | None = durable
        self.pending: list[Written | Resized] = []

    @property
    def durable(self) -> bytes:
        """Copied out when it is asked for: a file is synced far more often, and may be long."""
        if self._durable is None:
            self._durable = bytes(self._synced.data)
        return self._durable

    def now(self) -> bytes:
        if self._now is None:
            content = _Content(self.durable, bytes)
            for change in self.pending:
                content.apply(change)
            self._now = bytes(content.data)
        return self._now

    def change(self, change: Written | Resized) -> None:
        self.pending.append(change)
        self._now = None

    def sync(self) -> None:
        if self.pending:
            self._durable = self._now  # the same bytes, whose hash is known
        for change in self.pending:
            self._synced.apply(change)
        self.pending = []

    def after_power_cut(self, chance: Random, sector: int, fill: Callable[[int], bytes]) -> bytes:
        fate = chance.choice(_FATES) if self.pending else _Fate.NOTHING
        if fate is _Fate.NOTHING:
            return self.durable
        if fate is _Fate.EVERYTHING:
            return self.now()
        content = _Content(self.durable, fill)
        if fate is _Fate.BEGINNING:
            whole = chance.randrange(len(self.pending))
            for change in self.pending[:whole]:
                content.apply(change)
            content.apply_torn(self.pending[whole], sector, chance)
            return bytes(content.data)
        self._apply_any(content, sector, chance)
        if chance.random() < 0.5:
            content.resize(chance.choice(self._sizes()))
        return bytes(content.data)

    def _apply_any(self, content: _Content, sector: int, chance: Random) -> None:
        odds = chance.choice(_ODDS)
        torn = odds + (1 - odds) / 3
        for change in self.pending:
            drawn = chance.random()
            if drawn < odds:
                content.apply(change)
            elif drawn < torn:
                content.apply_torn(change, sector, chance)

    def _sizes(self) -> list[int]:
        """Each size since the last sync."""
        sizes = [len(self.durable)]
        for change in self.pending:
            if isinstance(change, Resized):
                sizes.append(change.size)
            else:
                sizes.append(max(sizes[-1], change.offset + len(change.data)))
        return sizes


class _Content:
    """A file's bytes while changes are put into it; `fill` gives what stands where nothing was written."""

    def __init__(self, data: bytes, fill: Callable[[int], bytes]) -> None:
        self.data = bytearray(data)
        self._fill = fill

    def apply(self, change: Written | Resized) -> None:
        if isinstance(change, Resized):
            self.resize(change.size)
        else:
            self._put(change.offset, change.data)

    def apply_torn(self, change: Written | Resized, sector: int, chance: Random) -> None:
        """Some of the sectors that a write touches. A truncation does not tear: it is there or not."""
        if isinstance(change, Resized):
            if chance.random() < 0.5:
                self.resize(change.size)
            return
        offset, end = change.offset, change.offset + len(change.data)
        while offset < end:
            stop = min(end, offset // sector * sector + sector)
            if chance.random() < 0.5:
                self._put(offset, change.data[offset - change.offset : stop - change.offset])
            offset = stop

    def resize(self, size: int) -> None:
        if size > len(self.data):
            self.data += self._fill(size - len(self.data))
        del self.data[size:]

    def _put(self, offset: int, data: bytes) -> None:
        if offset > len(self.data):
            self.resize(offset)
        self.data[offset : offset + len(data)] = data
