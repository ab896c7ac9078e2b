"""Before the camera: the five poses of an enrolment, and whether the face is known afterwards."""

from __future__ import annotations

from kiosk.domain.enrolment_poses import EnrolmentPose
from kiosk.domain.face import Fault
from kiosk.screens.flow.state import State
from kiosk.screens.kv import load_kv
from kiosk.screens.page_screen import PageScreen
from kiosk.screens.pose_words import hint_words, pose_words
from kiosk.screens.words import camera_light, enrolling_words
from kiosk.services.posing import Posing

_POSES = len(EnrolmentPose)


class FacePosesScreen(PageScreen):
    """The preview shows people themselves as in a mirror, so left is left."""

    def left(self) -> None:
        self.ids.preview.active = False

    def render(self, state: State) -> None:
        enrolling = state.enrolling
        if enrolling is None or (enrolling.posing is None and not enrolling.trying):
            return
        light = camera_light(self.texts) if state.cameras_on else ""
        self.ids.preview.active, self.ids.preview.light_text = True, light
        if not self.changed("all", enrolling.posing, enrolling.fault, enrolling.waiting):
            return
        self.ids.stop.disabled = enrolling.waiting
        if enrolling.posing is None:
            self._render_trying(enrolling.fault)
        else:
            self._render_posing(enrolling.posing)

    def _render_trying(self, fault: Fault | None) -> None:
        ids = self.ids
        self.title(self.texts.gettext("Try it now"))
        ids.stop.text = self.texts.gettext("Finish")
        ids.pose.text, ids.hint.text = pose_words(EnrolmentPose.AHEAD, self.texts), hint_words(fault, self.texts)
        ids.steps.text, ids.guide.towards, ids.guide.taken = "", "", 0
        ids.told.text = self.texts.gettext("No picture is kept.")

    def _render_posing(self, posing: Posing) -> None:
        ids = self.ids
        self.title(self.texts.gettext("Enrol my face"))
        ids.stop.text = self.texts.gettext("Stop, keep nothing")
        ids.pose.text = pose_words(posing.asked, self.texts)
        ids.hint.text = hint_words(posing.hint, self.texts)
        ids.steps.text = self.texts.gettext("{n} of {poses}").format(n=posing.taken, poses=_POSES)
        ids.told.text = enrolling_words(self.texts)
        aside = posing.asked not in (None, EnrolmentPose.AHEAD)
        ids.guide.towards = str(posing.asked) if aside else ""
        ids.guide.taken, ids.guide.poses = posing.taken, _POSES


load_kv(__file__)
