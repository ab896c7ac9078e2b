"""Templates as they are kept, and the vectors that are compared; which version of a model made them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kiosk.domain.face import Limits
from kiosk.domain.face_template import FaceTemplate, ModelVectors
from kiosk.domain.ids import MemberId
from kiosk.face.encoding import Measure
from kiosk.face.enrolled import Enrolled
from kiosk.face.model_files import ModelMissing
from kiosk.face.model_versions import versions_of
from kiosk.face.templates import features_of, template_of, templates_of
from kiosk.settings.face import FaceModelSettings, FaceSettings
from tests.face.fakes import direction

ANN, BOB = MemberId("ann"), MemberId("bob")
VERSIONS = {"dlib": "1", "sface": "2"}


def poses(number: int, count: int = 3) -> list[dict[str, np.ndarray]]:
    return [{"dlib": direction(number, 0.01 * pose), "sface": direction(number)} for pose in range(count)]


def test_a_template_gives_back_what_the_models_gave() -> None:
    template = template_of(poses(3), VERSIONS)
    assert template.versions == VERSIONS
    assert template.made[0].vectors[1] == direction(3, 0.01).astype("<f4").tobytes()
    for pose, kept in zip(poses(3), features_of(template), strict=True):
        assert kept.keys() == pose.keys()
        assert all(np.array_equal(kept[name], pose[name]) and kept[name].dtype == np.float32 for name in pose)


def test_a_pose_that_a_model_has_not_seen_makes_no_template() -> None:
    with pytest.raises(KeyError):
        template_of([{"dlib": direction(1)}], VERSIONS)


def not_numbers() -> FaceTemplate:
    bad = np.full(128, np.nan, "<f4").tobytes()
    return FaceTemplate((ModelVectors("dlib", "1", (bad,)), ModelVectors("sface", "2", (bad,))))


def shorter() -> FaceTemplate:
    return FaceTemplate((ModelVectors("dlib", "1", (b"\0" * 64,)), ModelVectors("sface", "2", (b"\0" * 64,))))


@pytest.mark.parametrize("bad", [not_numbers(), shorter()], ids=["not numbers", "another length"])
def test_a_face_that_compares_with_nothing_is_left_out(bad: FaceTemplate) -> None:
    faces = {MemberId(f"m{i}"): template_of(poses(i), VERSIONS) for i in range(3)}
    known = templates_of({**faces, ANN: bad})
    assert known.keys() == faces.keys()
    Enrolled({"dlib": Measure.EUCLIDEAN, "sface": Measure.COSINE}, known)


def test_who_looks_alike_is_found_by_all_models_in_one_pose_or_another() -> None:
    enrolled = Enrolled(
        {"dlib": Measure.EUCLIDEAN, "sface": Measure.COSINE},
        templates_of({ANN: template_of(poses(1), VERSIONS), BOB: template_of(poses(2), VERSIONS)}),
    )
    limits = {"dlib": Limits(0.5, 0.05), "sface": Limits(0.5, 0.1)}
    near = {"dlib": direction(1, 0.4), "sface": direction(1, 0.4)}
    one_model_only = {"dlib": direction(2, 0.4), "sface": direction(9)}
    assert enrolled.alike([one_model_only, near], limits) == {ANN}
    assert enrolled.alike([one_model_only], limits) == frozenset()
    assert Enrolled({"dlib": Measure.EUCLIDEAN}, {}).alike([near], limits) == frozenset()


def test_installed_models_have_their_makers_versions() -> None:
    versions = versions_of(FaceSettings().model)
    assert versions.keys() == {"dlib", "sface"}


def test_a_model_of_a_file_is_as_old_as_its_bytes(tmp_path: Path) -> None:
    file = tmp_path / "better.onnx"
    models = (FaceModelSettings(name="better", file=file),)
    with pytest.raises(ModelMissing):
        versions_of(models)
    file.write_bytes(b"one")
    first = versions_of(models)
    file.write_bytes(b"two")
    assert versions_of(models) != first
    assert len(first["better"]) == 16
