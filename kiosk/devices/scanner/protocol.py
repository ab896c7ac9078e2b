"""Bytes of a serial scanner: each code is its payload and a terminator (CR, CR LF, LF, or none and then silence),
behind a prefix and an AIM identifier where the scanner is set up to send them (ISO/IEC 15424: `]`, a letter, a digit).

A GM65 module that is set to be commanded answers its trigger with seven bytes; the payload may follow in the same read
(GM65 data sheet, 3.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kiosk.domain.slip import PREFIX as SLIP_PREFIX

Terminator = Literal["cr", "crlf", "lf", "none"]

MAX_CODE_BYTES = 1024
"""Above any slip (kiosk.domain.slip) and any code that people pay with."""
GM65_TRIGGER = bytes.fromhex("7E 00 08 01 00 02 01 AB CD")
GM65_TRIGGERED = bytes.fromhex("02 00 00 01 00 33 31")

_TERMINATORS: dict[Terminator, bytes] = {"cr": b"\r", "crlf": b"\r\n", "lf": b"\n", "none": b""}
_AIM_BYTES = 3
_SLICE_BYTES = 256


@dataclass(frozen=True, slots=True)
class CodeRead:
    """A whole code, without what the scanner adds. Never to be logged: it may be one that pays."""

    text: str


@dataclass(frozen=True, slots=True)
class Triggered:
    """The module has heard the trigger."""


@dataclass(frozen=True, slots=True)
class BadCode:
    """Something was read and is no sound code; `reason` is for the log and holds nothing of it."""

    reason: str


ScannerMessage = CodeRead | Triggered | BadCode


def encode(text: str, terminator: Terminator, prefix: str = "", aim_id: str = "") -> bytes:
    """What a scanner sends for a code."""
    return f"{prefix}{aim_id}{text}".encode() + _TERMINATORS[terminator]


class CodeFramer:
    """Cuts the stream into codes, with bounded memory, whatever the bytes are."""

    def __init__(self, terminator: Terminator, prefix: str, *, has_aim_id: bool) -> None:
        self._terminator = _TERMINATORS[terminator]
        self._prefix = prefix.encode()
        self._has_aim_id = has_aim_id
        self._buffer = bytearray()
        self._is_overlong = False

    @property
    def has_begun(self) -> bool:
        """Something came that is not a whole code yet."""
        return bool(self._buffer) or self._is_overlong

    def feed(self, data: bytes) -> list[ScannerMessage]:
        """The messages that `data` completes; the rest waits for more."""
        messages: list[ScannerMessage] = []
        for start in range(0, len(data), _SLICE_BYTES):
            self._buffer += data[start : start + _SLICE_BYTES]
            messages += self._cut()
        return messages

    def flush(self) -> list[ScannerMessage]:
        """The line fell silent: without a terminator that ends a code, with one the code is cut."""
        data, was_overlong = bytes(self._buffer), self._is_overlong
        self._buffer.clear()
        self._is_overlong = False
        if was_overlong or not data:
            return []
        return [BadCode("no terminator") if self._terminator else self._decode(data)]

    def _cut(self) -> list[ScannerMessage]:
        messages: list[ScannerMessage] = []
        while True:
            if self._buffer.startswith(GM65_TRIGGERED):
                del self._buffer[: len(GM65_TRIGGERED)]
                messages.append(Triggered())
                continue
            end = self._buffer.find(self._terminator) if self._terminator else -1
            if end < 0:
                return [*messages, *self._check_length()]
            data = bytes(self._buffer[:end])
            del self._buffer[: end + len(self._terminator)]
            if self._is_overlong:
                self._is_overlong = False  # its end, at last
            elif data:
                messages.append(self._decode(data))

    def _check_length(self) -> list[ScannerMessage]:
        """Of what has no end, only the last bytes are kept: half of a terminator may be among them."""
        if self._is_overlong or len(self._buffer) > MAX_CODE_BYTES:
            is_first = not self._is_overlong
            self._is_overlong = True
            del self._buffer[: -max(len(self._terminator) - 1, 0) or len(self._buffer)]
            return [BadCode("too long")] if is_first else []
        return []

    def _decode(self, data: bytes) -> ScannerMessage:
        if len(data) > MAX_CODE_BYTES:
            return BadCode("too long")
        if not data.startswith(self._prefix):
            return BadCode("no prefix")
        data = data[len(self._prefix) :]
        if self._prefix and self._prefix in data:
            return BadCode("two codes joined")
        if self._has_aim_id:
            if data[:1] != b"]" or len(data) <= _AIM_BYTES:
                return BadCode("no AIM identifier")
            data = data[_AIM_BYTES:]
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            return BadCode("not UTF-8")
        if not text or not text.isprintable():
            return BadCode("control characters")
        if SLIP_PREFIX in text[1:]:
            return BadCode("two codes joined")
        return CodeRead(text)
