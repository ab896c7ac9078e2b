"""Enrolling somebody, as the desk's task: the poses, the template, and whom else it could be taken for."""

from __future__ import annotations

import logging

from kiosk.face.comparing import Recognised
from kiosk.face.engine import FaceEngine
from kiosk.face.posing import Poses, PosesSeen
from kiosk.face.templates import template_of
from kiosk.services.events import EventSink
from kiosk.services.face_events import LookEnd
from kiosk.services.face_ports import Frame
from kiosk.services.posing import PosesTaken, Posing, PosingChanged, PosingFailure, PosingStep

_SAY_EVERY_S = 3.0  # also what has not changed: to the flow silence means that nothing works

log = logging.getLogger(__name__)


class TakingPoses:
    """kiosk.face.task.Task."""

    def __init__(self, engine: FaceEngine, task: int, events: EventSink) -> None:
        self._engine, self._task, self._events = engine, task, events
        same = Recognised((), engine.measures, engine.rules.limits.at(1))
        self._poses = Poses(engine.finder, engine.mesh, engine.worker, same, engine.rules)
        self._said: PosingStep | None = None
        self._said_s = float("-inf")

    def see(self, frame: Frame) -> bool:
        step = self._poses.see(frame.pixels, frame.taken_s)
        if isinstance(step, PosesSeen):
            near = self._engine.too_near(step.features)
            self._say(PosesTaken(template_of(step.features, self._engine.versions), near))
        elif step != self._said or frame.taken_s - self._said_s >= _SAY_EVERY_S:
            self._said, self._said_s = step, frame.taken_s
            self._say(step)
        return not isinstance(step, Posing)

    def fail(self, end: LookEnd) -> None:
        log.info("poses_failed", extra={"task": self._task, "end": end})
        self._say(PosingFailure.TIME_OUT if end is LookEnd.TIME_OUT else PosingFailure.NOT_WORKING)

    def give_up(self) -> None:
        self._poses.give_up()

    def _say(self, step: PosingStep) -> None:
        self._events.publish(PosingChanged(self._task, step))
