"""The grant protocol (decision 0004) holds in every state within the bounds, and no rule of it is there for nothing: each
one left out is caught."""

from __future__ import annotations

import sys
from dataclasses import fields

import pytest

from tests.prove.grants.explore import Explored, Explorer
from tests.prove.grants.mutants import MUTANTS, Mutant
from tests.prove.grants.rules import Bounds, Budget, Rules


def _explore(rules: Rules, bounds: Bounds) -> Explored:
    explored = Explorer(rules, bounds).run()
    sys.stdout.write(f"{bounds}: {explored}\n")
    return explored


def _said(explored: Explored) -> str:
    return "\n".join((explored.wrong, *explored.trace))
