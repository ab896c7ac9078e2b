"""What the desk with the camera tells while it looks at somebody: part of kiosk.services.events, which names all of it.

`task`: which look it was asked for; news of another one is nobody's any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kiosk.domain.face import Fault, Judgement
from kiosk.domain.face_consent import ConsentPurpose
from kiosk.domain.head_turn import Direction
from kiosk.domain.liveness import Failure, Stage


class FaceProblem(StrEnum):
    """models: one is not there, is no model or gives no vectors. process: it does not begin, for whatever reason."""

    MODELS = "models"
    PROCESS = "process"


@dataclass(frozen=True, slots=True)
class FaceReadiness:
    """`is_ready`: models and their process work (the camera's health is told by itself). `purposes`: for which somebody
    could be recognised here now. `problem`: why it is not ready; None: nothing is known against it."""

    is_ready: bool = False
    purposes: frozenset[ConsentPurpose] = frozenset()
    problem: FaceProblem | None = None


@dataclass(frozen=True, slots=True)
class FaceReadinessChanged:
    readiness: FaceReadiness


@dataclass(frozen=True, slots=True)
class FaceSeen:
    """How a look goes on. `fault`: why this frame does not count. `stage`: of the turn of the head, once that is asked
    for, and `direction`, where to; it is the `turn`-th of `turns`."""

    task: int
    fault: Fault | None
    stage: Stage | None = None
    direction: Direction | None = None
    turn: int = 1
    turns: int = 1

    @property
    def turns_done(self) -> int:
        """Of `turns`; the last one once the head looks ahead again."""
        return self.turns if self.stage in (Stage.COMPARE, Stage.BLINK, Stage.PASSED) else self.turn - 1


@dataclass(frozen=True, slots=True)
class FaceJudged:
    """The look is over. `turned`: the head was turned as it was asked to, and is a person's."""

    task: int
    judgement: Judgement
    turned: bool


class LookEnd(StrEnum):
    """time_out: no face was good enough for too long. camera_gone: no picture came. not_ready: the models, or their
    process, do not work. not_alive: the head was not turned as it should."""

    TIME_OUT = "time_out"
    CAMERA_GONE = "camera_gone"
    NOT_READY = "not_ready"
    NOT_ALIVE = "not_alive"


@dataclass(frozen=True, slots=True)
class CameraSeen:
    """Staff look at what the camera sees. `fault`: what is wrong with it, if only that it shows no face; None: a face
    that could be recognised."""

    task: int
    fault: Fault | None


@dataclass(frozen=True, slots=True)
class CameraEnded:
    """That is over by itself. time_out: it has been shown for long enough."""

    task: int
    end: LookEnd


@dataclass(frozen=True, slots=True)
class LookEnded:
    """Nothing came of it. `fault`: what was wrong with the last frames; `failure`: with the turn."""

    task: int
    end: LookEnd
    fault: Fault | None = None
    failure: Failure | None = None
