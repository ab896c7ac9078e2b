"""Which version of each model is in use: templates of another version mean nothing to it. Nothing of a model is loaded
here, and neither numpy nor OpenCV."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from kiosk.face.model_files import ModelMissing
from kiosk.settings.face import FaceModelSettings

# As their makers number them.
_INSTALLED = {"dlib": "resnet-v1", "sface": "2021dec-int8bq"}
_DIGEST_CHARS = 16


def versions_of(models: Iterable[FaceModelSettings]) -> dict[str, str]:
    """By name. A model that comes by its file is as old as its bytes. Raises ModelMissing."""
    return {model.name: _version(model) for model in models}


def _version(model: FaceModelSettings) -> str:
    if model.file is None:
        return _INSTALLED[model.name]
    try:
        with model.file.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()[:_DIGEST_CHARS]
    except OSError as error:
        raise ModelMissing(f"{model.file} cannot be read: {error.strerror}") from error
