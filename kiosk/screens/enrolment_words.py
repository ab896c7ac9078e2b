"""What is said of a member's face: how it stands, what the poses ask for, and how it ended. Pure, no Kivy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kiosk.domain.enrolment_poses import EnrolmentPose, PoseHint
from kiosk.domain.face import Fault
from kiosk.domain.face_consent import ConsentGiver, ConsentPurpose, FaceConsent
from kiosk.screens.flow.account_state import EnrolmentEnd, Tried, Unable
from kiosk.screens.texts import Texts
from kiosk.services.enrol_face import FaceEnrolled, FaceRefused, FaceRefusedReason
from kiosk.services.events import LinkState
from kiosk.services.faces_of import FaceState, FaceStatus
from kiosk.services.forget_face import FaceForgotten
from kiosk.services.posing import PosingFailure
from kiosk.services.staff_acts import NotKnown

Reason = FaceRefusedReason


@dataclass(frozen=True, slots=True)
class StatusWords:
    """`lines`: each a sentence or two of its own."""

    title: str
    lines: tuple[str, ...]


def status_words(face: FaceStatus, texts: Texts) -> StatusWords:
    """How the member's face stands at this terminal."""
    _ = texts.gettext
    title, line = {
        FaceState.NONE: (
            _("Your face is not enrolled at this terminal"),
            _("If you like, you can order and pay by looking into the camera. Your card always works."),
        ),
        FaceState.USABLE: (_("Your face is enrolled at this terminal"), ""),
        FaceState.CONSENT_OVER: (
            _("Your consent has ended"),
            _("Your face is not used any more. You can renew your consent, or delete your face."),
        ),
        FaceState.MODEL_CHANGED: (
            _("Please enrol your face once more"),
            _("The recognition was renewed and cannot use your old enrolment."),
        ),
        FaceState.FORGETTING: (
            _("Your face is deleted at this terminal"),
            _("The canteen's server has not heard of it yet. Until then your face cannot be enrolled again here."),
        ),
    }[face.state]
    lines = (line, *_consent_lines(face.consent, texts)) if face.consent else (line,)
    return StatusWords(title, tuple(line for line in lines if line))


def _consent_lines(consent: FaceConsent, texts: Texts) -> tuple[str, ...]:
    _ = texts.gettext
    purposes = texts.listed([_purpose(purpose, texts) for purpose in consent.purposes])
    given_by = {
        ConsentGiver.MEMBER: _("You agreed to it on {date} (text {version})."),
        ConsentGiver.GUARDIAN: _("A parent or guardian agreed to it on {date} (text {version})."),
    }[consent.given_by]
    return (
        _("It is used for: {purposes}.").format(purposes=purposes),
        _("Until {date}.").format(date=day(consent.until, texts)),
        given_by.format(date=day(consent.given_at, texts), version=consent.text_version),
    )


def _purpose(purpose: ConsentPurpose, texts: Texts) -> str:
    _ = texts.gettext
    return {
        # Translators: what a face is used for; stands in a list in "It is used for: {purposes}."
        ConsentPurpose.ORDERING: _("recognising you when you order"),
        # Translators: what a face is used for; stands in a list in "It is used for: {purposes}."
        ConsentPurpose.PAYING: _("paying"),
        # Translators: what a face is used for; stands in a list in "It is used for: {purposes}."
        ConsentPurpose.SHARING: _("the same at this canteen's other terminals"),
    }[purpose]


def day(moment: datetime, texts: Texts) -> str:
    """ "2027-03-09", "2027年3月9日"."""
    # Translators: a date
    return texts.gettext("{year}-{month:02d}-{day:02d}").format(year=moment.year, month=moment.month, day=moment.day)


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


class FaceWay(StrEnum):
    """What can be done next, as buttons."""

    TRY = "try"
    AGAIN = "again"
    DONE = "done"
    FORGET_AGAIN = "forget_again"


@dataclass(frozen=True, slots=True)
class EndWords:
    """`good`: it was done. `calm`: nothing failed, but something else is needed first. `ways`: the best first."""

    happened: str
    advice: str
    icon: str
    ways: tuple[FaceWay, ...] = (FaceWay.DONE,)
    good: bool = False
    calm: bool = False


def end_words(end: EnrolmentEnd, name: str, texts: Texts, *, renewed: bool) -> EndWords:
    """How enrolling ended. What was refused left nothing behind. `name`: the member's, masked."""
    _ = texts.gettext
    match end:
        case FaceEnrolled(consent):
            happened = _("Your consent is renewed") if renewed else _("Your face is enrolled")
            advice = _("It can be used at this terminal until {date}. No picture was kept.")
            ways = (FaceWay.DONE,) if renewed else (FaceWay.TRY, FaceWay.DONE)
            return EndWords(happened, advice.format(date=day(consent.until, texts)), "check-bold", ways, good=True)
        case Tried():
            return _tried_words(end, name, texts)
        case FaceRefused(reason):
            return _refusal_words(reason, texts)
        case PosingFailure():
            return _failure_words(end, texts)
        case Unable():
            return _unable_words(end, texts)
        case NotKnown():
            happened = _("It is not known whether your face was kept")
            advice = _("The terminal's disk does not answer. Please look here again later, or ask the staff.")
            return EndWords(happened, advice, "alert")


def _tried_words(tried: Tried, name: str, texts: Texts) -> EndWords:
    _ = texts.gettext
    if tried is Tried.RECOGNISED:
        advice = _("That is how it works from now on: touch the screen, look into the camera.")
        return EndWords(_("I know you: {name}").format(name=name), advice, "face-recognition", good=True)
    advice = _("Your face is enrolled all the same. Please try it once more in good light, looking straight ahead.")
    return EndWords(_("Not recognised this time"), advice, "account", (FaceWay.TRY, FaceWay.DONE), calm=True)


def _refusal_words(reason: FaceRefusedReason, texts: Texts) -> EndWords:
    _ = texts.gettext
    again = (FaceWay.AGAIN, FaceWay.DONE)
    once_more = _("Nothing was kept. Please try it once more; your card works as always.")
    return {
        Reason.CONSENT_INCOMPLETE: EndWords(
            _("The consent is not complete"),
            _("Nothing was kept. Under 14 a parent or guardian agrees, with the staff present."),
            "pencil",
        ),
        Reason.CONSENT_OVER: EndWords(
            _("The consent does not hold any more"),
            _("Your face was deleted meanwhile, or too much time has passed. Nothing was kept."),
            "clock-outline",
            again,
        ),
        Reason.DELETION_ON_THE_WAY: EndWords(
            _("Your last deletion is still on its way"),
            _(
                "The canteen's server has not heard of it yet. As soon as it has, you can enrol again. "
                "Nothing was kept."
            ),
            "cloud-sync",
            calm=True,
        ),
        Reason.MEMBER_UNKNOWN: EndWords(
            _("Your account is not known here any more"),
            _("Nothing was kept. Please ask the staff."),
            "account-off",
        ),
        Reason.TOO_FEW_POSES: EndWords(_("Not all poses could be taken"), once_more, "account", again),
        Reason.TOO_MANY_POSES: EndWords(_("The pictures could not be used"), once_more, "account", again),
        Reason.MODELS_MISSING: EndWords(_("The pictures could not be used"), once_more, "account", again),
        Reason.LOOKS_LIKE_ANOTHER: EndWords(
            _("Your face cannot be told apart safely enough"),
            _(
                "It looks much like one that is enrolled already, as happens with brothers and sisters. So that nobody "
                "pays for somebody else, please keep using your card. Nothing was kept."
            ),
            "account-off",
            calm=True,
        ),
        Reason.ANOTHER_SINCE: EndWords(
            _("Your face cannot be told apart safely enough"),
            _(
                "It looks much like one that was enrolled after it, as happens with brothers and sisters. So that "
                "nobody pays for somebody else, please keep using your card. Your face was not renewed."
            ),
            "account-off",
            calm=True,
        ),
        Reason.NOT_ENROLLED: EndWords(
            _("There is no face here to renew"),
            _("It was deleted meanwhile. You can enrol it anew."),
            "account-off",
            again,
        ),
    }[reason]


def _failure_words(failure: PosingFailure, texts: Texts) -> EndWords:
    _ = texts.gettext
    again = (FaceWay.AGAIN, FaceWay.DONE)
    return {
        PosingFailure.TIME_OUT: EndWords(
            _("That took too long"),
            _("Nothing was kept. Please stand before the camera in good light and try it once more."),
            "timer-sand",
            again,
        ),
        PosingFailure.OTHER_PERSON: EndWords(
            _("Not all pictures show the same person"),
            _("Nothing was kept. Please try it once more, alone before the camera."),
            "account",
            again,
        ),
        PosingFailure.NOT_WORKING: EndWords(
            _("The camera is not working right now"),
            _("Nothing was kept. Please try it later; your card works as always."),
            "eye-off",
        ),
    }[failure]


def _unable_words(unable: Unable, texts: Texts) -> EndWords:
    _ = texts.gettext
    return {
        Unable.GUARDIAN_NEEDED: EndWords(
            _("A parent or guardian has to agree"),
            _(
                "Under 14 they do it together with the staff: please ask at the counter. "
                "Your card works as always. Nothing was kept."
            ),
            "account",
            calm=True,
        ),
        Unable.NO_TEXT: EndWords(
            _("Faces cannot be enrolled here right now"),
            _("The text of the consent is missing. Please tell the staff."),
            "alert",
        ),
        Unable.STORAGE: EndWords(
            _("Faces cannot be enrolled here right now"),
            _("The terminal's disk does not answer. Please tell the staff."),
            "alert",
        ),
    }[unable]


def forgotten_words(forgotten: FaceForgotten | NotKnown, link: LinkState, texts: Texts, *, was_here: bool) -> EndWords:
    """What is known of the deletion, and no more: other terminals are told by central. `was_here`: there was a face at
    this terminal."""
    _ = texts.gettext
    if isinstance(forgotten, NotKnown):
        happened = _("It is not known yet whether your face is deleted")
        advice = _("The terminal's disk does not answer. Please try it once more, or ask the staff.")
        return EndWords(happened, advice, "alert", (FaceWay.FORGET_AGAIN, FaceWay.DONE))
    here = _("Its key is destroyed here: nobody can read it any more.") if was_here else _("None was kept here.")
    if not forgotten.on_the_way:
        others = _(
            "The canteen's server knows of it: other terminals destroy theirs within a minute, or as soon as they are "
            "online again."
        )
    elif link is LinkState.ONLINE:
        others = _("The canteen's server is being told, so that other terminals destroy theirs.")
    else:
        others = _(
            "The canteen's server cannot be reached right now; it is told as soon as it can. Until then other "
            "terminals may still know your face."
        )
    happened = _("Your face is deleted here") if was_here else _("Your deletion is taken down")
    return EndWords(happened, f"{here}\n{others}", "trash-can-outline", good=True)
