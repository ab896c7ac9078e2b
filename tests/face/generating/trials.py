"""A film before the terminal's own liveness check, from its frames to its answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field

from kiosk.domain.head_turn import Direction
from kiosk.domain.liveness import Stage, TurnChallenge
from kiosk.face import model_files
from kiosk.face.comparing import Comparing, Recognised
from kiosk.face.detection import Face
from kiosk.face.encoding import DlibEncoder, Encoder, Features, SFaceEncoder, Vector, encode_all
from kiosk.face.rules import FaceRules
from kiosk.face.turning import Turning
from kiosk.services.face_ports import Pixels
from tests.face.generating.moving import Film, Screen
from tests.face.generating.people import Models, Person

_ENROLLED = 1000


class _AsAsked(Mapping[str, Vector]):
    """A face's vectors, each made when it is asked for: a face that SFace takes for another needs no dlib."""

    def __init__(self, encoders: Mapping[str, Encoder], pixels: Pixels, face: Face) -> None:
        self._encoders, self._pixels, self._face = encoders, pixels, face
        self._made: dict[str, Vector] = {}

    def __getitem__(self, name: str) -> Vector:
        if name not in self._made:
            self._made[name] = encode_all((self._encoders[name],), self._pixels, self._face)[name]
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._encoders)

    def __len__(self) -> int:
        return len(self._encoders)


class EncodesLate:
    """SFace and dlib in this process. It answers when it is told to, after a turn: what is lost by the turn alone needs
    no encoder, and a slow encoder is what a terminal has, too."""

    def __init__(self) -> None:
        encoders: tuple[Encoder, ...] = (SFaceEncoder(model_files.sface()), DlibEncoder())
        self._encoders = {encoder.name: encoder for encoder in encoders}
        self.measures = {encoder.name: encoder.measure for encoder in encoders}
        self._of_person: dict[str, Features] = {}
        self._waiting: list[tuple[Future[Features], Features]] = []

    def features_of(self, person: Person) -> Features:
        """Of their picture; made once."""
        return self._of_person.setdefault(person.name, _AsAsked(self._encoders, person.picture, person.face))

    def encode(self, pixels: Pixels, face: Face) -> Future[Features]:
        answer: Future[Features] = Future()
        self._waiting.append((answer, _AsAsked(self._encoders, pixels.copy(), face)))
        return answer

    def answer(self) -> None:
        """All that wait."""
        for answer, features in self._waiting:
            if answer.set_running_or_notify_cancel():
                answer.set_result(features)
        self._waiting.clear()


def as_it_is(turning: Turning) -> Turning:
    return turning


@dataclass(frozen=True, slots=True)
class Tried:
    """`took_s`: from the first frame, with which the person was asked, to the answer or the film's end."""

    state: TurnChallenge
    took_s: float

    @property
    def has_passed(self) -> bool:
        return self.state.stage is Stage.PASSED

    @property
    def end(self) -> str:
        """What ended it; of a film that was over before, the stage that it had come to."""
        return str(self.state.failure or self.state.stage)


@dataclass(frozen=True, slots=True, eq=False)
class Bench:
    """`rules`, `recognised` and `spoilt`: where bugs are planted."""

    models: Models
    encoder: EncodesLate
    rules: FaceRules = field(default_factory=FaceRules)
    recognised: type[Recognised] = Recognised
    spoilt: Callable[[Turning], Turning] = as_it_is

    def tried(
        self, person: Person, directions: tuple[Direction, ...], film: Film, screen: Screen | None = None
    ) -> Tried:
        """Who was recognised is `person`, by their photograph; then the film runs until the challenge is over. Whoever
        is filmed may read the `screen`."""
        turning = self.turning(person, directions, asked_s=0)
        tried = None
        for frame in film:
            state = turning.see(frame.pixels, frame.taken_s)
            if state.stage in (Stage.BACK, Stage.COMPARE):
                self.encoder.answer()
            tried = Tried(state, frame.taken_s)
            if screen is not None:
                screen.state = state
            if state.is_over:
                break
        self.encoder.answer()  # what was given up
        assert tried is not None
        return tried

    def turning(self, person: Person, directions: tuple[Direction, ...], asked_s: float) -> Turning:
        recognised = self.recognised(
            (self.encoder.features_of(person),), self.encoder.measures, self.rules.limits.at(_ENROLLED)
        )
        comparing = Comparing(self.encoder, recognised)
        return self.spoilt(Turning(self.models.finder, self.models.mesh, comparing, self.rules, directions, asked_s))
