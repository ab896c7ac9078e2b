"""Which limits hold for these people? False accepts and false rejects over all pairs of their photographs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kiosk.face.encoding import Features, Measure

Distances = npt.NDArray[np.float32]
"""One for each pair."""

Limits = Mapping[str, float]
"""The largest distance of each model; a pair is accepted when all hold."""

_RATES = tuple(float(rate) for rate in np.logspace(0, -7, 141))


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Each two photographs once. `is_same`: of one person. `groups`: of pairs of different people within one group,
    which they are."""

    is_same: npt.NDArray[np.bool_]
    distances: Mapping[str, Distances]
    groups: Mapping[str, npt.NDArray[np.bool_]]


@dataclass(frozen=True, slots=True)
class Rates:
    false_accepts: int
    impostors: int
    false_rejects: int
    genuine: int

    @property
    def far(self) -> float:
        return self.false_accepts / max(self.impostors, 1)

    @property
    def frr(self) -> float:
        return self.false_rejects / max(self.genuine, 1)


def pairs_of(
    identities: Sequence[str], features: Sequence[Features], measures: Mapping[str, Measure], groups: Sequence[str] = ()
) -> Pairs:
    """`groups`: of each photograph, "" where none is known."""
    one, other = np.triu_indices(len(identities), 1)
    people = np.unique(identities, return_inverse=True)[1]
    is_same = people[one] == people[other]
    all_distances = {
        name: _between(np.array([of[name] for of in features], dtype=np.float32), measure)[one, other]
        for name, measure in measures.items()
    }
    members = {group: np.array([of == group for of in groups]) for group in sorted(set(groups) - {""})}
    within = {group: is_member[one] & is_member[other] & ~is_same for group, is_member in members.items()}
    return Pairs(is_same, all_distances, within)


def _between(vectors: npt.NDArray[np.float32], measure: Measure) -> Distances:
    products = vectors @ vectors.T
    if measure is Measure.COSINE:
        return 1 - products
    squares = np.diag(products)
    return np.asarray(np.sqrt(np.maximum(squares[:, None] + squares[None] - 2 * products, 0)), dtype=np.float32)


def rates(pairs: Pairs, limits: Limits) -> Rates:
    is_accepted = _accepted(pairs, limits)
    genuine = int(pairs.is_same.sum())
    return Rates(
        false_accepts=int((is_accepted & ~pairs.is_same).sum()),
        impostors=pairs.is_same.size - genuine,
        false_rejects=genuine - int((is_accepted & pairs.is_same).sum()),
        genuine=genuine,
    )


def false_accepts_within(pairs: Pairs, limits: Limits) -> dict[str, tuple[int, int]]:
    """Of each group: false accepts, and pairs of different people."""
    is_accepted = _accepted(pairs, limits)
    return {group: (int((is_accepted & is_in).sum()), int(is_in.sum())) for group, is_in in pairs.groups.items()}


def _accepted(pairs: Pairs, limits: Limits) -> npt.NDArray[np.bool_]:
    is_accepted = np.ones(pairs.is_same.size, dtype=np.bool_)
    for name, limit in limits.items():
        is_accepted &= pairs.distances[name] <= limit
    return is_accepted


def limits_at(pairs: Pairs, models: Sequence[str], far: float) -> dict[str, float]:
    """The widest limits with which at most this part of all pairs of different people is accepted by all models; of
    several, each as strict as the others: alone they would accept equally many."""
    impostors = {name: np.sort(pairs.distances[name][~pairs.is_same]) for name in models}
    for alone in _RATES:
        limits = {name: _limit(distances, alone) for name, distances in impostors.items()}
        if rates(pairs, limits).far <= far:
            return limits
    return {name: _limit(distances, 0) for name, distances in impostors.items()}


def _limit(impostors: Distances, far: float) -> float:
    """Just below the first impostor that would be one too many."""
    accepted = int(far * impostors.size)
    if accepted >= impostors.size:
        return float(impostors[-1]) if impostors.size else 0.0
    return float(np.nextafter(impostors[accepted], np.float32("-inf")))


def curve(pairs: Pairs, models: Sequence[str]) -> list[tuple[float, float]]:
    """The ROC: false accept rate and the part of genuine pairs that is accepted, from wide to narrow limits."""
    impostors = {name: np.sort(pairs.distances[name][~pairs.is_same]) for name in models}
    points = []
    for alone in _RATES:
        found = rates(pairs, {name: _limit(distances, alone) for name, distances in impostors.items()})
        points.append((found.far, 1 - found.frr))
    return points
