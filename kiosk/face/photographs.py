"""A folder of photographs of people who are known: what limits are measured with."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from kiosk.face.encoding import Encoder, Features, encode_all
from kiosk.face.look import FindsFaces, around
from kiosk.services.face_ports import Pixels

_SUFFIXES = {".jpg", ".jpeg", ".png", ".pgm", ".bmp"}
_MOST_PHOTOGRAPHS = 5000  # their pairs stand in memory
_MOST_PX = 64_000_000  # of a photograph
_SMALL_PX, _ENLARGED_PX = 200, 300  # the detector, and the models' own scale, want more than a thumbnail
_BORDER = 6  # a sixth of each side: a face that fills the picture is not found


class UnusableFolder(Exception):
    """Says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Photograph:
    """`group`: people among whom mistakes are counted apart; "": none is known."""

    path: Path
    identity: str
    group: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    photograph: Photograph
    features: Features


def photographs_of(folder: Path) -> tuple[Photograph, ...]:
    """As its labels.csv says (file, identity and, if there, group), else a folder a person. Raises UnusableFolder."""
    labels = folder / "labels.csv"
    try:
        found = tuple(_labelled(labels) if labels.is_file() else _by_folder(folder))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UnusableFolder(f"{folder} cannot be read: {error}") from error
    if not found:
        raise UnusableFolder(f"{folder} has neither labels.csv nor a folder of photographs a person")
    if len(found) > _MOST_PHOTOGRAPHS:
        raise UnusableFolder(f"{folder} has {len(found)} photographs, more than {_MOST_PHOTOGRAPHS}")
    return found


def _labelled(labels: Path) -> Iterator[Photograph]:
    with labels.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            if not row.get("file") or not row.get("identity"):
                raise UnusableFolder(f"{labels}: each line has a file and an identity")
            yield Photograph(labels.parent / row["file"], row["identity"], row.get("group") or "")


def _by_folder(folder: Path) -> Iterator[Photograph]:
    for path in sorted(folder.glob("*/*")):
        if path.suffix.lower() in _SUFFIXES:
            yield Photograph(path, path.parent.name)


def encode_photographs(
    photographs: Iterable[Photograph], finder: FindsFaces, encoders: Sequence[Encoder]
) -> Iterator[Encoded | Photograph]:
    """Each as the engine would encode it; the photograph itself where no face is found in it, or none that can be
    encoded. Raises UnusableFolder for what is no picture."""
    for photograph in photographs:
        yield _encoded(photograph, _prepared(_read(photograph.path)), finder, encoders)


def _read(path: Path) -> Pixels:
    """Its head is read first: a small file may say that it is a picture of gigabytes. Raises UnusableFolder."""
    try:
        with Image.open(path) as head:
            size = head.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UnusableFolder(f"{path} is no picture ({type(error).__name__})") from error
    if size[0] * size[1] > _MOST_PX:
        raise UnusableFolder(f"{path} has {size[0]} x {size[1]} pixels, more than {_MOST_PX // 1_000_000} million")
    pixels = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if pixels is None:
        raise UnusableFolder(f"{path} is no picture")
    return np.asarray(pixels, dtype=np.uint8)


def _encoded(
    photograph: Photograph, pixels: Pixels, finder: FindsFaces, encoders: Sequence[Encoder]
) -> Encoded | Photograph:
    faces = finder.find(pixels)
    if not faces:
        return photograph
    try:
        return Encoded(photograph, encode_all(encoders, *around(pixels, faces[0])))
    except (ValueError, RuntimeError, cv2.error):
        return photograph


def _prepared(pixels: Pixels) -> Pixels:
    """As a camera would see the face: large enough, and with something around it."""
    shorter = min(pixels.shape[:2])
    if shorter < _SMALL_PX:
        scale = _ENLARGED_PX / shorter
        pixels = np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)
    height, width = pixels.shape[:2]
    down, across = height // _BORDER, width // _BORDER
    return np.asarray(cv2.copyMakeBorder(pixels, down, down, across, across, cv2.BORDER_REPLICATE), dtype=np.uint8)
