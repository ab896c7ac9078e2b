"""Desktop IC reader (13.56 MHz, ISO 14443A) that answers when asked, 9600 8N1.

Frame: AA, station, length, [command or status, data …], BCC, BB. BCC is the XOR from station to the last data byte;
length counts what stands between it and BCC. Nothing is escaped (AA and BB may stand in the data): the length rules.
The answer to MF_GET_SNR (25): status 00, 00 for one card or 01 for more than one, then the UID (4, 7 or 10 bytes,
ISO 14443-3); or status 01 and error 83, no card.
"""

from __future__ import annotations

from functools import reduce
from operator import xor

from kiosk.devices.card_reader.protocol import BadFrame, CardSeen, NoCard, ReaderMessage, SeveralCards

STX = 0xAA
ETX = 0xBB
STATION = 0x00
GET_UID = b"\x25\x26\x00"  # MF_GET_SNR, request idle cards, no halt
STATUS_OK = 0x00
STATUS_FAILED = 0x01
ERROR_NO_CARD = 0x83
SEVERAL = 0x01
UID_LENGTHS = (4, 7, 10)

HEADER_BYTES = 3
TRAILER_BYTES = 2
MAX_BODY_BYTES = 32  # the longest answer in use has 12


def encode(body: bytes) -> bytes:
    """The frame around `body` (command or status, and data)."""
    inner = bytes([STATION, len(body)]) + body
    return bytes([STX]) + inner + bytes([reduce(xor, inner), ETX])


ASK_UID = encode(GET_UID)
NO_CARD = encode(bytes([STATUS_FAILED, ERROR_NO_CARD]))


def encode_card(uid: bytes, *, several: bool = False) -> bytes:
    """The reader's answer for a card. Raises ValueError when no ISO 14443A UID has that length."""
    if len(uid) not in UID_LENGTHS:
        raise ValueError("an ISO 14443A UID has 4, 7 or 10 bytes")
    return encode(bytes([STATUS_OK, SEVERAL if several else 0]) + uid)


class IcReaderFramer:
    """Parses by length. What does not hold costs one byte, and the search begins again behind it."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[ReaderMessage]:
        messages: list[ReaderMessage] = []
        # In slices, so that the buffer stays short however much comes at once.
        for start in range(0, len(data), MAX_BODY_BYTES):
            self._buffer += data[start : start + MAX_BODY_BYTES]
            messages += self._frames()
        return messages

    def flush(self) -> list[ReaderMessage]:
        messages: list[ReaderMessage] = []
        while self._buffer:
            del self._buffer[0]
            messages += [BadFrame("cut"), *self._frames()]
        return messages

    def _frames(self) -> list[ReaderMessage]:
        messages: list[ReaderMessage] = []
        while True:
            start = self._buffer.find(STX)
            del self._buffer[: start if start >= 0 else len(self._buffer)]
            if len(self._buffer) < HEADER_BYTES:
                return messages
            length = self._buffer[2]
            if not 1 <= length <= MAX_BODY_BYTES:
                del self._buffer[0]
                messages.append(BadFrame("wrong length"))
                continue
            size = HEADER_BYTES + length + TRAILER_BYTES
            if len(self._buffer) < size:
                return messages
            frame = bytes(self._buffer[:size])
            if frame[-1] != ETX or reduce(xor, frame[1:-2]) != frame[-2]:
                del self._buffer[0]
                messages.append(BadFrame("wrong checksum"))
                continue
            del self._buffer[:size]
            messages.append(_decode(frame[HEADER_BYTES:-TRAILER_BYTES]))


def _decode(body: bytes) -> ReaderMessage:
    if body[0] != STATUS_OK:
        return NoCard() if body[1:2] == bytes([ERROR_NO_CARD]) else BadFrame("the reader reports an error")
    if len(body) > 1 and body[1] == SEVERAL:
        return SeveralCards()
    uid = body[2:]
    return CardSeen(uid) if len(uid) in UID_LENGTHS else BadFrame("an answer to something else")
