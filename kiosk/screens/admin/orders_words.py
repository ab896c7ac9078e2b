"""What the section orders says."""

from __future__ import annotations

from collections.abc import Sequence

from kiosk.domain.order_standing import Standing
from kiosk.domain.payment import Payment, PaymentMethod, PaymentPart, PaymentState
from kiosk.domain.receipt import PaperKind
from kiosk.domain.refund import RefundPart
from kiosk.screens.admin_flow.orders_events import GivenBack
from kiosk.screens.admin_flow.orders_state import BackKind, Ended
from kiosk.screens.texts import Texts
from kiosk.services.counter_payment import CounterSettled
from kiosk.services.events import PrintJobState
from kiosk.services.find_orders import NothingFound, NothingFoundReason
from kiosk.services.journal import Fate
from kiosk.services.refund import Refunded
from kiosk.services.reprint import PrintingAgain
from kiosk.services.staff_acts import NotKnown, Refused, RefusedReason


def standing_words(standing: Standing, texts: Texts) -> tuple[str, str]:
    """The words and their tone."""
    _ = texts.gettext
    return {
        Standing.AWAITING_PAYMENT: (_("Not paid yet"), "warning"),
        Standing.PAID: (_("Paid"), "positive"),
        Standing.PARTLY_REFUNDED: (_("Partly given back"), "warning"),
        Standing.REFUNDED: (_("All given back"), "ink_soft"),
        Standing.VOIDED: (_("Voided, money back"), "ink_soft"),
        Standing.CANCELLED: (_("Cancelled, was never paid"), "ink_soft"),
        Standing.COLLECTED: (_("Paid at a counter terminal"), "positive"),
    }[standing]


def nothing_words(nothing: NothingFound, texts: Texts) -> str:
    _ = texts.gettext
    if nothing.reason is NothingFoundReason.ELSEWHERE:
        words = _("An order of terminal {letter}. Please look it up there: each terminal refunds what it has sold.")
        return words.format(letter=nothing.letter)
    return {
        NothingFoundReason.NOT_HERE: _("There is no such order at this terminal."),
        NothingFoundReason.NOT_A_NUMBER: _(
            "That is no order number. It is a letter and digits, such as A037, or the eight digits on its paper."
        ),
        NothingFoundReason.CARD_UNKNOWN: _("This card is not known here."),
        NothingFoundReason.NO_ORDER_CODE: _("This code is not from one of our receipts or slips."),
        NothingFoundReason.PAYMENT_CODE: _("This is a code to pay with. Please do not scan it here."),
        NothingFoundReason.STORAGE_FAILED: _("The disk does not answer. Please tell IT."),
    }[nothing.reason]


def refused_words(reason: RefusedReason, texts: Texts) -> str:
    """Why not, and what to do instead. Nothing was done."""
    _ = texts.gettext
    return {
        RefusedReason.NOT_SOLD_HERE: _("Sold before this terminal was set up anew. The office can refund it."),
        RefusedReason.COLLECTED: _("It was paid at a counter terminal. The office can refund it."),
        RefusedReason.NOT_PAID: _("Nothing was paid for it that could be given back."),
        RefusedReason.NOT_DUE: _("It does not wait for payment any more."),
        RefusedReason.NOTHING_LEFT: _("Everything was given back already."),
        RefusedReason.PAPER_GONE: _("This paper is too old: it is not kept any more."),
        RefusedReason.PAPER_OUTDATED: _("This paper would not be true any more."),
        RefusedReason.TOO_MANY_COPIES: _("It was printed too often already."),
        RefusedReason.NO_PRINTER: _("No printer is set up for it."),
    }.get(reason, _("That could not be done. Nothing was changed."))


def paper_words(kind: PaperKind, texts: Texts) -> str:
    _ = texts.gettext
    return {
        PaperKind.RECEIPT: _("Receipt"),
        PaperKind.COUNTER_SLIP: _("Slip to pay with"),
        PaperKind.KITCHEN_TICKET: _("Kitchen ticket"),
        PaperKind.REFUND_SLIP: _("Refund slip"),
        PaperKind.TOP_UP_SLIP: _("Top-up slip"),
    }[kind]


def print_words(state: PrintJobState, texts: Texts) -> tuple[str, str]:
    """What is known of a print, and its tone."""
    _ = texts.gettext
    return {
        PrintJobState.QUEUED: (_("waits for the printer"), "warning"),
        PrintJobState.SENDING: (_("printing"), "ink_soft"),
        PrintJobState.CONFIRMED: (_("printed"), "positive"),
        PrintJobState.UNKNOWN: (_("not known whether it was printed"), "warning"),
        PrintJobState.SKIPPED: (_("was not printed"), "negative"),
    }[state]


def reasons_for(kind: BackKind, texts: Texts) -> tuple[str, ...]:
    """What a reason key says, and what is kept as the reason."""
    _ = texts.gettext
    if kind is BackKind.CANCEL:
        return _("Nobody comes to pay"), _("Ordered by mistake"), _("Cannot be cooked")
    if kind is BackKind.VOID:
        return _("Ordered by mistake"), _("Cannot be cooked"), _("Customer cannot wait")
    return (
        _("Wrong or missing dish"),
        _("Something wrong with the food"),
        _("Charged twice or too much"),
        _("Sold out after all"),
        _("Customer changed their mind"),
    )


def ways_back(parts: Sequence[RefundPart], texts: Texts) -> tuple[tuple[str, str], ...]:
    """Where it goes: (way, amount) rows."""
    _ = texts.gettext
    rows = []
    for part in parts:
        if part.method is PaymentMethod.BALANCE:
            rows.append((_("Onto the campus card"), texts.money(part.amount)))
        elif part.method is PaymentMethod.COUNTER:
            rows.append((_("In cash from the drawer"), texts.money(part.amount)))
        elif part.method is PaymentMethod.POINTS and part.used:
            rows.append((_("Points back"), f"+{part.used.minor}"))
        elif part.method is PaymentMethod.COUPON and part.used:
            rows.append((_("Coupon back"), "1"))
    return tuple(rows)


def paid_words(payment: Payment, part: PaymentPart, card_end: str, texts: Texts) -> str:
    """By what a part was paid, or is to be."""
    _ = texts.gettext
    if part.method is PaymentMethod.COUNTER and payment.state is PaymentState.DUE:
        return _("Still to pay at the counter")
    if part.method is PaymentMethod.BALANCE:
        return _("Campus card …{end}").format(end=card_end) if card_end else _("Campus card or face")
    if part.method is PaymentMethod.POINTS and part.used:
        return _("{n} points used").format(n=part.used.minor)
    return _("Coupon") if part.method is PaymentMethod.COUPON else _("At the counter")


def ended_words(ended: Ended, texts: Texts) -> tuple[str, str]:
    """How an act ended, and the tone: what to do now stands first."""
    _ = texts.gettext
    match ended:
        case Refunded(refund):
            cash = refund.amount_by(PaymentMethod.COUNTER)
            if cash:
                return _("Give {amount} in cash to the customer now.").format(amount=texts.money(cash)), "positive"
            if refund.money:
                words = _("{amount} is given back. It is on the card as soon as this terminal is connected.")
                return words.format(amount=texts.money(refund.money)), "positive"
            return _("It is given back."), "positive"
        case CounterSettled():
            return _("The order is cancelled."), "positive"
        case PrintingAgain():
            return _("A copy goes to the printer."), "positive"
        case Refused(reason):
            return refused_words(reason, texts), "negative"
        case NotKnown():
            return _("Not known yet whether it was done: hand out no money. It is found out by itself."), "warning"


def given_back_words(event: GivenBack, texts: Texts) -> str:
    """Of an order that is not open any more."""
    return ended_words(event.ended, texts)[0]


def fate_words(fate: Fate, texts: Texts) -> tuple[str, str]:
    _ = texts.gettext
    return {
        Fate.PAID: (_("Paid"), "positive"),
        Fate.DUE: (_("Partly paid, the rest is due at the counter"), "warning"),
        Fate.NOT_CHARGED: (_("Not charged"), "ink_soft"),
        Fate.BEING_CHECKED: (_("Being checked"), "warning"),
    }[fate]
