"""Is it still the face of the frame before? Two boxes that cover much of the same place, soon after one another."""

from __future__ import annotations

from collections.abc import Sequence

from kiosk.face.detection import Face

_SAME_PLACE = 0.3  # of what both cover together


class Following:
    """A face that was away longer than `longest_gap_s`, or before a clock that was set back, may be another."""

    def __init__(self, longest_gap_s: float) -> None:
        self._longest_gap_s = longest_gap_s
        self._face: Face | None = None
        self._seen_s = float("-inf")

    def follow(self, face: Face, taken_s: float) -> bool:
        """False for the first, and for one that may be another: it is followed from now on."""
        is_same = (
            self._face is not None
            and 0 <= taken_s - self._seen_s <= self._longest_gap_s
            and _overlap(self._face, face) >= _SAME_PLACE
        )
        self._face, self._seen_s = face, taken_s
        return is_same

    def among(self, faces: Sequence[Face]) -> Face | None:
        """The one that stands where it was: who queues behind may be seen better than a head that is turned."""
        followed = self._face
        if followed is None or not faces:
            return None
        nearest = max(faces, key=lambda face: _overlap(followed, face))
        return nearest if _overlap(followed, nearest) >= _SAME_PLACE else None

    def is_gone(self, taken_s: float) -> bool:
        """It has been away for too long."""
        return self._face is not None and taken_s - self._seen_s > self._longest_gap_s


def _overlap(one: Face, other: Face) -> float:
    """The part that both boxes cover of what they cover together, 0 to 1."""
    width = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    height = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    both = max(0.0, width) * max(0.0, height)
    return both / max(one.width * one.height + other.width * other.height - both, 1e-6)
