"""Encoders that need no model. They stand in a module, so that the process of encoders can import them."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import Future

import numpy as np

from kiosk.face.detection import Face
from kiosk.face.encoder_process import EncoderLost
from kiosk.face.encoding import Encoder, Features, Measure, Vector
from kiosk.services.face_ports import Pixels

GREY_THAT_HANGS, GREY_THAT_KILLS, GREY_THAT_FAILS, GREY_THAT_TAKES_A_SECOND = 200, 201, 202, 203


def direction(number: int, away: float = 0.0) -> Vector:
    """A vector of length 1 of its own for each number below 64; `away`: its Euclidean distance from that."""
    angle = 2 * np.arcsin(away / 2)
    vector = np.zeros(128, np.float32)
    vector[number], vector[64 + number] = np.cos(angle), np.sin(angle)
    return vector


class GreyEncoder:
    """The vector tells the picture's first pixel; some greys bring trouble."""

    name = "grey"
    measure = Measure.EUCLIDEAN

    def encode(self, pixels: Pixels, face: Face) -> Vector:
        grey = int(pixels[0, 0, 0])
        if grey == GREY_THAT_HANGS:
            os.kill(os.getpid(), signal.SIGSTOP)
        if grey == GREY_THAT_KILLS:
            os.kill(os.getpid(), signal.SIGKILL)
        if grey == GREY_THAT_FAILS:
            raise ValueError("no face in it")
        if grey == GREY_THAT_TAKES_A_SECOND:
            time.sleep(1)
        return direction(grey % 64)


def grey_encoders() -> tuple[Encoder, ...]:
    return (GreyEncoder(),)


def encoders_that_take_long() -> tuple[Encoder, ...]:
    time.sleep(60)
    return ()


def no_encoders() -> tuple[Encoder, ...]:
    raise OSError("no model there")


def encoders_that_die() -> tuple[Encoder, ...]:
    os.kill(os.getpid(), signal.SIGKILL)
    return ()


class FewNumbersEncoder(GreyEncoder):
    """A model, but of something else."""

    def encode(self, pixels: Pixels, face: Face) -> Vector:
        return np.ones(2, np.float32)


def encoders_of_something_else() -> tuple[Encoder, ...]:
    return (FewNumbersEncoder(),)


class Finder:
    """Finds what it was told to."""

    def __init__(self) -> None:
        self.faces: tuple[Face, ...] = ()
        self.found = 0

    def find(self, pixels: Pixels) -> tuple[Face, ...]:
        self.found += 1
        return self.faces


class Encoding:
    """Keeps what it is asked for until the test answers."""

    def __init__(self) -> None:
        self.wanted: list[Future[Features]] = []
        self.pixels: list[Pixels] = []

    def encode(self, pixels: Pixels, face: Face) -> Future[Features]:
        self.wanted.append(Future())
        self.pixels.append(pixels)
        return self.wanted[-1]

    def answer(self, features: Features) -> None:
        """The oldest that waits."""
        self._oldest().set_result(features)

    def lose(self) -> None:
        self._oldest().set_exception(EncoderLost("the process is gone"))

    def _oldest(self) -> Future[Features]:
        return next(future for future in self.wanted if not future.done())


def until(is_so: Callable[[], bool], within_s: float = 60.0) -> None:
    """Wait for it. Fails when it does not come: a busy machine may be slow."""
    deadline_s = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < deadline_s, "it did not come"
        time.sleep(0.01)
