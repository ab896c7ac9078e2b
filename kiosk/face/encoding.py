"""A face as numbers: dlib's ResNet through face_recognition, and SFace through OpenCV. Vectors of one person are near
one another, by the measure that each model was made for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt

from kiosk.face.detection import Face
from kiosk.services.face_ports import Pixels

Vector = npt.NDArray[np.float32]
"""Of dlib and SFace 128 numbers."""

LEAST_NUMBERS, MOST_NUMBERS = 32, 4096
"""Of a vector: with fewer no model tells faces apart, and of more nobody has heard."""
_TRIED_PX = 160

Features = Mapping[str, Vector]
"""A face's vector by each model's name."""


class Measure(StrEnum):
    """How two vectors of a model are compared: their Euclidean distance, or 1 − the cosine of their angle."""

    EUCLIDEAN = "euclidean"
    COSINE = "cosine"


def distance(measure: Measure, one: Vector, other: Vector) -> float:
    """Of two vectors of one model."""
    return float(np.linalg.norm(one - other)) if measure is Measure.EUCLIDEAN else 1 - float(one @ other)


class Encoder(Protocol):
    """One model. Not for two threads at once."""

    @property
    def name(self) -> str: ...

    @property
    def measure(self) -> Measure: ...

    def encode(self, pixels: Pixels, face: Face) -> Vector:
        """Raises ValueError, RuntimeError or cv2.error when the model makes nothing of this face."""


class DlibEncoder:
    """dlib's face_recognition_resnet_model_v1 on a face aligned by 5 points. It holds the interpreter's lock all the
    while: not for the program that draws the screen. Importing takes more than a second."""

    name = "dlib"
    measure = Measure.EUCLIDEAN

    def __init__(self) -> None:
        import face_recognition
        from PIL import ImageFile

        ImageFile.LOAD_TRUNCATED_IMAGES = False  # it lets Pillow take half pictures for whole ones, in all the process
        self._encodings = face_recognition.face_encodings

    def encode(self, pixels: Pixels, face: Face) -> Vector:
        red_first = np.ascontiguousarray(pixels[:, :, ::-1])
        box = _square(face)
        (vector,) = self._encodings(red_first, known_face_locations=[box], model="small")
        return np.asarray(vector, dtype=np.float32)


def _square(face: Face) -> tuple[int, int, int, int]:
    """Top, right, bottom, left, as dlib's own detector would frame the face: its 5-point model was trained on that."""
    middle_x, middle_y, half = face.x + face.width / 2, face.y + face.height * 0.55, face.width * 0.55
    sides = (middle_y - half, middle_x + half, middle_y + half, middle_x - half)
    top, right, bottom, left = (round(side) for side in sides)
    return top, right, bottom, left


class SFaceEncoder:
    """SFace (Zhong et al., "SFace: Sigmoid-Constrained Hypersphere Loss for Robust Face Recognition", 2021), or another
    model from its ONNX file that takes the same picture (aligned, 112 × 112, red first, 0 to 255) and gives a vector.
    Each has its own `name`: what one model gave means nothing to another."""

    measure = Measure.COSINE

    def __init__(self, model: Path, name: str = "sface") -> None:
        self.name = name
        self._net = cv2.FaceRecognizerSF.create(str(model), "")

    def encode(self, pixels: Pixels, face: Face) -> Vector:
        vector = self._net.feature(self._net.alignCrop(pixels, face.row))[0]
        length = float(np.linalg.norm(vector))
        if not length > 0:
            raise ValueError("the model gave no direction")
        return np.asarray(vector / length, dtype=np.float32)


def try_out(encoders: Sequence[Encoder]) -> None:
    """On a made picture. Raises as they do; ValueError where one gives something that is no face's vector."""
    picture = np.full((_TRIED_PX, _TRIED_PX, 3), 128, np.uint8)
    picture[:: _TRIED_PX // 16] = 30
    eyes, nose, mouth = (0.3, 0.4, 0.7, 0.4), (0.5, 0.6), (0.35, 0.75, 0.65, 0.75)
    row = np.array([0.1, 0.1, 0.8, 0.8, *eyes, *nose, *mouth, 1 / _TRIED_PX], np.float32) * _TRIED_PX
    x, y, width, height = (float(value) for value in row[:4])
    face = Face(x, y, width, height, 1.0, row)
    for name, vector in encode_all(encoders, picture, face).items():
        if not LEAST_NUMBERS <= vector.size <= MOST_NUMBERS:
            raise ValueError(f"{name} gives {vector.size} numbers, not {LEAST_NUMBERS} to {MOST_NUMBERS}")


def encode_all(encoders: Sequence[Encoder], pixels: Pixels, face: Face) -> Features:
    """By all of them. Raises as they do; ValueError where one gave no finite numbers."""
    features = {encoder.name: encoder.encode(pixels, face) for encoder in encoders}
    for name, vector in features.items():
        if vector.ndim != 1 or not np.isfinite(vector).all():
            raise ValueError(f"{name} gave something else than numbers")
    return features
