"""How a member's face stands, and what they agreed to. Pure, no Kivy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kiosk.domain.face_consent import ConsentGiver, ConsentPurpose, FaceConsent
from kiosk.screens.texts import Texts
from kiosk.services.faces_of import FaceState, FaceStatus


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
