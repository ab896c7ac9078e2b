"""Whose face is it? The rules that make an answer of what the models find.

One model alone accepts strangers, so all must name the same member; a member who is hardly nearer than the next one is
not named at all; and one frame is no frame: of several, most must agree. Every doubt ends at the card.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kiosk.domain.errors import DomainError
from kiosk.domain.ids import MemberId


class Fault(StrEnum):
    """Why a picture does not count, so that a person can mend it. The first that holds, in this order."""

    NO_FACE = "no_face"
    SEVERAL_FACES = "several_faces"
    TOO_FAR = "too_far"
    CUT_OFF = "cut_off"
    TURNED = "turned"
    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"
    BLURRED = "blurred"


@dataclass(frozen=True, slots=True)
class Nearest:
    """What one model found for one frame: the nearest member and how far, and how far the next member is; None: there
    is no other. A distance is what the model's own literature measures, smaller is nearer."""

    member_id: MemberId
    distance: float
    runner_up_id: MemberId | None = None
    runner_up_distance: float | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """For one model: farther than `distance` is nobody known; a runner-up less than `margin` behind makes a tie."""

    distance: float
    margin: float

    def __post_init__(self) -> None:
        if not (self.distance > 0 and self.margin >= 0):
            raise DomainError("a face's distance has a limit above zero, and a margin")


@dataclass(frozen=True, slots=True)
class LimitsByNumber:
    """The more are enrolled, the more chances a stranger has: `steps` are (enrolled up to, limits of each model),
    ascending; the last one serves all beyond."""

    steps: tuple[tuple[int, Mapping[str, Limits]], ...]

    def __post_init__(self) -> None:
        numbers = [number for number, _ in self.steps]
        if not numbers or numbers != sorted(set(numbers)):
            raise DomainError("limits of faces ascend by the number enrolled")
        if any(not limits or limits.keys() != self.steps[0][1].keys() for _, limits in self.steps):
            raise DomainError("limits of faces name the same models in each step")

    def at(self, enrolled: int) -> Mapping[str, Limits]:
        for number, limits in self.steps:
            if enrolled <= number:
                return limits
        return self.steps[-1][1]


@dataclass(frozen=True, slots=True)
class Agreed:
    """All models name this member, clearly."""

    member_id: MemberId


@dataclass(frozen=True, slots=True)
class Doubtful:
    """It may be one of these: the models disagree, only some recognise, or it is nearly a tie."""

    members: frozenset[MemberId]


@dataclass(frozen=True, slots=True)
class Unknown:
    """No model knows this face."""


Judgement = Agreed | Doubtful | Unknown


def judge(found: Mapping[str, Nearest], limits: Mapping[str, Limits]) -> Judgement:
    """One frame. `found` has no entry for a model where nobody is enrolled. Every model that has limits must agree: one
    that gave nothing, or gave no number, does not."""
    within = {name: near for name, near in found.items() if name in limits and near.distance <= limits[name].distance}
    if not within:
        return Unknown()
    members = {near.member_id for near in within.values()}
    tied = {
        near.runner_up_id
        for name, near in within.items()
        if near.runner_up_id is not None and not _is_clear(near, limits[name])
    }
    if len(members) == 1 and not tied and within.keys() == limits.keys():
        return Agreed(members.pop())
    return Doubtful(frozenset(members | tied))


def _is_clear(near: Nearest, limits: Limits) -> bool:
    return near.runner_up_distance is None or near.runner_up_distance - near.distance >= limits.margin


@dataclass(frozen=True, slots=True)
class VoteRule:
    """`needed` of `frames` frames must agree."""

    frames: int = 3
    needed: int = 2

    def __post_init__(self) -> None:
        if not self.frames // 2 < self.needed <= self.frames:
            raise DomainError("most of the frames must agree, so that no two members can win")


def vote(judgements: Sequence[Judgement], rule: VoteRule) -> Judgement:
    """All frames of one look. A member wins whom enough frames agree on and no frame contradicts."""
    agreed = Counter(judgement.member_id for judgement in judgements if isinstance(judgement, Agreed))
    doubted = [judgement.members for judgement in judgements if isinstance(judgement, Doubtful)]
    if not agreed and not doubted:
        return Unknown()
    member_id, votes = agreed.most_common(1)[0] if agreed else (None, 0)
    if member_id is not None and votes >= rule.needed and len(agreed) == 1 and all(member_id in d for d in doubted):
        return Agreed(member_id)
    return Doubtful(frozenset(agreed).union(*doubted))
