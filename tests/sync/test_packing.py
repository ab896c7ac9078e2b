"""Texts that resemble each other, packed: byte for byte, in few bytes, and safe to open whoever sent them."""

from __future__ import annotations

import zlib
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.sync.wire.packing import PackingError, pack, unpack

LIMIT = 1_000_000
END = 2**32 - 1
# Pieces that make texts alike, cut in the middle of what they are cut by, or not at all.
PIECES = [b'":"', b'"', b":", b"", b"a", b"\x00\xff", b'{"id":"1","of":"2"}', "名".encode()]

texts = st.lists(st.lists(st.sampled_from(PIECES) | st.binary(max_size=5), max_size=12).map(b"".join), max_size=12)


@given(texts)
def test_texts_come_back_byte_for_byte(some: list[bytes]) -> None:
    assert unpack(pack(some), LIMIT) == some


def test_more_phrases_than_two_bytes_can_number() -> None:
    some = [b"%d" % number for number in range(70_000)] + [b"1"]
    assert unpack(pack(some), LIMIT) == some


def test_what_is_alike_far_apart_takes_fewer_bytes_than_with_zlib() -> None:
    some = [
        b'{"id":"%032x","dish":"dish %d","name":"%s","state":"paid"}' % (number * 2**64, number % 700, b"long" * 200)
        for number in range(1000)
    ]
    assert len(pack(some)) < len(zlib.compress(b"".join(some), 6)) * 0.7


def packed(numbers: list[int], new: bytes) -> bytes:
    compressed = zlib.compress(array("I", numbers).tobytes())
    return len(compressed).to_bytes(4) + compressed + zlib.compress(new)


HOSTILE = {
    "nothing": b"",
    "no stream": b"\x00\x00\x00\x02ab",
    "a number of no phrase": packed([0, END], b""),
    "one new phrase too many": packed([3, 3, END], b"a"),
    "one new phrase too few": packed([3, END], b"ab"),
    "a text without an end": packed([3], b"a"),
    "half a number": len(zlib.compress(b"abc")).to_bytes(4) + zlib.compress(b"abc") + zlib.compress(b""),
    "a phrase again and again": packed([2001, *[0] * 100_000, END], b"x" * 1000),
    "a large phrase": packed([2 * LIMIT + 3, END], b"x" * (LIMIT + 1)),
    "very many numbers": packed([END] * LIMIT, b""),
    "something behind": pack([b"a"]) + b"b",
    "cut off": pack([b"a"])[:-1],
}


@pytest.mark.parametrize("bytes_", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_bytes_are_refused(bytes_: bytes) -> None:
    with pytest.raises(PackingError):
        unpack(bytes_, LIMIT)


@given(st.binary(max_size=200))
def test_any_bytes_open_or_are_refused(bytes_: bytes) -> None:
    try:
        unpack(bytes_, LIMIT)
    except PackingError:
        pass
