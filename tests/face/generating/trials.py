"""A film before the terminal's own liveness check, from its frames to its answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from random import Random

from kiosk.domain.head_turn import Direction
from kiosk.domain.liveness import Failure, Stage, TurnChallenge, challenge
from kiosk.face import model_files
from kiosk.face.comparing import Comparing, Recognised
from kiosk.face.detection import Face
from kiosk.face.encoding import DlibEncoder, Encoder, Features, SFaceEncoder, Vector, encode_all
from kiosk.face.look import around
from kiosk.face.quality import fault_of
from kiosk.face.rules import FaceRules
from kiosk.face.turning import Turning
from kiosk.services.face_ports import Pixels
from tests.face.generating.genuine import turning_head
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
        self._waiting: list[tuple[Future[Features], Features]] = []

    def features_of(self, pixels: Pixels, face: Face) -> Features:
        return _AsAsked(self._encoders, pixels.copy(), face)

    def encode(self, pixels: Pixels, face: Face) -> Future[Features]:
        answer: Future[Features] = Future()
        self._waiting.append((answer, self.features_of(pixels, face)))
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
class Before:
    """A look that ended with its last frame, when the turn was asked for."""

    features: tuple[Features, ...]
    ended_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Bench:
    """`rules`, `recognised` and `spoilt`: where bugs are planted. `before`: what was seen of a person when they were
    recognised, by name."""

    models: Models
    encoder: EncodesLate
    rules: FaceRules = field(default_factory=FaceRules)
    recognised: type[Recognised] = Recognised
    spoilt: Callable[[Turning], Turning] = as_it_is
    before: dict[str, Before] = field(default_factory=dict)

    def tried(
        self, person: Person, directions: tuple[Direction, ...], film: Film, screen: Screen | None = None
    ) -> Tried:
        """Who was recognised is `person`, who stood there; then the film runs until the challenge is over. Whoever is
        filmed may read the `screen`."""
        return self._run(self.turning(person, directions, asked_s=0), film, screen, asked_s=0)

    def tried_after_a_look(self, directions: tuple[Direction, ...], film: Film, screen: Screen) -> Tried:
        """The film begins with the look by which whoever is filmed was recognised, as it does at a terminal. Who is not
        seen well enough for that is lost to time."""
        before = self._look(film)
        if before is None:
            return Tried(challenge(directions, asked_s=0).lost(Failure.TIME_OUT), took_s=0)
        return self._run(self._turning(before, directions, before.ended_s), film, screen, before.ended_s)

    def turning(self, person: Person, directions: tuple[Direction, ...], asked_s: float) -> Turning:
        """Who was recognised stood before the camera in even light."""
        if person.name not in self.before:
            before = self._look(turning_head(person, Direction.LEFT, Random(person.name)))
            assert before is not None, f"{person.name} is not seen well enough"
            self.before[person.name] = before
        return self._turning(self.before[person.name], directions, asked_s)

    def _run(self, turning: Turning, film: Film, screen: Screen | None, asked_s: float) -> Tried:
        tried = None
        for frame in film:
            state = turning.see(frame.pixels, frame.taken_s)
            if state.stage in (Stage.BACK, Stage.COMPARE):
                self.encoder.answer()
            tried = Tried(state, frame.taken_s - asked_s)
            if screen is not None:
                screen.state = state
            if state.is_over:
                break
        self.encoder.answer()  # what was given up
        assert tried is not None
        return tried

    def _turning(self, before: Before, directions: tuple[Direction, ...], asked_s: float) -> Turning:
        recognised = self.recognised(before.features, self.encoder.measures, self.rules.limits.at(_ENROLLED))
        comparing = Comparing(self.encoder, recognised)
        return self.spoilt(Turning(self.models.finder, self.models.mesh, comparing, self.rules, directions, asked_s))

    def _look(self, film: Film) -> Before | None:
        """As kiosk.face.look: the first good frames, not too near one another. None: there are too few."""
        features: list[Features] = []
        counted_s = float("-inf")
        for frame in film:
            faces = self.models.finder.find(frame.pixels)
            is_good = fault_of(frame.pixels, faces, self.rules.quality) is None
            if is_good and frame.taken_s - counted_s >= self.rules.frame_gap_s:
                counted_s = frame.taken_s
                features.append(self.encoder.features_of(*around(frame.pixels, faces[0])))
            if len(features) == self.rules.vote.frames:
                return Before(tuple(features), counted_s)
        return None
