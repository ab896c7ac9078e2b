"""ROC curves as an SVG picture."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape

Curve = Sequence[tuple[float, float]]
"""False accept rate and true accept rate, each 0 to 1."""

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP, _RIGHT = 640, 420, 64, 48, 16, 16
_LEAST_FAR_EXPONENT = -6
_LEAST_TAR = 0.8
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")  # told apart also by who sees colours differently


def roc_picture(curves: Mapping[str, Curve]) -> str:
    """True accepts over false accepts, whose axis is logarithmic; from 80 % and 1e-6 on. At most four curves."""
    parts = [*_axes()]
    for i, ((name, curve), colour) in enumerate(zip(curves.items(), COLOURS, strict=False)):
        points = " ".join(f"{_x(far):.1f},{_y(tar):.1f}" for far, tar in curve)
        parts.append(f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{points}"/>')
        y = _y(_LEAST_TAR) - 14 - 18 * i
        parts.append(f'<text x="{_WIDTH - _RIGHT - 8}" y="{y}" text-anchor="end" fill="{colour}">{escape(name)}</text>')
    return in_svg(_WIDTH, _HEIGHT, parts)


def in_svg(width: int, height: int, parts: Iterable[str]) -> str:
    """The whole picture, on white."""
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif"'
    return "\n".join([f'{head} font-size="13">', '<rect width="100%" height="100%" fill="white"/>', *parts, "</svg>\n"])


def _axes() -> Iterable[str]:
    for exponent in range(_LEAST_FAR_EXPONENT, 1):
        x = _x(10.0**exponent)
        yield line(x, _TOP, x, _HEIGHT - _BOTTOM)
        yield f'<text x="{x:.1f}" y="{_HEIGHT - _BOTTOM + 18}" text-anchor="middle">1e{exponent}</text>'
    for percent in range(round(100 * _LEAST_TAR), 101, 5):
        y = _y(percent / 100)
        yield line(_LEFT, y, _WIDTH - _RIGHT, y)
        yield f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{percent} %</text>'
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    yield f'<text x="{middle:.1f}" y="{_HEIGHT - 8}" text-anchor="middle">false accept rate</text>'
    yield f'<text transform="translate(16 {_HEIGHT / 2:.1f}) rotate(-90)" text-anchor="middle">true accept rate</text>'


def line(x1: float, y1: float, x2: float, y2: float) -> str:
    """Of the grid, behind all else."""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#ddd"/>'


def _x(far: float) -> float:
    exponent = math.log10(max(far, 10.0**_LEAST_FAR_EXPONENT))
    return _LEFT + (1 - exponent / _LEAST_FAR_EXPONENT) * (_WIDTH - _LEFT - _RIGHT)


def _y(tar: float) -> float:
    part = (max(tar, _LEAST_TAR) - _LEAST_TAR) / (1 - _LEAST_TAR)
    return _HEIGHT - _BOTTOM - part * (_HEIGHT - _BOTTOM - _TOP)
