"""Refunds and top-ups of two terminals, right and wrong, in any order: central gives back what was rightly given back,
once, and never more than was paid. Planted bugs at central are found."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.central.support import Central, running_central
from tests.prove.refunds.books import Story
from tests.prove.refunds.mutants import MUTANTS
from tests.prove.sync.mutants import Intake, OtherIntake, serving

STEPS = 60


@pytest.mark.parametrize("steps", [STEPS, pytest.param(600, marks=pytest.mark.prove)])
def test_whatever_is_told_it_is_given_back_once(fresh_central: Central, chance: random.Random, steps: int) -> None:
    story = Story(fresh_central, chance, fresh_central.url)
    story.run(steps)
    story.check()
    assert any(sold.given_back for sold in story.sales), "nothing was given back: nothing is proved"


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_planted_bugs_are_found(tmp_path: Path, mutant: Intake) -> None:
    with (
        running_central(tmp_path) as central,
        serving(central, OtherIntake(central, mutant)) as url,
    ):
        story = Story(central, random.Random(7), url)
        story.run(STEPS)
        with pytest.raises(AssertionError, match=r"given back|balance"):
            story.check()
