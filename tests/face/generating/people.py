"""One photograph of each person of the shared data, as a camera over a counter would see it. Real faces: they are
never in the repository, and what needs them is skipped where they are not."""

from __future__ import annotations

import csv
import zlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np

from kiosk.face import model_files
from kiosk.face.detection import Face, FaceFinder
from kiosk.face.landmarks import FaceMesh, Points, nose_ratio
from kiosk.face.quality import QualityRule, fault_of
from kiosk.services.face_ports import Pixels

FACES = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "faces"
CLIP = FACES / "clips" / "talking_blinks_8s.mp4"
NOT_THERE = f"no shared face photographs ({FACES.name}/labels.csv beside the project)"

PAINTED = frozenset({"caltech-24", "caltech-26", "caltech-27"})
"""Murals: recognised and attacked like all others, but no living heads: FaceMesh loses painted ones when they turn."""

_WIDTH, _HEIGHT = 256, 288  # a face at the counter and what is close around it: the detector takes its time by area
_EYES_PX = 64.0
_TRIED = 5


class Models:
    """What finds a face and its points; loaded once."""

    @cached_property
    def finder(self) -> FaceFinder:
        return FaceFinder(model_files.yunet())

    @cached_property
    def mesh(self) -> FaceMesh:
        return FaceMesh(model_files.face_mesh())


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """`picture`: 256 × 288, good enough to be recognised, with the eyes some 64 pixels apart. `points`: 468 × 3."""

    name: str
    picture: Pixels
    face: Face
    points: Points


def is_held_out(name: str) -> bool:
    """Of two halves of the people one may be used to choose limits with; the other is what figures are reported of.
    By name, so that it is the same half whatever order and selection."""
    return zlib.crc32(name.encode()) % 2 == 1


def are_there() -> bool:
    return (FACES / "labels.csv").is_file()


def photographs() -> dict[str, list[Path]]:
    """By person, in the order of labels.csv."""
    found: dict[str, list[Path]] = {}
    with (FACES / "labels.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["identity"], []).append(FACES / row["file"])
    return found


def people(models: Models, names: Collection[str] | None = None) -> Iterator[Person]:
    """Of each person the photograph that looks straightest ahead, of the first few that are good enough; who has none
    is left out."""
    for name, paths in photographs().items():
        if names is None or name in names:
            found = (person_in(models, name, cv2.imread(str(path))) for path in paths[:_TRIED])
            yield from sorted((person for person in found if person is not None), key=_aside)[:1]


def _aside(person: Person) -> float:
    return abs(nose_ratio(person.points[:, :2]))


def person_in(models: Models, name: str, picture: Pixels) -> Person | None:
    """None: there is no face that could be recognised."""
    faces = models.finder.find(picture)
    if not faces:
        return None
    placed = before_the_camera(picture, faces[0])
    faces = models.finder.find(placed)
    if fault_of(placed, faces, QualityRule()) is not None:
        return None
    points = models.mesh.points_with_depth(placed, faces[0])
    return None if points is None else Person(name, placed, faces[0], points)


def points_of(models: Models, paths: Sequence[Path]) -> list[Points]:
    """468 × 2 of each photograph in which there is a face, turned or not, good enough or not."""
    found = []
    for picture in (cv2.imread(str(path)) for path in paths):
        faces = models.finder.find(picture)
        placed = before_the_camera(picture, faces[0]) if faces else picture
        faces = models.finder.find(placed)
        points = models.mesh.points(placed, faces[0]) if faces else None
        if points is not None:
            found.append(points)
    return found


def before_the_camera(picture: Pixels, face: Face) -> Pixels:
    """Scaled and cut so that the face stands in the middle."""
    eyes = face.points[:2]
    scale = _EYES_PX / float(np.linalg.norm(eyes[1] - eyes[0]))
    middle = np.array([face.x + face.width / 2, face.y + face.height / 2]) * scale
    placing = np.array([[scale, 0, _WIDTH / 2 - middle[0]], [0, scale, _HEIGHT / 2 - middle[1]]])
    return cv2.warpAffine(picture, placing, (_WIDTH, _HEIGHT), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
