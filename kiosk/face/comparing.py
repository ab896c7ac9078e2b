"""Is it the same person all through the challenge? The face that turns must be the one that was recognised: before,
half turned and after."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass

from kiosk.domain.face import Limits
from kiosk.domain.liveness import Failure
from kiosk.face.detection import Face
from kiosk.face.encoder_process import CannotEncode, EncoderLost
from kiosk.face.encoding import Features, Measure, distance
from kiosk.face.look import Encodes, around
from kiosk.services.face_ports import Pixels

_TURNED_FARTHER = 1.3  # a head on its way to a side is farther from itself than one that looks ahead


@dataclass(frozen=True, slots=True, eq=False)
class Recognised:
    """Whose turn it is: what the frames before showed, and how near a face must be to be the same one."""

    features: tuple[Features, ...]
    measures: Mapping[str, Measure]
    limits: Mapping[str, Limits]

    def is_same(self, features: Features, *, turned: bool) -> bool:
        """By every model, near one of the frames before."""
        return all(
            name in features and self._nearest(name, features) <= limits.distance * (_TURNED_FARTHER if turned else 1)
            for name, limits in self.limits.items()
        )

    def _nearest(self, name: str, features: Features) -> float:
        return min(distance(self.measures[name], features[name], before[name]) for before in self.features)


class Comparing:
    """The looks at one challenge. Bounded by who asks: one before, one a turn, and once again, one after."""

    def __init__(self, encoder: Encodes, recognised: Recognised) -> None:
        self._encoder, self._recognised = encoder, recognised
        self._waiting: list[tuple[Future[Features], bool]] = []
        self._failure: Failure | None = None

    def look(self, pixels: Pixels, face: Face, *, turned: bool) -> None:
        self._waiting.append((self._encoder.encode(*around(pixels, face)), turned))

    @property
    def is_waiting(self) -> bool:
        """An answer has not come, or `failure` was not asked since."""
        return bool(self._waiting)

    def failure(self) -> Failure | None:
        """What the answers that have come say; None: nothing against it."""
        done = [(answer, turned) for answer, turned in self._waiting if answer.done()]
        self._waiting = [(answer, turned) for answer, turned in self._waiting if not answer.done()]
        for answer, turned in done:
            self._failure = self._failure or self._failure_of(answer, turned=turned)
        return self._failure

    def give_up(self) -> None:
        """Nobody waits for the answers any more."""
        for answer, _ in self._waiting:
            answer.cancel()

    def _failure_of(self, answer: Future[Features], *, turned: bool) -> Failure | None:
        try:
            is_same = self._recognised.is_same(answer.result(timeout=0), turned=turned)
        except (CannotEncode, EncoderLost):
            return Failure.NOT_COMPARED
        return None if is_same else Failure.OTHER_PERSON
