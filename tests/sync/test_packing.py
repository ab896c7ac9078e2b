"""Texts that resemble each other, packed: byte for byte, in few bytes, and safe to open whoever sent them."""

from __future__ import annotations

import base64
import zlib
from array import array
from collections.abc import Sequence
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.sync.wire import PackedHead, WireError, packed_head, unpack_batch
from kiosk.sync.wire.packing import PackingError, beginnings, cut, unpack

LIMIT = 1_000_000
END = 2**32 - 1
# Pieces that make texts alike, cut in the middle of what they are cut by, or not at all.
PIECES = [b'":"', b'"', b":", b"", b"a", b"\x00\xff", b'{"id":"1","of":"2"}', "名".encode()]

texts = st.lists(st.lists(st.sampled_from(PIECES) | st.binary(max_size=5), max_size=12).map(b"".join), max_size=12)


def pack(some: Sequence[bytes]) -> bytes:
    return cut(some).packed()


@given(texts)
def test_texts_come_back_byte_for_byte(some: list[bytes]) -> None:
    assert unpack(pack(some), LIMIT) == some


@given(texts)
def test_a_text_begins_with_what_stands_before_its_first_cut(some: list[bytes]) -> None:
    assert beginnings(pack(some), LIMIT) == [first + cut for first, cut, _ in (text.partition(b'":"') for text in some)]


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
    for read in (unpack, beginnings):
        with pytest.raises(PackingError):
            read(bytes_, LIMIT)


@given(st.binary(max_size=200))
def test_any_bytes_open_or_are_refused(bytes_: bytes) -> None:
    try:
        unpack(bytes_, LIMIT)
    except PackingError:
        pass


# --- batches of events ---

ID = b"0190163d8694739b8c5a0d1a2b3c4d5e"
# A head and an event as terminals send them, and what is none of either.
BATCH_TEXTS = [b"7 epoch", ID + b'":"{}', ID + b'":"', ID, ID.upper() + b'":"{}', ID[1:] + b'":"{}', b'":"', b"", b"7"]
# Packed by the version before, which let zlib look further back.
PACKED_BEFORE = (
    "AAAAHnic42dgYPgPBI5AmheIBYGYHUmMBYjZkMQAJLUMvHicM1dILchPzjAwtDQwNDNOsTCzNDE3tkyySDZNNEgxTDRKMk42STFNrVYqqSxIrVDSUcpLzE1N"
    "VKoloCEtSakWAKL0Ggc="
)


@given(st.lists(st.sampled_from(BATCH_TEXTS), max_size=4), st.integers(0, 1))
def test_the_head_of_a_batch_is_taken_only_if_all_of_it_opens(some: list[bytes], from_: int) -> None:
    packed_batch = pack([b"7 epoch", *some][from_:])
    try:
        head = packed_head(packed_batch)
    except WireError:
        return
    batch = unpack_batch(packed_batch)
    assert head == PackedHead(batch.first_seq, len(batch.events), batch.epoch)


def test_the_batches_of_the_version_before_are_read() -> None:
    packed_batch = base64.b64decode(PACKED_BEFORE)
    assert packed_head(packed_batch) == PackedHead(7, 2, "epoch")
    batch = unpack_batch(packed_batch)
    assert batch.events[0].id == UUID(hex=ID.decode())
    assert [bytes(event.body) for event in batch.events] == [b'{"type":"x","name":"a"}', b'{"type":"x","name":"b"}']
