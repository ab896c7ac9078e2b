"""Liveness checks with a bug in them. Each must be caught: an attack passes, which the right one refuses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from kiosk.domain.head_turn import Direction, Pose, TurnRule
from kiosk.domain.liveness import TurnChallenge
from kiosk.face.comparing import Recognised
from kiosk.face.encoding import Features
from kiosk.face.turning import Turning
from tests.face.generating.trials import Bench

Plant = Callable[[Bench], Bench]

SIDEWAYS = (Direction.LEFT, Direction.RIGHT)
NODS = (Direction.UP, Direction.DOWN)


@dataclass(frozen=True, slots=True)
class Mutant:
    """How it is planted, and the attacks, asked for one turn in one of the `directions`, of which at least one passes
    then."""

    plant: Plant
    kinds: tuple[str, ...]
    directions: tuple[Direction, ...] = SIDEWAYS


def with_rule(bench: Bench, rule: TurnRule) -> Bench:
    return replace(bench, rules=replace(bench.rules, turn=rule))


@dataclass(frozen=True, slots=True)
class _AnyStep(TurnRule):
    def is_jump(self, step: float, apart_s: float) -> bool:
        return False

    def is_sudden(self, step: float, before: float) -> bool:
        return False


class _AnyDirection(TurnChallenge):
    def observed(self, pose: Pose, rule: TurnRule) -> TurnChallenge:
        states = [
            super(_AnyDirection, replace(self, directions=(direction,) if self.directions else ())).observed(pose, rule)
            for direction in Direction
        ]
        return next((state for state in states if not state.is_over), states[0])


class _AnyTime(TurnChallenge):
    def at(self, taken_s: float, rule: TurnRule) -> TurnChallenge:
        return self


class _Anybody(Recognised):
    def is_same(self, features: Features, *, turned: bool) -> bool:
        return True

    def is_another(self, features: Features) -> bool:
        return False


class _AnybodyTurned(Recognised):
    def is_same(self, features: Features, *, turned: bool) -> bool:
        return turned or super().is_same(features, turned=turned)

    def is_another(self, features: Features) -> bool:
        return False


def _as(challenge: type[TurnChallenge]) -> Callable[[Turning], Turning]:
    def spoilt(turning: Turning) -> Turning:
        turning._challenge = challenge(turning._challenge.directions, turning._challenge.asked_s)
        return turning

    return spoilt


_SLIGHT = {
    "turned_residual": 1e-6,
    "turned_together": 0.14,
    "centred_ratio": 0.06,
    "noise_ratio": 0.02,
    "fastest_per_s": 0.7,
}

_SLIGHT_NOD = {"nodded_ratio": 0.11, "nodded_residual": 0.015, "noise_ratio": 0.02, "fastest_per_s": 1.2}

MUTANTS: Mapping[str, Mutant] = {
    "a slight turn, and no planar check": Mutant(
        lambda bench: with_rule(bench, replace(bench.rules.turn, turned_ratio=0.07, **_SLIGHT)),
        ("bent", "bent_and_swung"),
    ),
    "a slight nod, and hardly a planar check": Mutant(
        lambda bench: with_rule(bench, replace(bench.rules.turn, **_SLIGHT_NOD)),
        ("bent_and_swung", "bent", "bent_otherwise"),
        NODS,
    ),
    "a row of nods alone": Mutant(lambda bench: bench, ("bent_and_swung", "tilted", "bent_otherwise"), NODS),
    "no path between": Mutant(lambda bench: with_rule(bench, _AnyStep()), ("exchanged",)),
    "no path of a nod between": Mutant(lambda bench: with_rule(bench, _AnyStep()), ("exchanged",), NODS),
    "no run-up": Mutant(
        lambda bench: with_rule(bench, replace(bench.rules.turn, sudden_ratio=1.0)), ("exchanged_twice",)
    ),
    "the direction is not checked": Mutant(
        lambda bench: replace(bench, spoilt=_as(_AnyDirection)), ("replayed_otherwise",), (*SIDEWAYS, *NODS)
    ),
    "no time-out": Mutant(lambda bench: replace(bench, spoilt=_as(_AnyTime)), ("replayed_late",)),
    "no comparison": Mutant(lambda bench: replace(bench, recognised=_Anybody), ("another_person",)),
    "turned head not compared": Mutant(
        lambda bench: replace(bench, recognised=_AnybodyTurned), ("photograph_then_another_person",)
    ),
    "nodding head not compared": Mutant(
        lambda bench: replace(bench, recognised=_AnybodyTurned), ("photograph_then_another_person",), NODS
    ),
}
