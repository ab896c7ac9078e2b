"""Templates: opaque vectors with the names of the models that made them."""

from __future__ import annotations

import pytest

from kiosk.domain.errors import DomainError
from kiosk.domain.face_template import FaceTemplate, ModelVectors

VECTOR = bytes(512)
BOTH = FaceTemplate((ModelVectors("sface", "2021dec", (VECTOR, VECTOR)), ModelVectors("dlib", "v1", (VECTOR, VECTOR))))


def test_a_new_model_does_not_use_old_vectors_and_breaks_nothing() -> None:
    assert BOTH.fits({"sface": "2021dec", "dlib": "v1"})
    assert BOTH.fits({"sface": "2021dec"})
    assert not BOTH.fits({"sface": "2027jan", "dlib": "v1"})
    assert not BOTH.fits({"sface": "2021dec", "other": "1"})
    assert BOTH.poses == 2


def test_vectors_stand_in_no_text() -> None:
    assert "x00" not in repr(BOTH)


@pytest.mark.parametrize(
    "vectors", [(), (b"",), (bytes(6),), (bytes(8), bytes(4)), (VECTOR,) * 11, (bytes(5000),)], ids=len
)
def test_what_is_no_set_of_vectors(vectors: tuple[bytes, ...]) -> None:
    with pytest.raises(DomainError):
        ModelVectors("sface", "1", vectors)


def test_what_is_no_template() -> None:
    one, two = ModelVectors("a", "1", (VECTOR,)), ModelVectors("b", "1", (VECTOR, VECTOR))
    for made in ((), (one, one), (one, two)):
        with pytest.raises(DomainError):
            FaceTemplate(made)
    with pytest.raises(DomainError):
        ModelVectors("", "1", (VECTOR,))
