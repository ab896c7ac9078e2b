"""From the checkout to one of: paid, due at the counter, not charged, being checked."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.cart import EMPTY_CART
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.ordering import Step
from kiosk.screens.flow.state import Paying, PayMethod, ScreenName, State
from kiosk.services.outcomes import DueAtCounter, Paid


def on_checkout(state: State, _event: ev.CheckoutOpened) -> Step:
    if not state.session.cart.lines:
        return state, ()
    return replace(state, screen=ScreenName.CHECKOUT, editing=None, outcome=None), ()


def on_dining_mode(state: State, event: ev.DiningModeChosen) -> Step:
    return replace(state, session=replace(state.session, dining_mode=event.mode)), ()


def on_method(state: State, event: ev.MethodChosen) -> Step:
    if state.screen not in (ScreenName.CHECKOUT, ScreenName.PAYING, ScreenName.PROBLEM) or _in_flight(state):
        return state, ()
    if not state.session.cart.lines:
        return state, ()
    if event.method is PayMethod.CARD:
        waiting = Paying(PayMethod.CARD, in_flight=False)
        return replace(state, screen=ScreenName.PAYING, paying=waiting, outcome=None), ()
    session = state.session
    uid = session.customer.card_uid if session.customer else None
    effect = ev.TakeOrderForCounter(session.id, uid, session.cart, session.dining_mode, session.view.language)
    return _started(state, PayMethod.COUNTER), (effect,)


def on_member_payment(state: State, _event: ev.MemberPaymentChosen) -> Step:
    customer = state.session.customer
    if customer is None or state.screen not in (ScreenName.CHECKOUT, ScreenName.PAYING, ScreenName.PROBLEM):
        return state, ()
    return pay_by_card(state, customer.card_uid, state.now_s)


def on_usual(state: State, _event: ev.UsualChosen) -> Step:
    customer = state.session.customer
    if customer is None or customer.usual is None or state.screen is not ScreenName.MEMBER:
        return state, ()
    session = replace(state.session, cart=customer.usual)
    return pay_by_card(replace(state, session=session), customer.card_uid, state.now_s)


def pay_by_card(state: State, card_uid: str, received_s: float) -> Step:
    """Hand the cart to the checkout service, once: while one is in flight nothing starts another."""
    session = state.session
    if _in_flight(state) or not session.cart.lines:
        return state, ()
    effect = ev.PayByCard(session.id, card_uid, received_s, session.cart, session.dining_mode, session.view.language)
    return replace(_started(state, PayMethod.CARD), last_card_uid=card_uid), (effect,)


def on_checkout_finished(state: State, event: ev.CheckoutFinished) -> Step:
    if event.session_id != state.session.id:
        return state, ()
    done = isinstance(event.outcome, Paid | DueAtCounter)
    sound = ev.SoundKind.SUCCESS if done else ev.SoundKind.FAILURE
    screen = ScreenName.RESULT if done else ScreenName.PROBLEM
    session = replace(state.session, cart=EMPTY_CART) if done else state.session
    state = replace(state, session=session, screen=screen, paying=None, outcome=event.outcome, touched_s=state.now_s)
    return state, (ev.PlaySound(sound), ev.LoadLevels())


def on_back(state: State, _event: ev.BackTouched) -> Step:
    if _in_flight(state):
        return state, ()
    to = {
        ScreenName.MEMBER: ScreenName.MENU,
        ScreenName.CHECKOUT: ScreenName.MENU,
        ScreenName.PAYING: ScreenName.CHECKOUT,
        ScreenName.PROBLEM: ScreenName.CHECKOUT,
    }.get(state.screen)
    if to is None:
        return state, ()
    return replace(state, screen=to, paying=None, outcome=None), ()


def _started(state: State, method: PayMethod) -> State:
    return replace(
        state,
        screen=ScreenName.PAYING,
        paying=Paying(method, in_flight=True),
        outcome=None,
        paper=None,
        editing=None,
    )


def _in_flight(state: State) -> bool:
    return state.paying is not None and state.paying.in_flight
