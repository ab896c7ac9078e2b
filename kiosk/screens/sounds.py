"""The three sounds: success, failure, warning. Played on a thread of their own; without audio hardware it is quiet."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path
from queue import Empty, Full, Queue
from threading import Thread
from typing import Protocol

from kiosk.screens.flow.effects import SoundKind

log = logging.getLogger(__name__)

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "sounds"

_WAITING = 2  # a sound that comes much later than its picture only confuses
_ENDS_WITHIN_S = 2.0


class Sound(Protocol):
    def play(self) -> object: ...


class Sounds:
    """`load` gives the sound in a file, or None where nothing can be played; it is called once a kind, on the
    thread."""

    def __init__(self, load: Callable[[Path], Sound | None] | None = None) -> None:
        self._load = load or load_sound
        self._loaded: dict[SoundKind, Sound | None] = {}
        self._wanted: Queue[SoundKind | None] = Queue(_WAITING)
        self._thread: Thread | None = None

    def play(self, kind: SoundKind) -> None:
        """Soon, after the one that plays now; never blocks and never raises."""
        if self._thread is None:
            self._thread = Thread(target=self._work, name="sounds", daemon=True)
            self._thread.start()
        try:
            self._wanted.put_nowait(kind)
        except Full:
            log.info("sound_dropped", extra={"sound": str(kind)})

    def stop(self) -> None:
        """Ends the thread; what was still wanted is not played."""
        if self._thread is None:
            return
        try:
            while True:
                self._wanted.get_nowait()
        except Empty:
            self._wanted.put_nowait(None)
        self._thread.join(_ENDS_WITHIN_S)

    def _work(self) -> None:
        while (kind := self._wanted.get()) is not None:
            try:
                self._play_now(kind)
            except Exception:
                log.exception("sound_failed", extra={"sound": str(kind)})

    def _play_now(self, kind: SoundKind) -> None:
        if kind not in self._loaded:
            self._loaded[kind] = None  # one that cannot be loaded is not tried again
            self._loaded[kind] = self._load(FOLDER / f"{kind}.wav")
        sound = self._loaded[kind]
        if sound is not None:
            sound.play()


def load_sound(path: Path) -> Sound | None:
    """Through SDL, which Kivy brings. Takes a tenth of a second the first time."""
    if not has_audio_output():
        log.info("no_audio_output")
        return None
    os.environ.setdefault("KIVY_AUDIO", "sdl2")
    from kivy.core.audio import SoundLoader

    sound: Sound | None = SoundLoader.load(str(path))
    return sound


def has_audio_output() -> bool:
    """Whether there is a sound card or a sound server of this user. Asking SDL without one fills stderr."""
    cards = any(Path("/dev/snd").glob("pcm*p"))
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    return cards or (runtime is not None and Path(runtime, "pulse", "native").exists())
