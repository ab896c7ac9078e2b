"""What the counter says to its staff: short sentences, each with what became of the money. Pure, no Kivy."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.domain.dish import Dish
from kiosk.domain.money import Money
from kiosk.domain.order import Order
from kiosk.screens.counter_flow.after_sale_state import FoundOut, Undo, UndoEnd
from kiosk.screens.counter_flow.bill import BillLine
from kiosk.screens.counter_flow.state import Notice, State, Trouble
from kiosk.screens.problem_words import what_is_short
from kiosk.screens.texts import Texts
from kiosk.services.collected import Collected, NotCollected, NotCollectedReason
from kiosk.services.counter_sale import CashSold
from kiosk.services.lane import SameMemberAgain
from kiosk.services.outcomes import BeingChecked, NotCharged, NotChargedReason, Paid
from kiosk.services.staff_acts import NotKnown

_A_MINUTE_S = 60


@dataclass(frozen=True, slots=True)
class SaleLine:
    """`detail`: how heavy, or how many and the price of one; may be empty."""

    name: str
    detail: str
    total: str


def line_words(line: BillLine, texts: Texts) -> SaleLine:
    detail = ""
    if line.weight is not None:
        detail = texts.gettext("{grams} g").format(grams=line.weight.grams)
    elif line.quantity > 1:
        detail = f"{line.quantity} × {texts.money(line.unit_price)}"
    return SaleLine(texts.of(line.name), detail, texts.money(line.total))


def price_words(dish: Dish, texts: Texts) -> str:
    """The price as the menu names it: for a portion, or for so many grams."""
    if dish.per_g is None:
        return texts.money(dish.price)
    # Translators: the price of what is sold by weight
    return texts.gettext("{price}/{per}g").format(price=texts.money(dish.price), per=dish.per_g)


@dataclass(frozen=True, slots=True)
class VerdictWords:
    """`kind` as Verdict has it. `amount` may be empty; `detail` is a sentence or two."""

    kind: str
    headline: str
    amount: str
    detail: str


def verdict_words(state: State, texts: Texts) -> VerdictWords:
    """How the sale on the result screen, or the last one in the lane, has ended."""
    _, nothing = texts.gettext, texts.gettext("Nothing was charged.")
    match state.sale.outcome:
        case Paid(order=order):
            return VerdictWords("paid", _("Paid"), texts.money(order.total), _named(state, order, texts))
        case CashSold(order=order):
            return _taken_words(state, order, order.total, texts)
        case Collected(order=order, paid=paid):
            return _taken_words(state, order, paid, texts)
        case NotCharged(reason=NotChargedReason.SOLD_OUT, sold_out=[_one, *_others]) if state.menu is not None:
            short = what_is_short(state.sale.outcome, state.menu, texts)
            return VerdictWords("not_paid", _("Not paid"), "", f"{short}\n{nothing}")
        case NotCharged(reason=reason):
            return VerdictWords("not_paid", _("Not paid"), "", f"{_reason(reason, texts)} {nothing}")
        case NotCollected(reason=reason):
            return VerdictWords("not_paid", _("Not paid"), "", f"{fault_words(reason, texts)} {nothing}")
        case BeingChecked(total=total):
            wait = _("Nobody knows yet whether it was charged. Do not charge again: it will be said here.")
            return VerdictWords("checking", _("Being checked"), texts.money(total), wait)
        case NotKnown():
            wait = _("Nobody knows yet whether it is written down. Give no change yet: it will be said here.")
            return VerdictWords("checking", _("Being checked"), "", wait)
        case _:
            undone = _("This order cannot be settled here. Nothing was done.")
            return VerdictWords("not_paid", _("Not done"), "", undone)


def again_words(again: SameMemberAgain, texts: Texts) -> str:
    """Why staff are asked in the lane."""
    ago = _ago(again.seconds_ago, texts)
    if again.was_refused:
        text = texts.gettext("This member could not pay here {ago}. Nothing was charged.")
    else:
        text = texts.gettext("The same member has paid here {ago}. Nothing was charged again yet.")
    return text.format(ago=ago)


def _ago(seconds: int, texts: Texts) -> str:
    if seconds < _A_MINUTE_S:
        return texts.ngettext("{n} second ago", "{n} seconds ago", seconds).format(n=seconds)
    minutes = seconds // _A_MINUTE_S
    return texts.ngettext("{n} minute ago", "{n} minutes ago", minutes).format(n=minutes)


def _taken_words(state: State, order: Order, amount: Money, texts: Texts) -> VerdictWords:
    """In cash, or by whatever way an order was collected."""
    _, number = texts.gettext, _numbered(order, texts)
    if state.open_by_key == order.id:
        number = f"{number}\n{drawer_words(texts)}"
    if state.change is None or state.sale.received is None:
        return VerdictWords("paid", _("Paid"), texts.money(amount), _named(state, order, texts))
    taken = _("{received} received for {amount}.")
    taken = taken.format(received=texts.money(state.sale.received), amount=texts.money(amount))
    return VerdictWords("paid", _("Paid. Give change"), texts.money(state.change), f"{taken} {number}")


def _named(state: State, order: Order, texts: Texts) -> str:
    """With the masked name of whoever paid by face."""
    return " · ".join(filter(None, (state.sale.payer_name, _numbered(order, texts))))


def _numbered(order: Order, texts: Texts) -> str:
    return texts.gettext("Order {number}").format(number=order.number)


def _reason(reason: NotChargedReason, texts: Texts) -> str:
    _ = texts.gettext
    return {
        NotChargedReason.INSUFFICIENT: _("The balance on this card is too low."),
        NotChargedReason.CARD_UNKNOWN: _("This card is not known here."),
        NotChargedReason.CARD_BLOCKED: _("This card is blocked."),
        NotChargedReason.MEMBER_BLOCKED: _("This account cannot pay right now."),
        NotChargedReason.FACE_NOT_ALLOWED: _("This face may not pay here any more: tap the card."),
        NotChargedReason.FACE_LIMIT: _("By face no more can be paid today: tap the card."),
        NotChargedReason.CENTRAL_UNREACHABLE: _("The server does not answer, and nothing is set aside here."),
        NotChargedReason.CENTRAL_REFUSED: _("This terminal may not charge cards right now."),
        NotChargedReason.SOLD_OUT: _("Something of it has just been sold out."),
        NotChargedReason.MENU_CHANGED: _("The menu has just changed: look at the sale once more."),
        NotChargedReason.STORAGE_FAILED: _("This terminal can write nothing down any more."),
        NotChargedReason.CHECKED: _("It was checked."),
    }.get(reason, _("It did not go through."))


def drawer_words(texts: Texts) -> str:
    """The printer, which opens it, does not answer."""
    return texts.gettext("Open the cash drawer with its key.")


def undo_words(undo: Undo, texts: Texts, *, by_key: bool = False) -> VerdictWords:
    """How an undo stands. `by_key`: the drawer did not open for it."""
    _, number = texts.gettext, undo.sale.order.number
    match undo.end:
        case UndoEnd.UNDONE if undo.sale.in_cash:
            detail = _undone_detail(undo, texts)
            detail = f"{detail} {drawer_words(texts)}" if by_key else detail
            return VerdictWords("undone", _("Give back"), texts.money(undo.sale.in_cash), detail)
        case UndoEnd.UNDONE:
            return VerdictWords("undone", _("Undone"), texts.money(undo.sale.amount), _undone_detail(undo, texts))
        case UndoEnd.REFUSED:
            detail = _("Order {number} stands. A refund can still give the money back.").format(number=number)
            return VerdictWords("not_paid", _("Not undone"), "", detail)
        case UndoEnd.BEING_CHECKED:
            detail = _("Nobody knows yet whether order {number} is undone. Hand nothing back before it is said here.")
            return VerdictWords("checking", _("Being checked"), "", detail.format(number=number))
        case UndoEnd.UNDOING:
            return VerdictWords(
                "checking", _("One moment"), "", _("Order {number} is being undone.").format(number=number)
            )


def _undone_detail(undo: Undo, texts: Texts) -> str:
    _, sale = texts.gettext, undo.sale
    if sale.in_cash and sale.collected:
        detail = _("Order {number} waits for payment again. Hand the cash back now.")
    elif sale.in_cash:
        detail = _("Order {number} is undone. Hand the cash back now.")
    elif sale.collected:
        detail = _("Order {number} waits for payment again: the money is back on the card.")
    else:
        detail = _("Order {number} is undone: the money is back on the card.")
    return detail.format(number=sale.order.number)


def found_out_words(found: FoundOut, texts: Texts) -> VerdictWords:
    """What became of something that was being checked."""
    _, amount = texts.gettext, "" if found.amount is None else texts.money(found.amount)
    card = _("Card …{end}").format(end=found.card_end) if found.card_end else ""
    if found.received is not None and found.order is None:
        back = _("Nothing was sold: hand this back.")
        return VerdictWords("not_paid", _("Checked: not sold"), texts.money(found.received), back)
    if found.order is None:
        nothing = _("Nothing was charged.")
        return VerdictWords("not_paid", _("Checked: not paid"), amount, f"{card} {nothing}".strip())
    number = _("Order {number}").format(number=found.order.number)
    if found.change is not None and found.received is not None:
        taken = _("{received} received for {amount}.").format(received=texts.money(found.received), amount=amount)
        return VerdictWords("paid", _("Checked: paid. Give change"), texts.money(found.change), f"{taken} {number}")
    return VerdictWords("paid", _("Checked: paid"), amount, f"{number} {card}".strip())


def notice_words(notice: Notice, texts: Texts) -> str:
    _ = texts.gettext
    return {
        Notice.SUM_TOO_LARGE: _("This sum is larger than may be keyed here."),
        Notice.WEIGHT_TOO_LARGE: _("This weight is larger than may be keyed here."),
        Notice.NOTHING_TO_PAY: _("There is nothing to pay yet."),
        Notice.CART_FULL: _("The sale cannot hold more."),
        Notice.SOLD_OUT: _("There is no more of this today."),
        Notice.MENU_CHANGED: _("The menu has just changed: something left the sale."),
        Notice.LESS_THAN_DUE: _("That is less than there is to pay."),
        Notice.ONE_AT_A_TIME: _("One at a time: tap this card again."),
        Notice.PRESS_PAY_FIRST: _("Charge the sale first, then tap the card."),
        Notice.FINISH_SALE_FIRST: _("Finish or clear this sale first."),
        Notice.OUT_OF_ORDER: _("This terminal is out of order."),
        Notice.NO_ENROLLING: _("No face can be enrolled here: the camera or its models do not work."),
        Notice.CARD_UNKNOWN: _("This card is not known here."),
        Notice.CARD_BLOCKED: _("This card is blocked."),
        Notice.CARD_OF_ANOTHER: _("This is another member's card."),
        Notice.WHO_AGREES_FIRST: _("First say who agrees to it"),
        Notice.PHONE_FIRST: _("First type the guardian's phone number"),
        Notice.NO_MENU: _("There is no menu yet: it comes from the server."),
        Notice.UNDO_TOO_LATE: _("It is too late to undo this. A refund can still give the money back."),
    }.get(notice, "")


def fault_words(fault: NotCollectedReason, texts: Texts) -> str:
    """Why there is no order to collect."""
    _, reason = texts.gettext, NotCollectedReason
    not_genuine = _("This slip is not genuine.")
    unreadable = _("This is no slip that can be read here. Type its number.")
    refund = _("Its terminal was set up anew since: only the server knows this order.")
    return {
        reason.NOT_A_SLIP: unreadable,
        reason.TOO_LONG: unreadable,
        reason.DAMAGED: unreadable,
        reason.OTHER_FORMAT: unreadable,
        reason.PAYMENT_CODE: _("This is a payment code of a phone, no slip."),
        reason.UNKNOWN_TERMINAL: _("This slip is of a terminal that is not known here."),
        reason.EARLIER_INCARNATION: refund,
        reason.TERMINAL_REVOKED: not_genuine,
        reason.FORGED: not_genuine,
        reason.TOO_OLD: _("This slip is too old."),
        reason.SETTLED: _("This order has been settled already."),
        reason.CANCELLED: _("This order was cancelled."),
        reason.CLAIMED_ELSEWHERE: _("This order is being settled at another counter."),
        reason.NOT_FOUND: _("No such order waits for payment."),
        reason.NEEDS_CENTRAL: _("This order is too long for its slip, and the server cannot be reached."),
        reason.CENTRAL_UNREACHABLE: _("The server cannot be reached: scan the slip."),
        reason.CENTRAL_REFUSED: _("The server does not accept this terminal."),
        reason.UNDONE: _("This payment was undone."),
        reason.STORAGE_FAILED: _("This terminal can read nothing any more. Start it anew."),
    }.get(fault, _("It did not go through."))


def trouble_words(trouble: Trouble, texts: Texts) -> str:
    """What does not work now and what works all the same, said all the time."""
    _ = texts.gettext
    return {
        Trouble.OUT_OF_ORDER: _("Out of order: the disk takes nothing more. Make room, then start this terminal anew."),
        Trouble.NOT_ACCEPTED: _("The server does not accept this terminal: cash only."),
        Trouble.OFFLINE: _("Offline: cards pay what is set aside here; cash works."),
        Trouble.NO_CARD_READER: _("No card reader: cash works."),
        Trouble.NO_CAMERA: _("No camera: cards and cash work."),
        Trouble.NO_SCANNER: _("No scanner: type the number."),
        Trouble.NO_PRINTER: _("No printer: nothing is printed."),
        Trouble.PAPER_LOW: _("The paper is running out."),
    }.get(trouble, "")


def change_words(due: Money, received: Money, texts: Texts) -> tuple[str, str]:
    """What is over or missing, and its name."""
    difference = received - due
    if difference.is_negative:
        return texts.gettext("Still to pay"), texts.money(-difference)
    return texts.gettext("Change due"), texts.money(difference)
