"""Who of all enrolled is nearest?"""

from __future__ import annotations

import math

import numpy as np
import pytest

from kiosk.domain.face import Nearest
from kiosk.domain.ids import MemberId
from kiosk.face.encoding import Measure, distance
from kiosk.face.enrolled import Enrolled
from kiosk.face.gallery import Gallery
from tests.face.fakes import direction

ANN, BEN, CHEN = MemberId("ann"), MemberId("ben"), MemberId("chen")


@pytest.mark.parametrize("measure", Measure)
def test_as_comparing_one_by_one(measure: Measure) -> None:
    """Several templates a member: the nearest counts."""
    numbers = np.random.default_rng(3)
    vectors = numbers.normal(size=(60, 128)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    templates = {MemberId(f"m{i}"): list(vectors[3 * i : 3 * i + 1 + i % 3]) for i in range(20)}
    gallery = Gallery(measure, templates)
    for vector in vectors:
        of_members = {m: min(distance(measure, one, vector) for one in all_) for m, all_ in templates.items()}
        first, second = sorted(of_members, key=of_members.__getitem__)[:2]
        found = gallery.nearest(vector)
        assert found is not None
        assert (found.member_id, found.runner_up_id) == (first, second)
        assert found.distance == pytest.approx(of_members[first], abs=2e-3)
        assert found.runner_up_distance == pytest.approx(of_members[second], abs=2e-3)


def test_the_only_one_has_no_runner_up() -> None:
    gallery = Gallery(Measure.EUCLIDEAN, {ANN: [direction(1)], BEN: []})
    assert len(gallery) == 1
    assert gallery.nearest(direction(1, 0.5)) == Nearest(ANN, pytest.approx(0.5, abs=1e-5))


def test_nobody_is_enrolled() -> None:
    assert Gallery(Measure.COSINE, {}).nearest(direction(1)) is None


def test_a_template_of_no_numbers_names_nobody() -> None:
    broken = np.full(128, math.nan, np.float32)
    found = Gallery(Measure.COSINE, {ANN: [broken], BEN: [direction(2)]}).nearest(direction(2))
    assert found is not None
    assert found.member_id == BEN


def test_templates_of_different_lengths_are_no_gallery() -> None:
    with pytest.raises(ValueError, match="inhomogeneous"):
        Gallery(Measure.COSINE, {ANN: [direction(1)], BEN: [direction(2)[:64]]})


def test_who_lacks_a_model_has_to_enrol_anew() -> None:
    one, other = direction(1), direction(2)
    enrolled = Enrolled(
        {"dlib": Measure.EUCLIDEAN, "sface": Measure.COSINE},
        {ANN: [{"dlib": one, "sface": one}], BEN: [{"dlib": other}], CHEN: []},
    )
    assert enrolled.members == 1
    found = enrolled.nearest({"dlib": other, "sface": other})
    assert {near.member_id for near in found.values()} == {ANN}
    assert enrolled.nearest({"sface": one}).keys() == {"sface"}
