"""IC reader bytes to cards: delimiters inside data, wrong lengths, noise, and any bytes at all."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kiosk.devices.card_reader.ic_reader import ASK_UID, NO_CARD, IcReaderFramer, encode, encode_card
from kiosk.devices.card_reader.protocol import BadFrame, CardSeen, NoCard, ReaderMessage, SeveralCards

CARD_FRAME = bytes.fromhex("AA 00 06 00 00 DE AD BE EF 24 BB")
TRAP_FRAME = bytes.fromhex("AA 00 06 00 00 AA BB 02 BB AE BB")
CARD = CardSeen(bytes.fromhex("DEADBEEF"))
TRAP = CardSeen(bytes.fromhex("AABB02BB"))

uids = st.sampled_from([4, 7, 10]).flatmap(lambda size: st.binary(min_size=size, max_size=size))


def read(data: bytes) -> list[ReaderMessage]:
    """Everything in `data`, with the line silent afterwards."""
    framer = IcReaderFramer()
    return framer.feed(data) + framer.flush()


def test_golden_frames() -> None:
    assert bytes.fromhex("AA 00 03 25 26 00 00 BB") == ASK_UID
    assert bytes.fromhex("AA 00 02 01 83 80 BB") == NO_CARD
    assert read(CARD_FRAME) == [CARD]
    assert read(NO_CARD) == [NoCard()]
    assert encode_card(CARD.uid) == CARD_FRAME


def test_delimiters_inside_the_data_end_nothing() -> None:
    assert IcReaderFramer().feed(TRAP_FRAME) == [TRAP]
    assert encode_card(TRAP.uid) == TRAP_FRAME


@given(uids)
def test_uids_of_4_7_and_10_bytes(uid: bytes) -> None:
    assert IcReaderFramer().feed(encode_card(uid)) == [CardSeen(uid)]


def test_two_cards_are_no_card() -> None:
    assert IcReaderFramer().feed(encode_card(CARD.uid, several=True)) == [SeveralCards()]


@pytest.mark.parametrize("body", [b"\x00", b"\x00\x00", b"\x00\x00\x01\x02\x03", b"\x01\x82", b"\x25\x26\x00"])
def test_answers_to_something_else_are_no_card(body: bytes) -> None:
    assert [type(m) for m in read(encode(body))] == [BadFrame]


@given(st.integers(0, 10), st.integers(1, 255))
def test_a_changed_byte_is_never_another_card(position: int, change: int) -> None:
    frame = bytearray(CARD_FRAME)
    frame[position] ^= change
    # A changed station or status still names the same bytes only when BCC holds, and it cannot.
    assert not [m for m in read(bytes(frame)) if isinstance(m, CardSeen)]


def test_one_byte_at_a_time_and_many_frames_in_one_read() -> None:
    framer = IcReaderFramer()
    assert [m for byte in CARD_FRAME + TRAP_FRAME for m in framer.feed(bytes([byte]))] == [CARD, TRAP]
    assert IcReaderFramer().feed(CARD_FRAME * 20 + TRAP_FRAME) == [CARD] * 20 + [TRAP]


def test_a_frame_that_is_cut_by_silence_is_given_up() -> None:
    framer = IcReaderFramer()
    assert framer.feed(CARD_FRAME[:7]) == []
    assert [type(m) for m in framer.flush()] == [BadFrame]
    assert framer.feed(CARD_FRAME) == [CARD]


def test_a_frame_hidden_behind_a_false_beginning_comes_out_when_the_line_falls_silent() -> None:
    framer = IcReaderFramer()
    assert framer.feed(b"\xaa\x00\x20" + CARD_FRAME) == []
    assert CARD in framer.flush()


@given(st.binary(max_size=200), uids)
def test_a_frame_after_any_noise_and_a_pause_is_found(noise: bytes, uid: bytes) -> None:
    framer = IcReaderFramer()
    framer.feed(noise)
    framer.flush()

    assert framer.feed(encode_card(uid)) == [CardSeen(uid)]


@given(st.binary(max_size=60).map(lambda noise: noise.replace(b"\xaa", b"")), uids)
def test_a_frame_right_after_noise_without_a_beginning_is_found_at_once(noise: bytes, uid: bytes) -> None:
    assert IcReaderFramer().feed(noise + encode_card(uid)) == [CardSeen(uid)]


@given(st.binary(max_size=8), uids)
def test_a_frame_right_after_any_noise_is_found_by_the_next_pause(noise: bytes, uid: bytes) -> None:
    alone = read(noise + b"\x00" * 40)
    assume(all(isinstance(m, BadFrame) for m in alone))  # the noise is not itself a frame

    assert CardSeen(uid) in read(noise + encode_card(uid))


@given(st.lists(st.binary(max_size=99) | st.sampled_from([CARD_FRAME, b"\xaa\x00\xff", b"\xaa\x00\x20"])))
def test_any_bytes_are_survived_in_little_memory(chunks: list[bytes]) -> None:
    framer = IcReaderFramer()
    for chunk in chunks:
        framer.feed(chunk)

    assert len(pickle.dumps(framer)) < 250


def test_endless_input_takes_no_memory() -> None:
    framer = IcReaderFramer()
    framer.feed(b"\xaa\x00\x20" * 100_000)

    assert len(pickle.dumps(framer)) < 250
