"""A payment whose end is not known yet: asked after until it is, and said where its customer can still see it."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

from kiosk.domain.cart import EMPTY_CART
from kiosk.domain.loyalty import PointsRule
from kiosk.domain.order import Order
from kiosk.domain.payment import PaymentMethod, value_of
from kiosk.screens.flow import effects as fx
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.ordering import Step
from kiosk.screens.flow.state import Check, Redeeming, ScreenName, ShownPayment, State
from kiosk.services.journal import CardPayment, Fate, card_end
from kiosk.services.outcomes import BeingChecked, DueAtCounter, NotCharged, NotChargedReason, Paid

ASK_EVERY_S = 5.0
SHOWN_FOR_S = 60.0


def being_checked(state: State, outcome: BeingChecked) -> State:
    """From now on it is asked after, also when its customer has left."""
    shown = CardPayment(outcome.payment_id, card_end(state.last_payer), state.local or time(), Fate.BEING_CHECKED)
    check = Check(outcome.payment_id, state.now_s + ASK_EVERY_S)
    return replace(state, check=check, last_payment=ShownPayment(shown, None))


def on_tick(state: State) -> Step:
    """Ask again when it is time to; no longer say what was said for long enough."""
    shown, check = state.last_payment, state.check
    if shown is not None and shown.until_s is not None and shown.until_s <= state.now_s:
        state = replace(state, last_payment=None)
    if check is None or state.now_s < check.again_s:
        return state, ()
    state = replace(state, check=replace(check, again_s=state.now_s + ASK_EVERY_S))
    return state, (fx.CheckPayment(check.payment_id),)


def on_payment_checked(state: State, event: ev.PaymentChecked) -> Step:
    """To the customer who still waits for it; else on the attract screen, unless somebody else is ordering."""
    outcome, shown = state.outcome, state.last_payment
    if state.check is not None and state.check.payment_id == event.payment_id:
        state = replace(state, check=None)
    state = replace(state, last_payment=None, out_of_order=False)  # whoever could look it up has a disk that works
    if isinstance(outcome, BeingChecked) and outcome.payment_id == event.payment_id:
        return _told_to_the_customer(state, outcome, event.payment)
    payment = event.payment
    if payment is None and shown is not None and shown.payment.payment_id == event.payment_id:
        payment = replace(shown.payment, fate=Fate.NOT_CHARGED)
    if payment is None or state.screen is not ScreenName.ATTRACT:
        return state, ()
    return replace(state, last_payment=ShownPayment(payment, state.now_s + SHOWN_FOR_S)), ()


def _told_to_the_customer(state: State, checked: BeingChecked, payment: CardPayment | None) -> Step:
    state = replace(state, touched_s=state.now_s, idle_left_s=None)
    if payment is None or payment.order is None:
        return replace(state, outcome=NotCharged(NotChargedReason.CHECKED, checked.total)), (
            fx.PlaySound(fx.SoundKind.FAILURE),
            fx.LoadLevels(),
        )
    session = replace(state.session, cart=EMPTY_CART, redeeming=Redeeming())
    outcome = _settled(payment.order, payment, state.points_rule)
    return replace(state, screen=ScreenName.RESULT, session=session, outcome=outcome), (
        fx.PlaySound(fx.SoundKind.SUCCESS),
        fx.LoadLevels(),
    )


def _settled(order: Order, payment: CardPayment, rule: PointsRule) -> Paid | DueAtCounter:
    parts = payment.parts
    charged = value_of(parts, PaymentMethod.BALANCE, order.total.currency) if parts else order.total
    points = rule.points_for(charged)
    if payment.fate is Fate.DUE:
        return DueAtCounter(order, parts, None, points)
    return Paid(order, None, points, parts)
