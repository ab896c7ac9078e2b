"""Many texts that resemble each other in few bytes, as the events of a terminal do: JSON of a few shapes, whose parts
come again further back than zlib looks (32 kB, some fifteen orders).

Each text is cut into phrases. A phrase that has been seen is written as its number, a new one is put into a list; both
the numbers and the list are then compressed. It is quicker than compressing the texts, and gives little more than half
the bytes. Texts come back byte for byte, whatever they are.
"""

from __future__ import annotations

import sys
import zlib
from array import array
from collections.abc import Iterator, Sequence

# Where a value of a JSON object begins that is a text: ids and names, which differ, come first in their phrases.
_CUT = b'":"'
_NEW, _END, _FORGET, _FIRST = range(4)
_MAX_PHRASES = 2**16 - _FIRST
_LEVEL = 6
_LENGTH_BYTES = 4


class PackingError(Exception):
    """Bytes that `pack` never made, or that open to more than was allowed."""


def pack(texts: Sequence[bytes]) -> bytes:
    numbers, new = array("H"), []
    known: dict[bytes, int] = {}
    for text in texts:
        for phrase in text.split(_CUT):
            number = known.get(phrase)
            if number is not None:
                numbers.append(number)
                continue
            if len(known) == _MAX_PHRASES:
                numbers.append(_FORGET)
                known.clear()
            known[phrase] = _FIRST + len(known)
            numbers.append(_NEW)
            new.append(phrase)
        numbers.append(_END)
    if sys.byteorder == "big":
        numbers.byteswap()
    packed_numbers = zlib.compress(numbers.tobytes(), _LEVEL)
    return len(packed_numbers).to_bytes(_LENGTH_BYTES) + packed_numbers + zlib.compress(_CUT.join(new), _LEVEL)


def unpack(packed: bytes, max_bytes: int) -> list[bytes]:
    """The texts, of at most `max_bytes` together. Raises PackingError."""
    start = _LENGTH_BYTES + int.from_bytes(packed[:_LENGTH_BYTES])
    numbers = array("H")
    opened = _open(packed[_LENGTH_BYTES:start], max_bytes)
    if len(opened) % numbers.itemsize:
        raise PackingError("half a number")
    numbers.frombytes(opened)
    if sys.byteorder == "big":
        numbers.byteswap()
    new = iter(_open(packed[start:], max_bytes).split(_CUT))
    texts, left = [], max_bytes
    for phrases in _texts(numbers, new):
        left -= sum(map(len, phrases)) + len(_CUT) * len(phrases)
        if left < 0:
            raise PackingError(f"opens to more than {max_bytes} bytes")
        texts.append(_CUT.join(phrases))
    return texts


def _texts(numbers: array[int], new: Iterator[bytes]) -> Iterator[list[bytes]]:
    """The phrases of each text."""
    known: list[bytes] = []
    phrases: list[bytes] = []
    try:
        for number in numbers:
            if number >= _FIRST:
                phrases.append(known[number - _FIRST])
            elif number == _NEW:
                known.append(next(new))
                phrases.append(known[-1])
            elif number == _END:
                yield phrases
                phrases = []
            else:
                known.clear()
    except (IndexError, StopIteration) as error:
        raise PackingError("a number of no phrase") from error
    if phrases:
        raise PackingError("a text without an end")


def _open(compressed: bytes, max_bytes: int) -> bytes:
    inflater = zlib.decompressobj()
    try:
        opened = inflater.decompress(compressed, max_bytes + 1)
    except zlib.error as error:
        raise PackingError(str(error)) from error
    if len(opened) > max_bytes or not inflater.eof or inflater.unused_data:
        raise PackingError(f"not one whole stream of at most {max_bytes} bytes")
    return opened
