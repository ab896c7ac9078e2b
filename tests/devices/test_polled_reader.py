"""The driver of a reader that must be asked, on a real pseudo-terminal."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from kiosk.devices.card_reader import ic_reader
from kiosk.services.events import DeviceProblem, DeviceState
from tests.devices.reading import running
from tests.devices.support import Events, Pty, eventually


@pytest.fixture
def port(tmp_path: Path) -> Path:
    return tmp_path / "reader"


@pytest.fixture
def events() -> Events:
    return Events()


class AskedReader:
    """The far end of an IC reader's line: answers every question with what is set, byte for byte."""

    def __init__(self, line: Pty) -> None:
        self.answer = ic_reader.NO_CARD
        self.asked = 0
        self._line = line
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        asked = b""
        while True:
            try:
                asked += self._line.read(64)
                while ic_reader.ASK_UID in asked:
                    asked = asked.split(ic_reader.ASK_UID, 1)[1]
                    self.asked += 1
                    self._line.send(self.answer)
            except OSError:
                return

    def await_questions(self, count: int) -> None:
        goal = self.asked + count
        eventually(lambda: self.asked >= goal, f"{count} more questions")


@contextmanager
def asked_reader(port: Path, events: Events) -> Iterator[tuple[AskedReader, Pty]]:
    with Pty(port) as line:
        device = AskedReader(line)
        with running(port, events, driver="ic_reader"):
            events.await_health(DeviceState.READY)
            yield device, line


@pytest.mark.parametrize("uid", ["DEADBEEF", "AABB02BB", "04A2B3C4D5E6F7"])
def test_the_ic_reader_is_asked_and_names_the_card(port: Path, events: Events, uid: str) -> None:
    with asked_reader(port, events) as (device, _):
        device.answer = ic_reader.encode_card(bytes.fromhex(uid))
        events.await_cards(1)
        device.await_questions(2)

    assert events.uids == [uid]


def test_the_ic_reader_is_asked_about_eight_times_a_second(port: Path, events: Events) -> None:
    with asked_reader(port, events) as (device, _):
        asked_s = []
        for _ in range(8):
            device.await_questions(1)
            asked_s.append(time.monotonic())
    # The one in the middle: on a busy machine some come late.
    assert 0.09 < statistics.median(later - before for before, later in pairwise(asked_s)) < 0.25


def test_two_cards_are_no_card_until_one_is_taken_away(port: Path, events: Events) -> None:
    with asked_reader(port, events) as (device, _):
        device.answer = ic_reader.encode_card(bytes.fromhex("DEADBEEF"), several=True)
        device.await_questions(3)
        assert not events.cards
        device.answer = ic_reader.encode_card(bytes.fromhex("AABB02BB"))
        events.await_cards(1)

    assert events.uids == ["AABB02BB"]


def test_noise_cut_answers_and_late_answers_between_questions(port: Path, events: Events) -> None:
    card = ic_reader.encode_card(bytes.fromhex("DEADBEEF"))
    with asked_reader(port, events) as (device, line):
        line.send(b"\xaa\x00\x20")  # noise that looks like a beginning
        device.await_questions(2)
        device.answer = card[:6]  # lifted while it was read
        device.await_questions(1)
        assert not events.cards
        device.answer = ic_reader.NO_CARD
        device.await_questions(1)
        line.send(card)  # to an earlier question
        events.await_cards(1)
        device.await_questions(3)

    assert events.uids == ["DEADBEEF"]
    assert {h.state for h in events.health} == {DeviceState.READY}


def test_an_ic_reader_that_falls_silent_is_unavailable_until_it_answers(port: Path, events: Events) -> None:
    with asked_reader(port, events) as (device, _):
        device.answer = b""
        events.await_health(DeviceState.UNAVAILABLE, DeviceProblem.NO_ANSWER)
        device.answer = ic_reader.NO_CARD
        events.await_health(DeviceState.READY)

    assert len(events.health) == 3


def test_an_ic_reader_that_only_garbles_says_so(port: Path, events: Events) -> None:
    with asked_reader(port, events) as (device, _):
        device.answer = ic_reader.NO_CARD.replace(b"\x80\xbb", b"\x81\xbb")
        events.await_health(DeviceState.UNAVAILABLE, DeviceProblem.GARBLED)
