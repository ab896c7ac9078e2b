"""One look at whoever stands there, as the desk's task: who is it, and where it is asked for, is the head turned?"""

from __future__ import annotations

import logging

from kiosk.domain.face import Fault, Judgement, Unknown
from kiosk.domain.liveness import Stage
from kiosk.face.engine import FaceEngine
from kiosk.face.turning import Turning
from kiosk.services.events import EventSink
from kiosk.services.face_events import FaceJudged, FaceSeen, LookEnd, LookEnded
from kiosk.services.face_ports import Frame, LookRequest

log = logging.getLogger(__name__)


class Looking:
    """kiosk.face.task.Task. A face that may be somebody's, even in doubt, turns before anything is said of it: a
    photograph learns nothing. One that nobody knows need not."""

    def __init__(self, engine: FaceEngine, request: LookRequest, events: EventSink) -> None:
        self._engine, self._request, self._events = engine, request, events
        self._look = engine.look(request.purpose)
        self._turning: Turning | None = None
        self._judgement: Judgement = Unknown()
        self._began_s: float | None = None
        self._fault: Fault | None = None
        self._said: FaceSeen | None = None

    def see(self, frame: Frame) -> bool:
        if self._began_s is None:
            self._began_s = frame.taken_s
        if self._turning is not None:
            return self._see_turning(frame, self._turning)
        seen = self._look.see(frame.pixels, frame.taken_s)
        self._fault = seen.fault
        if seen.answer is not None:
            return self._judged(seen.answer, frame.taken_s)
        if frame.taken_s - self._began_s > self._request.within_s:
            self.fail(LookEnd.NOT_READY if seen.fault is None else LookEnd.TIME_OUT)  # a good face without an answer
            return True
        if seen.fault is not Fault.NO_FACE or seen.is_away:  # a face that is missed for a moment is nobody's going
            self._say(FaceSeen(self._request.task, seen.fault))
        return False

    def fail(self, end: LookEnd) -> None:
        self._events.publish(LookEnded(self._request.task, end, self._fault))

    def give_up(self) -> None:
        self._look.give_up()
        if self._turning is not None:
            self._turning.give_up()

    def _judged(self, judgement: Judgement, taken_s: float) -> bool:
        if not self._request.turn or isinstance(judgement, Unknown):
            self._end(judgement, turned=False)
            return True
        self._judgement = judgement
        self._turning = self._engine.turning(self._look.features, taken_s)
        return False

    def _see_turning(self, frame: Frame, turning: Turning) -> bool:
        challenge = turning.see(frame.pixels, frame.taken_s)
        if challenge.stage is Stage.PASSED:
            self._end(self._judgement, turned=True)
        elif challenge.stage is Stage.FAILED:
            log.info("turn_failed", extra={"task": self._request.task, "failure": challenge.failure})
            self._events.publish(LookEnded(self._request.task, LookEnd.NOT_ALIVE, failure=challenge.failure))
        else:
            asked = challenge.stage, challenge.direction, challenge.turn, challenge.turns
            self._say(FaceSeen(self._request.task, None, *asked))
        return challenge.is_over

    def _end(self, judgement: Judgement, *, turned: bool) -> None:
        kind = type(judgement).__name__.lower()
        log.info("face_judged", extra={"task": self._request.task, "judgement": kind, "turned": turned})
        self._events.publish(FaceJudged(self._request.task, judgement, turned))

    def _say(self, seen: FaceSeen) -> None:
        """When it has changed: not each frame is news."""
        if seen != self._said:
            self._said = seen
            self._events.publish(seen)
