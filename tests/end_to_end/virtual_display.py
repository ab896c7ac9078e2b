"""A display without a screen (Xvfb), whose picture is read from the file that Xvfb draws into."""

from __future__ import annotations

import os
import struct
import subprocess
from pathlib import Path
from typing import Any, Self

import numpy as np

_HEADER_COLOURS_AT, _COLOUR_BYTES = 76, 12  # of an X window dump, XWDFile.h


class VirtualDisplay:
    """A context manager. `name` is the value for DISPLAY."""

    def __init__(self, folder: Path, width: int, height: int) -> None:
        self._size = width, height
        self._file = folder / "Xvfb_screen0"
        read_fd, write_fd = os.pipe()
        self._xvfb = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write_fd), "-screen", "0", f"{width}x{height}x24", "-fbdir", str(folder),
             "-nolisten", "tcp", "-noreset", "-nocursor"],
            pass_fds=(write_fd,), stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(write_fd)
        with os.fdopen(read_fd) as answer:
            self.name = f":{answer.readline().strip()}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._xvfb.terminate()
        self._xvfb.wait(10)

    def pixels(self) -> np.ndarray[Any, np.dtype[np.uint8]]:
        """What is on it now: rows from the top, RGB."""
        width, height = self._size
        raw = self._file.read_bytes()
        (header,) = struct.unpack(">I", raw[:4])
        (colours,) = struct.unpack(">I", raw[_HEADER_COLOURS_AT : _HEADER_COLOURS_AT + 4])
        picture = np.frombuffer(raw, np.uint8, width * height * 4, header + colours * _COLOUR_BYTES)
        return np.ascontiguousarray(picture.reshape(height, width, 4)[..., 2::-1])
