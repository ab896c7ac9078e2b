"""RDM6300 bytes to cards: the data sheet's frames, those seen in the field, and any bytes at all."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.devices.card_reader.protocol import BadFrame, CardSeen
from kiosk.devices.card_reader.rdm6300 import Rdm6300Framer, encode

CARD = CardSeen(bytes.fromhex("62E3086CED"))
FRAME = bytes.fromhex("02 36 32 45 33 30 38 36 43 45 44 30 38 03")
OTHER_CARD = CardSeen(bytes.fromhex("02004DB005"))
OTHER_FRAME = bytes.fromhex("02 30 32 30 30 34 44 42 30 30 35 46 41 03")

uids = st.binary(min_size=5, max_size=5)


def good(data: bytes) -> list[CardSeen]:
    return [m for m in Rdm6300Framer().feed(data) if isinstance(m, CardSeen)]


def test_golden_frames() -> None:
    assert Rdm6300Framer().feed(FRAME) == [CARD]
    assert Rdm6300Framer().feed(OTHER_FRAME) == [OTHER_CARD]
    assert encode(CARD.uid) == FRAME


def test_id12_puts_cr_lf_before_etx() -> None:
    assert Rdm6300Framer().feed(FRAME[:-1] + b"\r\n\x03") == [CARD]


@pytest.mark.parametrize(
    "frame",
    [
        "02 31 30 30 30 32 36 46 34 34 34 32 36 03",  # seen in the field: checksum 26, XOR 86
        "02 30 36 30 30 37 35 38 32 34 45 3B 44 03",  # seen in the field: ';' in the checksum
        "02 36 32 45 33 30 38 36 43 45 44 30 39 03",  # one bit of the checksum
        "02 36 32 45 33 30 38 36 43 45 44 03",  # a digit pair lost
        "02 36 32 45 33 30 38 36 43 45 44 30 38 30 30 03",  # a digit pair too many
        "02 36 32 45 33 30 0D 0A 38 36 43 45 44 30 38 03",  # CR LF inside the data
        "02 03",
    ],
)
def test_an_unsound_frame_is_reported_and_the_next_one_read(frame: str) -> None:
    first, *rest = Rdm6300Framer().feed(bytes.fromhex(frame) + OTHER_FRAME)

    assert isinstance(first, BadFrame)
    assert rest == [OTHER_CARD]


def test_one_byte_at_a_time_and_many_frames_in_one_read() -> None:
    framer = Rdm6300Framer()
    assert [m for byte in FRAME + OTHER_FRAME for m in framer.feed(bytes([byte]))] == [CARD, OTHER_CARD]
    assert Rdm6300Framer().feed(FRAME * 3 + OTHER_FRAME) == [CARD] * 3 + [OTHER_CARD]


def test_a_frame_that_is_cut_by_silence_is_given_up() -> None:
    framer = Rdm6300Framer()
    framer.feed(FRAME[:6])

    assert framer.flush() == [BadFrame("cut")]
    assert framer.feed(FRAME[6:]) == []
    assert framer.flush() == []


def test_a_card_of_another_length_has_no_frame() -> None:
    with pytest.raises(ValueError, match="5 bytes"):
        encode(b"\x01\x02\x03\x04")


@given(st.lists(st.binary(max_size=40) | st.sampled_from([FRAME, b"\x02", b"\x03", b"\x02" + b"0" * 99])))
def test_any_bytes_are_survived_in_little_memory(chunks: list[bytes]) -> None:
    framer = Rdm6300Framer()
    for chunk in chunks:
        framer.feed(chunk)

    assert len(pickle.dumps(framer)) < 250


def test_endless_input_takes_no_memory() -> None:
    framer = Rdm6300Framer()
    framer.feed(b"\x02" + b"0" * 1_000_000)

    assert len(pickle.dumps(framer)) < 250


@given(st.binary(), uids)
def test_a_frame_after_any_noise_is_found(noise: bytes, uid: bytes) -> None:
    assert CardSeen(uid) in good(noise + encode(uid))


@given(uids, st.integers(1, 12), st.sampled_from(b"0123456789ABCDEF"))
def test_a_changed_digit_is_never_a_card(uid: bytes, position: int, digit: int) -> None:
    frame = bytearray(encode(uid))
    if frame[position] == digit:
        return
    frame[position] = digit

    assert good(bytes(frame)) == []
