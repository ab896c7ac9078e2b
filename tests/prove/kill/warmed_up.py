"""Imported once by the process that all others are forked from: a few simulated sales, for what the programs import and
compile only when they first sell. Else each of thousands would do so anew, for longer than it then lives."""

from __future__ import annotations

from tests.prove.simulation.run import simulate
from tests.prove.simulation.world import LARGE

SALES = 20

simulate(0, SALES, LARGE)
