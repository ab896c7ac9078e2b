"""Issue 4's accuracy, on photographs of real people beside the repository."""

from __future__ import annotations

import os
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pytest

from kiosk.domain.face import Limits
from kiosk.face import model_files
from kiosk.face.calibration import Pairs, Rates, pairs_of, rates
from kiosk.face.detection import FaceFinder
from kiosk.face.engine import make_encoders, measures_of
from kiosk.face.photographs import Encoded, Photograph, encode_photographs
from kiosk.settings.face import FaceSettings
from tests.prove.face.accuracy import People, Rule, Tally, tally
from tests.prove.face.photographs import known_people

SETTINGS = FaceSettings()
MEASURES = measures_of(SETTINGS.model)
JOINT = Rule(SETTINGS.limits_by_number().at(0))
DLIB_ALONE = Rule({"dlib": Limits(0.6, 0.0)})
SEED = int(os.environ.get("SEED", "20261122"))


@dataclass(frozen=True, slots=True, eq=False)
class Photographed:
    people: People
    pairs: Pairs
    not_found: int


def photographed(photographs: Sequence[Photograph]) -> Photographed:
    found = list(encode_photographs(photographs, FaceFinder(model_files.yunet()), make_encoders(SETTINGS.model)))
    encoded = [one for one in found if isinstance(one, Encoded)]
    people = defaultdict(list)
    for one in encoded:
        people[one.photograph.identity].append(one.features)
    identities = [one.photograph.identity for one in encoded]
    pairs = pairs_of(identities, [one.features for one in encoded], MEASURES)
    return Photographed(people, pairs, len(found) - len(encoded))


def single_frames(pairs: Pairs, limits: Mapping[str, Limits]) -> Rates:
    return rates(pairs, {name: limit.distance for name, limit in limits.items()})


def table(rows: Mapping[str, tuple[Rates, Tally]]) -> str:
    columns = (
        "rule", "false accepts of pairs", "false rejects of pairs", "3 photographs, 3 frames: rejected",
        "taken for another", "strangers accepted", "rank-1",
    )  # fmt: skip
    lines = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    for name, (single, counts) in rows.items():
        lines.append(
            f"| {name} | {single.false_accepts} of {single.impostors} | {single.frr:.2%} of {single.genuine} |"
            f" {counts.rejected_part:.2%} of {counts.looks} | {counts.wrong} of {counts.looks} |"
            f" {counts.strangers_accepted} of {counts.stranger_looks} | {counts.first_part:.2%} |"
        )
    return "\n".join(lines)


def measured(data: Photographed, rule: Rule, draws: int) -> tuple[Rates, Tally]:
    return single_frames(data.pairs, rule.limits), tally(data.people, MEASURES, rule, draws=draws, seed=SEED)


def test_a_few_people() -> None:
    """Six people, six photographs each."""
    chosen: dict[str, list[Photograph]] = defaultdict(list)
    for one in known_people():
        if one.identity in chosen or len(chosen) < 6:
            chosen[one.identity].append(one)
    data = photographed([one for photographs in chosen.values() for one in photographs[:6]])
    single, counts = measured(data, JOINT, draws=2)
    assert data.not_found == 0
    assert single.false_accepts == counts.wrong == counts.strangers_accepted == 0
    assert single.frr <= 0.10
    assert counts.rejected == 0
    assert counts.first_part == 1.0


@pytest.mark.prove
def test_all_pairs_of_all_people() -> None:
    data = photographed(known_people())
    single, counts = measured(data, JOINT, draws=20)
    alone, alone_counts = measured(data, DLIB_ALONE, draws=20)
    found = f"seed {SEED}; {len(data.people)} people; no face found in {data.not_found} photographs"
    rows = {"dlib and SFace": (single, counts), "dlib alone at 0.6": (alone, alone_counts)}
    sys.stdout.write(f"{found}\n{table(rows)}\n")
    assert single.false_accepts == 0
    assert single.frr <= 0.035
    assert counts.rejected_part <= 0.005
    assert counts.wrong == 0
    assert counts.strangers_accepted == 0
    assert counts.first_part >= 0.995
    assert alone.false_accepts > 0, "dlib alone would be caught: these photographs can tell the rules apart"
    assert alone_counts.strangers_accepted > 0
