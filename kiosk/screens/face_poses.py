"""The five poses before the camera: what to do now, what keeps a picture from being taken, how many are done."""

from __future__ import annotations

from kiosk.domain.enrolment_poses import EnrolmentPose
from kiosk.screens.face_words import hint_words, pose_words
from kiosk.screens.flow.state import State
from kiosk.screens.kv import load_kv
from kiosk.screens.page_screen import PageScreen
from kiosk.screens.words import camera_light
from kiosk.services.posing import Posing

_POSES = len(EnrolmentPose)


class FacePosesScreen(PageScreen):
    """The preview shows people themselves as in a mirror, so left is left."""

    def left(self) -> None:
        self.ids.preview.active = False

    def render(self, state: State) -> None:
        enrolling = state.enrolling
        if enrolling is None or enrolling.posing is None:
            return
        light = camera_light(self.texts) if state.cameras_on else ""
        self.ids.preview.active, self.ids.preview.light_text = True, light
        if not self.changed("all", enrolling.posing, enrolling.waiting):
            return
        self.title(self.texts.gettext("Enrol my face"))
        self.ids.stop.text = self.texts.gettext("Stop, keep nothing")
        self.ids.stop.disabled = enrolling.waiting
        self._render_posing(enrolling.posing)

    def _render_posing(self, posing: Posing) -> None:
        ids = self.ids
        ids.pose.text = pose_words(posing.asked, self.texts)
        ids.hint.text = hint_words(posing.hint, self.texts)
        ids.steps.text = self.texts.gettext("{n} of {poses}").format(n=posing.taken, poses=_POSES)
        aside = posing.asked not in (None, EnrolmentPose.AHEAD)
        ids.guide.towards = str(posing.asked) if aside else ""
        ids.guide.taken, ids.guide.poses = posing.taken, _POSES


load_kv(__file__)
