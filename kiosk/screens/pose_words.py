"""What the poses of an enrolment ask for. Pure, no Kivy."""

from __future__ import annotations

from kiosk.domain.enrolment_poses import EnrolmentPose, PoseHint
from kiosk.domain.face import Fault
from kiosk.screens.texts import Texts


def pose_words(pose: EnrolmentPose | None, texts: Texts) -> str:
    """What the person before the camera is asked to do; None: all poses are taken."""
    _ = texts.gettext
    return {
        EnrolmentPose.AHEAD: _("Please look straight into the camera"),
        EnrolmentPose.LEFT: _("Now turn your head a little to the left"),
        EnrolmentPose.RIGHT: _("Now turn your head a little to the right"),
        EnrolmentPose.UP: _("Now raise your chin a little"),
        EnrolmentPose.DOWN: _("Now lower your chin a little"),
        None: _("One moment please"),
    }[pose]


def hint_words(hint: Fault | PoseHint | None, texts: Texts) -> str:
    """What keeps the picture from being taken, as something to do about it."""
    _ = texts.gettext
    return {
        None: "",
        Fault.NO_FACE: _("I cannot see a face yet"),
        Fault.SEVERAL_FACES: _("Only one person at a time, please"),
        Fault.TOO_FAR: _("Please come a little nearer"),
        Fault.CUT_OFF: _("Please move so that your whole face is in the picture"),
        Fault.TURNED: _("Not quite so far, please"),
        Fault.TOO_DARK: _("It is too dark: please turn towards the light"),
        Fault.TOO_BRIGHT: _("It is too bright: please turn away from the light"),
        Fault.BLURRED: _("Please hold still"),
        PoseHint.LOOK_AHEAD: _("Please keep your head straight otherwise"),
        PoseHint.TURN_MORE: _("A little more"),
        PoseHint.TURN_LESS: _("Not quite so far, please"),
        PoseHint.HOLD_STILL: _("Please hold still"),
    }[hint]
