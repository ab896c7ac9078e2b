"""Fields one behind the other in few bytes: whole numbers as LEB128, texts as UTF-8 behind their length. The reader
trusts nothing."""

from __future__ import annotations

from kiosk.domain.errors import DomainError

_MAX_NUMBER = 2**42  # above any amount of money


class BytesRefused(DomainError):
    """Bytes that are not the fields they should be."""


class FieldWriter:
    def __init__(self) -> None:
        self._out = bytearray()

    def number(self, value: int) -> None:
        """Raises BytesRefused below zero or out of bounds."""
        if not 0 <= value <= _MAX_NUMBER:
            raise BytesRefused("a number out of bounds")
        while value > 0x7F:
            self._out.append(value & 0x7F | 0x80)
            value >>= 7
        self._out.append(value)

    def text(self, text: str) -> None:
        encoded = text.encode("utf-8")
        self.number(len(encoded))
        self._out += encoded

    def raw(self, data: bytes) -> None:
        self._out += data

    def done(self) -> bytes:
        return bytes(self._out)


class FieldReader:
    """Every method raises BytesRefused for what is not there, out of bounds, or spelt otherwise than a writer does."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def number(self, most: int = _MAX_NUMBER, *, least: int = 0) -> int:
        value = shift = 0
        while True:
            byte = self.raw(1)[0]
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
            if shift > _MAX_NUMBER.bit_length():
                raise BytesRefused("a number without an end")
        if not least <= value <= most:
            raise BytesRefused("a number out of bounds")
        if not byte and shift > 7:
            raise BytesRefused("a number with leading zeros")
        return value

    def text(self, max_bytes: int) -> str:
        """Of printable characters."""
        encoded = self.raw(self.number(max_bytes))
        try:
            text = encoded.decode("utf-8")
        except UnicodeDecodeError as error:
            raise BytesRefused("not UTF-8") from error
        if not text.isprintable():
            raise BytesRefused("a text with control characters")
        return text

    def raw(self, n_bytes: int) -> bytes:
        data = self._data[self._at : self._at + n_bytes]
        if len(data) < n_bytes:
            raise BytesRefused("cut short")
        self._at += n_bytes
        return data

    def rest(self) -> bytes:
        return self.raw(len(self._data) - self._at)
