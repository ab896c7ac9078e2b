"""What a terminal has left on its disk: digests of all of it, and what must not be found in the clear."""

from __future__ import annotations

import hashlib
from pathlib import Path

from kiosk.domain.enrolment_poses import EnrolmentPose
from kiosk.domain.face_template import FaceTemplate
from kiosk.services.face_ports import Pixels
from kiosk.store.face_keys import SLOT_BYTES


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
    """What must not be found in the clear: parts of each vector, and of each picture, as the camera and as the screen
    has it."""
    found = {}
    for made in template.made:
        for number, vector in enumerate(made.vectors):
            for start in (0, len(vector) // 2, len(vector) - 16):
                found[f"{made.model} pose {number} at {start}"] = vector[start : start + 16]
    for pose, pixels in poses.items():
        row = pixels[240, 300:340]  # the middle of the face
        found[f"picture {pose}"] = row.tobytes()
        found[f"preview {pose}"] = row[:, ::-1].tobytes()
    return found


def found_in(folder: Path, wanted: dict[str, bytes]) -> list[str]:
    """Also as hexadecimal digits, and whatever is in the format of a picture."""
    wanted = {**wanted, "JPEG": b"JFIF\x00", "PNG": b"\x89PNG\r\n\x1a\n"}
    wanted |= {f"{name} as digits": piece.hex().encode() for name, piece in wanted.items()}
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [f"{name} in {path.name}" for path in files for name, piece in wanted.items() if piece in path.read_bytes()]
