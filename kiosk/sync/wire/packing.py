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
from dataclasses import dataclass
from itertools import accumulate, pairwise

# Where a value of a JSON object begins that is a text: ids and names, which differ, come first in their phrases.
_CUT = b'":"'
# An even number is twice that of a known phrase, an odd one twice the length of a new phrase and one.
_END = 2**32 - 1
_TYPE = "I"  # four bytes, the lowest first
_LENGTH_BYTES = 4
# New phrases are ids and what stands around them: alike in the order just before, if at all, and where they are not,
# what looks alike is chance. To look back 4 kB for matches of some length takes two thirds of the time that zlib's
# defaults take, and 7 % fewer bytes.
_LEVEL, _WINDOW_BITS, _MEMORY_LEVEL = 4, 12, 7


class PackingError(Exception):
    """Bytes that were never packed here, or that open to more than was allowed."""


class _NumberOf(dict[bytes, int]):
    """By phrase. For a new one: what tells its length; from then on it is known."""

    def __missing__(self, phrase: bytes) -> int:
        self[phrase] = 2 * len(self)
        return 2 * len(phrase) + 1


@dataclass(frozen=True, slots=True)
class CutTexts:
    """Texts that are cut into phrases and not compressed yet, which another thread can do meanwhile: zlib leaves it
    the interpreter."""

    numbers: bytes
    new: bytes

    def packed(self) -> bytes:
        numbers = zlib.compress(self.numbers)
        deflater = zlib.compressobj(_LEVEL, zlib.DEFLATED, _WINDOW_BITS, _MEMORY_LEVEL, zlib.Z_FILTERED)
        return len(numbers).to_bytes(_LENGTH_BYTES) + numbers + deflater.compress(self.new) + deflater.flush()


def cut(texts: Sequence[bytes]) -> CutTexts:
    number_of = _NumberOf()
    numbers = array(_TYPE)
    for text in texts:
        numbers.extend(map(number_of.__getitem__, text.split(_CUT)))
        numbers.append(_END)
    return CutTexts(_lowest_first(numbers).tobytes(), b"".join(number_of))


def unpack(packed: bytes, max_bytes: int) -> list[bytes]:
    """The texts, of at most `max_bytes` together. Raises PackingError."""
    opened = _read(packed, max_bytes)
    phrases = [opened.new[start:end] for start, end in pairwise(opened.ends)]
    new = iter(phrases)
    return [
        _CUT.join([next(new) if number & 1 else phrases[number >> 1] for number in numbers])
        for _, numbers in opened.texts
    ]


def beginnings(packed: bytes, max_bytes: int) -> list[bytes]:
    """Each text up to where it is cut for the first time, and that cut with it; the whole of one that is not cut.
    Refuses what `unpack` refuses, sooner. Raises PackingError."""
    opened = _read(packed, max_bytes)
    found = []
    for known, numbers in opened.texts:
        place = known if numbers[0] & 1 else numbers[0] >> 1
        phrase = opened.new[opened.ends[place] : opened.ends[place + 1]]
        found.append(phrase + _CUT if len(numbers) > 1 else phrase)
    return found


@dataclass(frozen=True, slots=True)
class _Opened:
    """Packed texts that open: `new` has all phrases, each ending at one of `ends`, behind a 0, and `texts` of each text
    how many phrases were known before it, and its numbers, one at least."""

    new: bytes
    ends: list[int]
    texts: list[tuple[int, list[int]]]


def _read(packed: bytes, max_bytes: int) -> _Opened:
    start = _LENGTH_BYTES + int.from_bytes(packed[:_LENGTH_BYTES])
    written = _open(packed[_LENGTH_BYTES:start], 2 * max_bytes)
    new = _open(packed[start:], max_bytes)
    lengths: list[int] = []
    texts, left = [], max_bytes
    for numbers in _of_each_text(written):
        texts.append((len(lengths), numbers))
        try:
            for number in numbers:
                if number & 1:
                    length = number >> 1
                    lengths.append(length)
                    left -= length
                else:
                    left -= lengths[number >> 1]
        except IndexError as error:
            raise PackingError("a number of no phrase") from error
        left -= len(_CUT) * (len(numbers) - 1)
        if left < 0:
            raise PackingError(f"opens to more than {max_bytes} bytes")
    ends = list(accumulate(lengths, initial=0))
    if ends[-1] != len(new):
        raise PackingError("phrases of no text, or texts without their phrases")
    return _Opened(new, ends, texts)


def _of_each_text(written: bytes) -> Iterator[list[int]]:
    """The numbers of one text after the other."""
    if len(written) % array(_TYPE).itemsize:
        raise PackingError("half a number")
    numbers = _lowest_first(array(_TYPE, written)).tolist()
    start = 0
    while start < len(numbers):
        try:
            end = numbers.index(_END, start)
        except ValueError as error:
            raise PackingError("a text without an end") from error
        if end == start:
            raise PackingError("a text of no phrase")
        yield numbers[start:end]
        start = end + 1


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
