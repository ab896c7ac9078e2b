"""The camera's picture on its way to the customer's window: memory that both processes share, where only the newest
picture stands. Whoever is slow misses some; nobody waits. It is in no file, and blank while nobody is looked at."""

from __future__ import annotations

import mmap
import os
import struct

from kiosk.services.face_ports import Preview, PreviewPicture

LONGEST_SIDE_PX = 640
_HEAD = struct.Struct("=QHH")
"""How often it was written, odd while it is being written; width and height, 0 where there is no picture."""
_SIZE = _HEAD.size + LONGEST_SIDE_PX * LONGEST_SIDE_PX * 3


class SharedPreview(Preview):
    """The terminal's side: what is put here is shown here and, through `descriptor`, there. A picture that has no room
    is shown here alone."""

    def __init__(self) -> None:
        self.descriptor = os.memfd_create("customer-preview")
        os.ftruncate(self.descriptor, _SIZE)
        self._memory = mmap.mmap(self.descriptor, _SIZE)
        self._writes = 0
        self._newest: PreviewPicture | None = None
        super().__init__()

    @property
    def newest(self) -> PreviewPicture | None:
        return self._newest

    @newest.setter
    def newest(self, picture: PreviewPicture | None) -> None:
        """Called by one thread at a time, which copies a megabyte at most."""
        if picture is None and self._newest is None:
            return
        self._newest = picture
        self._write(picture)

    def _write(self, picture: PreviewPicture | None) -> None:
        rgb = picture.rgb if picture is not None else b""
        if len(rgb) > _SIZE - _HEAD.size:
            return
        width, height = (picture.width, picture.height) if picture is not None else (0, 0)
        self._writes += 1
        _HEAD.pack_into(self._memory, 0, self._writes, width, height)
        if rgb:
            self._memory[_HEAD.size : _HEAD.size + len(rgb)] = rgb
        else:
            self._memory[_HEAD.size :] = bytes(_SIZE - _HEAD.size)
        self._writes += 1
        _HEAD.pack_into(self._memory, 0, self._writes, width, height)


class SharedPictures:
    """The window's side, as kiosk.screens.face_preview.FacePreview asks for pictures."""

    def __init__(self, descriptor: int) -> None:
        """Raises OSError, ValueError for what is no memory of that size."""
        self._memory = mmap.mmap(descriptor, _SIZE, prot=mmap.PROT_READ)
        self._read = 0
        self._newest: PreviewPicture | None = None

    @property
    def newest(self) -> PreviewPicture | None:
        """The same object as before where no newer one is whole."""
        writes, width, height = _HEAD.unpack_from(self._memory)
        if writes == self._read or writes % 2:
            return self._newest
        if not (0 < width <= LONGEST_SIDE_PX and 0 < height <= LONGEST_SIDE_PX):
            self._read, self._newest = writes, None
            return None
        rgb = self._memory[_HEAD.size : _HEAD.size + width * height * 3]
        if _HEAD.unpack_from(self._memory)[0] == writes:
            self._read, self._newest = writes, PreviewPicture(rgb, width, height)
        return self._newest
