"""Is it the same person all through the challenge? The face that turns must be the one that was recognised: before, on
its way and turned, and after."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field

from kiosk.domain.face import Limits
from kiosk.domain.liveness import Failure
from kiosk.face.detection import Face
from kiosk.face.encoder_process import CannotEncode, EncoderLost
from kiosk.face.encoding import Features, Measure, distance
from kiosk.face.look import Encodes, around
from kiosk.services.face_ports import Pixels

MOST_LOOKS = 3
"""At one part of a challenge."""

_TURNED_FARTHER = 1.15  # a turned or nodding head is farther from itself than one that looks ahead
_ANOTHER_FARTHER = 1.35  # nor is it farther than that in any look


@dataclass(frozen=True, slots=True, eq=False)
class Recognised:
    """Whose turn it is: what the frames before showed, and how near a face must be to be the same one."""

    features: tuple[Features, ...]
    measures: Mapping[str, Measure]
    limits: Mapping[str, Limits]

    def is_same(self, features: Features, *, turned: bool) -> bool:
        """By every model, near one of the frames before."""
        return self._is_within(_TURNED_FARTHER if turned else 1.0, features)

    def is_another(self, features: Features) -> bool:
        """By any model, farther than a face is from itself, however it is turned."""
        return not self._is_within(_ANOTHER_FARTHER, features)

    def _is_within(self, times: float, features: Features) -> bool:
        return all(
            name in features and self._nearest(name, features) <= limits.distance * times
            for name, limits in self.limits.items()
        )

    def _nearest(self, name: str, features: Features) -> float:
        return min(distance(self.measures[name], features[name], before[name]) for before in self.features)


@dataclass(slots=True, eq=False)
class _Part:
    """Of the challenge. One look must show who was recognised, and none another: a single one may be bad."""

    turned: bool
    waiting: list[Future[Features]] = field(default_factory=list)
    looks: int = 0
    is_same: bool = False


class Comparing:
    """The looks at one challenge, in parts: before, each attempt at a turn, after. Of each part MOST_LOOKS at most."""

    def __init__(self, encoder: Encodes, recognised: Recognised) -> None:
        self._encoder, self._recognised = encoder, recognised
        self._parts: list[_Part] = []
        self._failure: Failure | None = None

    def begin(self, *, turned: bool) -> None:
        """The next part; there are no more looks at those before."""
        self._parts.append(_Part(turned))

    def look(self, pixels: Pixels, face: Face) -> None:
        """At the part that began last."""
        part = self._parts[-1]
        part.looks += 1
        part.waiting.append(self._encoder.encode(*around(pixels, face)))

    @property
    def is_waiting(self) -> bool:
        """An answer has not come, or `failure` was not asked since."""
        return any(part.waiting for part in self._parts)

    @property
    def is_same(self) -> bool:
        """It is who was recognised, in every part."""
        return all(part.is_same for part in self._parts)

    def failure(self) -> Failure | None:
        """What the answers that have come say; None: nothing against it, or not yet."""
        for part in self._parts:
            done = [answer for answer in part.waiting if answer.done()]
            part.waiting = [answer for answer in part.waiting if not answer.done()]
            for answer in done:
                self._answered(part, answer)
            may_look_again = part is self._parts[-1] and part.looks < MOST_LOOKS
            if not (part.is_same or part.waiting or may_look_again):
                self._failure = self._failure or Failure.OTHER_PERSON
        return self._failure

    def give_up(self) -> None:
        """Nobody waits for the answers any more."""
        for part in self._parts:
            for answer in part.waiting:
                answer.cancel()

    def _answered(self, part: _Part, answer: Future[Features]) -> None:
        try:
            features = answer.result(timeout=0)
        except (CannotEncode, EncoderLost):
            self._failure = self._failure or Failure.NOT_COMPARED
            return
        part.is_same |= self._recognised.is_same(features, turned=part.turned)
        if self._recognised.is_another(features):
            self._failure = self._failure or Failure.OTHER_PERSON
