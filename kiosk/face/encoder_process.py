"""The encoders in a process of their own: dlib holds the interpreter's lock for a tenth of a second and more, and the
screen would stand still meanwhile. `EncoderProcess` is that process as its owner sees it."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from multiprocessing.connection import Connection

import cv2

from kiosk.face.detection import Face, Pixels
from kiosk.face.encoding import Encoder, Features, encode_all

START_TIMEOUT_S = 30.0
ENCODE_TIMEOUT_S = 3.0
STOP_TIMEOUT_S = 2.0
_READY = "ready"
_NICENESS = 5  # the screen goes first

MakeEncoders = Callable[[], tuple[Encoder, ...]]


class EncoderLost(Exception):
    """The process ended or did not answer in time: it has to be replaced."""


class CannotEncode(Exception):
    """A model could not make anything of this face; the next frame may do."""


class EncoderProcess:
    """One face after the other, by one caller. `make_encoders` is called in the process; it must be importable."""

    def __init__(self, make_encoders: MakeEncoders) -> None:
        """Returns when the models are loaded. Raises EncoderLost."""
        context = multiprocessing.get_context("spawn")
        self._line, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, make_encoders), name="face-encoder", daemon=True)
        self._process.start()
        theirs.close()
        try:
            self._answer(START_TIMEOUT_S)
        except EncoderLost:
            self.end()
            raise

    @property
    def id(self) -> int:
        return self._process.pid or 0

    @property
    def is_alive(self) -> bool:
        return self._process.is_alive()

    def encode(self, pixels: Pixels, face: Face) -> Features:
        """Raises CannotEncode, EncoderLost."""
        try:
            self._line.send((pixels, face))
        except OSError as error:
            raise EncoderLost("the process is gone") from error
        answer = self._answer(ENCODE_TIMEOUT_S)
        if isinstance(answer, str):
            raise CannotEncode(answer)
        return answer

    def end(self) -> None:
        """At once: it holds nothing that must be put away."""
        self._process.kill()
        self._process.join(STOP_TIMEOUT_S)
        self._line.close()

    def _answer(self, timeout_s: float) -> Features | str:
        try:
            if not self._line.poll(timeout_s):
                raise EncoderLost(f"no answer within {timeout_s:.0f} s")
            answer: Features | str = self._line.recv()
        except (OSError, EOFError) as error:
            raise EncoderLost("the process is gone") from error
        return answer


def _serve(line: Connection, make_encoders: MakeEncoders) -> None:
    """A face in; its vectors out, or in words why not; until the line ends."""
    os.nice(_NICENESS)
    cv2.setNumThreads(1)
    encoders = make_encoders()
    line.send(_READY)
    while True:
        try:
            pixels, face = line.recv()
        except EOFError:
            return
        try:
            line.send(dict(encode_all(encoders, pixels, face)))
        except (ValueError, RuntimeError, cv2.error) as error:
            line.send(str(error))
