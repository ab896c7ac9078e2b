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

MUTANTS: Mapping[str, tuple[Plant, tuple[str, ...]]] = {
    "a slight turn, and no planar check": (
        lambda bench: with_rule(bench, replace(bench.rules.turn, turned_ratio=0.07, **_SLIGHT)),
        ("bent", "bent_and_swung"),
    ),
    "no path between": (lambda bench: with_rule(bench, _AnyStep()), ("exchanged",)),
    "no run-up": (lambda bench: with_rule(bench, replace(bench.rules.turn, sudden_ratio=1.0)), ("exchanged_twice",)),
    "the direction is not checked": (lambda bench: replace(bench, spoilt=_as(_AnyDirection)), ("replayed_otherwise",)),
    "no time-out": (lambda bench: replace(bench, spoilt=_as(_AnyTime)), ("replayed_late",)),
    "no comparison": (lambda bench: replace(bench, recognised=_Anybody), ("another_person",)),
    "turned head not compared": (
        lambda bench: replace(bench, recognised=_AnybodyTurned),
        ("photograph_then_another_person",),
    ),
}
"""How each is planted, and the attacks of which at least one passes then."""
