"""Staff enrol the face of a member, where a guardian's consent is needed or somebody cannot do it alone: the terminal's
own window, for this one enrolment."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TextIO

from kiosk.screens.flow.account_events import StaffEnrolmentBegun
from kiosk.screens.flow.account_state import EnrolmentEnd, StaffPresent, Tried
from kiosk.screens.flow.enrolling import enrols_faces
from kiosk.script import Hand, ShowsState
from kiosk.services.enrol_face import FaceEnrolled
from kiosk.services.ports import Store

READY_WITHIN_S = 60.0
BEGUN_WITHIN_S = 20.0
_LOOK_EVERY_S = 0.05


class StaffEnrolment:
    """A kiosk.script.Script. `succeeded` once a face was enrolled; what happened goes to `report`."""

    def __init__(self, by_staff: StaffPresent, report: TextIO) -> None:
        self._by_staff, self._report = by_staff, report
        self._end: EnrolmentEnd | None = None

    @property
    def succeeded(self) -> bool:
        return isinstance(self._end, FaceEnrolled | Tried)

    def start(self, app: ShowsState, store: Store, hand: Hand) -> None:
        """Returns at once; the window closes at the end."""
        threading.Thread(target=self._play, args=(app, hand), name="staff enrolment", daemon=True).start()

    def _play(self, app: ShowsState, hand: Hand) -> None:
        try:
            self._report.write(f"{self._enrol(app)}\n")
        finally:
            hand.close_window()

    def _enrol(self, app: ShowsState) -> str:
        """What is to be said of it."""
        if not _comes(lambda: enrols_faces(app.state), READY_WITHIN_S):
            return "Not enrolled: no camera that works here, or no models of faces."
        visit = app.state.session.id
        app.tell(StaffEnrolmentBegun(self._by_staff))
        if not _comes(lambda: app.state.enrolling is not None or app.state.session.id != visit, BEGUN_WITHIN_S):
            return "Not enrolled: this terminal does not know that card, or it is blocked."
        _comes(lambda: self._is_over(app), None)
        return "Enrolled." if self.succeeded else f"Not enrolled: {_name(self._end)}."

    def _is_over(self, app: ShowsState) -> bool:
        enrolling = app.state.enrolling
        if enrolling is None:
            return True
        if enrolling.end is not None and not self.succeeded:
            self._end = enrolling.end
        return False


def _comes(is_so: Callable[[], bool], within_s: float | None) -> bool:
    """Whether it comes true in time; without `within_s` it does sooner or later, as nobody stays before an idle
    screen."""
    ends_s = float("inf") if within_s is None else time.monotonic() + within_s
    pause = threading.Event()
    while not is_so():
        if time.monotonic() > ends_s:
            return False
        pause.wait(_LOOK_EVERY_S)
    return True


def _name(end: EnrolmentEnd | None) -> str:
    """For whoever gave the command."""
    if end is None:
        return "it was stopped"
    reason = getattr(end, "reason", end)
    return str(reason).replace("_", " ")
