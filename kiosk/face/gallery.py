"""All enrolled faces of one model, and who of them is nearest: one matrix product, in float32."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from kiosk.domain.face import Nearest
from kiosk.domain.ids import MemberId
from kiosk.face.encoding import Measure, Vector


class Gallery:
    """Never changes: who enrols or leaves makes a new one. `templates`: of each member one or more vectors, all of one
    length, else ValueError."""

    def __init__(self, measure: Measure, templates: Mapping[MemberId, Sequence[Vector]]) -> None:
        self._measure = measure
        self._members = tuple(member_id for member_id, vectors in templates.items() if vectors)
        vectors = [vector for member_id in self._members for vector in templates[member_id]]
        self._matrix = np.array(vectors, dtype=np.float32, ndmin=2)
        self._lengths = np.einsum("ij,ij->i", self._matrix, self._matrix)
        counts = [len(templates[member_id]) for member_id in self._members]
        self._starts = np.cumsum([0, *counts[:-1]])

    def __len__(self) -> int:
        """Members."""
        return len(self._members)

    def nearest(self, vector: Vector) -> Nearest | None:
        """By each member's nearest template; None where nobody is enrolled."""
        if not self._members:
            return None
        of_members = np.minimum.reduceat(self._distances(vector), self._starts)
        if len(of_members) == 1:
            return Nearest(self._members[0], float(of_members[0]))
        first, second = np.argpartition(of_members, 1)[:2]
        return Nearest(self._members[first], float(of_members[first]), self._members[second], float(of_members[second]))

    def within(self, vector: Vector, distance: float) -> frozenset[MemberId]:
        """Everybody with a template that is no farther than that."""
        if not self._members:
            return frozenset()
        of_members = np.minimum.reduceat(self._distances(vector), self._starts)
        return frozenset(self._members[i] for i in np.flatnonzero(of_members <= distance))

    def _distances(self, vector: Vector) -> Vector:
        products = self._matrix @ vector
        if self._measure is Measure.COSINE:
            return 1 - products
        squares = self._lengths - 2 * products + float(vector @ vector)
        return np.asarray(np.sqrt(np.maximum(squares, 0, out=squares), out=squares))
