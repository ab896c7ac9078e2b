"""A film before the terminal's own liveness check, from its frames to its answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field

from kiosk.domain.face import Limits
from kiosk.domain.liveness import Side, TurnChallenge
from kiosk.face import model_files
from kiosk.face.comparing import Comparing, Recognised
from kiosk.face.detection import Face, Pixels
from kiosk.face.encoding import Features, SFaceEncoder, encode_all
from kiosk.face.rules import FaceRules
from kiosk.face.turning import Turning
from tests.face.generating.moving import Film
from tests.face.generating.people import Models, Person

SFACE_ALONE = {"sface": Limits(0.55, 0.10)}  # dlib beside it can only refuse more, and takes ten times as long


class EncodesAtOnce:
    """SFace in this process."""

    def __init__(self) -> None:
        self._encoders = (SFaceEncoder(model_files.sface()),)
        self.measures = {encoder.name: encoder.measure for encoder in self._encoders}

    def features(self, pixels: Pixels, face: Face) -> Features:
        return encode_all(self._encoders, pixels, face)

    def encode(self, pixels: Pixels, face: Face) -> Future[Features]:
        answer: Future[Features] = Future()
        answer.set_result(self.features(pixels, face))
        return answer


def as_it_is(turning: Turning) -> Turning:
    return turning


@dataclass(frozen=True, slots=True, eq=False)
class Bench:
    """`rules`, `recognised` and `spoilt`: where bugs are planted."""

    models: Models
    encoder: EncodesAtOnce
    rules: FaceRules = field(default_factory=FaceRules)
    recognised: type[Recognised] = Recognised
    spoilt: Callable[[Turning], Turning] = as_it_is

    def tried(self, person: Person, sides: tuple[Side, ...], film: Film | Iterable) -> TurnChallenge:
        """Who was recognised is `person`, by their photograph; then the film runs until the challenge is over."""
        before = self.encoder.features(person.picture, person.face)
        recognised = self.recognised((before,), self.encoder.measures, SFACE_ALONE)
        turning = self.spoilt(
            Turning(
                self.models.finder, self.models.mesh, Comparing(self.encoder, recognised), self.rules, sides, asked_s=0
            )
        )
        state = None
        for frame in film:
            state = turning.see(frame.pixels, frame.taken_s)
            if state.is_over:
                break
        assert state is not None
        return state
