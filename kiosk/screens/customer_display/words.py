"""The customer's sentences. Each end says whether money moved. Pure, no Kivy."""

from __future__ import annotations

from kiosk.domain.face import Fault
from kiosk.screens.counter_flow.customer import CustomerShows
from kiosk.screens.customer_display.message import Message, trouble_of
from kiosk.screens.face_words import asked_words, trouble_words
from kiosk.screens.pose_words import hint_words, pose_words
from kiosk.screens.texts import Texts
from kiosk.services.outcomes import NotChargedReason

# The ends, as kiosk.screens.counter.verdict.Verdict has them.
VERDICTS = {
    CustomerShows.PAID: "paid",
    CustomerShows.NOT_PAID: "not_paid",
    CustomerShows.CHECKING: "checking",
}


def headline_words(message: Message, texts: Texts) -> str:
    """What this is about."""
    _ = texts.gettext
    if message.shows is CustomerShows.PAID and message.change_minor:
        return _("Paid. Your change")
    return {
        CustomerShows.WELCOME: _("Welcome"),
        CustomerShows.SALE: _("Total"),
        CustomerShows.PAY: _("To pay"),
        CustomerShows.CONFIRM: message.name,
        CustomerShows.CHARGING: _("One moment"),
        CustomerShows.FACE: "" if message.posing else _("Enrol my face"),
        CustomerShows.CASH: _("To pay in cash"),
        CustomerShows.PAID: _("Paid"),
        CustomerShows.NOT_PAID: _("Not paid"),
        CustomerShows.CHECKING: _("Being checked"),
        CustomerShows.ASK_STAFF: _("One moment"),
        CustomerShows.CLOSED: _("Closed"),
    }[message.shows]


def verdict_amount(message: Message, texts: Texts) -> str:
    """The largest figure of an end: what goes back, or what was to be paid."""
    minor = message.change_minor or message.amount_minor
    return "" if minor is None else texts.money(message.money(minor))


def detail_words(message: Message, texts: Texts) -> str:
    """What became of the money, or what to do."""
    _, money = texts.gettext, texts.money
    if message.undone_minor is not None:
        return _("{amount} was taken back.").format(amount=money(message.money(message.undone_minor)))
    match message.shows:
        case CustomerShows.CASH if message.received_minor:
            return _("Received {amount}").format(amount=money(message.money(message.received_minor)))
        case CustomerShows.PAID:
            return _paid_words(message, texts)
        case CustomerShows.NOT_PAID:
            nothing = _("Nothing was charged.")
            return f"{_reason(message.reason, texts)} {nothing}".strip()
    return {
        CustomerShows.WELCOME: _("Enjoy your meal"),
        CustomerShows.CONFIRM: _("This will be charged. If that is not you, say so now."),
        CustomerShows.CHARGING: _("Please do not tap again."),
        CustomerShows.FACE: _face_words(message, texts),
        CustomerShows.CHECKING: _("The staff will tell you whether it was charged. Please do not pay again."),
        CustomerShows.ASK_STAFF: _("You were here already. The staff decide whether you pay now."),
        CustomerShows.CLOSED: _("Nothing can be sold here right now."),
    }.get(message.shows, "")


def prompt_words(message: Message, texts: Texts) -> str:
    """How to pay, as far as it works now; or the pose that is asked for."""
    _ = texts.gettext
    if message.shows is CustomerShows.FACE and message.posing is not None:
        return pose_words(message.posing.asked, texts)
    if message.shows is not CustomerShows.PAY:
        return ""
    if message.asks_digits:
        say = _("Say the last four digits on your card")
        return _("Say the last four digits on your card, or tap it") if message.can_tap else say
    trouble = None if message.trouble is None else trouble_of(message.trouble)
    if trouble is not None:
        return trouble_words(trouble, texts).happened
    look = message.look
    if look is not None and (look.stage is not None or look.fault not in (None, Fault.NO_FACE)):
        return asked_words(look.seen, texts)
    if message.can_tap and message.can_look:
        return _("Tap your card, or look at the camera")
    if message.can_tap:
        return _("Tap your card")
    if message.can_look:
        return _("Look at the camera")
    return _("Please pay in cash: the card reader is not working")


def _face_words(message: Message, texts: Texts) -> str:
    """What keeps the pose from being taken; before the camera is on, where to read."""
    if message.posing is None:
        return texts.gettext("Please read the text that the staff show you.")
    return hint_words(message.posing.hint or message.posing.fault, texts)


def _paid_words(message: Message, texts: Texts) -> str:
    _, money = texts.gettext, texts.money
    words = []
    if message.change_minor and message.amount_minor is not None:
        words.append(_("{amount} is paid.").format(amount=money(message.money(message.amount_minor))))
    if message.name:
        words.append(message.name)
    if message.number:
        words.append(_("Your number: {number}").format(number=message.number))
    if message.balance_minor is not None:
        words.append(_("Balance {amount}").format(amount=money(message.money(message.balance_minor))))
    return "  ".join(words)


def _reason(reason: NotChargedReason | None, texts: Texts) -> str:
    """Only what the customer can do something about, and nothing that shames them in front of the queue."""
    _ = texts.gettext
    match reason:
        case NotChargedReason.INSUFFICIENT:
            return _("Please try another card, or pay in cash.")
        case NotChargedReason.CARD_UNKNOWN | NotChargedReason.CARD_BLOCKED | NotChargedReason.MEMBER_BLOCKED:
            return _("This card cannot pay here.")
        case NotChargedReason.CENTRAL_UNREACHABLE | NotChargedReason.CENTRAL_REFUSED:
            return _("Cards cannot be charged right now.")
        case NotChargedReason.FACE_NOT_ALLOWED | NotChargedReason.FACE_LIMIT:
            return _("Please use your card.")
        case _:
            return ""
