"""The engine with its real models, on drawn faces: they tell nothing of people, but each is like itself."""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from kiosk.configfile import ConfigFileError
from kiosk.domain.face import Agreed, Judgement, Limits
from kiosk.domain.face_consent import ConsentPurpose
from kiosk.domain.ids import MemberId
from kiosk.face import model_files
from kiosk.face.encoding import Features, Measure
from kiosk.face.engine import FaceEngine
from kiosk.face.look import Look
from kiosk.services.face_ports import Pixels
from kiosk.settings import Settings, load_settings
from kiosk.settings.face import FaceSettings
from tests.face import pictures

ANN, PAYING = MemberId("ann"), ConsentPurpose.PAYING
TERMINAL = '[terminal]\nname = "t"\n[central]\nurl = "http://localhost"\n'
LIMITS = "{ distance = 0.4, margin = 0.1 }"


def both_limits(dlib: str, sface: str = "") -> str:
    return f"[[face.step]]\nenrolled = 9\nlimits.dlib = {dlib}\nlimits.sface = {sface or dlib}\n"


def settings_with(tmp_path: Path, text: str) -> Settings:
    path = tmp_path / "terminal.toml"
    path.write_text(TERMINAL + text, encoding="utf-8")
    return load_settings(path)


def face_settings(tmp_path: Path, text: str) -> FaceSettings:
    face = settings_with(tmp_path, text).face
    assert face is not None
    return face


def answer_of(look: Look, picture: Pixels, within_s: float = 20.0) -> tuple[Judgement, Sequence[Features]]:
    """Look at the same picture until there is an answer."""
    deadline_s = time.monotonic() + within_s
    while time.monotonic() < deadline_s:
        answer = look.see(picture, time.monotonic()).answer
        if answer is not None:
            return answer, look.features
        time.sleep(0.03)
    raise AssertionError("no answer")


def recognised_anew(settings: FaceSettings) -> tuple[Judgement, Features]:
    """Enrol a drawn face with what the first look found, and look again."""
    engine = FaceEngine(settings)
    engine.start()
    try:
        _, features = answer_of(engine.look(PAYING), pictures.face())
        engine.enrol({PAYING: {ANN: features}})
        assert engine.too_near(features) == {ANN}
        return answer_of(engine.look(PAYING), pictures.face())[0], features[0]
    finally:
        engine.stop()


def test_both_models_together_are_what_it_comes_with() -> None:
    judgement, features = recognised_anew(FaceSettings())
    assert judgement == Agreed(ANN)
    assert {name: vector.shape for name, vector in features.items()} == {"dlib": (128,), "sface": (128,)}


def test_another_model_comes_by_its_file(tmp_path: Path) -> None:
    shutil.copy(model_files.sface(), tmp_path / "better.onnx")
    text = (
        f'[face]\n[[face.model]]\nname = "better"\nfile = "{tmp_path}/better.onnx"\n'
        f"[[face.step]]\nenrolled = 100\nlimits.better = {LIMITS}\n"
    )
    judgement, features = recognised_anew(face_settings(tmp_path, text))
    assert judgement == Agreed(ANN)
    assert features.keys() == {"better"}


@pytest.mark.parametrize(("name", "measure"), [("dlib", Measure.EUCLIDEAN), ("sface", Measure.COSINE)])
def test_one_model_alone(tmp_path: Path, name: str, measure: Measure) -> None:
    text = f'[[face.model]]\nname = "{name}"\n[[face.step]]\nenrolled = 100\nlimits.{name} = {LIMITS}\n'
    engine = FaceEngine(face_settings(tmp_path, text))
    assert engine.measures == {name: measure}
    assert engine.rules.limits.at(1) == {name: Limits(0.4, 0.1)}


def test_without_the_section_nobody_is_looked_at(tmp_path: Path) -> None:
    assert settings_with(tmp_path, "").face is None


def test_the_rules_are_those_of_the_settings(tmp_path: Path) -> None:
    text = "[face]\nframes = 5\nvotes = 4\nframe_gap_s = 0.2\nlongest_look_s = 9\nblink = true\n"
    rules = FaceEngine(face_settings(tmp_path, text + "[face.quality]\neyes_px = 55\n")).rules
    assert (rules.vote.frames, rules.vote.needed, rules.frame_gap_s, rules.longest_look_s) == (5, 4, 0.2, 9)
    assert rules.quality.eyes_px == 55
    assert rules.turn.blink is not None
    assert FaceEngine(face_settings(tmp_path, "[face]\n")).rules.turn.blink is None


def test_the_more_are_enrolled_the_stricter_they_are_compared() -> None:
    """False accepts grow with the number searched: docs/face.md says where each step comes from."""
    limits = FaceSettings().limits_by_number()
    few, many = limits.at(10_000), limits.at(10_001)
    assert few == {"dlib": Limits(0.50, 0.05), "sface": Limits(0.55, 0.10)}
    for name in few:
        assert many[name].distance == pytest.approx(0.92 * few[name].distance, rel=0.01)
        assert many[name].margin >= few[name].margin
    assert limits.at(50_000) == limits.at(1_000_000) == many


def test_limits_as_loose_as_the_models_makers_say_are_taken(tmp_path: Path) -> None:
    text = both_limits("{ distance = 0.6, margin = 0.01 }", "{ distance = 0.637, margin = 0.01 }")
    assert face_settings(tmp_path, text).limits_by_number().at(1)["sface"] == Limits(0.637, 0.01)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ('[[face.model]]\nname = "better"\n', "face.model[0].name"),
        ('[[face.model]]\nname = "sface"\nfile = "x.onnx"\n', "face.model[0].name"),
        ('[[face.model]]\nname = "sface"\n[[face.model]]\nname = "sface"\n', "face.model"),
        ('[[face.model]]\nname = "dlib"\n', "face.step[0].limits"),
        (f"[[face.step]]\nenrolled = 10\nlimits.dlib = {LIMITS}\n", "face.step[0].limits"),
        ("[face]\nframes = 4\nvotes = 2\n", "face"),
        ("[face]\nframes = 1\nvotes = 1\n", "face.frames"),
        ("[face]\nframes = 2\nvotes = 1\n", "face.votes"),
        ("[face]\nframe_gap_s = 2.0\nlongest_look_s = 1.5\n", "face.frame_gap_s"),
        (both_limits("{ distance = 2.0, margin = 0.1 }"), "face.step[0].limits[...].distance"),
        (both_limits("{ distance = 0.5, margin = 0 }"), "face.step[0].limits[...].margin"),
        (both_limits("{ distance = 0.5, margin = 2.0 }"), "face.step[0].limits[...].margin"),
        (both_limits("{ distance = nan, margin = 0.1 }"), "face.step[0].limits[...].distance"),
        (both_limits("{ distance = 0.61, margin = 0.1 }"), "face.step[0].limits.dlib.distance"),
        (both_limits(LIMITS, "{ distance = 0.67, margin = 0.1 }"), "face.step[0].limits.sface.distance"),
        ("[face.quality]\ndark = 250\nbright = 10\n", "face.quality"),
        ("[face.quality]\ndark = 250\n", "face.quality.dark"),
        ("[face.quality]\nbright = 10\n", "face.quality.bright"),
        ("[face.quality]\nsharpness = inf\n", "face.quality.sharpness"),
        ("[face.quality]\nsharpness = nan\n", "face.quality.sharpness"),
        ("[face.quality]\nturned = 1.0\n", "face.quality.turned"),
        ("[face.quality]\neyes_px = 1000\n", "face.quality.eyes_px"),
        ("[face]\nstep = []\n", "face"),
        ("[face]\nvote = 3\n", "face.vote"),
        ("[[face.step]]\nenrolled = 9\nlimits.dlib = { distance = 0.0, margin = 0.1 }\n", "face.step[0].limits[...]"),
    ],
)
def test_settings_that_make_no_sense_are_named(tmp_path: Path, text: str, field: str) -> None:
    with pytest.raises(ConfigFileError) as raised:
        settings_with(tmp_path, text)
    assert raised.value.field.startswith(field)
