"""Taking the poses of a face: what the desk with the camera does when it is asked to, and what it tells meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kiosk.domain.enrolment_poses import EnrolmentPose, PoseHint
from kiosk.domain.face import Fault
from kiosk.domain.face_template import FaceTemplate
from kiosk.domain.ids import MemberId


@dataclass(frozen=True, slots=True)
class Posing:
    """How far it is. `asked`: the pose that is asked for now; None: all are taken, and being worked out. `hint`: what
    keeps this frame from being taken, its picture or its pose."""

    asked: EnrolmentPose | None
    taken: int
    hint: Fault | PoseHint | None = None


class PosingFailure(StrEnum):
    """time_out: no pose for too long. other_person: not all poses show one person. not_working: the camera or the
    engine is away."""

    TIME_OUT = "time_out"
    OTHER_PERSON = "other_person"
    NOT_WORKING = "not_working"


@dataclass(frozen=True, slots=True)
class PosesTaken:
    """`too_near`: whom else the engine takes this face for."""

    template: FaceTemplate
    too_near: frozenset[MemberId]


PosingStep = Posing | PosingFailure | PosesTaken


@dataclass(frozen=True, slots=True)
class PosingChanged:
    """Published by the desk. `task`: which posing it was asked for; after PosingFailure or PosesTaken there is no more
    of it."""

    task: int
    step: PosingStep
