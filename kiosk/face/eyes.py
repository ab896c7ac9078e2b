"""How much the eyes look as they did a moment ago: what changes when lids close.

By their pixels, not by FaceMesh's own lids: that model keeps them nearly open in closed eyes (docs/liveness.md)."""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from kiosk.face.landmarks import Points
from kiosk.services.face_ports import Pixels

_CORNERS = ((33, 133), (362, 263))  # of each eye: first the one that stands left in the picture
_WIDTH, _HEIGHT = 32, 20
_WIDER = 1.3  # than from corner to corner
_REMEMBERED_S = 0.6

_Patches = npt.NDArray[np.float32]
"""2 × height × width, each with the mean 0 and the deviation 1: light does not matter."""


class Eyes:
    """Of one face, frame by frame."""

    def __init__(self) -> None:
        self._usual: _Patches | None = None
        self._seen_s = 0.0

    def likeness(self, pixels: Pixels, points: Points, taken_s: float) -> float:
        """Of the eye that changed less, −1 to 1: both lids close. No number for the first frame."""
        now = np.stack([_patch(pixels, points[left], points[right]) for left, right in _CORNERS])
        if self._usual is None:
            self._usual, self._seen_s = now, taken_s
            return math.nan
        alike = (now * _standard(self._usual)).mean(axis=(1, 2))
        kept = math.exp(-max(taken_s - self._seen_s, 0.0) / _REMEMBERED_S)
        self._usual, self._seen_s = kept * self._usual + (1 - kept) * now, taken_s
        return float(alike.max())

    def forget(self) -> None:
        """The head was turned meanwhile."""
        self._usual = None


def _patch(pixels: Pixels, left: npt.NDArray[np.float32], right: npt.NDArray[np.float32]) -> _Patches:
    across = (right - left).astype(np.float64) * _WIDER / _WIDTH
    down = np.array([-across[1], across[0]])
    corner = (left + right) / 2 - across * _WIDTH / 2 - down * _HEIGHT / 2
    onto = np.column_stack([across, down, corner])
    cut = cv2.warpAffine(
        pixels, onto, (_WIDTH, _HEIGHT), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
    )
    grey = np.asarray(cv2.cvtColor(cut, cv2.COLOR_BGR2GRAY), dtype=np.float32)
    return np.asarray(_standard(grey[None])[0], dtype=np.float32)


def _standard(patches: _Patches) -> _Patches:
    mean, deviation = patches.mean(axis=(1, 2), keepdims=True), patches.std(axis=(1, 2), keepdims=True)
    return np.asarray((patches - mean) / np.maximum(deviation, 1e-3), dtype=np.float32)
