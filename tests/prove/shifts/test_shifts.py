"""Random shifts on real services and a real store: every Z report is what happened, to the cent; every money movement
is in one report and no other; numbers run without a gap. Planted bugs are found."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from kiosk.domain.z_report import EntryKind
from kiosk.services.shifts import Shifts
from tests.prove.in_memory import folder_in_memory
from tests.prove.shifts.mutants import MUTANTS
from tests.prove.shifts.till import FewEventsAtOnce, RandomTill

A_DISK = 500  # shifts; after that the next one


def run(shifts: int, chance: random.Random, shifts_of: Callable[..., Shifts] = FewEventsAtOnce) -> set[EntryKind]:
    """Returns which kinds of entries there were."""
    seen: set[EntryKind] = set()
    with folder_in_memory() as folder:
        for first in range(0, shifts, A_DISK):
            seen |= _on_one_disk(folder / str(first), min(A_DISK, shifts - first), chance, shifts_of)
    return seen


def _on_one_disk(folder: Path, shifts: int, chance: random.Random, shifts_of: Callable[..., Shifts]) -> set[EntryKind]:
    folder.mkdir()
    with closing(RandomTill(folder, chance, shifts_of)) as till:
        for _ in range(shifts):
            till.works_a_shift()
        reports = till.reports
    assert [report.number for report in reports] == list(range(1, shifts + 1)), "numbers have a gap"
    ends = [(report.first_seq, report.last_seq) for report in reports]
    assert all(after[0] == before[1] + 2 for before, after in pairwise(ends)), "an event is in none"
    return {found.kind for report in reports for found in report.totals.kinds}


@pytest.mark.parametrize("shifts", [150, pytest.param(10_000, marks=pytest.mark.prove)])
def test_every_z_report_is_what_happened(shifts: int, chance: random.Random) -> None:
    assert run(shifts, chance) == set(EntryKind), "some kind never happened: nothing is proved of it"


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_planted_bugs_are_found(mutant: type[Shifts]) -> None:
    with pytest.raises(AssertionError):
        run(150, random.Random(7), mutant)
