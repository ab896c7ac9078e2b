"""From what is to be paid to its end: by card or face, or in cash."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.cash import CashError
from kiosk.domain.counter import change_for
from kiosk.domain.payer import ByCard
from kiosk.domain.payment import PaymentMethod
from kiosk.screens.counter_flow import effects as fx
from kiosk.screens.counter_flow import enrolling, lane
from kiosk.screens.counter_flow import events as ev
from kiosk.screens.counter_flow.after_sale_state import Check, CheckKind, Undoable
from kiosk.screens.counter_flow.bill import bought, due, typed
from kiosk.screens.counter_flow.charging import charge
from kiosk.screens.counter_flow.checking import checked_later
from kiosk.screens.counter_flow.selling import with_typed_sum
from kiosk.screens.counter_flow.state import Notice, Outcome, Paying, PayMethod, ScreenName, State
from kiosk.screens.counter_flow.steps import Step, next_sale, noticed, warned
from kiosk.screens.flow import events as common
from kiosk.screens.flow.effects import LoadLevels, LoadMenu, PlaySound, SoundKind
from kiosk.services import events as service
from kiosk.services.collected import Collected, NotCollected
from kiosk.services.counter_sale import CashSold
from kiosk.services.lane import SameMemberAgain
from kiosk.services.outcomes import BeingChecked, NotCharged, NotChargedReason, Paid
from kiosk.services.staff_acts import NotKnown, Refused

# After these another card, or the same again, may be tapped at once: what there is to pay is still right.
_CARD_MAY_TRY = (
    NotChargedReason.INSUFFICIENT,
    NotChargedReason.CARD_UNKNOWN,
    NotChargedReason.CARD_BLOCKED,
    NotChargedReason.MEMBER_BLOCKED,
    NotChargedReason.FACE_NOT_ALLOWED,
    NotChargedReason.FACE_LIMIT,
    NotChargedReason.CENTRAL_UNREACHABLE,
    NotChargedReason.CENTRAL_REFUSED,
    NotChargedReason.CHECKED,
)


def on_method(state: State, event: ev.MethodTouched) -> Step:
    if state.out_of_order:
        return warned(state, Notice.OUT_OF_ORDER)
    if state.menu is None:
        return warned(state, Notice.NO_MENU)
    if not _may_choose(state, event.method):
        return state, ()
    if state.screen is ScreenName.LANE:
        state = next_sale(state)  # the next customer; a question about the last one is answered with no
    if state.screen is ScreenName.SALE:
        state = with_typed_sum(state)
        if state.keyed_minor:  # the cart is full
            return state, ()
    amount = due(replace(state, paying=None, keyed_minor=0))
    if not state.sale.cart.lines and state.collecting is None and state.lane is None:
        return noticed(state, Notice.NOTHING_TO_PAY), ()
    to = ScreenName.CASH if event.method is PayMethod.CASH else ScreenName.PAYING
    waiting = Paying(event.method, amount, in_flight=False)
    return replace(state, screen=to, paying=waiting, sale=state.sale.before_payment, keyed_minor=0), ()


def on_card(state: State, event: service.CardPresented) -> Step:
    """What a card means depends on what is in front."""
    state = replace(state, now_s=max(state.now_s, event.received_s))
    if state.out_of_order:
        return warned(state, Notice.OUT_OF_ORDER)
    if state.in_flight:
        return (state, ()) if ByCard(event.uid) == state.sale.payer else warned(state, Notice.ONE_AT_A_TIME)
    match state.screen:
        case ScreenName.PAYING | ScreenName.CASH | ScreenName.LANE:
            return charge(state, ByCard(event.uid), event.received_s)
        case ScreenName.RESULT if _card_may_try(state):
            return charge(state, ByCard(event.uid), event.received_s)
        case ScreenName.COLLECT if state.collecting is not None and state.collecting.chosen is None:
            collecting = replace(state.collecting, looking=True, fault=None, found=())
            return replace(state, collecting=collecting), (fx.FindOrders(state.sale.id, card_uid=event.uid),)
        case ScreenName.COLLECT:
            return warned(state, Notice.PRESS_PAY_FIRST)
        case ScreenName.ENROL:
            return enrolling.on_card(state, event)
        case ScreenName.SALE if state.sale.cart.lines or state.keyed_minor:
            return warned(state, Notice.PRESS_PAY_FIRST)
        case _:
            return state, ()


def on_received(state: State, event: ev.ReceivedChosen) -> Step:
    if state.screen is not ScreenName.CASH or event.amount.minor < 0:
        return state, ()
    return replace(state, keyed_minor=event.amount.minor), ()


def on_cash_taken(state: State, _event: ev.CashTaken) -> Step:
    paying = state.paying
    if state.screen is not ScreenName.CASH or paying is None:
        return state, ()
    received = typed(state)
    try:
        change_for(paying.amount, received)
    except CashError:
        return warned(state, Notice.LESS_THAN_DUE)
    effect: fx.Effect
    if state.collecting is not None and state.collecting.chosen is not None:
        effect = fx.CollectInCash(state.sale.id, state.collecting.chosen.due_order, received)
    else:
        cart, mode = bought(state)
        effect = fx.SellForCash(state.sale.id, cart, paying.amount, received, mode, state.view.language)
    sale = replace(state.sale.before_payment, received=received)
    return replace(state, paying=replace(paying, in_flight=True), sale=sale), (effect,)


def on_finished(state: State, event: ev.SaleFinished) -> Step:
    if event.sale_id != state.sale.id or not state.in_flight or state.paying is None:
        return state, ()
    paying, outcome = state.paying, event.outcome
    state = replace(state, paying=None, keyed_minor=0, touched_s=state.now_s)
    if isinstance(outcome, SameMemberAgain):
        return lane.ask(state, outcome)
    state = _remembered(replace(state, sale=replace(state.sale, outcome=outcome)), paying, outcome)
    state = lane.counted(state, outcome) if state.lane else replace(state, screen=ScreenName.RESULT)
    if isinstance(outcome, Paid | CashSold | Collected):
        return state, (PlaySound(SoundKind.SUCCESS), LoadLevels())
    is_new_menu = isinstance(outcome, NotCharged) and outcome.reason is NotChargedReason.MENU_CHANGED
    reload: fx.Effect = LoadMenu() if is_new_menu else LoadLevels()
    return state, (PlaySound(SoundKind.FAILURE), reload)


def on_back(state: State, event: common.BackTouched) -> Step:
    """One step back; what was chosen or found stays. A payment that is being checked, or is made, has none."""
    match state.screen:
        case ScreenName.PAYING | ScreenName.CASH:
            to = _before_paying(state)
        case ScreenName.RESULT if isinstance(state.sale.outcome, NotCharged | NotCollected | Refused):
            to = _before_paying(state)
        case ScreenName.COLLECT:
            return next_sale(state), ()
        case ScreenName.ENROL:
            return enrolling.on_back(state, event)
        case _:
            return state, ()
    return replace(state, screen=to, paying=None, sale=state.sale.before_payment, keyed_minor=0), ()


def on_done(state: State, _event: common.DoneTouched) -> Step:
    """The result was read: the next customer. What is not known yet is asked after all the same."""
    has_end = state.screen is ScreenName.RESULT or (state.screen is ScreenName.LANE and state.sale.outcome is not None)
    return (next_sale(state) if has_end else state), ()


def _remembered(state: State, paying: Paying, outcome: Outcome) -> State:
    """What can be undone, and what is to be asked after."""
    until_s, lane_id = state.now_s + state.rules.undo_s, state.lane.id if state.lane else None
    match outcome:
        case Paid(order=order):
            return _undoable(state, Undoable(order, until_s, lane_id=lane_id))
        case CashSold(order=order, payment=made):
            return _undoable(state, Undoable(order, until_s, made.amount, lane_id))
        case Collected(order=order, paid=paid, made=made) if paid:
            in_cash = paid if made is None or made.method is PaymentMethod.COUNTER else None
            return _undoable(state, Undoable(order, until_s, in_cash, collected=made))
        case BeingChecked(payment_id=payment_id, total=total):
            return checked_later(state, Check(CheckKind.CARD, payment_id, total, 0.0, paying.card_end))
        case NotKnown(act_id=act_id):
            found = state.collecting.chosen if state.collecting else None
            kind = CheckKind.CASH if found is None else CheckKind.COLLECT
            check = Check(kind, act_id, paying.amount, 0.0, paying.card_end, found, received=state.sale.received)
            return checked_later(state, check)
        case _:
            return state


def _undoable(state: State, sale: Undoable) -> State:
    return replace(state, undoable=(sale, *state.undoable))


def _before_paying(state: State) -> ScreenName:
    if state.collecting is not None:
        return ScreenName.COLLECT
    return ScreenName.LANE if state.lane is not None else ScreenName.SALE


def _card_may_try(state: State) -> bool:
    return isinstance(state.sale.outcome, NotCharged) and state.sale.outcome.reason in _CARD_MAY_TRY


def _may_choose(state: State, method: PayMethod) -> bool:
    match state.screen:
        case ScreenName.SALE:
            return state.weighing is None
        case ScreenName.PAYING | ScreenName.CASH:
            return True
        case ScreenName.RESULT:
            return isinstance(state.sale.outcome, NotCharged)
        case ScreenName.COLLECT:
            return state.collecting is not None and state.collecting.chosen is not None
        case ScreenName.LANE:
            return method is PayMethod.CASH
        case ScreenName.ENROL:
            return False
