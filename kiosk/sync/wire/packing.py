"""Many texts that resemble each other in few bytes, as the events of a terminal do: JSON of a few shapes, whose parts
come again further back than zlib looks (32 kB, some fifteen orders).

Each text is cut into phrases. A phrase that has been seen is written as its number, of a new one the length is written,
and the phrase itself behind all others; the numbers and the new phrases are then compressed. It takes no longer than
compressing the texts, and little more than half the bytes. Texts come back byte for byte, whatever they are.
"""

from __future__ import annotations

import sys
import zlib
from array import array
from collections.abc import Iterator, Sequence
from typing import Any

# Where a value of a JSON object begins that is a text: ids and names, which differ, come first in their phrases.
_CUT = b'":"'
# An even number is twice that of a known phrase, an odd one twice the length of a new phrase and one.
_END = 2**32 - 1
_TYPE = "I"  # four bytes, the lowest first
_LEVEL = 6
_LENGTH_BYTES = 4


class PackingError(Exception):
    """Bytes that `pack` never made, or that open to more than was allowed."""


def pack(texts: Sequence[bytes]) -> bytes:
    numbers: list[int] = []
    new: list[bytes] = []
    known: dict[bytes, int] = {}
    for text in texts:
        phrases = text.split(_CUT)
        found: list[Any] = list(map(known.get, phrases))
        for place in [i for i, number in enumerate(found) if number is None]:
            phrase = phrases[place]
            if phrase in known:  # since it was looked for
                found[place] = known[phrase]
                continue
            known[phrase] = 2 * len(known)
            found[place] = 2 * len(phrase) + 1
            new.append(phrase)
        numbers += found
        numbers.append(_END)
    packed_numbers = zlib.compress(_lowest_first(array(_TYPE, numbers)).tobytes(), _LEVEL)
    return len(packed_numbers).to_bytes(_LENGTH_BYTES) + packed_numbers + zlib.compress(b"".join(new), _LEVEL)


def unpack(packed: bytes, max_bytes: int) -> list[bytes]:
    """The texts, of at most `max_bytes` together. Raises PackingError."""
    start = _LENGTH_BYTES + int.from_bytes(packed[:_LENGTH_BYTES])
    numbers = array(_TYPE)
    opened = _open(packed[_LENGTH_BYTES:start], 2 * max_bytes)
    if len(opened) % numbers.itemsize:
        raise PackingError("half a number")
    numbers.frombytes(opened)
    new = _open(packed[start:], max_bytes)
    texts, left = [], max_bytes
    for phrases in _texts(_lowest_first(numbers), new):
        left -= sum(map(len, phrases)) + len(_CUT) * (len(phrases) - 1)
        if left < 0:
            raise PackingError(f"opens to more than {max_bytes} bytes")
        texts.append(_CUT.join(phrases))
    return texts


def _texts(numbers: array[int], new: bytes) -> Iterator[list[bytes]]:
    """The phrases of each text."""
    known: list[bytes] = []
    phrases: list[bytes] = []
    start = 0
    for number in numbers:
        if number == _END:
            yield phrases
            phrases = []
        elif number & 1:
            end = start + (number >> 1)
            known.append(new[start:end])
            phrases.append(known[-1])
            start = end
        elif number >> 1 < len(known):
            phrases.append(known[number >> 1])
        else:
            raise PackingError("a number of no phrase")
    if phrases or start != len(new):
        raise PackingError("a text without an end, or phrases of no text")


def _lowest_first(numbers: array[int]) -> array[int]:
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def _open(compressed: bytes, max_bytes: int) -> bytes:
    inflater = zlib.decompressobj()
    try:
        opened = inflater.decompress(compressed, max_bytes + 1)
    except zlib.error as error:
        raise PackingError(str(error)) from error
    if len(opened) > max_bytes or not inflater.eof or inflater.unused_data:
        raise PackingError(f"not one whole stream of at most {max_bytes} bytes")
    return opened
