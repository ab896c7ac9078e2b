"""All numbers that recognition goes by, together; from the configuration."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.domain.face import Limits, LimitsByNumber, VoteRule
from kiosk.domain.liveness import TurnRule
from kiosk.face.quality import QualityRule

# Measured on all pairs of 81 people (docs/face.md); `python -m kiosk.face calibrate` measures a site's own.
_MEASURED = LimitsByNumber(((10_000, {"dlib": Limits(0.50, 0.05), "sface": Limits(0.55, 0.10)}),))


@dataclass(frozen=True, slots=True)
class FaceRules:
    """`frame_gap_s`: frames that count are so far apart, for two that follow each other are nearly one."""

    limits: LimitsByNumber = _MEASURED
    vote: VoteRule = field(default_factory=VoteRule)
    quality: QualityRule = field(default_factory=QualityRule)
    turn: TurnRule = field(default_factory=TurnRule)
    frame_gap_s: float = 0.1
