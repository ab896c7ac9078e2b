"""The promises of the flow by face on random walks, and that each planted bug breaks one."""

from __future__ import annotations

import os

import pytest

from tests.flow.face_walk import MUTANTS, FaceWalk

SEED = int(os.environ.get("SEED", "1"))
WALKS, STEPS = 300, 120
MOST_WALKS = 2000


def test_the_promises_hold_wherever_a_visit_goes() -> None:
    print(f"SEED={SEED}")  # noqa: T201 - shown when it fails
    paid = 0
    for walk in range(WALKS):
        walker = FaceWalk(SEED * 100_000 + walk)
        walker.run(STEPS)
        paid += walker.paid
    assert paid > WALKS / 10, "hardly anybody paid: nothing was seen"


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_planted_bug_is_found(mutant: str) -> None:
    for walk in range(MOST_WALKS):
        try:
            FaceWalk(SEED * 100_000 + walk, MUTANTS[mutant]).run(STEPS)
        except AssertionError:
            return
    pytest.fail(f"{mutant} lives after {MOST_WALKS} walks")
