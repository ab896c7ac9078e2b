"""Numbers called out: a chime, then the number in words, from the clips in assets/voice. On a thread of its own;
without audio hardware it is quiet.

The clips are joined to one sound, so that nothing comes between a number's digits.
"""

from __future__ import annotations

import logging
import wave
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import Protocol

from kiosk.screens.sounds import FOLDER as SOUNDS
from kiosk.screens.sounds import load_sound

log = logging.getLogger(__name__)

VOICE = Path(__file__).resolve().parents[2] / "assets" / "voice"
CHIME = SOUNDS / "chime.wav"

_WAITING = 8  # numbers; more would be called when the customers have long read them
_BETWEEN_S = 0.25
_LONGEST_S = 20.0
_ENDS_WITHIN_S = 2.0


class LongSound(Protocol):
    """`length` in seconds; below zero where it is not known."""

    length: float

    def play(self) -> object: ...


class Announcer:
    """`folder`: where the joined sound is kept while it plays. `load` gives the sound in a file, or None where nothing
    can be played; it is called on the thread."""

    def __init__(
        self, folder: Path, languages: Sequence[str], load: Callable[[Path], LongSound | None] | None = None
    ) -> None:
        self._folder = folder
        self._languages = tuple(languages)
        self._load: Callable[[Path], object | None] = load or load_sound
        self._wanted: Queue[str | None] = Queue(_WAITING)
        self._stopping = Event()
        self._thread: Thread | None = None

    def call(self, number: str) -> None:
        """Soon, after those before it; never blocks and never raises."""
        if self._thread is None:
            self._thread = Thread(target=self._work, name="announcer", daemon=True)
            self._thread.start()
        try:
            self._wanted.put_nowait(number)
        except Full:
            log.info("call_dropped")

    def stop(self) -> None:
        """Ends the thread; what was still to be called is not."""
        self._stopping.set()
        if self._thread is None:
            return
        try:
            while True:
                self._wanted.get_nowait()
        except Empty:
            self._wanted.put_nowait(None)
        self._thread.join(_ENDS_WITHIN_S)

    def _work(self) -> None:
        turn = 0
        while (number := self._wanted.get()) is not None and not self._stopping.is_set():
            turn = 1 - turn  # the one before may still be held open
            try:
                self._call_now(number, self._folder / f"call-{turn}.wav")
            except Exception:
                log.exception("call_failed")

    def _call_now(self, number: str, path: Path) -> None:
        join_clips(clips_for(number, self._languages), path)
        sound = self._load(path)
        if sound is None:
            return
        sound.play()  # type: ignore[attr-defined]
        length_s = float(getattr(sound, "length", 0) or 0)
        self._stopping.wait(min(_LONGEST_S, max(0.0, length_s) + _BETWEEN_S))


def clips_for(number: str, languages: Sequence[str]) -> list[Path]:
    """The chime, then the number in each language. A character without a clip is left out."""
    return [CHIME, *(clip for language in languages for clip in _in_language(number, language))]


def _in_language(number: str, language: str) -> Iterator[Path]:
    yield VOICE / f"{language}-before.wav"
    for character in number.upper():
        if character.isdigit() and character.isascii():
            yield VOICE / f"{language}-{character}.wav"
        elif character.isalpha() and character.isascii():
            yield VOICE / f"{character}.wav"
    yield VOICE / f"{language}-after.wav"


def join_clips(clips: Sequence[Path], path: Path) -> None:
    """One WAV file of them all, which have the same form. Raises OSError, wave.Error."""
    with wave.open(str(path), "wb") as joined:
        for number, clip in enumerate(clips):
            with wave.open(str(clip), "rb") as part:
                if number == 0:
                    joined.setparams(part.getparams())
                joined.writeframes(part.readframes(part.getnframes()))


def has_voice(languages: Sequence[str]) -> bool:
    """Whether every clip is there."""
    letters_and_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    return all(clip.is_file() for clip in clips_for(letters_and_digits, languages))
