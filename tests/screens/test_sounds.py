"""The sounds: the right one, off the calling thread, and quiet where nothing can be heard."""

import threading
import wave
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.screens.flow.effects import SoundKind
from kiosk.screens.sounds import FOLDER, Sounds


class Speaker:
    """Remembers what was played, in which thread, and lets the test wait for it."""

    def __init__(self) -> None:
        self.played: list[str] = []
        self.threads: set[str] = set()
        self.loaded: list[str] = []
        self.heard = threading.Semaphore(0)
        self.may_load = threading.Event()
        self.may_load.set()

    def load(self, path: Path) -> "FakeSound":
        assert self.may_load.wait(5)
        self.loaded.append(path.name)
        return FakeSound(self, path.name)

    def wait_for(self, count: int) -> None:
        for _ in range(count):
            assert self.heard.acquire(timeout=5)


class FakeSound:
    def __init__(self, speaker: Speaker, name: str) -> None:
        self.speaker = speaker
        self.name = name

    def play(self) -> None:
        self.speaker.played.append(self.name)
        self.speaker.threads.add(threading.current_thread().name)
        self.speaker.heard.release()


def test_each_kind_has_its_own_sound_loaded_once() -> None:
    speaker = Speaker()
    sounds = Sounds(speaker.load)
    for kind in (SoundKind.SUCCESS, SoundKind.FAILURE, SoundKind.SUCCESS, SoundKind.WARNING):
        sounds.play(kind)
        speaker.wait_for(1)
    sounds.stop()
    assert speaker.played == ["success.wav", "failure.wav", "success.wav", "warning.wav"]
    assert speaker.loaded == ["success.wav", "failure.wav", "warning.wav"]
    assert speaker.threads == {"sounds"}


def test_more_than_can_be_played_is_dropped_without_blocking() -> None:
    speaker = Speaker()
    speaker.may_load.clear()
    sounds = Sounds(speaker.load)
    for _ in range(50):
        sounds.play(SoundKind.WARNING)
    speaker.may_load.set()
    speaker.wait_for(2)
    sounds.stop()
    assert len(speaker.played) <= 3


def broken(_path: Path) -> None:
    raise OSError("no such device")


def silent(_path: Path) -> None:
    return None


@pytest.mark.parametrize("load", [broken, silent])
def test_machine_without_audio_is_quiet(load: Callable[[Path], None]) -> None:
    sounds = Sounds(load)
    for kind in SoundKind:
        sounds.play(kind)
    sounds.stop()
    sounds.stop()


@pytest.mark.parametrize("kind", SoundKind)
def test_files_are_short_and_soft(kind: SoundKind) -> None:
    with wave.open(str(FOLDER / f"{kind}.wav"), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 22_050)
        assert 0.2 < file.getnframes() / file.getframerate() < 1.2
        frames = memoryview(file.readframes(file.getnframes())).cast("h")
    assert 0.3 < max(map(abs, frames)) / 32_767 < 0.7


def test_sounds_differ() -> None:
    assert len({(FOLDER / f"{kind}.wav").read_bytes() for kind in SoundKind}) == len(SoundKind)
