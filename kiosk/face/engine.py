"""The engine: configuration becomes models, rules and a process that encodes."""

from __future__ import annotations

from functools import partial

import msgspec

from kiosk.domain.blinking import BlinkRule
from kiosk.domain.liveness import TurnRule
from kiosk.face import model_files
from kiosk.face.detection import FaceFinder
from kiosk.face.encoding import DlibEncoder, Encoder, Measure, SFaceEncoder
from kiosk.face.enrolled import Enrolled, Templates
from kiosk.face.look import Look
from kiosk.face.quality import QualityRule
from kiosk.face.rules import FaceRules
from kiosk.face.worker import EncoderWorker
from kiosk.settings import FaceModelSettings, FaceSettings


class FaceEngine:
    """dlib alone, SFace alone, both together or a model of a file: as the settings name them. For one thread, which has
    the camera; `enrol` from any."""

    def __init__(self, settings: FaceSettings) -> None:
        """Raises ModelMissing."""
        self.rules = rules_of(settings)
        self.measures = measures_of(settings.model)
        self.finder = FaceFinder(model_files.yunet())
        self.worker = EncoderWorker(partial(make_encoders, settings.model))
        self._enrolled = Enrolled(self.measures, {})

    def start(self) -> None:
        """Begin to load the models, beside this thread; once."""
        self.worker.start()

    def stop(self) -> None:
        """Looks that still wait get nothing any more."""
        self.worker.stop()

    def enrol(self, templates: Templates) -> None:
        """Everybody who is known from now on, instead of those before."""
        self._enrolled = Enrolled(self.measures, templates)

    def look(self) -> Look:
        """Among those who are enrolled now."""
        return Look(self.finder, self.worker, self._enrolled, self.rules)


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
