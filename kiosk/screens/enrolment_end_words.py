"""How enrolling a face ended, trying it, and deleting it; and what can be done next. Pure, no Kivy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kiosk.screens.face_status_words import day
from kiosk.screens.flow.account_state import EnrolmentEnd, Tried, Unable
from kiosk.screens.texts import Texts
from kiosk.services.enrol_face import FaceEnrolled, FaceRefused, FaceRefusedReason
from kiosk.services.events import LinkState
from kiosk.services.forget_face import FaceForgotten
from kiosk.services.posing import PosingFailure
from kiosk.services.staff_acts import NotKnown

Reason = FaceRefusedReason


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
    return {**_consent_refusals(texts), **_picture_refusals(texts)}[reason]


def _consent_refusals(texts: Texts) -> dict[FaceRefusedReason, EndWords]:
    """Of the consent, or of the account that it is for."""
    _, again = texts.gettext, (FaceWay.AGAIN, FaceWay.DONE)
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
        Reason.NOT_ENROLLED: EndWords(
            _("There is no face here to renew"),
            _("It was deleted meanwhile. You can enrol it anew."),
            "account-off",
            again,
        ),
        Reason.MEMBER_UNKNOWN: EndWords(
            _("Your account is not known here any more"),
            _("Nothing was kept. Please ask the staff."),
            "account-off",
        ),
    }


def _picture_refusals(texts: Texts) -> dict[FaceRefusedReason, EndWords]:
    _, again = texts.gettext, (FaceWay.AGAIN, FaceWay.DONE)
    once_more = _("Nothing was kept. Please try it once more; your card works as always.")
    return {
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
    }


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
