"""The grant protocol (decision 0004) holds in every state within the bounds, and no rule of it is there for nothing:
each one left out is caught."""

from __future__ import annotations

import sys
from dataclasses import fields

import pytest

from tests.prove.grants.explore import Explored, Explorer
from tests.prove.grants.mutants import MUTANTS, Mutant
from tests.prove.grants.rules import Bounds, Budget, Rules

QUICK = Bounds(
    Budget(payments=1, pre_grants=1, recalls=1, write_offs=1, quarantines=1, restores=1),
    payment_amounts=(1,),
    pre_grant_amounts=(2,),
)
LARGEST, ITS_STATES = "sales", 350_000
# Each is explored whole; all that may befall a site at once would be some 10^8 states.
FULL = {
    "sales": Bounds(
        Budget(payments=2, pre_grants=1, recalls=1, write_offs=1, quarantines=1, restores=1),
        payment_amounts=(1,),
        pre_grant_amounts=(2,),
    ),
    "payments_from_two_grants": Bounds(
        Budget(payments=2, pre_grants=1, restores=1),
        opening=1,
        credit_line=1,
        pre_grant_amounts=(1,),
    ),
    "enrolled_anew": Bounds(
        Budget(payments=1, pre_grants=1, recalls=1, enrolments=1, backups=1, restores=1),
        opening=1,
        payment_amounts=(1,),
        pre_grant_amounts=(1,),
    ),
    "restored_twice": Bounds(
        Budget(payments=1, pre_grants=1, write_offs=1, enrolments=1, restores=2),
        opening=1,
        payment_amounts=(1,),
        pre_grant_amounts=(1,),
    ),
    "disk_lost": Bounds(
        Budget(payments=2, lost_disks=1, enrolments=1, restores=1),
        opening=1,
        payment_amounts=(1,),
        pre_grant_amounts=(1,),
    ),
    "terminal_added": Bounds(
        Budget(payments=1, pre_grants=2, recalls=1, write_offs=1, lost_disks=1, restores=1),
        opening=1,
        payment_amounts=(1,),
        pre_grant_amounts=(1,),
        second_is_enrolled=False,
    ),
    "top_ups": Bounds(
        Budget(payments=1, pre_grants=1, recalls=1, top_ups=1, backups=1, restores=1),
        opening=0,
        credit_line=1,
        payment_amounts=(1,),
        pre_grant_amounts=(1,),
    ),
}


def _explore(name: str, rules: Rules, bounds: Bounds) -> Explored:
    explored = Explorer(rules, bounds).run()
    sys.stdout.write(f"{name}: {explored}\n")
    return explored


def _assert_holds(explored: Explored) -> None:
    assert not explored.wrong, "\n".join((explored.wrong, *explored.trace))


def test_everything_holds_in_every_state_of_a_small_site() -> None:
    explored = _explore("small site", Rules(), QUICK)
    _assert_holds(explored)
    assert explored.states >= 30_000


@pytest.mark.prove
@pytest.mark.parametrize("name", FULL)
def test_everything_holds_in_every_state(name: str) -> None:
    explored = _explore(name, Rules(), FULL[name])
    _assert_holds(explored)
    if name == LARGEST:
        assert explored.states >= ITS_STATES


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_rule_left_out_is_caught(mutant: Mutant) -> None:
    explored = _explore(mutant.name, mutant.rules, mutant.bounds)
    sys.stdout.write("\n".join((explored.wrong, *explored.trace, "")))
    assert explored.wrong == mutant.caught_as


@pytest.mark.prove
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_everything_holds_where_the_mutant_is_caught(mutant: Mutant) -> None:
    _assert_holds(_explore(f"bounds of {mutant.name}", Rules(), mutant.bounds))


def test_each_rule_has_its_mutant() -> None:
    assert [mutant.rule for mutant in MUTANTS] == [rule.name for rule in fields(Rules)]
