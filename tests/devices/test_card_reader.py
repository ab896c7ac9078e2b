"""Card reader drivers on real pseudo-terminals: every fault they survive, and the one event a card makes."""

from __future__ import annotations

import statistics
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from kiosk.devices.card_reader import rdm6300
from kiosk.devices.card_reader.driver import Debounce
from kiosk.devices.transport import open_transport
from kiosk.devices.wake import Wake
from kiosk.services.events import DeviceHealth, DeviceKind, DeviceProblem, DeviceState
from tests.devices.reading import running
from tests.devices.support import Events, Pty, as_nobody, stays

UID = "62E3086CED"
FRAME = rdm6300.encode(bytes.fromhex(UID))
OTHER_UID = "02004DB005"
OTHER_FRAME = rdm6300.encode(bytes.fromhex(OTHER_UID))


@pytest.fixture
def port(tmp_path: Path) -> Path:
    return tmp_path / "reader"


@pytest.fixture
def events() -> Events:
    return Events()


def test_a_card_is_presented_once_with_the_time_of_its_last_byte(port: Path, events: Events) -> None:
    with Pty(port) as line, running(port, events):
        events.await_health(DeviceState.READY)
        before_s = time.monotonic()
        line.send(FRAME)
        (card,) = events.await_cards(1)

    assert (card.reader, card.uid) == ("campus-card", UID)
    assert before_s <= card.received_s <= time.monotonic()
    assert events.health == [DeviceHealth("campus-card", DeviceKind.CARD_READER, DeviceState.READY, simulated=True)]


def test_from_last_byte_to_event_takes_a_few_milliseconds(port: Path, events: Events) -> None:
    latencies_s = []
    with Pty(port) as line, running(port, events):
        events.await_health(DeviceState.READY)
        for n in range(30):
            frame = rdm6300.encode(bytes([1, 2, 3, 4, n]))
            line.send(frame[:-1])
            sent_s = time.monotonic()
            line.send(frame[-1:])
            latencies_s.append(events.await_cards(n + 1)[n].received_s - sent_s)

    assert statistics.median(latencies_s) < 0.005


def test_the_uid_can_be_byte_swapped(port: Path, events: Events) -> None:
    with Pty(port) as line, running(port, events, uid_format="byte_swapped"):
        events.await_health(DeviceState.READY)
        line.send(FRAME)
        events.await_cards(1)

    assert events.uids == ["ED6C08E362"]


def test_absent_at_boot_then_there(port: Path, events: Events) -> None:
    with running(port, events):
        events.await_health(DeviceState.UNAVAILABLE, DeviceProblem.NOT_FOUND)
        stays(lambda: len(events.health) == 1, 0.5)  # told once, however often it is tried
        with Pty(port) as line:
            events.await_health(DeviceState.READY)
            line.send(FRAME)
            events.await_cards(1)
            assert [h.state for h in events.health] == [DeviceState.UNAVAILABLE, DeviceState.READY]


def test_unplugged_in_a_frame_and_back_under_another_name(port: Path, events: Events) -> None:
    with Pty(port) as line, running(port, events):
        events.await_health(DeviceState.READY)
        line.send(FRAME[:8])
        line.unplug()
        events.await_health(DeviceState.UNAVAILABLE, DeviceProblem.DISCONNECTED)
        with Pty(port.with_name("other-tty")) as same_name_taken, Pty(port) as back:
            events.await_health(DeviceState.READY)
            same_name_taken.send(OTHER_FRAME)
            back.send(FRAME[8:])  # the rest of a frame from before is no card
            back.send(FRAME)
            events.await_cards(1)

    assert events.uids == [UID]


def test_a_port_that_another_program_holds(port: Path, events: Events) -> None:
    with Pty(port) as line:
        with open_transport(str(port), 9600, Wake()), running(port, events):
            events.await_health(DeviceState.UNAVAILABLE, DeviceProblem.BUSY)
        with running(port, events):
            events.await_health(DeviceState.READY)
            line.send(FRAME)
            events.await_cards(1)


def test_no_permission_until_somebody_sets_it_right(port: Path, events: Events) -> None:
    with Pty(port) as line, ExitStack() as stack:
        port.chmod(0o000)
        with as_nobody():
            stack.enter_context(running(port, events))
            events.await_health(DeviceState.UNAVAILABLE, DeviceProblem.NO_PERMISSION)
        port.chmod(0o600)
        events.await_health(DeviceState.READY)
        line.send(FRAME)
        events.await_cards(1)


def test_one_byte_at_a_time_many_at_once_noise_and_bad_frames(port: Path, events: Events) -> None:
    wrong_checksum = bytes.fromhex("02 31 30 30 30 32 36 46 34 34 34 32 36 03")
    with Pty(port) as line, running(port, events):
        events.await_health(DeviceState.READY)
        for byte in FRAME:
            line.send(bytes([byte]))
        events.await_cards(1)
        line.send(b"\xff\x00noise\x02" + wrong_checksum + OTHER_FRAME + rdm6300.encode(b"\x00\x00\x00\x00\x01"))
        events.await_cards(3)

    assert events.uids == [UID, OTHER_UID, "0000000001"]


def test_a_frame_that_is_cut_is_no_card_and_the_next_one_is(port: Path, events: Events) -> None:
    with Pty(port) as line, running(port, events):
        events.await_health(DeviceState.READY)
        line.send(FRAME[:9])  # lifted while it was read
        stays(lambda: not events.cards, 0.4)
        line.send(FRAME[9:])
        line.send(OTHER_FRAME)
        events.await_cards(1)

    assert events.uids == [OTHER_UID]


def test_stale_bytes_at_open_are_no_card(port: Path, events: Events) -> None:
    with Pty(port) as line:
        line.send(FRAME)
        with running(port, events):
            events.await_health(DeviceState.READY)
            line.send(OTHER_FRAME)
            events.await_cards(1)

    assert events.uids == [OTHER_UID]


def test_cards_left_on_the_reader_count_once_each(port: Path, events: Events) -> None:
    with Pty(port) as line, running(port, events):
        events.await_health(DeviceState.READY)
        for _ in range(10):
            line.send(FRAME + OTHER_FRAME)  # two cards that the reader sees in turn
        line.send(rdm6300.encode(b"\x00\x00\x00\x00\x01"))
        events.await_cards(3)

    assert events.uids == [UID, OTHER_UID, "0000000001"]


def test_a_card_counts_again_after_it_was_away_for_the_whole_window() -> None:
    debounce = Debounce(2.0)
    seen = [(0.0, b"A"), (0.5, b"B"), (1.9, b"A"), (3.8, b"A"), (3.9, b"B"), (5.7, b"A"), (7.7, b"A"), (7.8, b"A")]

    assert [debounce.is_new(uid, at_s) for at_s, uid in seen] == [True, True, False, False, True, False, True, False]


def test_endless_input_is_survived_and_the_driver_still_stops(port: Path, events: Events) -> None:
    with Pty(port) as line, running(port, events) as reader:
        events.await_health(DeviceState.READY)
        for _ in range(50):
            line.send(b"\x02" + b"0" * 999)
        line.send(FRAME)
        events.await_cards(1)
        began_s = time.monotonic()
        reader.stop()
        assert time.monotonic() - began_s < 0.5


def test_frames_that_are_never_sound_are_told_and_forgotten_when_one_is(port: Path, events: Events) -> None:
    with Pty(port) as line, running(port, events):
        events.await_health(DeviceState.READY)
        for _ in range(4):
            line.send(FRAME.replace(b"8\x03", b"9\x03"))
        events.await_health(DeviceState.DEGRADED, DeviceProblem.GARBLED)
        line.send(FRAME)
        events.await_health(DeviceState.READY)

    assert events.uids == [UID]


def test_stop_ends_the_wait_for_a_device_that_is_not_there(port: Path, events: Events) -> None:
    with running(port, events) as reader:
        events.await_health(DeviceState.UNAVAILABLE, DeviceProblem.NOT_FOUND)
        stays(lambda: len(events.health) == 1, 0.7)  # into the third pause, 0.8 s long
        began_s = time.monotonic()
        reader.stop()
        assert time.monotonic() - began_s < 0.2
