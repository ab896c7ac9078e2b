"""Showing staff what the camera sees, as the desk's task: is the picture good enough, and would a face in it be?"""

from __future__ import annotations

import cv2

from kiosk.domain.face import Fault
from kiosk.face.look import FindsFaces
from kiosk.face.quality import QualityRule, fault_of
from kiosk.services.events import EventSink
from kiosk.services.face_events import CameraEnded, CameraSeen, LookEnd
from kiosk.services.face_ports import Frame, Pixels

_JUDGE_EVERY_S = 0.4  # faster, and the words cannot be read
_JUDGED_WIDTH_PX = 320
_SHARPNESS = 6.0
"""Of the whole picture, at least this variance of the Laplacian: a room has edges; a lens that is smeared, none."""


class Showing:
    """kiosk.face.task.Task. Nobody is recognised and nothing is kept."""

    def __init__(self, finder: FindsFaces, rule: QualityRule, task: int, events: EventSink) -> None:
        self._finder, self._rule, self._task, self._events = finder, rule, task, events
        self._judged_s = float("-inf")
        self._said: CameraSeen | None = None

    def see(self, frame: Frame) -> bool:
        if frame.taken_s - self._judged_s >= _JUDGE_EVERY_S:
            self._judged_s = frame.taken_s
            self._say(CameraSeen(self._task, self._fault_of(frame.pixels)))
        return False

    def fail(self, end: LookEnd) -> None:
        self._events.publish(CameraEnded(self._task, end))

    def give_up(self) -> None:
        """It waits for nothing."""

    def _fault_of(self, pixels: Pixels) -> Fault | None:
        """Of a face, if there is one; else of the light, as in the dark none is found."""
        faces = self._finder.find(pixels)
        fault = fault_of(pixels, faces, self._rule)
        return fault_of_picture(pixels, self._rule) or fault if fault is Fault.NO_FACE else fault

    def _say(self, seen: CameraSeen) -> None:
        if seen != self._said:
            self._said = seen
            self._events.publish(seen)


def fault_of_picture(pixels: Pixels, rule: QualityRule) -> Fault | None:
    """Of all of it: too dark, too bright or blurred; None: it will do."""
    height, width = pixels.shape[:2]
    size = _JUDGED_WIDTH_PX, max(1, round(height * _JUDGED_WIDTH_PX / width))
    grey = cv2.resize(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), size, interpolation=cv2.INTER_AREA)
    mean = float(grey.mean())
    if mean < rule.dark:
        return Fault.TOO_DARK
    if mean > rule.bright:
        return Fault.TOO_BRIGHT
    return Fault.BLURRED if float(cv2.Laplacian(grey, cv2.CV_64F).var()) < _SHARPNESS else None
