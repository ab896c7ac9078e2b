"""Played on a real counter terminal: staff enrol a drawn face with their fingers, and its member pays by it."""

from __future__ import annotations

import os
from pathlib import Path

from kiosk.domain.enrolment_poses import EnrolmentPose
from kiosk.domain.payer import ByFace
from kiosk.playing import DemonstrationFailed, Play
from kiosk.screens.counter_flow.state import ScreenName, State
from kiosk.screens.flow.account_state import Enrolling, Tried
from kiosk.services.enrol_face import FaceEnrolled
from kiosk.services.events import DeviceState, LinkState
from kiosk.services.outcomes import Paid

MEMBER, CARD = "20230101", "62E3086CED"
ENROLLED_WITHIN_S = 90.0
READY_WITHIN_S = 90.0
MOST_LOOKS = 6


class CounterFaceSession(Play):
    """POSES in the environment: the folder with the pictures of whoever stands there, who does what they are asked."""

    def acts(self) -> None:
        self._poses = Path(os.environ["POSES"])
        self._held: EnrolmentPose | None = None
        self._holds(EnrolmentPose.AHEAD)
        self.top_up(MEMBER, 50)
        self.wait("faces can be enrolled", lambda: self._state.face.is_ready, READY_WITHIN_S)
        self._enrols()
        self._pays()

    def _enrols(self) -> None:
        self.tap("counter-face-before", "enrol")
        self.wait("a card is asked for", lambda: self._state.screen is ScreenName.ENROL)
        self.tap("counter-enrol-who", "guardian-nobody")
        self.picture("counter-enrol-card")
        self.bench.tap(CARD)
        self.wait("the card is known", lambda: self._enrolling is not None)
        self.tap("counter-enrol-age", "age-older")
        self.wait("the text is there", lambda: self._enrolling is not None and self._enrolling.text is not None)
        self.tap("counter-enrol-text", "consent-yes")
        self.wait("the camera looks", lambda: bool(self._state.cameras_on))
        self.picture("counter-enrol-pose")
        self.wait("enrolled", self._poses_are_taken, ENROLLED_WITHIN_S)
        self.picture("counter-enrolled")
        self._holds(EnrolmentPose.AHEAD)
        self._tries()
        self.tap("counter-enrol-tried", "way-done")
        self.wait("the next sale", lambda: self._state.screen is ScreenName.SALE)

    def _pays(self) -> None:
        for digit in "1250":
            self.tap(None, f"key-{digit}")
        self.tap(None, "charge")
        self.wait("the camera looks", lambda: bool(self._state.cameras_on), READY_WITHIN_S)
        self.picture("counter-face-looks")
        self.wait("paid by face", self._is_paid, ENROLLED_WITHIN_S)
        self.picture("counter-face-paid")
        assert isinstance(self._state.sale.payer, ByFace)
        order = self._state.order
        assert order is not None
        self.paper("receipts", "counter-face-receipt")
        self.reached_central(order.number)

    def _tries(self) -> None:
        """As often as somebody would: on a busy machine a look may take longer than it is given."""
        for _ in range(MOST_LOOKS):
            self.tap(None, "way-try")
            self.wait("looked at", lambda: isinstance(self._end, Tried), ENROLLED_WITHIN_S)
            if self._end is Tried.RECOGNISED:
                self.say("   known again")
                return
        raise DemonstrationFailed("the face that was enrolled is not known again")

    def _is_paid(self) -> bool:
        """Looking again where nothing came of it."""
        facing = self._state.sale.facing
        if facing is not None and facing.trouble is not None:
            self.tap(None, "look-again")
        return isinstance(self._state.sale.outcome, Paid)

    def _poses_are_taken(self) -> bool:
        """Turning the head as it is asked for."""
        posing = self._enrolling.posing if self._enrolling else None
        if posing is not None and posing.asked is not None:
            self._holds(posing.asked)
        return isinstance(self._end, FaceEnrolled)

    def _holds(self, pose: EnrolmentPose) -> None:
        if pose is not self._held:
            self.bench.play(self._poses / f"{pose.value}.png")
            self._held = pose

    def _is_ready(self) -> bool:
        devices = self._state.devices.values()
        ready = [device for device in devices if device.state in (DeviceState.READY, DeviceState.DEGRADED)]
        return self._state.menu is not None and self._state.link is LinkState.ONLINE and len(ready) == 4

    @property
    def _state(self) -> State:
        state: State = self.app.state
        return state

    @property
    def _enrolling(self) -> Enrolling | None:
        enrolment = self._state.enrolment
        return enrolment.flow.enrolling if enrolment is not None else None

    @property
    def _end(self) -> object:
        return self._enrolling.end if self._enrolling is not None else None
