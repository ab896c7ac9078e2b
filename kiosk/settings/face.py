"""[face]: who is recognised, and what may be paid so."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec

from kiosk.configfile import TomlFile
from kiosk.domain.errors import DomainError
from kiosk.domain.face import Limits, LimitsByNumber, VoteRule
from kiosk.domain.head_turn import MAX_TURNS
from kiosk.settings.fields import Name

INSTALLED_FACE_MODELS = ("dlib", "sface")


class FaceModelSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One model that tells faces apart. "dlib" and "sface" come with the installation; any other has a name of its own,
    since templates of one model mean nothing to another, and an ONNX `file` that takes what SFace takes."""

    name: Name
    file: Path | None = None


class FaceLimitsSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For one model, as `python -m kiosk.face calibrate` measures it: farther than `distance` is nobody known; a
    runner-up less than `margin` behind makes a tie. dlib: Euclidean; others: 1 − cosine, of which 1 is what two vectors
    are from each other that have nothing in common."""

    distance: Annotated[float, msgspec.Meta(gt=0, lt=1)]
    margin: Annotated[float, msgspec.Meta(ge=0.01, le=0.5)]


class FaceStepSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The limits up to so many members `enrolled`; the last step serves all beyond. `limits`: by each model's name."""

    enrolled: Annotated[int, msgspec.Meta(ge=1)]
    limits: dict[Name, FaceLimitsSettings]


class FaceQualitySettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Frames that do not count: see kiosk.face.quality."""

    eyes_px: Annotated[float, msgspec.Meta(ge=20, le=300)] = 40.0
    turned: Annotated[float, msgspec.Meta(ge=0.05, le=0.5)] = 0.25
    dark: Annotated[float, msgspec.Meta(ge=0, le=120)] = 40.0
    bright: Annotated[float, msgspec.Meta(ge=150, le=255)] = 225.0
    sharpness: Annotated[float, msgspec.Meta(ge=0, le=1000)] = 20.0
    second_face: Annotated[float, msgspec.Meta(ge=0.1, le=1)] = 0.5


# docs/face.md says what of these was measured, and what follows from it. They hold for both models together; one alone
# needs its own.
_BOTH_MODELS = (FaceModelSettings(name="dlib"), FaceModelSettings(name="sface"))
_MEASURED_TOGETHER = FaceStepSettings(
    enrolled=10_000,
    limits={
        "dlib": FaceLimitsSettings(distance=0.50, margin=0.05),
        "sface": FaceLimitsSettings(distance=0.55, margin=0.10),
    },
)


_FIVE_TIMES_AS_MANY = FaceStepSettings(
    enrolled=50_000,
    limits={
        "dlib": FaceLimitsSettings(distance=0.46, margin=0.05),
        "sface": FaceLimitsSettings(distance=0.51, margin=0.10),
    },
)
LOOSEST = 1.2
"""Times a limit of ours: so far their makers' own go (dlib's 0.6, SFace's 0.637), and nobody has measured more."""


class FaceSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Paying by face. All models must agree on one member, in `votes` of `frames` frames that are `frame_gap_s` apart;
    a frame older than `longest_look_s` does not vote. Who has shown no good face `look_s` after being asked is
    asked for a card. Payments from `turn_from_minor` on (0: all) ask for `turns` of the head. One payment by face is at
    most `largest_minor`, a member's of one day at this terminal `daily_minor`; what is more takes the card. Before it
    is charged there are `confirm_s` to cancel. `site_key_file`: faces whose members consent to it are shared with the
    terminals that have the same key, if central's settings allow it too; missing: none leaves this terminal. A consent
    that has ended can be renewed for `keep_ended_days`, then the face is destroyed. `blink`: whoever turns their head
    must blink, too. Lists: [[face.model]], [[face.step]]."""

    model: tuple[FaceModelSettings, ...] = _BOTH_MODELS
    step: tuple[FaceStepSettings, ...] = (_MEASURED_TOGETHER, _FIVE_TIMES_AS_MANY)
    frames: Annotated[int, msgspec.Meta(ge=2, le=10)] = 3
    votes: Annotated[int, msgspec.Meta(ge=2, le=10)] = 2
    frame_gap_s: Annotated[float, msgspec.Meta(ge=0, le=2)] = 0.1
    longest_look_s: Annotated[float, msgspec.Meta(ge=1, le=30)] = 4.0
    look_s: Annotated[float, msgspec.Meta(ge=2, le=60)] = 12.0
    turns: Annotated[int, msgspec.Meta(ge=1, le=MAX_TURNS)] = 4
    turn_from_minor: Annotated[int, msgspec.Meta(ge=0)] = 0
    largest_minor: Annotated[int, msgspec.Meta(ge=1)] = 10_000
    daily_minor: Annotated[int, msgspec.Meta(ge=1)] = 20_000
    confirm_s: Annotated[int, msgspec.Meta(ge=1, le=10)] = 2
    quality: FaceQualitySettings = FaceQualitySettings()
    site_key_file: Path | None = None
    keep_ended_days: Annotated[int, msgspec.Meta(ge=1, le=400)] = 30
    blink: bool = False

    def limits_by_number(self) -> LimitsByNumber:
        """Raises DomainError."""
        return LimitsByNumber(
            tuple(
                (step.enrolled, {name: Limits(limits.distance, limits.margin) for name, limits in step.limits.items()})
                for step in self.step
            )
        )

    def vote_rule(self) -> VoteRule:
        """Raises DomainError."""
        return VoteRule(self.frames, self.votes)


def check_face(file: TomlFile, face: FaceSettings) -> None:
    """Raises ConfigFileError for models and limits that do not go together."""
    for i, model in enumerate(face.model):
        if (model.file is None) != (model.name in INSTALLED_FACE_MODELS):
            installed = ", ".join(INSTALLED_FACE_MODELS)
            raise file.error(f"face.model[{i}].name", f"either one of {installed}, or another with its file")
    names = [model.name for model in face.model]
    if not names or len(set(names)) < len(names):
        raise file.error("face.model", "names each model once, and at least one")
    try:
        face.vote_rule()
        face.limits_by_number()
    except DomainError as error:
        raise file.error("face", str(error)) from error
    for i, step in enumerate(face.step):
        if step.limits.keys() != set(names):
            raise file.error(f"face.step[{i}].limits", f"has limits for each of {', '.join(names)}, and for no other")
        _check_looseness(file, i, step)
    if (face.votes - 1) * face.frame_gap_s >= face.longest_look_s:
        raise file.error(
            "face.frame_gap_s", "so far apart, the frames that must agree never come within longest_look_s"
        )


def _check_looseness(file: TomlFile, number: int, step: FaceStepSettings) -> None:
    """Of a model with a file only its makers know what is much."""
    for name, measured in _MEASURED_TOGETHER.limits.items():
        limits = step.limits.get(name)
        if limits is not None and limits.distance > LOOSEST * measured.distance:
            most = round(LOOSEST * measured.distance, 3)
            reason = f"a face that is farther than {most} is a stranger's too often"
            raise file.error(f"face.step[{number}].limits.{name}.distance", reason)
