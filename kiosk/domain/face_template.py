"""What is kept of a face: vectors that models made, as the bytes they are. No picture; nothing here looks into them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kiosk.domain.errors import DomainError
from kiosk.domain.text import check_text

MAX_MODELS = 4
MAX_MODEL_CHARS = 40
MAX_POSES = 10
MAX_VECTOR_BYTES = 4096
FLOAT_BYTES = 4


class TemplateError(DomainError):
    """That is no template of a face."""


@dataclass(frozen=True, slots=True)
class ModelVectors:
    """What one model made: a vector a pose, each as little-endian float32, all of one length. `version` tells a model
    from a newer one of that name, whose vectors cannot be compared with these."""

    model: str
    version: str
    vectors: tuple[bytes, ...] = field(repr=False)

    def __post_init__(self) -> None:
        """Raises TemplateError, or TextError."""
        check_text(self.model, MAX_MODEL_CHARS, "a model's name")
        check_text(self.version, MAX_MODEL_CHARS, "a model's version")
        sizes = {len(vector) for vector in self.vectors}
        if not 1 <= len(self.vectors) <= MAX_POSES or len(sizes) != 1:
            raise TemplateError(f"1 to {MAX_POSES} vectors of one length")
        size = sizes.pop()
        if not 0 < size <= MAX_VECTOR_BYTES or size % FLOAT_BYTES:
            raise TemplateError(f"a vector is of float32, at most {MAX_VECTOR_BYTES} bytes")


@dataclass(frozen=True, slots=True)
class FaceTemplate:
    """One member's face, by one model or several. All models saw the same poses."""

    made: tuple[ModelVectors, ...]

    def __post_init__(self) -> None:
        """Raises TemplateError."""
        if not 1 <= len(self.made) <= MAX_MODELS or len({m.model for m in self.made}) != len(self.made):
            raise TemplateError(f"1 to {MAX_MODELS} models, each named once")
        if len({len(m.vectors) for m in self.made}) != 1:
            raise TemplateError("each model has a vector for each pose")

    @property
    def poses(self) -> int:
        return len(self.made[0].vectors)

    @property
    def versions(self) -> dict[str, str]:
        """By model."""
        return {m.model: m.version for m in self.made}

    def fits(self, versions: Mapping[str, str]) -> bool:
        """Whether it can be compared by all of these models: each is in it, in that version."""
        mine = self.versions
        return all(mine.get(model) == version for model, version in versions.items())
