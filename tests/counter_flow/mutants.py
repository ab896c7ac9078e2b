"""Planted bugs of the counter's flow: the real flow with one thing wrong. Each must be found."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.counter import CounterLimits
from kiosk.screens.counter_flow import effects as fx
from kiosk.screens.counter_flow import events as ev
from kiosk.screens.counter_flow import step
from kiosk.screens.counter_flow.charging import charge
from kiosk.screens.counter_flow.state import ScreenName, State
from kiosk.screens.counter_flow.steps import Step, next_sale
from kiosk.screens.flow import events as common
from kiosk.screens.flow.effects import LetGo, Reserve
from kiosk.screens.flow.face_state import MOST_TRIES
from kiosk.services.events import CardPresented


def charges_whoever_taps_meanwhile(state: State, event: ev.CounterEvent) -> Step:
    """In the lane: a card that comes while another one is being charged is charged too, the same one as well."""
    if isinstance(event, CardPresented) and state.lane is not None:
        state = replace(state, paying=None)
    return step(state, event)


def undoes_at_any_time(state: State, event: ev.CounterEvent) -> Step:
    """The ten seconds never end."""
    state = replace(state, undoable=tuple(replace(sale, until_s=float("inf")) for sale in state.undoable))
    return step(state, event)


def undoes_what_is_newest(state: State, event: ev.CounterEvent) -> Step:
    """Whichever sale the button was shown for."""
    if isinstance(event, ev.UndoTouched) and state.undoable:
        event = ev.UndoTouched(state.undoable[0].order.id)
    return step(state, event)


def takes_too_little_cash(state: State, event: ev.CounterEvent) -> Step:
    """The change is below zero."""
    if isinstance(event, ev.CashTaken) and state.paying is not None and not state.in_flight:
        few = replace(state.paying, amount=state.paying.amount * 0)
        after, effects = step(replace(state, paying=few), event)
        if after.paying is not None:
            after = replace(after, paying=replace(after.paying, amount=state.paying.amount))
        asked = [replace(e, shown_total=state.paying.amount) if isinstance(e, fx.SellForCash) else e for e in effects]
        return after, tuple(asked)
    return step(state, event)


def takes_any_sum(state: State, event: ev.CounterEvent) -> Step:
    """The limits of what staff type are not looked at."""
    wild = replace(state, rules=replace(state.rules, limits=CounterLimits(10**9, 10**5)))
    after, effects = step(wild, event)
    return replace(after, rules=state.rules), effects


def next_drops_the_payment(state: State, event: ev.CounterEvent) -> Step:
    """Staff touch "next" while a payment is in flight, and nobody waits for its outcome any more."""
    if isinstance(event, common.DoneTouched) and state.in_flight:
        return next_sale(state), ()
    return step(state, event)


def asks_nobody(state: State, event: ev.CounterEvent) -> Step:
    """In the lane the same member again counts as meant."""
    after, effects = step(state, event)
    meant = tuple(replace(e, is_meant=True) if isinstance(e, fx.ChargeInLane) else e for e in effects)
    return after, meant


def charges_past_the_guard(state: State, event: ev.CounterEvent) -> Step:
    """In the lane, a card instead of cash after all is charged as in any other sale."""
    after, effects = step(state, event)
    if state.screen is ScreenName.CASH:
        effects = tuple(e.charge if isinstance(e, fx.ChargeInLane) else e for e in effects)
    return after, effects


def tries_whoever_stands_there(state: State, event: ev.CounterEvent) -> Step:
    """In the lane, who was refused is charged again with the next look."""
    if state.lane is not None:
        state = replace(state, lane=replace(state.lane, standing={}))
    return step(state, event)


def keeps_the_balance_shown(state: State, event: ev.CounterEvent) -> Step:
    """The next customer's is shown because the last one touched theirs."""
    after, effects = step(state, event)
    if state.sale.balance_shown and not isinstance(event, common.BalanceTouched):
        after = replace(after, sale=replace(after.sale, balance_shown=True))
    return after, effects


def gives_new_tries_with_each_look(state: State, event: ev.CounterEvent) -> Step:
    """Whoever types wrong digits looks again, and types on."""
    if isinstance(event, common.FaceTryAgainTouched):
        state = replace(state, sale=replace(state.sale, tries_left=MOST_TRIES))
    return step(state, event)


def charges_a_face_at_once(state: State, event: ev.CounterEvent) -> Step:
    """Whoever is recognised has no moment to say no."""
    after, effects = step(state, event)
    found = after.sale.facing.found if after.sale.facing else None
    if isinstance(event, common.FaceIdentified) and found is not None:
        after, more = charge(after, found.payer, after.now_s)
        return replace(after, sale=replace(after.sale, facing=None)), (*effects, *more)
    return after, effects


def keeps_what_was_given_up(state: State, event: ev.CounterEvent) -> Step:
    """Nobody else is sold what this counter's last customer did not want."""
    after, effects = step(state, event)
    return after, tuple(effect for effect in effects if not isinstance(effect, LetGo))


def reserves_with_the_payment(state: State, event: ev.CounterEvent) -> Step:
    """Staff hear only from the payment that there is not enough."""
    after, effects = step(state, event)
    return after, tuple(effect for effect in effects if not isinstance(effect, Reserve))


# Each with what the walk says of it.
MUTANTS = {
    keeps_what_was_given_up: "kept for a sale that was given up",
    reserves_with_the_payment: "asks for money and has reserved nothing",
    charges_whoever_taps_meanwhile: "a second payment started",
    undoes_at_any_time: "undone too late",
    undoes_what_is_newest: "another sale than was shown",
    takes_too_little_cash: "the change is below zero",
    takes_any_sum: "more than staff may type",
    next_drops_the_payment: "a payment in flight was dropped",
    asks_nobody: "without being asked",
    tries_whoever_stands_there: "while they stand there",
    keeps_the_balance_shown: "did not touch",
    charges_past_the_guard: "past the lane's guard",
    gives_new_tries_with_each_look: "more tries than there are",
    charges_a_face_at_once: "without a moment to cancel",
}
