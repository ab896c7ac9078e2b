"""Between templates, which are kept as bytes, and the vectors that the engine compares."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from kiosk.domain.face_template import FLOAT_BYTES, FaceTemplate, ModelVectors
from kiosk.domain.ids import MemberId
from kiosk.face.encoding import Features, Vector
from kiosk.face.enrolled import Templates

_KEPT = np.dtype("<f4")

log = logging.getLogger(__name__)


def template_of(poses: Sequence[Features], versions: Mapping[str, str]) -> FaceTemplate:
    """What the models of `versions` made of each pose. Raises TemplateError, or KeyError where one of them has not seen
    a pose."""
    return FaceTemplate(
        tuple(
            ModelVectors(model, version, tuple(pose[model].astype(_KEPT).tobytes() for pose in poses))
            for model, version in versions.items()
        )
    )


def features_of(template: FaceTemplate) -> tuple[Features, ...]:
    """Of each pose."""
    return tuple({made.model: _vector(made.vectors[pose]) for made in template.made} for pose in range(template.poses))


def templates_of(faces: Mapping[MemberId, FaceTemplate]) -> Templates:
    """For the engine. Numbers that are none, and vectors of another length than a model's others, compare with nothing:
    such a face is left out."""
    lengths = _lengths(made for template in faces.values() for made in template.made)
    found = {member_id: features_of(template) for member_id, template in faces.items() if _fits(template, lengths)}
    whole = {member_id: poses for member_id, poses in found.items() if all(map(_is_finite, poses))}
    if len(whole) < len(faces):
        log.warning("faces_left_out", extra={"count": len(faces) - len(whole)})
    return whole


def _lengths(all_made: Iterable[ModelVectors]) -> dict[str, int]:
    """Of each model's vectors, in bytes: what most have."""
    counts: dict[str, Counter[int]] = {}
    for made in all_made:
        counts.setdefault(made.model, Counter())[len(made.vectors[0])] += 1
    return {model: lengths.most_common(1)[0][0] for model, lengths in counts.items()}


def _fits(template: FaceTemplate, lengths: Mapping[str, int]) -> bool:
    return all(len(made.vectors[0]) == lengths[made.model] for made in template.made)


def _is_finite(features: Features) -> bool:
    return all(bool(np.isfinite(vector).all()) for vector in features.values())


def _vector(kept: bytes) -> Vector:
    return np.frombuffer(kept, _KEPT, count=len(kept) // FLOAT_BYTES).astype(np.float32)
