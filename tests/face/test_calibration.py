"""`python -m kiosk.face calibrate`: what it counts, and what it writes."""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import cv2
import numpy as np
import pytest

from kiosk.face.calibration import Pairs, curve, false_accepts_within, limits_at, pairs_of, rates
from kiosk.face.calibration_report import accepts_by_group, report
from kiosk.face.detection import Face
from kiosk.face.encoding import Features, Measure
from kiosk.face.groups_picture import groups_picture
from kiosk.face.photographs import Photograph, UnusableFolder, encode_photographs, photographs_of
from kiosk.face.roc_picture import roc_picture
from kiosk.services.face_ports import Pixels
from kiosk.settings.face import FaceSettings
from tests.devices.watching import claiming
from tests.face import pictures
from tests.face.fakes import direction

ROOT = Path(__file__).resolve().parents[2]
MEASURES = {"dlib": Measure.EUCLIDEAN, "sface": Measure.COSINE}


def both(dlib: float, sface: float) -> Features:
    return {"dlib": direction(1, dlib), "sface": direction(2, sface)}


@pytest.fixture
def pairs() -> Pairs:
    """Ann's two photographs are 0.3 apart for dlib, Ben is 0.45 from one of them and 0.15 from the other."""
    return pairs_of(["ann", "ann", "ben"], [both(0.0, 0.0), both(0.3, 0.2), both(0.45, 1.4)], MEASURES, ["a", "a", "a"])


def test_pairs_are_counted_once_and_apart(pairs: Pairs) -> None:
    assert pairs.is_same.tolist() == [True, False, False]
    assert pairs.distances["dlib"] == pytest.approx([0.3, 0.45, 0.152], abs=0.01)
    assert rates(pairs, {"dlib": 0.6}).far == 1.0
    assert rates(pairs, {"dlib": 0.2}).frr == 1.0
    joint = rates(pairs, {"dlib": 0.5, "sface": 0.5})
    assert (joint.false_accepts, joint.impostors, joint.false_rejects, joint.genuine) == (0, 2, 0, 1)


def test_mistakes_by_group(pairs: Pairs) -> None:
    assert false_accepts_within(pairs, {"dlib": 0.4}) == {"a": (1, 2)}


def test_limits_are_the_widest_that_keep_the_rate() -> None:
    numbers = np.random.default_rng(5)
    people = [f"p{i // 4}" for i in range(120)]
    features = [both(float(a), float(b)) for a, b in numbers.uniform(0, 1.5, (120, 2))]
    pairs = pairs_of(people, features, MEASURES)
    for models in (["dlib"], ["sface"], ["dlib", "sface"]):
        for far in (1e-1, 1e-2, 0.0):
            limits = limits_at(pairs, models, far)
            assert rates(pairs, limits).far <= far
            wider = {name: limit * 1.05 + 1e-3 for name, limit in limits.items()}
            assert rates(pairs, wider).far > far
    fars = [far for far, _ in curve(pairs, ["dlib", "sface"])]
    assert fars == sorted(fars, reverse=True)


def test_the_report_sets_the_rule_beside_dlib_alone(pairs: Pairs) -> None:
    text = report(pairs, FaceSettings())
    assert "| as set, up to 10000 enrolled | dlib <= 0.500, sface <= 0.550 | 0 of 2 (0.000 %) | 0 of 1" in text
    assert "| dlib alone at 0.6 | dlib <= 0.600 | 2 of 2 (100.000 %) |" in text
    assert "| a | 0 of 2 (0.000 %) | 0 of 2 (0.000 %) | 2 of 2 (100.000 %) |" in text


def test_curves_are_a_picture() -> None:
    picture = ET.fromstring(roc_picture({"a & b": [(1.0, 1.0), (0.0, 0.5)], "c": [(1e-3, 0.99)]}))  # noqa: S314 ours
    lines = picture.findall("{http://www.w3.org/2000/svg}polyline")
    assert [len(line.attrib["points"].split()) for line in lines] == [2, 1]
    for line in lines:
        for point in line.attrib["points"].split():
            x, y = map(float, point.split(","))
            assert 0 <= x <= 640
            assert 0 <= y <= 420


def test_groups_are_a_picture_with_a_bar_a_rule(pairs: Pairs) -> None:
    groups = {"a & b": {"as set": (0, 10), "alone": (5, 10)}, "c": {"as set": (1, 10), "alone": (10, 10)}}
    picture = ET.fromstring(groups_picture(groups))  # noqa: S314 ours
    bars = [bar for bar in picture.findall("{http://www.w3.org/2000/svg}rect") if "x" in bar.attrib]
    widths = [float(bar.attrib["width"]) for bar in bars]
    assert widths == pytest.approx([0.0, widths[3] / 2, widths[3] / 10, widths[3]], abs=0.1)
    assert widths[3] == 640 - 150 - 120, "the longest fills the axis"
    texts = [text.text for text in picture.findall("{http://www.w3.org/2000/svg}text")]
    assert {"a & b", "c", "as set", "alone", "5 of 10", "1 of 10"} <= set(texts)
    assert "100 %" in texts
    rules = accepts_by_group(pairs, FaceSettings())["a"]
    assert (rules["dlib alone at 0.6"], rules["as set, up to 10000 enrolled"]) == ((2, 2), (0, 2))


def test_points_of_the_roc_stand_in_the_text(pairs: Pairs) -> None:
    """Ben is nearer to Ann than she is to herself for dlib, not for SFace."""
    lines = report(pairs, FaceSettings()).splitlines()
    head = lines.index("| false accepts | dlib | sface | dlib and sface |")
    assert lines[head + 1] == "| 1e-01 | 0.00 % | 100.00 % | 0.00 % |"


def test_photographs_by_labels_and_by_folder(tmp_path: Path) -> None:
    (tmp_path / "ann").mkdir()
    (tmp_path / "ann" / "1.jpg").touch()
    (tmp_path / "ann" / "notes.txt").touch()
    assert photographs_of(tmp_path) == (Photograph(tmp_path / "ann" / "1.jpg", "ann"),)
    (tmp_path / "labels.csv").write_text("file,identity,group\nann/1.jpg,Ann,east\n", encoding="utf-8")
    assert photographs_of(tmp_path) == (Photograph(tmp_path / "ann/1.jpg", "Ann", "east"),)


@pytest.mark.parametrize("labels", ["", "file,who\na.jpg,ann\n", "file,identity\na.jpg,\n", "file,identity\n\xff"])
def test_folders_that_are_of_no_use(tmp_path: Path, labels: str) -> None:
    if labels:
        (tmp_path / "labels.csv").write_bytes(labels.encode("latin-1"))
    with pytest.raises(UnusableFolder):
        photographs_of(tmp_path)


class NobodyLooks:
    """A detector that must not be asked."""

    def find(self, pixels: Pixels) -> tuple[Face, ...]:
        raise AssertionError("it was decoded")


@pytest.mark.parametrize(
    ("data", "reason"),
    [(claiming(60_000, 1_300), "60000 x 1300 pixels"), (b"no picture", "is no picture")],
    ids=["huge", "no picture"],
)
def test_what_is_no_picture_or_far_too_large_is_refused_before_it_is_decoded(
    tmp_path: Path, data: bytes, reason: str
) -> None:
    (tmp_path / "1.jpg").write_bytes(data)
    with pytest.raises(UnusableFolder, match=reason):
        list(encode_photographs([Photograph(tmp_path / "1.jpg", "ann")], NobodyLooks(), ()))


def calibrate(folder: Path, picture: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kiosk.face", "calibrate", folder, "--picture", picture]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)


def test_the_command(tmp_path: Path) -> None:
    for person, radius in (("ann", 90), ("ben", 120)):
        folder = tmp_path / "faces" / person
        folder.mkdir(parents=True)
        for i in (1, 2):
            cv2.imwrite(str(folder / f"{i}.png"), pictures.face(radius + i))
    cv2.imwrite(str(tmp_path / "faces" / "ann" / "3.png"), pictures.background())
    ran = calibrate(tmp_path / "faces", tmp_path / "roc.svg")
    assert ran.returncode == 0, ran.stderr
    assert "4 photographs of 2 people" in ran.stdout
    assert "no face:" in ran.stderr
    ET.parse(tmp_path / "roc.svg")  # noqa: S314 ours
    assert not (tmp_path / "roc-groups.svg").exists(), "no group is known"
    lines = [f"{name}/{i}.png,{name},drawn" for name in ("ann", "ben") for i in (1, 2)]
    (tmp_path / "faces" / "labels.csv").write_text("\n".join(["file,identity,group", *lines]), encoding="utf-8")
    ran = calibrate(tmp_path / "faces", tmp_path / "roc.svg")
    assert ran.returncode == 0, ran.stderr
    assert "roc-groups.svg" in ran.stdout
    assert "drawn" in (tmp_path / "roc-groups.svg").read_text(encoding="utf-8")


def test_the_command_says_what_is_wrong(tmp_path: Path) -> None:
    ran = calibrate(tmp_path / "none", tmp_path / "roc.svg")
    assert ran.returncode == 1
    assert "has neither labels.csv nor a folder" in ran.stderr
    assert "Traceback" not in ran.stderr
