"""What a refused payment means, in words, and what can be done about it. Pure, no Kivy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kiosk.domain.menu import Menu
from kiosk.screens.texts import Texts
from kiosk.services.outcomes import BeingChecked, NotCharged, NotChargedReason

Reason = NotChargedReason


class Way(StrEnum):
    """What the customer can do next, as buttons."""

    CARD = "card"  # wait for a card: another one, or the same again
    COUNTER = "counter"
    REST = "rest"  # the card pays what it can, the counter takes the rest
    CHANGE = "change"  # back to the order
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class ProblemWords:
    """`happened` and `advice` are sentences; `ways`, the best first."""

    icon: str
    happened: str
    advice: str
    ways: tuple[Way, ...]


_ICONS = {
    Reason.INSUFFICIENT: "wallet",
    Reason.CARD_UNKNOWN: "help-circle-outline",
    Reason.CARD_BLOCKED: "lock",
    Reason.MEMBER_BLOCKED: "account-off",
    Reason.POINTS_INSUFFICIENT: "star",
    Reason.COUPON_NOT_VALID: "ticket-percent-outline",
    Reason.FACE_NOT_ALLOWED: "account-off",
    Reason.FACE_LIMIT: "wallet",
    Reason.CENTRAL_UNREACHABLE: "cloud-off-outline",
    Reason.CENTRAL_REFUSED: "cloud-off-outline",
    Reason.SOLD_OUT: "food-off",
    Reason.MENU_CHANGED: "sync",
    Reason.STORAGE_FAILED: "alert-octagon",
    Reason.CHECKED: "information-outline",
}
_WAYS = {
    Reason.INSUFFICIENT: (Way.COUNTER, Way.CARD, Way.CHANGE),
    Reason.CARD_UNKNOWN: (Way.CARD, Way.COUNTER),
    Reason.CARD_BLOCKED: (Way.CARD, Way.COUNTER),
    Reason.MEMBER_BLOCKED: (Way.COUNTER, Way.CARD),
    Reason.POINTS_INSUFFICIENT: (Way.CHANGE,),
    Reason.COUPON_NOT_VALID: (Way.CHANGE,),
    Reason.FACE_NOT_ALLOWED: (Way.CARD, Way.COUNTER),
    Reason.FACE_LIMIT: (Way.CARD, Way.COUNTER),
    Reason.CENTRAL_UNREACHABLE: (Way.COUNTER, Way.CARD),
    Reason.CENTRAL_REFUSED: (Way.COUNTER,),
    Reason.SOLD_OUT: (Way.CHANGE,),
    Reason.MENU_CHANGED: (Way.CHANGE,),
    Reason.STORAGE_FAILED: (Way.LEAVE,),
    Reason.CHECKED: (Way.CARD, Way.COUNTER, Way.CHANGE),
}
_IN_PART = (Way.REST, Way.COUNTER, Way.CHANGE)  # another card may be tapped all the same
_TRY_AGAIN = (Reason.CENTRAL_UNREACHABLE, Reason.CHECKED)


def problem_words(
    outcome: NotCharged | BeingChecked, menu: Menu, texts: Texts, *, by_face: bool = False
) -> ProblemWords:
    """What to say. No reason is ever only a code. `by_face`: there was no card to speak of."""
    _ = texts.gettext
    if isinstance(outcome, BeingChecked):
        happened = _("We are checking this payment")
        advice = _(
            "This terminal is finding out whether it was charged and will say so here. "
            "If it takes long, please show this screen to the staff."
        )
        return ProblemWords("timer-sand", happened, advice, (Way.LEAVE,))
    if outcome.held_elsewhere is not None:
        happened = _("Part of your balance is kept at another terminal")
        advice = _(
            "It is set aside where you usually eat, so that your card works there without a network. "
            "Please pay there, or at the counter."
        )
    elif outcome.reason is Reason.CENTRAL_UNREACHABLE and outcome.money != outcome.total:
        happened = _("Points and coupons cannot be used right now")
        advice = _(
            "The canteen's server does not answer. Your order is kept: pay all of it at the counter, or try again soon."
        )
    else:
        sentences = _sentences(outcome, menu, texts) | (_sentences_of_faces(texts) if by_face else {})
        happened, advice = sentences[outcome.reason]
    ways = _WAYS[outcome.reason] if outcome.card_can_pay is None else _IN_PART
    return ProblemWords(_ICONS[outcome.reason], happened, advice, ways)


def card_label(outcome: NotCharged | BeingChecked, texts: Texts) -> str:
    """Paying by card once more means another card, unless it was not the card's fault."""
    again = isinstance(outcome, NotCharged) and outcome.reason in _TRY_AGAIN
    return texts.gettext("Try the card again") if again else texts.gettext("Use another card")


def _sentences_of_faces(texts: Texts) -> dict[Reason, tuple[str, str]]:
    """Where those of a card would not fit."""
    _ = texts.gettext
    return {
        Reason.INSUFFICIENT: (
            _("Your balance is too low"),
            _("Pay with a card, at the counter, or order less. The counter also tops balances up."),
        ),
        Reason.CENTRAL_UNREACHABLE: (
            _("You cannot be charged right now"),
            _("The canteen's server does not answer. Your order is kept: pay at the counter, or try again soon."),
        ),
    }


def what_is_short(outcome: NotCharged, menu: Menu, texts: Texts) -> str:
    """Of which dishes there is not enough, and how many there are."""
    _ = texts.gettext
    names = {d: texts.of(menu.dish_by_id[d].name) for d in outcome.sold_out if d in menu.dish_by_id}
    left = dict(outcome.left)
    if not any(left.values()):
        return _("Just sold out: {dishes}").format(dishes=texts.listed(list(names.values())))
    counted = [_("{dish} ({count} left)").format(dish=name, count=left.get(d, 0)) for d, name in names.items()]
    return _("Not enough is left: {dishes}").format(dishes=texts.listed(counted))


def _sentences(outcome: NotCharged, menu: Menu, texts: Texts) -> dict[Reason, tuple[str, str]]:
    _ = texts.gettext
    return {
        Reason.INSUFFICIENT: (
            _("The balance on this card is too low"),
            _("Tap another card, pay at the counter, or order less. The counter also tops cards up."),
        ),
        Reason.CARD_UNKNOWN: (
            _("This card is not known here"),
            _("Tap your campus card, or pay at the counter. The card office registers new cards."),
        ),
        Reason.CARD_BLOCKED: (
            _("This card is blocked"),
            _("It was reported lost or locked. Tap another card or pay at the counter; the card office can unlock it."),
        ),
        Reason.MEMBER_BLOCKED: (
            _("This account cannot pay right now"),
            _("Please ask the staff, or pay at the counter."),
        ),
        Reason.POINTS_INSUFFICIENT: (
            _("These points cannot be used any more"),
            _("They were used elsewhere a moment ago. Your order is kept: look at it once more and pay without them."),
        ),
        Reason.COUPON_NOT_VALID: (
            _("This coupon cannot be used any more"),
            _("It was used elsewhere or has ended. Your order is kept: look at it once more and pay without it."),
        ),
        Reason.FACE_NOT_ALLOWED: (
            _("This face cannot be used to pay right now"),
            _("It was deleted, its consent has ended, or the canteen's server has not heard of it yet. Use your card."),
        ),
        Reason.FACE_LIMIT: (
            _("That is more than can be paid by face here today"),
            _("Please use your card, or pay at the counter."),
        ),
        Reason.CENTRAL_UNREACHABLE: (
            _("This card cannot be charged right now"),
            _("The canteen's server does not answer. Your order is kept: pay at the counter, or try again soon."),
        ),
        Reason.CENTRAL_REFUSED: (
            _("This terminal may not charge cards right now"),
            _("Please tell the staff. You can pay at the counter."),
        ),
        Reason.SOLD_OUT: (
            what_is_short(outcome, menu, texts),
            _("Somebody was a moment faster. Please choose something else; the rest of your order is kept."),
        ),
        Reason.MENU_CHANGED: (
            _("The menu has just changed"),
            _("Please look at your order once more before you pay."),
        ),
        Reason.STORAGE_FAILED: (
            _("This terminal cannot take orders right now"),
            _("Please use another terminal or go to the counter."),
        ),
        Reason.CHECKED: (
            _("This payment did not go through"),
            _("We have checked it: nothing was charged. Your order is kept; you can pay it now."),
        ),
    }
