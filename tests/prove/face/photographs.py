"""Photographs of real people, which never enter this repository: beside it, or nowhere."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.face.photographs import Photograph, photographs_of

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "data" / "faces"

# The data's README: the runs that begin with these two may be one person. All models say so too; they count as one.
_PERHAPS_ONE_PERSON = ("caltech/image_0113.jpg", "caltech/image_0346.jpg")


def known_people() -> tuple[Photograph, ...]:
    """All photographs; skips the test where they are missing."""
    if not (FOLDER / "labels.csv").is_file():
        pytest.skip(f"no photographs of faces at {FOLDER}: they are not part of the repository")
    found = photographs_of(FOLDER)
    by_file = {str(photograph.path.relative_to(FOLDER)): photograph.identity for photograph in found}
    kept, same = (by_file[file] for file in _PERHAPS_ONE_PERSON)
    return tuple(replace(one, identity=kept) if one.identity == same else one for one in found)
