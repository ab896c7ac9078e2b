"""Whose face it is: every doubt ends at the card."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.errors import DomainError
from kiosk.domain.face import (
    Agreed,
    Doubtful,
    Judgement,
    Limits,
    LimitsByNumber,
    Nearest,
    Unknown,
    VoteRule,
    judge,
    vote,
)
from kiosk.domain.ids import MemberId

ANN, BEN, CHEN = MemberId("ann"), MemberId("ben"), MemberId("chen")
LIMITS = {"dlib": Limits(0.50, 0.05), "sface": Limits(0.55, 0.10)}
DISTANCES = st.floats(0, 2)


def near(member_id: MemberId, distance: float, runner_up: MemberId = CHEN, behind: float = 0.3) -> Nearest:
    return Nearest(member_id, distance, runner_up, distance + behind)


def test_both_models_clearly_name_one_member() -> None:
    assert judge({"dlib": near(ANN, 0.4), "sface": near(ANN, 0.3)}, LIMITS) == Agreed(ANN)


def test_the_only_one_enrolled_has_no_runner_up() -> None:
    assert judge({"dlib": Nearest(ANN, 0.4), "sface": Nearest(ANN, 0.3)}, LIMITS) == Agreed(ANN)


@pytest.mark.parametrize(
    ("dlib", "sface", "members"),
    [
        pytest.param(near(ANN, 0.4), near(ANN, 0.6), {ANN}, id="only dlib recognises"),
        pytest.param(near(ANN, 0.6), near(ANN, 0.3), {ANN}, id="only SFace recognises"),
        pytest.param(near(ANN, 0.4), near(BEN, 0.3), {ANN, BEN}, id="they name different members"),
        pytest.param(near(ANN, 0.4, BEN, 0.04), near(ANN, 0.3), {ANN, BEN}, id="nearly a tie for dlib"),
        pytest.param(near(ANN, 0.4), near(ANN, 0.3, BEN, 0.09), {ANN, BEN}, id="nearly a tie for SFace"),
        pytest.param(near(ANN, 0.4), None, {ANN}, id="one model gave nothing"),
        pytest.param(near(ANN, 0.4), near(ANN, math.nan), {ANN}, id="one model gave no number"),
    ],
)
def test_a_doubt(dlib: Nearest, sface: Nearest | None, members: set[MemberId]) -> None:
    found = {"dlib": dlib} | ({"sface": sface} if sface else {})
    assert judge(found, LIMITS) == Doubtful(frozenset(members))


def test_too_far_from_everybody_is_nobody_known() -> None:
    assert judge({"dlib": near(ANN, 0.51), "sface": near(ANN, 0.56)}, LIMITS) == Unknown()
    assert judge({}, LIMITS) == Unknown()


@given(st.dictionaries(st.sampled_from(["dlib", "sface"]), st.builds(near, st.sampled_from([ANN, BEN]), DISTANCES)))
def test_nobody_is_named_whom_a_model_does_not_recognise(found: dict[str, Nearest]) -> None:
    judgement = judge(found, LIMITS)
    if isinstance(judgement, Agreed):
        assert set(found) == set(LIMITS)
        assert all(n.member_id == judgement.member_id for n in found.values())
        assert all(n.distance <= LIMITS[name].distance for name, n in found.items())


def test_two_of_three_frames_are_enough() -> None:
    rule = VoteRule(3, 2)
    assert vote([Agreed(ANN), Unknown(), Agreed(ANN)], rule) == Agreed(ANN)
    assert vote([Agreed(ANN), Agreed(ANN)], rule) == Agreed(ANN)
    assert vote([Agreed(ANN), Unknown(), Unknown()], rule) == Doubtful(frozenset({ANN}))
    assert vote([Unknown(), Unknown(), Unknown()], rule) == Unknown()
    assert vote([], rule) == Unknown()


def test_a_frame_that_names_somebody_else_spoils_the_vote() -> None:
    votes: list[Judgement] = [Agreed(ANN), Agreed(ANN), Agreed(BEN)]
    assert vote(votes, VoteRule(3, 2)) == Doubtful(frozenset({ANN, BEN}))
    assert vote([Agreed(ANN), Agreed(ANN), Doubtful(frozenset({BEN}))], VoteRule(3, 2)) == Doubtful(
        frozenset({ANN, BEN})
    )
    assert vote([Agreed(ANN), Agreed(ANN), Doubtful(frozenset({ANN}))], VoteRule(3, 2)) == Agreed(ANN)


@given(st.permutations([Agreed(ANN), Agreed(ANN), Unknown(), Doubtful(frozenset({ANN, BEN}))]))
def test_the_order_of_frames_does_not_matter(judgements: list[Judgement]) -> None:
    assert vote(judgements, VoteRule(4, 3)) == Doubtful(frozenset({ANN, BEN}))


@pytest.mark.parametrize(("frames", "needed"), [(3, 1), (2, 1), (3, 4), (0, 0)])
def test_fewer_than_most_frames_are_no_rule(frames: int, needed: int) -> None:
    with pytest.raises(DomainError):
        VoteRule(frames, needed)


def test_limits_go_by_how_many_are_enrolled() -> None:
    strict = {"dlib": Limits(0.45, 0.06), "sface": Limits(0.5, 0.1)}
    table = LimitsByNumber(((1000, LIMITS), (10_000, strict)))
    assert [table.at(number) for number in (0, 1000, 1001, 10_001)] == [LIMITS, LIMITS, strict, strict]


@pytest.mark.parametrize(
    "steps",
    [
        (),
        ((10, LIMITS), (10, LIMITS)),
        ((10, LIMITS), (5, LIMITS)),
        ((10, {}),),
        ((1, LIMITS), (2, {"dlib": LIMITS["dlib"]})),
    ],
)
def test_limits_that_make_no_sense(steps: tuple[tuple[int, dict[str, Limits]], ...]) -> None:
    with pytest.raises(DomainError):
        LimitsByNumber(steps)
    with pytest.raises(DomainError):
        Limits(0, 0.1)
