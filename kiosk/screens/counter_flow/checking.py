"""What is not known yet: asked after until it is, and said to staff even when its customer was sent on."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from kiosk.domain.ids import PaymentId
from kiosk.domain.money import Money
from kiosk.screens.counter_flow import effects as fx
from kiosk.screens.counter_flow import events as ev
from kiosk.screens.counter_flow.after_sale_state import Check, CheckKind, FoundOut
from kiosk.screens.counter_flow.state import Outcome, State
from kiosk.screens.counter_flow.steps import Step
from kiosk.screens.flow import events as common
from kiosk.screens.flow.effects import CheckPayment, LoadLevels, PlaySound, SoundKind
from kiosk.services.outcomes import BeingChecked, NotCharged, NotChargedReason, Paid
from kiosk.services.staff_acts import NotKnown

ASK_EVERY_S = 5.0
MOST_FOUND_OUT = 20


def checked_later(state: State, check: Check) -> State:
    """From now on it is asked after."""
    return replace(state, checks=(*ended(state, check.id).checks, replace(check, again_s=state.now_s + ASK_EVERY_S)))


def ended(state: State, id_: UUID) -> State:
    """Nobody asks after that any more."""
    return replace(state, checks=tuple(check for check in state.checks if check.id != id_))


def on_tick(state: State) -> Step:
    """Ask again when it is time to."""
    asked = tuple(check for check in state.checks if check.again_s <= state.now_s)
    for check in asked:
        state = checked_later(state, check)
    return state, tuple(_question(check) for check in asked)


def on_payment_checked(state: State, event: common.PaymentChecked) -> Step:
    """Also what the start found of the last run, which nobody here asked after."""
    payment = event.payment
    order = payment.order if payment else None
    check = _of(state, event.payment_id)
    state = replace(ended(state, event.payment_id), out_of_order=False)  # whoever could look has a disk that works
    if isinstance(state.sale.outcome, BeingChecked) and state.sale.outcome.payment_id == event.payment_id:
        parts = payment.parts if payment else ()
        return _shown(state, Paid(order, None, 0, parts) if order else _not_charged(state.sale.outcome.total))
    if check is not None:
        return _told(state, FoundOut(check.kind, check.amount, order, check.card_end)), ()
    if payment is None:
        return state, ()
    return _told(state, FoundOut(CheckKind.CARD, order.total if order else None, order, payment.card_end)), ()


def on_act_checked(state: State, event: ev.ActChecked) -> Step:
    check = _of(state, event.act_id)
    if check is None:
        return state, ()
    state = replace(ended(state, event.act_id), out_of_order=False)
    if isinstance(state.sale.outcome, NotKnown) and state.sale.outcome.act_id == event.act_id:
        return _shown(state, event.done or _not_charged(check.amount))
    order = event.done.order if event.done else None
    return _told(state, FoundOut(check.kind, check.amount, order, received=check.received)), ()


def on_seen(state: State, _event: ev.FoundOutSeen) -> Step:
    return replace(state, found_out=state.found_out[1:]), ()


def _of(state: State, id_: UUID) -> Check | None:
    return next((check for check in state.checks if check.id == id_), None)


def _question(check: Check) -> fx.Effect:
    if check.kind is CheckKind.UNDO and check.undoing is not None:
        return fx.Undo(check.undoing, check.id)
    if check.kind is CheckKind.COLLECT and check.found is not None:
        return fx.CheckCollected(check.id, check.found.due_order)
    return fx.CheckCash(check.id) if check.kind is CheckKind.CASH else CheckPayment(PaymentId(check.id))


def _not_charged(amount: Money) -> NotCharged:
    return NotCharged(NotChargedReason.CHECKED, amount)


def _shown(state: State, outcome: Outcome) -> Step:
    """To the customer who still waits for it."""
    kind = SoundKind.FAILURE if isinstance(outcome, NotCharged) else SoundKind.SUCCESS
    state = replace(state, sale=replace(state.sale, outcome=outcome), touched_s=state.now_s)
    return state, (PlaySound(kind), LoadLevels())


def _told(state: State, found: FoundOut) -> State:
    return replace(state, found_out=(*state.found_out, found)[-MOST_FOUND_OUT:])
