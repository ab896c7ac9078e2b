"""What the section members says of its acts."""

from __future__ import annotations

from kiosk.domain.member_act import CorrectionReason, MemberActRefusal
from kiosk.screens.admin_flow.members_acts import ActNotice
from kiosk.screens.admin_flow.members_state import MembersState
from kiosk.screens.texts import Texts
from kiosk.services.begin_enrolment import EnrolmentHindrance
from kiosk.services.member_acts import MemberActTrouble


def reason_words(texts: Texts) -> dict[CorrectionReason, str]:
    _ = texts.gettext
    return {
        CorrectionReason.WRONG_TOP_UP: _("Wrong top-up"),
        CorrectionReason.WRONG_CHARGE: _("Wrong amount charged"),
        CorrectionReason.CHARGED_TWICE: _("Charged twice"),
        CorrectionReason.MIXED_UP: _("It was another member's"),
        CorrectionReason.OTHER: _("Other, noted on paper"),
    }


def notice_words(about: object, texts: Texts) -> str:
    """Of an act that ended."""
    if not isinstance(about, ActNotice):
        return ""
    _ = texts.gettext
    before = texts.money(about.before) if about.before is not None else ""
    after = texts.money(about.after) if about.after is not None else ""
    return {
        "bound": _("The card is the member's now."),
        "unblocked": _("The card pays again."),
        "blocked": _("The card is blocked. Other terminals hear of it as soon as they are connected."),
        "not_theirs": _("This card is not the member's any more. Nothing was done."),
        "theirs_already": _("This card is theirs already."),
        "corrected": _("Corrected: {before} before, {after} now.").format(before=before, after=after),
        "diet_kept": _("Kept. Every terminal warns of it from now on."),
        "face_deleted": _("The face is deleted here, and at every terminal as it hears of it."),
        "no_enrolling": _("No face can be enrolled here: the camera or its models do not work."),
        "card_first": _("Tap the member's card first: whoever is enrolled must be here, with a card that is valid."),
        EnrolmentHindrance.FORGETTING: _(
            "The last face is still being deleted at the central server. Try again later."
        ),
        "not_known": _("It is not known whether that was done. Look at the member before you do it again."),
        f"trouble_{MemberActTrouble.REFUSED}": _("The central server does not deal with this terminal. Tell IT."),
        f"trouble_{MemberActTrouble.ON_THE_WAY}": _(
            "The block is still on its way to the central server. Try again when this terminal is connected."
        ),
        MemberActRefusal.NOT_PERMITTED: _("One of you may not do this (any more). Nothing was done."),
        MemberActRefusal.SAME_PERSON: _("Somebody else must confirm it. Nothing was done."),
        MemberActRefusal.MEMBER_UNKNOWN: _("This member is not known any more. Nothing was done."),
        MemberActRefusal.CARD_OF_ANOTHER: _("This card is another member's. Nothing was done."),
        MemberActRefusal.CARD_BLOCKED: _("This card of theirs is blocked. Unblock it instead."),
        MemberActRefusal.CARD_UNKNOWN: _("This card is not the member's any more. Nothing was done."),
        MemberActRefusal.TOO_MANY_CARDS: _("They have too many cards. Block one first."),
        MemberActRefusal.TOO_MUCH: _("So much cannot be corrected at once: at most {limit}.").format(limit=before),
        MemberActRefusal.BELOW_CREDIT_LINE: _("At most {left} can be taken away now.").format(left=after),
        MemberActRefusal.AWAITING_TERMINALS: _("The central server was restored and waits for terminals. Try later."),
        MemberActRefusal.OTHER_ACT: _("That could not be done. Nothing was changed."),
    }.get(about.what, _("That could not be done. Nothing was changed."))


def waiting_words(members: MembersState, texts: Texts) -> str:
    """While an act is under way, or nobody knows how it ended."""
    _ = texts.gettext
    if members.asked is not None:
        return _("One moment")
    if members.doubtful is not None:
        return _("The central server does not answer. It is not known yet whether it was done; asking again …")
    return ""
