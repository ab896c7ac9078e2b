"""What a terminal has left on its disk: digests of all of it, and what must not be found in the clear."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from kiosk.domain.enrolment_poses import EnrolmentPose
from kiosk.domain.face_template import FaceTemplate
from kiosk.services.face_ports import Pixels
from kiosk.store.face_keys import SLOT_BYTES

_SIGNIFICANT = 6
"""Digits of a number that stand there however exactly it is written."""
_BASE64_BYTES = 14


def contents(folder: Path) -> dict[str, str]:
    """A digest of each file of the state folder."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((folder / "state").rglob("*"))
        if path.is_file() and path.suffix != ".db-shm"
    }


def keys(folder: Path) -> list[bytes]:
    """Every slot of the key file that holds something."""
    (path,) = (folder / "state").glob("*.face-keys")
    content = path.read_bytes()[SLOT_BYTES:]
    return [slot for i in range(0, len(content), SLOT_BYTES) if any(slot := content[i : i + SLOT_BYTES])]


def pieces(template: FaceTemplate, poses: dict[EnrolmentPose, Pixels]) -> dict[str, bytes]:
    """What must not be found in the clear: parts of each vector, as bytes of either length and as decimals, and of each
    picture, as the camera and as the screen has it."""
    found = {}
    for made in template.made:
        for number, vector in enumerate(made.vectors):
            for start in (0, len(vector) // 2 & ~3, len(vector) - 20):
                name, part = f"{made.model} pose {number} at {start}", vector[start : start + 20]
                found[name] = part
                found[f"{name} as float64"] = np.frombuffer(part, "<f4").astype("<f8").tobytes()
                found |= {f"{name} as decimals {digits!r}": digits for digits in _decimals(part)}
    for pose, pixels in poses.items():
        row = pixels[240, 300:340]  # the middle of the face
        found[f"picture {pose}"] = row.tobytes()
        found[f"preview {pose}"] = row[:, ::-1].tobytes()
    return found


def found_in(folder: Path, wanted: dict[str, bytes]) -> list[str]:
    """Also as hexadecimal digits and base64, and whatever is in the format of a picture."""
    wanted = {**wanted, "JPEG": b"JFIF\x00", "PNG": b"\x89PNG\r\n\x1a\n"}
    wanted |= {f"{name} as digits": piece.hex().encode() for name, piece in wanted.items()} | {
        f"{name} in base64 {number}": text
        for name, piece in wanted.items()
        if len(piece) >= _BASE64_BYTES
        for number, text in enumerate(_in_base64(piece))
    }
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [f"{name} in {path.name}" for path in files for name, piece in wanted.items() if piece in path.read_bytes()]


def _decimals(part: bytes) -> Iterator[bytes]:
    """Of each number that is not tiny: as JSON or repr begin it, from float32 and from float64."""
    for number in np.frombuffer(part, "<f4"):
        if abs(number) >= 0.001:
            for text in {str(number), repr(float(number))}:
                zeros = len(text) - len(text.lstrip("-0."))
                yield text[: zeros + _SIGNIFICANT + ("." in text[zeros : zeros + _SIGNIFICANT])].encode()


def _in_base64(piece: bytes) -> Iterator[bytes]:
    """Wherever in what is encoded it begins."""
    for start in range(3):
        whole = (len(piece) - start) // 3 * 3
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            yield encode(piece[start : start + whole])
