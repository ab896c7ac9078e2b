"""The encoders in a process of their own: dlib holds the interpreter's lock for a tenth of a second and more, and the
screen would stand still meanwhile. `EncoderProcess` is that process as its owner sees it."""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection

import cv2

from kiosk.core_dumps import prevent_core_dumps
from kiosk.face.detection import Face
from kiosk.face.encoding import Encoder, Features, encode_all, try_out
from kiosk.services.face_ports import Pixels

START_TIMEOUT_S = 30.0
# A tenth of a second as a rule, but this process is the last to get the processor: killed too soon, it only loads its
# models anew, and on a busy machine never answers.
ENCODE_TIMEOUT_S = 10.0
STOP_TIMEOUT_S = 2.0
_READY = "ready"
_MOST_REASON_CHARS = 300
_NICENESS = 5  # the screen goes first
_MOST_MEMORY_BYTES = 1_500_000_000  # of data; both models take a third of it

MakeEncoders = Callable[[], tuple[Encoder, ...]]


class EncoderLost(Exception):
    """The process ended or did not answer in time: it has to be replaced."""


class CannotStart(EncoderLost):
    """Its models cannot be loaded, or do not work; the text says why. A new process would fare no better."""


class CannotEncode(Exception):
    """Nothing came of this face; the next frame may do."""


class EncoderProcess:
    """One face after the other, by one caller; `kill` from any thread. It starts with nothing of this process but
    `make_encoders`, which is called there and must be importable; faces go through a pipe and are kept nowhere."""

    def __init__(self, make_encoders: MakeEncoders, answer_within_s: float = ENCODE_TIMEOUT_S) -> None:
        """Returns before the models are loaded. Raises EncoderLost."""
        self._answer_within_s = answer_within_s
        context = multiprocessing.get_context("spawn")
        self._line, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, make_encoders), name="face-encoder", daemon=True)
        try:
            self._process.start()
        except OSError as error:
            self._line.close()
            raise EncoderLost(f"the process cannot be started: {error.strerror}") from error
        finally:
            theirs.close()
        self.id = self._process.pid or 0

    @property
    def is_alive(self) -> bool:
        return self._process.is_alive()

    def wait_until_ready(self) -> None:
        """The models are loaded and were tried. Raises EncoderLost, CannotStart."""
        with self._killed_after(START_TIMEOUT_S):
            said = self._answer()
        if said != _READY:
            raise CannotStart(str(said))

    def encode(self, pixels: Pixels, face: Face) -> Features:
        """Raises CannotEncode, EncoderLost."""
        with self._killed_after(self._answer_within_s):
            try:
                self._line.send((pixels, face))
            except OSError as error:
                raise EncoderLost("the process is gone") from error
            answer = self._answer()
        if isinstance(answer, str):
            raise CannotEncode(answer)
        return answer

    def kill(self) -> None:
        """At once: it holds nothing that must be put away. Whoever waits for an answer gets EncoderLost."""
        self._process.kill()

    def end(self) -> None:
        """Kill it, and let go of all that belongs to it."""
        self._process.kill()
        self._process.join(STOP_TIMEOUT_S)
        self._line.close()

    def _killed_after(self, timeout_s: float) -> _Deadline:
        return _Deadline(timeout_s, self.kill)

    def _answer(self) -> Features | str:
        try:
            answer: Features | str = self._line.recv()
        except (OSError, EOFError) as error:
            raise EncoderLost("the process is gone") from error
        return answer


class _Deadline:
    """What is not done by then is killed, in whatever call it stands: a process that hangs while it should read blocks
    whoever writes to it, and no time-out of reading helps there."""

    def __init__(self, timeout_s: float, kill: Callable[[], None]) -> None:
        self._timeout_s, self._kill = timeout_s, kill
        self._is_over = False
        self._timer = threading.Timer(timeout_s, self._end)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        self._timer.cancel()
        if self._is_over and isinstance(error, EncoderLost):
            raise EncoderLost(f"no answer within {self._timeout_s:.0f} s") from error

    def _end(self) -> None:
        self._is_over = True
        self._kill()


def _serve(line: Connection, make_encoders: MakeEncoders) -> None:
    """A face in; its vectors out, or in words why not; until the line ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of a console: the terminal's program ends this one
    os.nice(_NICENESS)
    prevent_core_dumps()
    resource.setrlimit(resource.RLIMIT_DATA, (_MOST_MEMORY_BYTES, _MOST_MEMORY_BYTES))
    cv2.setNumThreads(1)
    try:
        encoders = _loaded(line, make_encoders)
        while encoders:
            line.send(_encoded(encoders, *line.recv()))
    except (EOFError, OSError):
        return  # the program is gone


def _loaded(line: Connection, make_encoders: MakeEncoders) -> tuple[Encoder, ...]:
    """And tried; says so on the line, or why not: none then."""
    try:
        encoders = make_encoders()
        try_out(encoders)
    except Exception as error:  # noqa: BLE001 - whatever a file makes of the libraries that read it
        line.send(f"{type(error).__name__}: {' '.join(str(error).split())[:_MOST_REASON_CHARS]}")
        return ()
    line.send(_READY)
    return encoders


def _encoded(encoders: tuple[Encoder, ...], pixels: Pixels, face: Face) -> Features | str:
    try:
        return encode_all(encoders, pixels, face)
    except (ValueError, RuntimeError, cv2.error) as error:
        return str(error)
