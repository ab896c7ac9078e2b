"""What a count proves of a rate: exact bounds (Clopper and Pearson, 1934), each at 95 %."""

from __future__ import annotations

from collections.abc import Callable
from math import comb

_MISSED = 0.05


def at_most(hits: int, of: int) -> float:
    """The rate is at most this: with a higher one so few hits would come less than once in twenty times."""
    return 1.0 if hits == of else _where(lambda rate: _at_least(hits + 1, of, rate) > 1 - _MISSED)


def at_least(hits: int, of: int) -> float:
    return 0.0 if hits == 0 else _where(lambda rate: _at_least(hits, of, rate) > _MISSED)


def could_be(hits: int, of: int, rate: float) -> bool:
    """At that rate so many hits, or more, come oftener than once in a thousand times."""
    return _at_least(hits, of, rate) > 0.001


def _at_least(hits: int, of: int, rate: float) -> float:
    """How probable so many hits are, or more."""
    return 1 - sum(comb(of, count) * rate**count * (1 - rate) ** (of - count) for count in range(hits))


def _where(is_above: Callable[[float], bool]) -> float:
    """The rate at which an answer that grows with the rate becomes true."""
    low, high = 0.0, 1.0
    while high - low > 1e-5:
        middle = (low + high) / 2
        low, high = (low, middle) if is_above(middle) else (middle, high)
    return high
