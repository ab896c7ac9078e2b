"""Central is away for two hours at lunch: of the payments that the balance allowed, nearly all go through."""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path
from statistics import mean

import pytest

from central.settings import PreGrantSettings
from tests.prove.in_memory import folder_in_memory, pages_without_hmac
from tests.prove.lunch import Habits, canteen

LIMITS_MINOR = (0, 1000, 2000, 2500, 3000, 4000, 6000)
STRENGTHS = (0.99, 0.95, 0.90, 0.80)
"""Shares of meals at one's two usual lines; the rest is anywhere. The first is the proof's; the others, of fewer
members, are for the plot."""
MEMBERS, MEMBERS_FOR_THE_PLOT = 5000, 1000
LUNCHES = 5  # of the same people: another day, other prices
AIM = 0.95
PLOT = Path(__file__).resolve().parents[2] / "docs" / "pictures" / "offline-acceptance.svg"


def seed() -> int:
    chosen = int(os.environ.get("SEED", random.SystemRandom().randrange(10**6)))
    sys.stdout.write(f"seed {chosen}\n")
    return chosen


def curve(chosen: int, members: int, terminals: int, limits: tuple[int, ...], share: float) -> list[float]:
    """The acceptance for each limit; `share` of the meals are at one's two usual lines."""
    found = []
    habits = Habits(first=share * 0.8, second=share * 0.2)
    with (
        folder_in_memory() as folder,
        pages_without_hmac(),
        canteen(folder, chosen, members, terminals, habits) as here,
    ):
        for limit_minor in limits:
            here.set_aside(limit_minor)
            found.append(mean(here.lunch().acceptance for _ in range(LUNCHES)))
            here.take_back()
    return found


def test_a_small_canteen() -> None:
    default = PreGrantSettings().limit_minor
    without, with_some = curve(seed(), 300, 4, (0, default), 0.99)
    assert without == 0
    assert with_some >= 0.9  # few people: the share moves by some percent
    assert curve(1, 300, 4, (default,), 0.0)[0] < 0.8  # it is the habits that do it


@pytest.mark.prove
def test_twenty_terminals_and_five_thousand_members() -> None:
    chosen = seed()
    curves: dict[float, list[float]] = {}
    for share in STRENGTHS:
        members = MEMBERS if share == STRENGTHS[0] else MEMBERS_FOR_THE_PLOT
        curves[share] = curve(chosen, members, 20, LIMITS_MINOR, share)
        row = "  ".join(f"¥{limit / 100:.0f} {got:.1%}" for limit, got in zip(LIMITS_MINOR, curves[share], strict=True))
        sys.stdout.write(f"{share:.0%} of meals at one's two lines: {row}\n")
    (out := Path("out")).mkdir(exist_ok=True)
    (out / PLOT.name).write_text(plot(curves), encoding="utf-8")
    at_default = LIMITS_MINOR.index(PreGrantSettings().limit_minor)
    assert curves[STRENGTHS[0]][at_default] >= AIM
    assert curves[STRENGTHS[0]][0] == 0


def plot(curves: dict[float, list[float]]) -> str:
    """The share of payments that go through over the limit, a line for each strength of habit, as SVG."""
    width, height, left, below = 640, 360, 60, 50
    x_scale, y_scale = (width - left - 130) / LIMITS_MINOR[-1], height - below - 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" ',
        'font-family="sans-serif" font-size="13">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
    ]
    for percent in range(0, 101, 20):
        y = 20 + y_scale * (1 - percent / 100)
        parts.append(f'<path d="M{left} {y:.0f}H{width - 130}" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 8}" y="{y + 4:.0f}" text-anchor="end">{percent} %</text>')
    for limit in LIMITS_MINOR[::2]:
        x = left + limit * x_scale
        parts.append(f'<text x="{x:.0f}" y="{height - below + 20}" text-anchor="middle">¥{limit // 100}</text>')
    parts.append(f'<text x="{left}" y="{height - 8}">set aside for a member at each usual terminal, at most</text>')
    label_y = 0.0
    for (strength, shares), colour in zip(curves.items(), ("#b23a1e", "#c98a1b", "#3d7a5a", "#4a6a9b"), strict=True):
        points = " ".join(
            f"{left + limit * x_scale:.1f},{20 + y_scale * (1 - share):.1f}"
            for limit, share in zip(LIMITS_MINOR, shares, strict=True)
        )
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        label_y = max(24 + y_scale * (1 - shares[-1]), label_y + 16)
        parts.append(f'<text x="{width - 122}" y="{label_y:.0f}" fill="{colour}">{strength:.0%} by habit</text>')
    return "\n".join([*parts, "</svg>\n"])
