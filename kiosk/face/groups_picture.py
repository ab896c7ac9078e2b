"""False accepts within each group of people as an SVG picture: who is taken for whom more often than others are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from kiosk.face.roc_picture import COLOURS, in_svg, line

Counts = Mapping[str, tuple[int, int]]
"""By each rule's name: false accepts, and pairs of different people."""

_WIDTH, _LEFT, _RIGHT, _TOP, _BOTTOM = 640, 150, 120, 16, 48
_BAR, _GAP = 16, 14
_STEPS = 4  # of the axis
_LEAST_PART = 1e-4  # of the axis, where there are hardly any


def groups_picture(groups: Mapping[str, Counts]) -> str:
    """A bar a rule for each group, as long as the part of its pairs that is accepted. At most four rules."""
    rules = list(dict.fromkeys(rule for counts in groups.values() for rule in counts))[: len(COLOURS)]
    most = max((_part(*of) for counts in groups.values() for of in counts.values()), default=0.0)
    scale = (_WIDTH - _LEFT - _RIGHT) / max(most, _LEAST_PART)
    group_height = len(rules) * _BAR + _GAP
    bottom = _TOP + len(groups) * group_height
    parts = [*_axis(max(most, _LEAST_PART), bottom)]
    for number, (group, counts) in enumerate(groups.items()):
        parts += _bars(group, [counts[rule] for rule in rules], _TOP + number * group_height, scale)
    for number, (rule, colour) in enumerate(zip(rules, COLOURS, strict=False)):
        y = bottom + _BOTTOM + 18 * number
        parts.append(f'<text x="{_LEFT}" y="{y}" fill="{colour}">{escape(rule)}</text>')
    return in_svg(_WIDTH, bottom + _BOTTOM + 18 * len(rules), parts)


def _bars(group: str, counts: list[tuple[int, int]], top: int, scale: float) -> Iterable[str]:
    middle = top + len(counts) * _BAR / 2 + 4
    yield f'<text x="{_LEFT - 8}" y="{middle:.1f}" text-anchor="end">{escape(group)}</text>'
    for number, ((accepted, of), colour) in enumerate(zip(counts, COLOURS, strict=False)):
        y, width = top + number * _BAR, _part(accepted, of) * scale
        yield f'<rect x="{_LEFT}" y="{y + 1}" width="{width:.1f}" height="{_BAR - 2}" fill="{colour}"/>'
        yield f'<text x="{_LEFT + width + 4:.1f}" y="{y + 12}" font-size="11">{accepted} of {of}</text>'


def _axis(most: float, bottom: int) -> Iterable[str]:
    for step in range(_STEPS + 1):
        x = _LEFT + step / _STEPS * (_WIDTH - _LEFT - _RIGHT)
        yield line(x, _TOP, x, bottom)
        yield f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{100 * most * step / _STEPS:.3g} %</text>'


def _part(accepted: int, of: int) -> float:
    return accepted / max(of, 1)
