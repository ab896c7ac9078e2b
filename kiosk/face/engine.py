"""The engine: configuration becomes models, rules and a process that encodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import msgspec

from kiosk.domain.blinking import BlinkRule
from kiosk.domain.face_consent import ConsentPurpose
from kiosk.domain.head_turn import TurnRule
from kiosk.domain.ids import MemberId
from kiosk.face import model_files
from kiosk.face.comparing import Comparing, Recognised
from kiosk.face.detection import FaceFinder
from kiosk.face.encoding import DlibEncoder, Encoder, Features, Measure, SFaceEncoder
from kiosk.face.enrolled import Enrolled, Templates
from kiosk.face.landmarks import FaceMesh
from kiosk.face.look import Look
from kiosk.face.model_versions import versions_of
from kiosk.face.quality import QualityRule
from kiosk.face.rules import FaceRules
from kiosk.face.turning import Turning, random_row
from kiosk.face.worker import EncoderWorker
from kiosk.settings.face import FaceModelSettings, FaceSettings


class FaceEngine:
    """dlib alone, SFace alone, both together or a model of a file: as the settings name them. For one thread, which has
    the camera; `too_near` from any."""

    def __init__(self, settings: FaceSettings) -> None:
        """Raises ModelMissing."""
        self.rules = rules_of(settings)
        self.measures = measures_of(settings.model)
        self.versions = versions_of(settings.model)
        self.finder = FaceFinder(model_files.yunet())
        self.mesh = FaceMesh(model_files.face_mesh())
        self.worker = EncoderWorker(partial(make_encoders, settings.model))
        self._turns = settings.turns
        self._enrolled: dict[ConsentPurpose, Enrolled] = {}

    def start(self) -> None:
        """Begin to load the models, beside this thread; once."""
        self.worker.start()

    def stop(self) -> None:
        """Looks that still wait get nothing any more."""
        self.worker.stop()

    def enrol(self, templates: Mapping[ConsentPurpose, Templates]) -> None:
        """Everybody who may be recognised for something from now on, instead of those before."""
        self._enrolled = {purpose: Enrolled(self.measures, of_purpose) for purpose, of_purpose in templates.items()}

    def members(self, purpose: ConsentPurpose) -> int:
        """How many may be recognised for that."""
        return self._among(purpose).members

    def look(self, purpose: ConsentPurpose) -> Look:
        """Among those who are enrolled now, and may be recognised for that."""
        return Look(self.finder, self.worker, self._among(purpose), self.rules)

    def turning(self, seen: Sequence[Features], asked_s: float) -> Turning:
        """The challenge for the face of a look that has just ended: what its frames showed (`Look.features`)."""
        limits = self.rules.limits.at(max((enrolled.members for enrolled in self._enrolled.values()), default=0))
        comparing = Comparing(self.worker, Recognised(tuple(seen), self.measures, limits))
        return Turning(self.finder, self.mesh, comparing, self.rules, random_row(self._turns), asked_s)

    def too_near(self, poses: Sequence[Features]) -> frozenset[MemberId]:
        """Whom, of all who are enrolled, a face with these poses looks so much like that it could be taken for them."""
        found = [enrolled.alike(poses, self.rules.limits.at(enrolled.members)) for enrolled in self._enrolled.values()]
        return frozenset[MemberId]().union(*found)

    def _among(self, purpose: ConsentPurpose) -> Enrolled:
        return self._enrolled.get(purpose) or Enrolled(self.measures, {})


def rules_of(settings: FaceSettings) -> FaceRules:
    return FaceRules(
        limits=settings.limits_by_number(),
        vote=settings.vote_rule(),
        quality=QualityRule(**msgspec.structs.asdict(settings.quality)),
        turn=TurnRule(blink=BlinkRule() if settings.blink else None),
        frame_gap_s=settings.frame_gap_s,
        longest_look_s=settings.longest_look_s,
    )


def measures_of(models: tuple[FaceModelSettings, ...]) -> dict[str, Measure]:
    """By each model's name, without loading it."""
    return {model.name: DlibEncoder.measure if _is_dlib(model) else SFaceEncoder.measure for model in models}


def make_encoders(models: tuple[FaceModelSettings, ...]) -> tuple[Encoder, ...]:
    """Load them: seconds. Raises ModelMissing."""
    return tuple(
        DlibEncoder() if _is_dlib(model) else SFaceEncoder(model.file or model_files.sface(), model.name)
        for model in models
    )


def _is_dlib(model: FaceModelSettings) -> bool:
    return model.name == DlibEncoder.name
