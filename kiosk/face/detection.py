"""Where are the faces in a picture? YuNet (Wu et al., "YuNet: A Tiny Millisecond-level Face Detector", 2023), on a
picture scaled down: a face at the counter is large."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

from kiosk.services.face_ports import Pixels

_LONGER_SIDE_PX = 320
_CERTAINTY = 0.6


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """In pixels of the picture. `points`: 5 × 2, the eye, the eye, the nose's tip and the mouth's corners; of each pair
    the one first that stands left in the picture. `row` is the detector's own line, as OpenCV's SFace wants it."""

    x: float
    y: float
    width: float
    height: float
    certainty: float
    row: npt.NDArray[np.float32]

    @property
    def points(self) -> npt.NDArray[np.float32]:
        return self.row[4:14].reshape(5, 2)

    @property
    def nose_ratio(self) -> float:
        """Where the nose's tip stands along the line between the eyes: 0 in the middle, ±0.5 at an eye, above 0 to the
        right of the picture."""
        eye, other_eye, nose = self.points[:3]
        line = other_eye - eye
        return float((nose - eye) @ line / max(float(line @ line), 1e-6)) - 0.5


class FaceFinder:
    """Not for two threads at once."""

    def __init__(self, model: Path) -> None:
        self._net = cv2.FaceDetectorYN.create(str(model), "", (_LONGER_SIDE_PX, _LONGER_SIDE_PX), _CERTAINTY)

    def find(self, pixels: Pixels) -> tuple[Face, ...]:
        """Largest first."""
        height, width = pixels.shape[:2]
        scale = min(1.0, _LONGER_SIDE_PX / max(height, width))
        small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else pixels
        self._net.setInputSize((small.shape[1], small.shape[0]))
        found = cast("npt.NDArray[np.float32] | None", self._net.detect(small)[1])  # its stub forgets the None
        if found is None:
            return ()
        found[:, :14] /= scale
        faces = [_face(row) for row in found if np.isfinite(row).all()]
        return tuple(sorted(faces, key=lambda face: face.width * face.height, reverse=True))


def _face(row: npt.NDArray[np.float32]) -> Face:
    x, y, width, height = (float(value) for value in row[:4])
    return Face(x, y, width, height, float(row[14]), row)
