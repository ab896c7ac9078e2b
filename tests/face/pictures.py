"""Drawn faces. YuNet takes them for faces, so nobody's photograph is needed to see what becomes of a picture."""

from __future__ import annotations

import cv2
import numpy as np

from kiosk.services.face_ports import Pixels

_HAIR, _SKIN, _NECK = (30, 30, 40), (140, 170, 215), (125, 155, 200)
_WHITE, _PUPIL, _BROW = (245, 245, 245), (40, 40, 50), (40, 50, 60)
_SHADOW, _LIPS, _BETWEEN_LIPS = (95, 120, 170), (90, 90, 180), (60, 50, 110)


def background(width: int = 640, height: int = 480, grey: int = 150) -> Pixels:
    return np.full((height, width, 3), grey, np.uint8)


def with_face(picture: Pixels, x: int, y: int, radius: int) -> Pixels:
    """A copy with a face about (x, y)."""
    drawn = picture.copy()
    _head(drawn, x, y, radius)
    for side in (-1, 1):
        _eye(drawn, x + side * _part(0.3, radius), y - _part(0.15, radius), radius)
    _ellipse(drawn, (x, y + _part(0.22, radius)), (0.11, 0.06), radius, _SHADOW, end=180)
    bridge = (x, y - _part(0.1, radius)), (x - _part(0.09, radius), y + _part(0.2, radius))
    cv2.line(drawn, *bridge, _SHADOW, max(2, radius // 40), cv2.LINE_AA)
    mouth_y, half = y + _part(0.52, radius), _part(0.24, radius)
    _ellipse(drawn, (x, mouth_y), (0.24, 0.09), radius, _LIPS)
    cv2.line(drawn, (x - half, mouth_y), (x + half, mouth_y), _BETWEEN_LIPS, 2, cv2.LINE_AA)
    return drawn


def face(radius: int = 110) -> Pixels:
    """One good face in the middle of 640 × 480."""
    return with_face(background(), 320, 240, radius)


def dimmed(picture: Pixels, part: float) -> Pixels:
    return np.clip(picture * part, 0, 255).astype(np.uint8)


def blurred(picture: Pixels, sigma_px: float) -> Pixels:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma_px), np.uint8)


def _head(drawn: Pixels, x: int, y: int, radius: int) -> None:
    _ellipse(drawn, (x, y - _part(0.25, radius)), (0.85, 1.05), radius, _HAIR)
    neck = (x - radius // 3, y + radius // 2), (x + radius // 3, y + _part(1.6, radius))
    cv2.rectangle(drawn, *neck, _NECK, -1)
    _ellipse(drawn, (x, y), (0.75, 1.0), radius, _SKIN)


def _eye(drawn: Pixels, x: int, y: int, radius: int) -> None:
    _ellipse(drawn, (x, y), (0.14, 0.07), radius, _WHITE)
    cv2.circle(drawn, (x, y), _part(0.065, radius), _PUPIL, -1, cv2.LINE_AA)
    _ellipse(drawn, (x, y - _part(0.16, radius)), (0.18, 0.05), radius, _BROW)


def _ellipse(
    drawn: Pixels,
    middle: tuple[int, int],
    axes: tuple[float, float],
    radius: int,
    colour: tuple[int, int, int],
    end: int = 360,
) -> None:
    size = (_part(axes[0], radius), _part(axes[1], radius))
    cv2.ellipse(drawn, middle, size, 0, 0, end, colour, -1, cv2.LINE_AA)


def _part(of: float, radius: int) -> int:
    return round(of * radius)
