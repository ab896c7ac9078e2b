"""How often is a member not recognised, taken for another, or a stranger for a member? With the rules that the terminal
goes by, on photographs that serve as templates and as frames."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from kiosk.domain.face import Agreed, Limits, VoteRule, judge, vote
from kiosk.domain.ids import MemberId
from kiosk.face.encoding import Features, Measure
from kiosk.face.enrolled import Enrolled

TEMPLATES = FRAMES = 3
People = Mapping[str, Sequence[Features]]


@dataclass(frozen=True, slots=True)
class Rule:
    """`limits`: of the models that it goes by."""

    limits: Mapping[str, Limits]
    vote: VoteRule = field(default_factory=VoteRule)


@dataclass(slots=True)
class Tally:
    """Looks of members and of strangers, and what came of them. `first`: of single photographs, those whose nearest
    member is the right one."""

    looks: int = 0
    rejected: int = 0
    wrong: int = 0
    stranger_looks: int = 0
    strangers_accepted: int = 0
    photographs: int = 0
    first: int = 0

    @property
    def rejected_part(self) -> float:
        return self.rejected / self.looks

    @property
    def first_part(self) -> float:
        return self.first / self.photographs


def tally(people: People, measures: Mapping[str, Measure], rule: Rule, *, draws: int, seed: int) -> Tally:
    """`draws` times: of each person three photographs, drawn anew, are enrolled; of the others each three are a look.
    Each person also comes as a stranger, with everybody else enrolled."""
    counts, chance = Tally(), random.Random(seed)
    used = {name: measures[name] for name in rule.limits}
    for _ in range(draws):
        shuffled = {
            person: chance.sample(list(photographs), len(photographs)) for person, photographs in people.items()
        }
        templates = {MemberId(person): all_[:TEMPLATES] for person, all_ in shuffled.items()}
        everybody = Enrolled(used, templates)
        for person, all_ in shuffled.items():
            others = Enrolled(used, {who: of for who, of in templates.items() if who != person})
            for frames in _looks(all_[TEMPLATES:]):
                _count_member(counts, frames, everybody, rule, MemberId(person))
            for frames in _looks(all_):
                counts.stranger_looks += 1
                counts.strangers_accepted += isinstance(_answer(frames, others, rule), Agreed)
        _count_first(counts, shuffled, templates, used, rule)
    return counts


def _looks(photographs: Sequence[Features]) -> Iterator[Sequence[Features]]:
    for start in range(0, len(photographs) - FRAMES + 1, FRAMES):
        yield photographs[start : start + FRAMES]


def _answer(frames: Sequence[Features], enrolled: Enrolled, rule: Rule) -> object:
    return vote([judge(enrolled.nearest(features), rule.limits) for features in frames], rule.vote)


def _count_member(
    counts: Tally, frames: Sequence[Features], enrolled: Enrolled, rule: Rule, member_id: MemberId
) -> None:
    answer = _answer(frames, enrolled, rule)
    counts.looks += 1
    counts.rejected += answer != Agreed(member_id)
    counts.wrong += isinstance(answer, Agreed) and answer.member_id != member_id


def _count_first(
    counts: Tally,
    shuffled: People,
    templates: Mapping[MemberId, Sequence[Features]],
    measures: Mapping[str, Measure],
    rule: Rule,
) -> None:
    """The nearest by the mean of the models' distances, each in its own limits."""
    people = list(shuffled)
    owners = np.array([people.index(person) for person, all_ in templates.items() for _ in all_])
    probes = [(i, one) for i, person in enumerate(people) for one in shuffled[person][TEMPLATES:]]
    total = np.zeros((len(probes), len(owners)))
    for name, measure in measures.items():
        enrolled = np.array([one[name] for all_ in templates.values() for one in all_])
        asked = np.array([one[name] for _, one in probes])
        total += _distances(asked, enrolled, measure) / rule.limits[name].distance
    nearest = owners[total.argmin(axis=1)]
    counts.photographs += len(probes)
    counts.first += int((nearest == np.array([i for i, _ in probes])).sum())


def _distances(some: np.ndarray, others: np.ndarray, measure: Measure) -> np.ndarray:
    if measure is Measure.COSINE:
        return 1 - some @ others.T
    return np.linalg.norm(some[:, None] - others[None], axis=2)
