"""RDM6300 and other EM4100 readers (125 kHz), 9600 8N1.

Frame (RDM6300 data sheet): STX, 10 hex digits (version and 32-bit number), 2 hex digits XOR of those five bytes,
ETX. Innovations' ID-12 puts CR LF before ETX. The frame repeats while the card lies there.
"""

from __future__ import annotations

from functools import reduce
from operator import xor

from kiosk.devices.card_reader.protocol import BadFrame, CardSeen, ReaderMessage

STX = 0x02
ETX = 0x03
HEX_DIGITS = frozenset(b"0123456789ABCDEFabcdef")
LINE_END = frozenset(b"\r\n")
UID_BYTES = 5
MAX_BODY_BYTES = 2 * (UID_BYTES + 1) + len(LINE_END)


def encode(uid: bytes) -> bytes:
    """The reader's frame for a card of five bytes. Raises ValueError for another length."""
    if len(uid) != UID_BYTES:
        raise ValueError(f"an EM4100 card has {UID_BYTES} bytes")
    digits = (uid + bytes([reduce(xor, uid)])).hex().upper()
    return bytes([STX]) + digits.encode("ascii") + bytes([ETX])


class Rdm6300Framer:
    """STX always begins a frame anew: it cannot stand inside one."""

    def __init__(self) -> None:
        self._body = bytearray()
        self._in_frame = False

    def feed(self, data: bytes) -> list[ReaderMessage]:
        messages: list[ReaderMessage] = []
        for byte in data:
            message = self._take(byte)
            if message is not None:
                messages.append(message)
        return messages

    def flush(self) -> list[ReaderMessage]:
        was_cut = self._in_frame
        self._end()
        return [BadFrame("cut")] if was_cut else []

    def _take(self, byte: int) -> ReaderMessage | None:
        if byte == STX:
            was_cut = self._in_frame
            self._end()
            self._in_frame = True
            return BadFrame("cut") if was_cut else None
        if not self._in_frame:
            return None
        if byte == ETX:
            message = _decode(bytes(self._body))
            self._end()
            return message
        if byte not in HEX_DIGITS and byte not in LINE_END:
            self._end()
            return BadFrame("a byte that is no hex digit")
        if len(self._body) == MAX_BODY_BYTES:
            self._end()
            return BadFrame("too long")
        self._body.append(byte)
        return None

    def _end(self) -> None:
        self._body.clear()
        self._in_frame = False


def _decode(body: bytes) -> ReaderMessage:
    digits = body.removesuffix(b"\r\n")
    if len(digits) != 2 * (UID_BYTES + 1) or not HEX_DIGITS.issuperset(digits):
        return BadFrame("wrong length")
    *uid, checksum = bytes.fromhex(digits.decode("ascii"))
    if reduce(xor, uid) != checksum:
        return BadFrame("wrong checksum")
    return CardSeen(bytes(uid))
