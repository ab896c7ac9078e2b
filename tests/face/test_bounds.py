"""The bounds that the liveness proof reports, against what is known of them."""

from __future__ import annotations

import pytest

from tests.face.generating.bounds import at_least, at_most


@pytest.mark.parametrize(("of", "rate"), [(10, 0.2589), (59, 0.0495), (300, 0.00994)])
def test_none_of_so_many(of: int, rate: float) -> None:
    """1 - 0.05 ** (1 / of): the rule of three, exactly."""
    assert at_most(0, of) == pytest.approx(rate, abs=1e-4)
    assert at_least(of, of) == pytest.approx(1 - rate, abs=1e-4)


def test_between() -> None:
    assert at_most(1, 100) == pytest.approx(0.0466, abs=1e-4)  # Clopper and Pearson's table
    assert at_least(99, 100) == pytest.approx(1 - 0.0466, abs=1e-4)


def test_the_ends() -> None:
    assert (at_most(5, 5), at_least(0, 5)) == (1.0, 0.0)
