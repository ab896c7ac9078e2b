"""All numbers that recognition goes by, together; from the configuration."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.domain.face import LimitsByNumber, VoteRule
from kiosk.domain.head_turn import TurnRule
from kiosk.face.quality import QualityRule
from kiosk.settings.face import FaceSettings


@dataclass(frozen=True, slots=True)
class FaceRules:
    """`frame_gap_s`: frames that count are so far apart, for two that follow each other are nearly one.
    `longest_look_s`: an older frame does not vote any more."""

    limits: LimitsByNumber = field(default_factory=FaceSettings().limits_by_number)
    vote: VoteRule = field(default_factory=VoteRule)
    quality: QualityRule = field(default_factory=QualityRule)
    turn: TurnRule = field(default_factory=TurnRule)
    frame_gap_s: float = 0.1
    longest_look_s: float = 4.0
