"""468 points of a face: MediaPipe FaceMesh (Kartynnik et al., 2019), run by OpenCV; and what a turn of the head is
measured by."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from kiosk.face.detection import Face
from kiosk.services.face_ports import Pixels

_INPUT_PX = 192
_MARGIN = 1.5  # as MediaPipe cuts the face out
_CERTAINTY = 0.0  # a logit: 0 is one half, as MediaPipe takes it
_POINTS = 468
_NOSE_TIP, _OUTER_CORNERS = 1, (33, 263)  # of the eyes: first the one that stands left in the picture
_MOUTH_CORNERS = (61, 291)
_INNER_CORNERS = (133, 362)

Points = npt.NDArray[np.float32]
"""468 × 2, in pixels of the picture."""


class FaceMesh:
    """Not for two threads at once."""

    def __init__(self, model: Path) -> None:
        self._net = cv2.dnn.readNet(str(model))
        self._outputs = self._net.getUnconnectedOutLayersNames()

    def points(self, pixels: Pixels, face: Face) -> Points | None:
        """The face is cut out upright, as its eyes stand. None: the model itself doubts that there is a face."""
        found = self.points_with_depth(pixels, face)
        return None if found is None else np.ascontiguousarray(found[:, :2])

    def points_with_depth(self, pixels: Pixels, face: Face) -> Points | None:
        """468 × 3: the depth is in pixels too, less is nearer to the camera; it is the model's guess."""
        cut = _cut(face)
        upright = cv2.warpAffine(pixels, cut, (_INPUT_PX, _INPUT_PX), borderMode=cv2.BORDER_REPLICATE)
        self._net.setInput(cv2.dnn.blobFromImage(upright, 1 / 255, (_INPUT_PX, _INPUT_PX), swapRB=True))
        outputs = self._net.forward(self._outputs)
        certainty = next(out for out in outputs if out.size == 1).item()
        if not certainty >= _CERTAINTY:
            return None
        given = next(out for out in outputs if out.size == _POINTS * 3).reshape(_POINTS, 3)
        back = cv2.invertAffineTransform(cut)
        in_picture = given[:, :2] @ back[:, :2].T + back[:, 2]
        return np.column_stack([in_picture, given[:, 2] * np.linalg.norm(back[0, :2])]).astype(np.float32)


def _cut(face: Face) -> npt.NDArray[np.float64]:
    """From the picture into the model's input."""
    eye, other_eye = face.points[:2]
    angle_deg = float(np.degrees(np.arctan2(other_eye[1] - eye[1], other_eye[0] - eye[0])))
    middle = (face.x + face.width / 2, face.y + face.height / 2)
    scale = _INPUT_PX / (_MARGIN * max(face.width, face.height))
    cut = np.asarray(cv2.getRotationMatrix2D(middle, angle_deg, scale), dtype=np.float64)
    cut[:, 2] += _INPUT_PX / 2 - np.array(middle)
    return cut


def aligned_by(points: Points, face: Face) -> Face:
    """The same face with the mesh's five points: of a turned head they are nearer to the truth than the detector's."""
    row = face.row.copy()
    row[4:14] = face_around(points).row[4:14]
    return replace(face, row=row)


def face_around(points: Points) -> Face:
    """A face that the detector does not find, where the mesh saw it: its box and five points, as the detector's are."""
    low, high = points.min(axis=0), points.max(axis=0)
    eyes = (points[list(_OUTER_CORNERS)] + points[list(_INNER_CORNERS)]) / 2
    five = np.vstack([eyes, points[[_NOSE_TIP, *_MOUTH_CORNERS]]])
    row = np.concatenate([low, high - low, five.ravel(), [0.0]]).astype(np.float32)
    x, y, width, height = (float(value) for value in row[:4])
    return Face(x, y, width, height, 0.0, row)


def nose_ratio(points: Points) -> float:
    """Where the nose's tip stands along the line between the eyes' outer corners: 0 in the middle, ±0.5 at a corner,
    above 0 towards the person's own left."""
    corner, other = points[_OUTER_CORNERS[0]], points[_OUTER_CORNERS[1]]
    line = other - corner
    return float((points[_NOSE_TIP] - corner) @ line / max(float(line @ line), 1e-6)) - 0.5


def nod_ratio(points: Points) -> float:
    """How far down the nose's tip stands from between the eyes towards between the mouth's corners: 0 at the eyes, 1 at
    the mouth. It falls when the head looks up."""
    between = points[list(_OUTER_CORNERS)].mean(axis=0)
    down = points[list(_MOUTH_CORNERS)].mean(axis=0) - between
    return float((points[_NOSE_TIP] - between) @ down / max(float(down @ down), 1e-6))


def planar_residual(began: Points, now: Points) -> float:
    """How far the points are, root mean square, from the plane's picture (a homography) of how they began, in
    distances between the eyes' outer corners then. What is flat stays near 0 however it is turned."""
    homography, _ = cv2.findHomography(began, now, 0)
    if np.shape(homography) != (3, 3):
        return 0.0  # nothing fits: that proves no head
    fitted = cv2.perspectiveTransform(began[None], homography)[0]
    size = float(np.linalg.norm(began[_OUTER_CORNERS[0]] - began[_OUTER_CORNERS[1]]))
    return float(np.sqrt(np.mean(np.sum((fitted - now) ** 2, axis=1)))) / max(size, 1.0)
