"""Breadth first through every state, with the shortest trace to one in which something does not hold.

Both parts of a state are stored once and named by a number; a state is three numbers in one, the smaller lane first.
What may happen to a lane depends on the site's part and that lane only, and is worked out once for each such pair.
"""

from __future__ import annotations

import time
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

from tests.prove.grants import facts, site
from tests.prove.grants.rules import Bounds, Rules
from tests.prove.grants.settling import settling_move
from tests.prove.grants.state import Lane, Site, State

T = TypeVar("T")
BITS = 21
MASK = (1 << BITS) - 1
MOST_SETTLING_STEPS = 100


@dataclass(frozen=True, slots=True)
class Explored:
    """`wrong`: what does not hold, "" when everything holds in every state; `trace` leads there."""

    states: int
    transitions: int
    seconds: float
    wrong: str = ""
    trace: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.states} states, {self.transitions} transitions, {self.seconds:.1f} s"


class _Names(Generic[T]):
    """Numbers for values: equal ones get the same."""

    def __init__(self) -> None:
        self._numbers: dict[T, int] = {}
        self.values: list[T] = []

    def number(self, value: T) -> int:
        number = self._numbers.setdefault(value, len(self.values))
        if number == len(self.values):
            assert number <= MASK, "more than fit in a state's number"
            self.values.append(value)
        return number


class Explorer:
    """All states within `bounds` under `rules`."""

    def __init__(self, rules: Rules, bounds: Bounds) -> None:
        self._rules, self._bounds = rules, bounds
        self._sites, self._lanes = _Names[Site](), _Names[Lane]()
        self._facts: list[facts.LaneFacts] = []  # by the lane's number
        self._moves: dict[int, tuple[int, ...]] = {}
        self._settling: dict[int, int] = {}
        self._settles: set[int] = set()

    def run(self) -> Explored:
        """Until all states are visited, or something does not hold."""
        began = time.perf_counter()
        seen = {self._pack(site.start(self._bounds))}
        states, parents, transitions = list(seen), array("q", [-1]), 0
        for index, state in enumerate(states):  # grows while it is gone through
            if wrong := self._wrong(state):
                trace = self._trace(states, parents, index)
                return Explored(len(states), transitions, time.perf_counter() - began, wrong, trace)
            for after in self._after(state):
                transitions += 1
                if after not in seen:
                    seen.add(after)
                    states.append(after)
                    parents.append(index)
        return Explored(len(states), transitions, time.perf_counter() - began)

    def _after(self, state: int) -> Iterator[int]:
        here, first, second = state >> 2 * BITS, state >> BITS & MASK, state & MASK
        for moved, other in ((first, second), (second, first)):
            for pair in self._moves_of(here, moved):
                yield _packed(pair >> BITS, pair & MASK, other)
            if first == second:
                break
        budget = self._sites.values[here].budget
        if budget.top_ups or budget.backups or budget.restores:
            for _, after in site.site_moves(self._rules, self._unpack(state)):
                yield self._pack(after)

    def _moves_of(self, here: int, lane: int) -> tuple[int, ...]:
        pair = here << BITS | lane
        moves = self._moves.get(pair)
        if moves is None:
            found = site.lane_moves(self._rules, self._bounds, self._sites.values[here], self._lanes.values[lane])
            after = {self._sites.number(move.site) << BITS | self._lanes.number(move.lane) for move in found}
            moves = self._moves[pair] = tuple(sorted(after - {pair}))
        return moves

    def _wrong(self, state: int) -> str:
        """In this state, or on the way from it to rest."""
        passed: list[int] = []
        while state not in self._settles:
            here, first, second = state >> 2 * BITS, state >> BITS & MASK, state & MASK
            wrong = self._wrong_here(state)
            if wrong or len(passed) > MOST_SETTLING_STEPS:
                return wrong or "it never comes to rest"
            passed.append(state)
            moved = self._settled_pair(here, first)
            other = second
            if moved < 0:
                moved, other = self._settled_pair(here, second), first
            if moved < 0:
                lanes = (self._lanes.values[first], self._lanes.values[second])
                if wrong := facts.wrong_at_rest(self._bounds, self._sites.values[here], lanes):
                    return f"at rest: {wrong}"
                break
            state = _packed(moved >> BITS, moved & MASK, other)
        self._settles.update(passed)
        return ""

    def _wrong_here(self, state: int) -> str:
        here, first, second = state >> 2 * BITS, state >> BITS & MASK, state & MASK
        there = self._sites.values[here]
        return facts.wrong_in_site(self._bounds, there, self._facts_of(first), self._facts_of(second))

    def _settled_pair(self, here: int, lane: int) -> int:
        """The next step to rest, -1 when there is none."""
        pair = here << BITS | lane
        moved = self._settling.get(pair)
        if moved is None:
            move = settling_move(self._rules, self._sites.values[here], self._lanes.values[lane])
            moved = self._sites.number(move.site) << BITS | self._lanes.number(move.lane) if move else -1
            self._settling[pair] = moved
        return moved

    def _facts_of(self, lane: int) -> facts.LaneFacts:
        for number in range(len(self._facts), lane + 1):
            self._facts.append(facts.facts_of(self._bounds, self._lanes.values[number]))
        return self._facts[lane]

    def _pack(self, state: State) -> int:
        first, second = (self._lanes.number(lane) for lane in state.lanes)
        return _packed(self._sites.number(state.site), first, second)

    def _unpack(self, state: int) -> State:
        lanes = (self._lanes.values[state >> BITS & MASK], self._lanes.values[state & MASK])
        return State(self._sites.values[state >> 2 * BITS], lanes)

    def _trace(self, states: list[int], parents: array[int], index: int) -> tuple[str, ...]:
        """What happened from the start to that state; the lanes keep their places, so that A stays A."""
        path: list[int] = []
        while index > 0:
            path.append(states[index])
            index = parents[index]
        trace: list[str] = []
        state = site.start(self._bounds)
        for wanted in reversed(path):
            what, state = next((what, after) for what, after in self._named(state) if self._pack(after) == wanted)
            trace.append(what)
        return (*trace, *islice(self._settling_trace(state), MOST_SETTLING_STEPS))

    def _settling_trace(self, state: State) -> Iterator[str]:
        """The steps to rest until something does not hold."""
        while not self._wrong_here(self._pack(state)):
            for name, lane in zip("AB", state.lanes, strict=True):
                if move := settling_move(self._rules, state.site, lane):
                    lanes = (move.lane, state.lanes[1]) if name == "A" else (state.lanes[0], move.lane)
                    yield f"(to rest) {name}: {move.what}"
                    state = State(move.site, lanes)
                    break
            else:
                return

    def _named(self, state: State) -> Iterator[tuple[str, State]]:
        for name, lane, other in zip("AB", state.lanes, reversed(state.lanes), strict=True):
            for move in site.lane_moves(self._rules, self._bounds, state.site, lane):
                lanes = (move.lane, other) if name == "A" else (other, move.lane)
                yield f"{name}: {move.what}", State(move.site, lanes)
        yield from site.site_moves(self._rules, state)


def _packed(here: int, first: int, second: int) -> int:
    if first > second:
        first, second = second, first
    return here << 2 * BITS | first << BITS | second
