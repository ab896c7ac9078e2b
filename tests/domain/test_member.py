"""Masked names, and points for what was paid."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.errors import DomainError
from kiosk.domain.loyalty import PointsRule
from kiosk.domain.member import mask_name
from kiosk.domain.money import Money


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("王小明", "王*明"),
        ("王明", "王*"),
        ("王", "王*"),
        ("欧阳娜娜", "欧**娜"),
        ("Ann Lee", "A** L**"),
        ("  Ann   Lee ", "A** L**"),
        ("José", "J**é"),
        ("", ""),
        (" \n", ""),
    ],
)
def test_mask_name(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@given(st.text(min_size=2, max_size=12).filter(lambda name: name.split() == [name]))
def test_at_most_two_characters_of_a_word_show(name: str) -> None:
    shown = [character for character in mask_name(name) if character != "*"]
    assert len(shown) <= 2
    assert "*" in mask_name(name)


@pytest.mark.parametrize(("paid", "points"), [(0, 0), (99, 0), (100, 1), (199, 1), (1250, 12), (-100, 0)])
def test_one_point_for_each_full_amount(paid: int, points: int) -> None:
    assert PointsRule(100).points_for(Money(paid)) == points


@given(st.integers(1, 5000), st.integers(0, 10**6))
def test_points_are_never_worth_more_than_was_paid(per_minor: int, paid: int) -> None:
    points = PointsRule(per_minor).points_for(Money(paid))
    assert points * per_minor <= paid < (points + 1) * per_minor


@pytest.mark.parametrize("per_minor", [0, -1])
def test_points_need_an_amount(per_minor: int) -> None:
    with pytest.raises(DomainError):
        PointsRule(per_minor)
