"""From the checkout to one of: paid, due at the counter, not charged, being checked."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.cart import EMPTY_CART
from kiosk.domain.pricing import price_cart
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.checking import being_checked
from kiosk.screens.flow.ordering import Step, usual_now
from kiosk.screens.flow.state import Paying, PayMethod, ScreenName, State
from kiosk.services.outcomes import BeingChecked, DueAtCounter, NotCharged, NotChargedReason, Paid


def on_checkout(state: State, _event: ev.CheckoutOpened) -> Step:
    if not state.session.cart.lines or state.screen is not ScreenName.MENU:
        return state, ()
    return replace(state, screen=ScreenName.CHECKOUT, editing=None), ()


def on_dining_mode(state: State, event: ev.DiningModeChosen) -> Step:
    return replace(state, session=replace(state.session, dining_mode=event.mode)), ()


def on_method(state: State, event: ev.MethodChosen) -> Step:
    if not _may_pay(state) or state.menu is None:
        return state, ()
    if event.method is PayMethod.CARD:
        waiting = Paying(PayMethod.CARD, in_flight=False)
        return replace(state, screen=ScreenName.PAYING, paying=waiting, outcome=None, editing=None), ()
    session = state.session
    uid = session.customer.card_uid if session.customer else None
    total = price_cart(session.cart, state.menu).total
    effect = ev.TakeOrderForCounter(session.id, uid, session.cart, total, session.dining_mode, session.view.language)
    return _started(state, PayMethod.COUNTER), (effect,)


def on_member_payment(state: State, _event: ev.MemberPaymentChosen) -> Step:
    customer = state.session.customer
    if customer is None or not _may_pay(state):
        return state, ()
    return pay_by_card(state, customer.card_uid, state.now_s)


def on_usual(state: State, _event: ev.UsualChosen) -> Step:
    customer, usual = state.session.customer, usual_now(state)
    if customer is None or usual is None or state.screen is not ScreenName.MEMBER:
        return state, ()
    session = replace(state.session, cart=usual)
    return pay_by_card(replace(state, session=session), customer.card_uid, state.now_s)


def pay_by_card(state: State, card_uid: str, received_s: float) -> Step:
    """Hand the cart to the checkout service, once: while one is in flight nothing starts another."""
    session = state.session
    if state.in_flight or not session.cart.lines or state.menu is None:
        return state, ()
    total = price_cart(session.cart, state.menu).total
    mode, language = session.dining_mode, session.view.language
    effect = ev.PayByCard(session.id, card_uid, received_s, session.cart, total, mode, language)
    if session.customer and session.customer.card_uid != card_uid:
        state = replace(state, session=replace(session, balance_shown=False))  # another person's card
    return replace(_started(state, PayMethod.CARD), last_card_uid=card_uid), (effect,)


def on_checkout_finished(state: State, event: ev.CheckoutFinished) -> Step:
    if event.session_id != state.session.id or not state.in_flight:
        return state, ()
    state = replace(state, paying=None, outcome=event.outcome, touched_s=state.now_s)
    if isinstance(event.outcome, BeingChecked):
        state = being_checked(state, event.outcome)
    match event.outcome:
        case Paid() | DueAtCounter():
            session = replace(state.session, cart=EMPTY_CART)
            state = replace(state, screen=ScreenName.RESULT, session=session)
            return state, (ev.PlaySound(ev.SoundKind.SUCCESS), ev.LoadLevels())
        case NotCharged(reason=NotChargedReason.MENU_CHANGED):
            reload: ev.Effect = ev.LoadMenu()
        case _:
            reload = ev.LoadLevels()
    return replace(state, screen=ScreenName.PROBLEM), (ev.PlaySound(ev.SoundKind.FAILURE), reload)


def on_back(state: State, _event: ev.BackTouched) -> Step:
    if isinstance(state.outcome, BeingChecked):
        return state, ()
    to = {
        ScreenName.MEMBER: ScreenName.MENU,
        ScreenName.CHECKOUT: ScreenName.MENU,
        ScreenName.PAYING: ScreenName.CHECKOUT,
        ScreenName.PROBLEM: ScreenName.CHECKOUT,
    }.get(state.screen)
    if to is None:
        return state, ()
    if to is ScreenName.CHECKOUT and not state.session.cart.lines:
        to = ScreenName.MENU
    return replace(state, screen=to, paying=None, outcome=None, editing=None), ()


def _started(state: State, method: PayMethod) -> State:
    return replace(
        state,
        screen=ScreenName.PAYING,
        paying=Paying(method, in_flight=True),
        outcome=None,
        paper=None,
        editing=None,
    )


def _may_pay(state: State) -> bool:
    """Not while it is unknown whether the sale before was charged."""
    settles = state.screen in (ScreenName.CHECKOUT, ScreenName.PAYING, ScreenName.PROBLEM)
    return settles and bool(state.session.cart.lines) and not isinstance(state.outcome, BeingChecked)
