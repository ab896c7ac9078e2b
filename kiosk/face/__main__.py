"""`python -m kiosk.face calibrate FOLDER`: measures the limits of faces with photographs of people who are known.

FOLDER has labels.csv (file, identity and, if there, group) or a folder a person. The report goes to standard output,
the curves to roc.svg, and with groups the false accepts within each beside it, to roc-groups.svg."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from kiosk.configfile import ConfigFileError
from kiosk.core_dumps import prevent_core_dumps
from kiosk.face import model_files
from kiosk.face.calibration import pairs_of
from kiosk.face.calibration_report import accepts_by_group, curves_of, report
from kiosk.face.detection import FaceFinder
from kiosk.face.engine import make_encoders, measures_of
from kiosk.face.groups_picture import groups_picture
from kiosk.face.photographs import Encoded, UnusableFolder, encode_photographs, photographs_of
from kiosk.face.roc_picture import roc_picture
from kiosk.settings import load_settings
from kiosk.settings.face import FaceSettings

_SAY_EVERY = 50


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 0, or 1 when it could not be measured (said on standard error)."""
    options = _parser().parse_args(arguments)
    prevent_core_dumps()
    try:
        settings = (load_settings(options.settings).face if options.settings else None) or FaceSettings()
        _calibrate(options.folder, settings, options.picture)
    except (ConfigFileError, UnusableFolder, model_files.ModelMissing) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _calibrate(folder: Path, settings: FaceSettings, picture: Path) -> None:
    encoded = _encode(folder, settings)
    people = [one.photograph.identity for one in encoded]
    groups = [one.photograph.group for one in encoded]
    pairs = pairs_of(people, [one.features for one in encoded], measures_of(settings.model), groups)
    if pairs.is_same.all() or not pairs.is_same.any():
        raise UnusableFolder(f"{folder}: it takes two people at least, and two photographs of one of them")
    sys.stdout.write(f"{len(people)} photographs of {len(set(people))} people\n\n{report(pairs, settings)}")
    picture.write_text(roc_picture(curves_of(pairs)), encoding="utf-8")
    sys.stdout.write(f"\nCurves: {picture}\n")
    if pairs.groups:
        of_groups = picture.with_name(f"{picture.stem}-groups.svg")
        of_groups.write_text(groups_picture(accepts_by_group(pairs, settings)), encoding="utf-8")
        sys.stdout.write(f"False accepts by group: {of_groups}\n")


def _encode(folder: Path, settings: FaceSettings) -> list[Encoded]:
    photographs = photographs_of(folder)
    encoded: list[Encoded] = []
    results = encode_photographs(photographs, FaceFinder(model_files.yunet()), make_encoders(settings.model))
    for number, result in enumerate(results, start=1):
        if isinstance(result, Encoded):
            encoded.append(result)
        else:
            sys.stderr.write(f"no face: {result.path}\n")
        if number % _SAY_EVERY == 0:
            sys.stderr.write(f"{number} of {len(photographs)}\n")
    return encoded


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m kiosk.face", description=__doc__)
    commands = parser.add_subparsers(required=True)
    calibrate = commands.add_parser("calibrate", help="measure limits with photographs of people who are known")
    calibrate.add_argument("folder", type=Path)
    calibrate.add_argument("--settings", type=Path, help="the terminal's settings: which models, and their limits")
    calibrate.add_argument(
        "--picture",
        type=Path,
        default=Path("roc.svg"),
        help="where the curves go, and NAME-groups.svg beside it (default: %(default)s)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
