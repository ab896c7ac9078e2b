"""A customer comes, is greeted, reads as they like, and leaves; the idle warning between."""

from __future__ import annotations

import math
from dataclasses import replace

from kiosk.domain.face_consent import ConsentPurpose
from kiosk.domain.payer import ByCard
from kiosk.domain.pricing import price_cart
from kiosk.domain.receipt import PaperKind
from kiosk.screens.flow import effects as fx
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.ordering import Step, noticed
from kiosk.screens.flow.paying import pay
from kiosk.screens.flow.serving import at_meal_time
from kiosk.screens.flow.state import (
    FACE_SCREENS,
    Browsing,
    Customer,
    Notice,
    Redeeming,
    ScreenName,
    Session,
    State,
    View,
)
from kiosk.services import events as service
from kiosk.services.identify import CardIsBlocked, CardNotKnown, Identified
from kiosk.services.outcomes import BeingChecked, NotCharged, NotChargedReason

_READING = 3  # times as long


def next_customer(state: State) -> State:
    """A clean attract screen: cart, member, language, text size and layout are the next person's."""
    return replace(
        state,
        session=Session(state.session.id + 1, state.home_view),
        screen=ScreenName.ATTRACT,
        browsing=Browsing(),
        editing=None,
        choosing_coupon=False,
        paying=None,
        outcome=None,
        paper=None,
        last_payer=None,
        facing=None,
        account=None,
        enrolling=None,
        staff_present=None,
        notice=None,
        idle_left_s=None,
    )


def on_tick(state: State, event: ev.Tick) -> Step:
    state = at_meal_time(replace(state, now_s=event.now_s, local=event.local))
    if state.notice and state.notice.until_s <= event.now_s:
        state = replace(state, notice=None)
    quiet_s = event.now_s - state.touched_s
    if state.screen is ScreenName.RESULT:
        return (next_customer(state) if quiet_s >= state.idle.result_s else state), ()
    if state.screen is ScreenName.ATTRACT and quiet_s >= state.idle.warn_after_s:
        return _viewed(state, state.home_view), ()
    if not _may_time_out(state):
        return replace(state, idle_left_s=None), ()
    left_s = _patience_s(state) + state.idle.count_s - quiet_s
    if left_s <= 0:
        return next_customer(state), ()
    if left_s > state.idle.count_s:
        return replace(state, idle_left_s=None), ()
    effects = (fx.PlaySound(fx.SoundKind.WARNING),) if state.idle_left_s is None else ()
    return replace(state, idle_left_s=math.ceil(left_s)), effects


def _patience_s(state: State) -> float:
    """A text that is to be read whole takes longer."""
    return state.idle.warn_after_s * (_READING if state.screen is ScreenName.FACE_CONSENT else 1)


def _may_time_out(state: State) -> bool:
    return state.screen is not ScreenName.ATTRACT and not state.in_flight


def on_touched(state: State, event: ev.Touched) -> Step:
    """Any touch proves somebody is here; while the warning shows only its own buttons decide."""
    if state.idle_left_s is not None:
        return state, ()
    return replace(state, now_s=event.now_s, touched_s=event.now_s), ()


def on_more_time(state: State, _event: ev.MoreTimeTouched) -> Step:
    return replace(state, idle_left_s=None, touched_s=state.now_s), ()


def on_cancel(state: State, _event: ev.CancelTouched) -> Step:
    return next_customer(state), ()


def on_done(state: State, _event: ev.DoneTouched) -> Step:
    shows_end = state.screen is ScreenName.RESULT or isinstance(state.outcome, BeingChecked)
    return (next_customer(state) if shows_end else state), ()


def on_started(state: State, _event: ev.OrderingStarted) -> Step:
    begins = (ScreenName.ATTRACT, ScreenName.MEMBER, *FACE_SCREENS)
    if state.menu is None or state.out_of_order or state.screen not in begins:
        return state, ()
    return replace(state, screen=ScreenName.MENU, touched_s=state.now_s, last_payment=None), ()


def on_card(state: State, event: service.CardPresented) -> Step:
    """What a card means depends on where the customer is: hello, or pay."""
    state = replace(state, now_s=max(state.now_s, event.received_s), touched_s=max(state.now_s, event.received_s))
    state = replace(state, idle_left_s=None)
    if state.out_of_order:
        return state, ()
    match state.screen:
        case ScreenName.CHECKOUT | ScreenName.PAYING:
            return pay(state, ByCard(event.uid), event.received_s)
        case ScreenName.FACE_LOOK | ScreenName.FACE_DIGITS | ScreenName.FACE_CONFIRM:
            return _on_card_instead(state, event)
        case ScreenName.PROBLEM if not isinstance(state.outcome, BeingChecked):
            return pay(state, ByCard(event.uid), event.received_s)
        case ScreenName.RESULT if ByCard(event.uid) != state.last_payer:
            state = next_customer(state)
            return state, (fx.Identify(state.session.id, event.uid),)
        case ScreenName.ATTRACT | ScreenName.MENU | ScreenName.MEMBER | ScreenName.ACCOUNT:
            return state, (fx.Identify(state.session.id, event.uid),)
        case _:
            return state, ()


def _on_card_instead(state: State, event: service.CardPresented) -> Step:
    """The card is always offered beside the face: whatever the look was for, the card does it."""
    if state.facing is not None and state.facing.purpose is ConsentPurpose.PAYING:
        return pay(replace(state, facing=None, screen=ScreenName.CHECKOUT), ByCard(event.uid), event.received_s)
    state = replace(state, facing=None, screen=ScreenName.ATTRACT)
    return state, (fx.Identify(state.session.id, event.uid),)


def on_identified(state: State, event: ev.CustomerIdentified) -> Step:
    if event.session_id != state.session.id:
        return state, ()
    match event.identity:
        case CardNotKnown():
            return noticed(state, Notice.CARD_UNKNOWN), (fx.PlaySound(fx.SoundKind.FAILURE),)
        case CardIsBlocked():
            return noticed(state, Notice.CARD_BLOCKED), (fx.PlaySound(fx.SoundKind.FAILURE),)
        case Identified() as found:
            return greet(state, found), (fx.PlaySound(fx.SoundKind.SUCCESS),)


def greet(state: State, found: Identified) -> State:
    """Another card's balance, or another face's, was not asked for."""
    before = state.session.customer
    known = before is not None and before.payer == found.payer
    is_same = before is not None and before.member.id == found.member.id
    balance_shown = known and state.session.balance_shown
    customer = Customer(found.member, found.payer, found.set_aside)
    redeeming = state.session.redeeming if known else Redeeming()
    session = replace(state.session, customer=customer, balance_shown=balance_shown, redeeming=redeeming)
    state = replace(state, session=session, last_payment=None)
    if state.screen is ScreenName.ACCOUNT and not is_same:
        return replace(state, screen=ScreenName.MEMBER, account=None)
    if state.screen is ScreenName.ACCOUNT:
        return state
    if state.screen in (ScreenName.ATTRACT, ScreenName.MEMBER) and state.menu is not None:
        return replace(state, screen=ScreenName.MEMBER)
    return noticed(state, Notice.WELCOME)


def on_balance(state: State, _event: ev.BalanceTouched) -> Step:
    session = replace(state.session, balance_shown=not state.session.balance_shown)
    return replace(state, session=session), ()


def on_language(state: State, event: ev.LanguageChosen) -> Step:
    if event.language not in ("zh", "en"):
        return state, ()
    return _viewed(state, replace(state.session.view, language=event.language)), ()


def on_text_size(state: State, event: ev.TextSizeChosen) -> Step:
    return _viewed(state, replace(state.session.view, text_size=event.text_size)), ()


def on_contrast(state: State, event: ev.ContrastChosen) -> Step:
    return _viewed(state, replace(state.session.view, high_contrast=event.high)), ()


def on_layout(state: State, event: ev.LayoutChosen) -> Step:
    return _viewed(state, replace(state.session.view, low_layout=event.low)), ()


def _viewed(state: State, view: View) -> State:
    return replace(state, session=replace(state.session, view=view))


def on_health(state: State, event: service.DeviceHealthChanged) -> Step:
    return replace(state, devices={**state.devices, event.health.name: event.health}), ()


def on_camera(state: State, event: service.CameraWatching) -> Step:
    others = state.cameras_on - {event.camera}
    return replace(state, cameras_on=others | {event.camera} if event.is_on else others), ()


def on_face_readiness(state: State, event: service.FaceReadinessChanged) -> Step:
    return replace(state, face=event.readiness), ()


def on_print_job(state: State, event: service.PrintJobChanged) -> Step:
    """Only the paper of the customer who stands here matters; while a payment is in flight it may be anyone's."""
    ours = state.order.id == event.order_id if state.order else state.in_flight
    if not ours or event.kind is PaperKind.KITCHEN_TICKET:
        return state, ()
    return replace(state, paper=event), ()


def on_storage_stopped(state: State, _event: service.StorageStopped) -> Step:
    """Whoever is choosing is told at once, not when they want to pay. A payment under way ends by its own outcome, and
    a number that is shown stays to be read."""
    state = replace(state, out_of_order=True)
    told = state.screen in (ScreenName.ATTRACT, ScreenName.RESULT) or isinstance(state.outcome, BeingChecked)
    if told or state.in_flight or state.menu is None:
        return state, ()
    total = price_cart(state.session.cart, state.menu).total
    outcome = NotCharged(NotChargedReason.STORAGE_FAILED, total)
    state = replace(state, screen=ScreenName.PROBLEM, outcome=outcome, paying=None, editing=None, idle_left_s=None)
    state = replace(state, account=None, enrolling=None)
    return replace(state, touched_s=state.now_s), (fx.PlaySound(fx.SoundKind.FAILURE),)


def on_link(state: State, event: service.CentralLinkChanged) -> Step:
    return replace(state, link=event.state), ()
