"""Writes down what SQLite asks of the operating system: a VFS (sqlite.org/vfs.html) around SQLite's own.

It works inside this process, by ctypes on the functions that the sqlcipher3 extension exports, so nothing has to be
installed. Files keep SQLite's own methods except for writing, truncating and syncing, which are passed on and, when
they succeeded, written down. Folder syncs have no method of their own; they are seen by the folder being opened, which
SQLite does for nothing else.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_int64, c_void_p
from pathlib import Path

import sqlcipher3._sqlite3

from tests.prove.power_cut.trace import Created, Event, FileSynced, FolderSynced, Resized, Unlinked, Written

_OK = 0

_Own = Callable[..., int]

_Open = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, POINTER(c_int))
_Delete = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int)
_Write = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_Truncate = CFUNCTYPE(c_int, c_void_p, c_int64)
_Sync = CFUNCTYPE(c_int, c_void_p, c_int)
_OpenFolder = CFUNCTYPE(c_int, c_char_p, POINTER(c_int))
_SetSystemCall = CFUNCTYPE(c_int, c_void_p, c_char_p, c_void_p)
_GetSystemCall = CFUNCTYPE(c_void_p, c_void_p, c_char_p)


def _pointers(names: str) -> list[tuple[str, type]]:
    return [(name, c_void_p) for name in names.split()]


class _Vfs(Structure):
    """struct sqlite3_vfs, version 3."""

    _fields_ = (
        ("iVersion", c_int),
        ("szOsFile", c_int),
        ("mxPathname", c_int),
        ("pNext", c_void_p),
        ("zName", c_char_p),
        ("pAppData", c_void_p),
        *_pointers("xOpen xDelete xAccess xFullPathname xDlOpen xDlError xDlSym xDlClose xRandomness xSleep"),
        *_pointers("xCurrentTime xGetLastError xCurrentTimeInt64 xSetSystemCall xGetSystemCall xNextSystemCall"),
    )


class _Methods(Structure):
    """struct sqlite3_io_methods, version 3."""

    _fields_ = (
        ("iVersion", c_int),
        *_pointers("xClose xRead xWrite xTruncate xSync xFileSize xLock xUnlock xCheckReservedLock xFileControl"),
        *_pointers("xSectorSize xDeviceCharacteristics xShmMap xShmLock xShmBarrier xShmUnmap xFetch xUnfetch"),
    )


class _File(Structure):
    """struct sqlite3_file."""

    _fields_ = (("pMethods", POINTER(_Methods)),)


class _RecordingVfs:
    def __init__(self, folder: Path, sqlite: ctypes.CDLL) -> None:
        self.events: list[Event] = []
        self._folder = folder
        self._sqlite = sqlite
        sqlite.sqlite3_vfs_find.restype = POINTER(_Vfs)
        self._own = sqlite.sqlite3_vfs_find(None)
        own = self._own.contents
        self._numbers = {path.name: number for number, path in enumerate(sorted(folder.iterdir()))}
        self._next_number = len(self._numbers)
        self._open_files: dict[int, int] = {}
        self._folder_opened = False
        self._own_open, self._own_delete = _Open(own.xOpen), _Delete(own.xDelete)
        self._set_system_call = _SetSystemCall(own.xSetSystemCall)
        self._own_open_folder = _OpenFolder(_GetSystemCall(own.xGetSystemCall)(self._own, b"openDirectory"))
        # Callbacks must live as long as SQLite may call them: `_callbacks` and `_methods` hold them.
        self._callbacks = (_Open(self._open), _Delete(self._delete), _OpenFolder(self._open_folder))
        self._methods: dict[int, tuple[_Methods, tuple[object, ...]]] = {}
        self._shim = _Vfs.from_buffer_copy(own)
        self._shim.zName = b"recording"
        self._shim.pNext = None
        self._shim.xOpen, self._shim.xDelete = _address(self._callbacks[0]), _address(self._callbacks[1])

    def start(self) -> None:
        self._set_system_call(self._own, b"openDirectory", _address(self._callbacks[2]))
        self._sqlite.sqlite3_vfs_register(ctypes.byref(self._shim), 1)

    def stop(self) -> None:
        self._sqlite.sqlite3_vfs_unregister(ctypes.byref(self._shim))
        self._sqlite.sqlite3_vfs_register(self._own, 1)
        self._set_system_call(self._own, b"openDirectory", None)

    def _open(self, _vfs: int, path: int | None, file: int, flags: int, flags_out: object) -> int:
        result = self._own_open(self._own, path, file, flags, flags_out)
        name = self._name(path)
        if result != _OK or name is None:
            return result
        if name not in self._numbers:
            self._numbers[name] = self._next_number
            self._next_number += 1
            self.events.append(Created(self._numbers[name], name))
        self._open_files[file] = self._numbers[name]
        opened = _File.from_address(file)
        opened.pMethods = ctypes.pointer(self._recording(opened.pMethods.contents))
        return _OK

    def _recording(self, own: _Methods) -> _Methods:
        """The file's own methods with ours in three places. The database and its logs have different ones."""
        address = ctypes.addressof(own)
        if address not in self._methods:
            callbacks = self._callbacks_around(_Write(own.xWrite), _Truncate(own.xTruncate), _Sync(own.xSync))
            methods = _Methods.from_buffer_copy(own)
            methods.xWrite, methods.xTruncate, methods.xSync = map(_address, callbacks)
            self._methods[address] = methods, callbacks
        return self._methods[address][0]

    def _callbacks_around(self, own_write: _Own, own_truncate: _Own, own_sync: _Own) -> tuple[object, ...]:
        def write(file: int, data: int, size: int, offset: int) -> int:
            result = own_write(file, data, size, offset)
            if result == _OK:
                self.events.append(Written(self._open_files[file], offset, ctypes.string_at(data, size)))
            return result

        def truncate(file: int, size: int) -> int:
            result = own_truncate(file, size)
            if result == _OK:
                self.events.append(Resized(self._open_files[file], size))
            return result

        def sync(file: int, flags: int) -> int:
            self._folder_opened = False
            result = own_sync(file, flags)
            if result == _OK:
                self.events.append(FileSynced(self._open_files[file]))
                self._note_folder_sync()
            return result

        return _Write(write), _Truncate(truncate), _Sync(sync)

    def _delete(self, _vfs: int, path: int, sync_folder: int) -> int:
        self._folder_opened = False
        result = self._own_delete(self._own, path, sync_folder)
        name = self._name(path)
        if result == _OK and name is not None and self._numbers.pop(name, None) is not None:
            self.events.append(Unlinked(name))
            self._note_folder_sync()
        return result

    def _open_folder(self, path: bytes, descriptor: object) -> int:
        self._folder_opened = True
        return self._own_open_folder(path, descriptor)

    def _note_folder_sync(self) -> None:
        if self._folder_opened:
            self.events.append(FolderSynced())

    def _name(self, path: int | None) -> str | None:
        """The file's name when it stands in the recorded folder; None for others and for nameless temporary files."""
        if not path:
            return None
        full = Path(ctypes.string_at(path).decode())
        return full.name if full.parent == self._folder else None


def _address(callback: object) -> int | None:
    return ctypes.cast(callback, c_void_p).value  # type: ignore[arg-type]


@contextmanager
def recording(folder: Path) -> Iterator[list[Event]]:
    """What SQLite does to the files in `folder` goes into the list. Databases opened in the block must also be closed
    in it. One recording at a time in a process."""
    vfs = _RecordingVfs(folder.resolve(), ctypes.CDLL(sqlcipher3._sqlite3.__file__))
    vfs.start()
    try:
        yield vfs.events
    finally:
        vfs.stop()
