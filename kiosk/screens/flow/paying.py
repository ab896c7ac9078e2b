"""From the checkout to one of: paid, due at the counter, not charged, being checked."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.cart import EMPTY_CART
from kiosk.domain.money import Money
from kiosk.domain.payer import ByCard, ByFace, Payer
from kiosk.domain.payment import PaymentMethod, PaymentPart, value_of, with_balance
from kiosk.screens.flow import effects as fx
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.checking import being_checked
from kiosk.screens.flow.ordering import Step, noticed, usual_now
from kiosk.screens.flow.redeeming import chosen_parts, money_to_pay, total_of, without
from kiosk.screens.flow.state import FACE_SCREENS, Customer, Notice, Paying, PayMethod, Redeeming, ScreenName, State
from kiosk.services.outcomes import BeingChecked, DueAtCounter, NotCharged, NotChargedReason, Paid


def on_checkout(state: State, _event: ev.CheckoutOpened) -> Step:
    if not state.session.cart.lines or state.screen is not ScreenName.MENU:
        return state, ()
    return replace(state, screen=ScreenName.CHECKOUT, editing=None), ()


def on_dining_mode(state: State, event: ev.DiningModeChosen) -> Step:
    return replace(state, session=replace(state.session, dining_mode=event.mode)), ()


def on_method(state: State, event: ev.MethodChosen) -> Step:
    if not may_pay(state) or state.menu is None:
        return state, ()
    if event.method is PayMethod.CARD:
        waiting = Paying(PayMethod.CARD, in_flight=False)
        return replace(state, screen=ScreenName.PAYING, paying=waiting, outcome=None, editing=None, facing=None), ()
    if event.method is PayMethod.CARD_AND_COUNTER:
        return _pay_in_part(state)
    session, total = state.session, total_of(state)
    payer = session.customer.payer if session.customer else None
    chosen = chosen_parts(state)
    if payer is not None and chosen and not _central_was_away(state):
        return _pay(state, payer, state.now_s, (*chosen, *_at_counter(money_to_pay(state))))
    effect = fx.TakeOrderForCounter(session.id, payer, session.cart, total, session.dining_mode, session.view.language)
    return _started(state, PayMethod.COUNTER), (effect,)


def on_member_payment(state: State, _event: ev.MemberPaymentChosen) -> Step:
    """By the card that was tapped. (By face: facing.start_payment.)"""
    customer = state.session.customer
    if customer is None or not isinstance(customer.payer, ByCard) or not may_pay(state):
        return state, ()
    return pay(state, customer.payer, state.now_s)


def with_usual(state: State) -> State | None:
    """The usual is what there is to pay; None where it cannot be had."""
    usual = usual_now(state)
    if state.session.customer is None or usual is None or state.screen is not ScreenName.MEMBER:
        return None
    return replace(state, session=replace(state.session, cart=usual, redeeming=Redeeming()))


def pay(state: State, payer: Payer, received_s: float) -> Step:
    """Charge them what the screen says. Another person is charged no more than that either: with points or a coupon in
    the sum, they first learn what the order costs without them."""
    session, chosen = state.session, chosen_parts(state)
    if session.customer and not _is_customer(session.customer, payer):
        state = replace(state, session=replace(session, balance_shown=False, redeeming=Redeeming()))
        if chosen and not state.in_flight:
            to = ScreenName.CHECKOUT if session.cart.lines else state.screen
            state = replace(state, screen=to, paying=None, outcome=None, editing=None, choosing_coupon=False)
            return noticed(state, Notice.OTHER_CARD), (fx.PlaySound(fx.SoundKind.WARNING),)
    return _pay(state, payer, received_s, chosen_parts(state))


def _is_customer(customer: Customer, payer: Payer) -> bool:
    if isinstance(payer, ByFace):
        return customer.member.id == payer.member_id
    return customer.payer == payer


def _pay_in_part(state: State) -> Step:
    """What the customer was just told that they can pay, and the rest at the counter."""
    failed = state.outcome
    if not isinstance(failed, NotCharged) or state.last_payer is None:
        return state, ()
    card_pays = failed.card_can_pay
    if card_pays is None or failed.total != total_of(state):
        return state, ()
    kept = tuple(part for part in failed.parts if part.method in (PaymentMethod.POINTS, PaymentMethod.COUPON))
    others = (*kept, *_at_counter(failed.money - card_pays))
    return _pay(state, state.last_payer, state.now_s, others)


def _at_counter(rest: Money) -> tuple[PaymentPart, ...]:
    return (PaymentPart(PaymentMethod.COUNTER, rest),) if rest else ()


def _pay(state: State, payer: Payer, received_s: float, others: tuple[PaymentPart, ...]) -> Step:
    """Hand the cart to the checkout service, once: while one is in flight nothing starts another."""
    session = state.session
    if state.in_flight or not session.cart.lines or state.menu is None:
        return state, ()
    what = (session.cart, total_of(state), session.dining_mode, session.view.language, others)
    effect: fx.PayByCard | fx.PayByFace
    if isinstance(payer, ByCard):
        method, effect = PayMethod.CARD, fx.PayByCard(session.id, payer.uid, received_s, *what)
    else:
        method, effect = PayMethod.FACE, fx.PayByFace(session.id, payer, *what)
    state = _started(state, method)
    paying = Paying(method, in_flight=True, amount=_charged(total_of(state), others))
    return replace(state, paying=paying, last_payer=payer), (effect,)


def _charged(total: Money, others: tuple[PaymentPart, ...]) -> Money:
    return value_of(with_balance(others, total), PaymentMethod.BALANCE, total.currency)


def on_checkout_finished(state: State, event: ev.CheckoutFinished) -> Step:
    if event.session_id != state.session.id or not state.in_flight:
        return state, ()
    state = replace(state, paying=None, outcome=event.outcome, touched_s=state.now_s)
    if isinstance(event.outcome, BeingChecked):
        state = being_checked(state, event.outcome)
    match event.outcome:
        case Paid() | DueAtCounter():
            session = replace(state.session, cart=EMPTY_CART, redeeming=Redeeming())
            state = replace(state, screen=ScreenName.RESULT, session=session)
            return state, (fx.PlaySound(fx.SoundKind.SUCCESS), fx.LoadLevels())
        case NotCharged(reason=NotChargedReason.MENU_CHANGED):
            reload: fx.Effect = fx.LoadMenu()
        case NotCharged(reason=NotChargedReason.POINTS_INSUFFICIENT):
            state, reload = without(state, PaymentMethod.POINTS), fx.LoadLevels()
        case NotCharged(reason=NotChargedReason.COUPON_NOT_VALID):
            state, reload = without(state, PaymentMethod.COUPON), fx.LoadLevels()
        case _:
            reload = fx.LoadLevels()
    return replace(state, screen=ScreenName.PROBLEM), (fx.PlaySound(fx.SoundKind.FAILURE), reload)


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
    return replace(state, screen=to, paying=None, outcome=None, editing=None, choosing_coupon=False), ()


def _started(state: State, method: PayMethod) -> State:
    return replace(
        state,
        screen=ScreenName.PAYING,
        paying=Paying(method, in_flight=True),
        outcome=None,
        paper=None,
        editing=None,
        choosing_coupon=False,
        facing=None,
    )


def _central_was_away(state: State) -> bool:
    """It would not give points or a coupon now either; the counter takes the order without them."""
    failed = state.outcome
    away = (NotChargedReason.CENTRAL_UNREACHABLE, NotChargedReason.CENTRAL_REFUSED)
    return isinstance(failed, NotCharged) and failed.reason in away


def may_pay(state: State) -> bool:
    """Not while it is unknown whether the sale before was charged."""
    settles = state.screen in (ScreenName.CHECKOUT, ScreenName.PAYING, ScreenName.PROBLEM, *FACE_SCREENS)
    return settles and bool(state.session.cart.lines) and not isinstance(state.outcome, BeingChecked)
