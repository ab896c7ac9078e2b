"""An ESC/POS byte stream cut into commands and text, for the simulator and its pictures (Epson's ESC/POS command
reference)."""

from __future__ import annotations

from dataclasses import dataclass

MAX_COMMAND_BYTES = 2_000_000

DLE, ESC, FS, GS = 0x10, 0x1B, 0x1C, 0x1D
_SINGLE = frozenset(b"\x00\n\r\t\x0c\x18")
_LEADS = frozenset((DLE, ESC, FS, GS))

_FIXED_ARGUMENTS = {
    b"\x10\x04": 1, b"\x10\x05": 1, b"\x10\x14": 3,
    b"\x1b@": 0, b"\x1b!": 1, b"\x1bE": 1, b"\x1bG": 1, b"\x1ba": 1, b"\x1b3": 1, b"\x1b2": 0, b"\x1bd": 1,
    b"\x1bJ": 1, b"\x1b-": 1, b"\x1bM": 1, b"\x1bt": 1, b"\x1bR": 1, b"\x1bp": 3, b"\x1bi": 0, b"\x1bm": 0,
    b"\x1cW": 1, b"\x1c&": 0, b"\x1c.": 0, b"\x1c!": 1, b"\x1c-": 1, b"\x1cS": 2,
    b"\x1d!": 1, b"\x1dr": 1, b"\x1da": 1, b"\x1dB": 1, b"\x1dL": 2, b"\x1dW": 2, b"\x1dP": 2, b"\x1dI": 1,
    b"\x1dh": 1, b"\x1dw": 1, b"\x1dH": 1, b"\x1df": 1,
}  # fmt: skip
_CUTS_WITH_FEED = frozenset((65, 66, 97, 98, 103, 104))


@dataclass(frozen=True, slots=True)
class Command:
    """`code` is the command's first bytes, `arguments` all that follows; text has the empty code."""

    code: bytes
    arguments: bytes = b""


class EscposParser:
    """Whole commands come out as soon as their last byte is in; text comes out as it arrives."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Command]:
        self._buffer += data
        commands: list[Command] = []
        position = 0
        while position < len(self._buffer):
            size = _size(self._buffer, position)
            if size is None or position + size > len(self._buffer):
                break
            commands.append(_command(bytes(self._buffer[position : position + size])))
            position += size
        del self._buffer[:position]
        return commands

    def clear(self) -> None:
        self._buffer.clear()


def _command(raw: bytes) -> Command:
    if raw[0] in _LEADS:
        return Command(raw[:2], raw[2:])
    return Command(raw) if raw[0] in _SINGLE else Command(b"", raw)


def _size(buffer: bytearray, start: int) -> int | None:
    """Bytes of the command or text that begins there; None when too little has arrived to say."""
    first = buffer[start]
    if first in _SINGLE:
        return 1
    if first not in _LEADS:
        end = start
        while end < len(buffer) and buffer[end] not in _SINGLE and buffer[end] not in _LEADS:
            end += 1
        return end - start
    head = bytes(buffer[start : start + 8])
    code = head[:2]
    if len(code) < 2:
        return None
    if code in _FIXED_ARGUMENTS:
        return 2 + _FIXED_ARGUMENTS[code]
    return _variable_size(code, head)


def _variable_size(code: bytes, head: bytes) -> int | None:
    if code == b"\x1dV":
        return None if len(head) < 3 else 4 if head[2] in _CUTS_WITH_FEED else 3
    if code == b"\x1d(":  # GS ( fn pL pH data
        return None if len(head) < 5 else 5 + int.from_bytes(head[3:5], "little")
    if code == b"\x1dv":  # GS v 0 m xL xH yL yH data
        if len(head) < 8:
            return None
        size = 8 + int.from_bytes(head[4:6], "little") * int.from_bytes(head[6:8], "little")
        return size if size <= MAX_COMMAND_BYTES else 8
    return 2  # unknown: skipped, what follows is printed, as a printer would
