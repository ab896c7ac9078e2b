"""Is the picture good enough to say whose face it is? What is wrong is told, so that a person can mend it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from kiosk.domain.face import Fault as Fault
from kiosk.face.detection import Face
from kiosk.services.face_ports import Pixels


@dataclass(frozen=True, slots=True)
class QualityRule:
    """`eyes_px`: at least so far apart. `turned`: the nose at most so far from the middle between the eyes, in their
    distances. `dark`, `bright`: a face's mean grey, 0 to 255. `sharpness`: at least this variance of the Laplacian of
    the face, 112 pixels wide. `second_face`: a second face so large beside the first, 0 to 1 by width, is one too many.
    """

    eyes_px: float = 40.0
    turned: float = 0.25
    dark: float = 40.0
    bright: float = 225.0
    sharpness: float = 20.0
    second_face: float = 0.5


_FACE_PX = 112
_BORDER = 0.05


def fault_of(pixels: Pixels, faces: Sequence[Face], rule: QualityRule) -> Fault | None:
    """Of the picture in which those faces were found, largest first. None: it is good."""
    if not faces:
        return Fault.NO_FACE
    face = faces[0]
    if len(faces) > 1 and faces[1].width >= rule.second_face * face.width:
        return Fault.SEVERAL_FACES
    eye, other_eye, nose = face.points[:3]
    between = other_eye - eye
    eyes_px = float(np.linalg.norm(between))
    if eyes_px < rule.eyes_px:
        return Fault.TOO_FAR
    if _is_cut_off(pixels, face):
        return Fault.CUT_OFF
    if abs(float((nose - eye) @ between) / eyes_px**2 - 0.5) > rule.turned:
        return Fault.TURNED
    return _fault_of_light(pixels, face, rule)


def _is_cut_off(pixels: Pixels, face: Face) -> bool:
    """The detector frames what it sees of a face: of one that is cut off, up to a few pixels from the border."""
    height, width = pixels.shape[:2]
    border = _BORDER * face.width
    return (
        min(face.x, face.y) < border or face.x + face.width > width - border or face.y + face.height > height - border
    )


def _fault_of_light(pixels: Pixels, face: Face, rule: QualityRule) -> Fault | None:
    left, top = round(face.x), round(face.y)
    cut = pixels[top : top + round(face.height), left : left + round(face.width)]
    grey = cv2.resize(cv2.cvtColor(cut, cv2.COLOR_BGR2GRAY), (_FACE_PX, _FACE_PX), interpolation=cv2.INTER_AREA)
    mean = float(grey.mean())
    if mean < rule.dark:
        return Fault.TOO_DARK
    if mean > rule.bright:
        return Fault.TOO_BRIGHT
    if float(cv2.Laplacian(grey, cv2.CV_64F).var()) < rule.sharpness:
        return Fault.BLURRED
    return None
