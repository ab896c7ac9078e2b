"""Base45 (RFC 9285): bytes as the characters that a QR code packs most tightly, two bytes in three of them."""

from __future__ import annotations

from kiosk.domain.errors import DomainError

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES = {character: value for value, character in enumerate(_ALPHABET)}
_BASE = len(_ALPHABET)
_PAIR_BYTES, _PAIR_CHARS = 2, 3


class Base45Error(DomainError):
    """Not base45."""


def encode(data: bytes) -> str:
    characters: list[str] = []
    for start in range(0, len(data), _PAIR_BYTES):
        group = data[start : start + _PAIR_BYTES]
        value = int.from_bytes(group, "big")
        for _ in range(len(group) + 1):
            value, rest = divmod(value, _BASE)
            characters.append(_ALPHABET[rest])
    return "".join(characters)


def encoded_chars(n_bytes: int) -> int:
    """How long the text of so many bytes is."""
    pairs, single = divmod(n_bytes, _PAIR_BYTES)
    return pairs * _PAIR_CHARS + single * 2


def decode(text: str) -> bytes:
    """Raises Base45Error. There is one text for any bytes: what decodes, encodes to the same."""
    data = bytearray()
    for start in range(0, len(text), _PAIR_CHARS):
        group = text[start : start + _PAIR_CHARS]
        if len(group) == 1 or not _VALUES.keys() >= set(group):
            raise Base45Error("not base45")
        value = sum(_VALUES[character] * _BASE**place for place, character in enumerate(group))
        n_bytes = len(group) - 1
        if value >= 256**n_bytes:
            raise Base45Error("not base45")
        data += value.to_bytes(n_bytes, "big")
    return bytes(data)
