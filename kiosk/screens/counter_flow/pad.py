"""The number pad: a sum of the sale, cash handed over, grams, an order's number or a
guardian's, by what is in front."""

from __future__ import annotations

from dataclasses import replace

from kiosk.screens.counter_flow import enrolling, selling
from kiosk.screens.counter_flow import events as ev
from kiosk.screens.counter_flow.collecting_state import Collecting
from kiosk.screens.counter_flow.state import Notice, ScreenName, State, Weighing
from kiosk.screens.counter_flow.steps import Step, begun_anew, noticed

MAX_RECEIVED_MINOR = 1_000_000
MAX_NUMBER_CHARS = 8


def on_digits(state: State, event: ev.DigitsTyped) -> Step:
    typed = event.digits.upper()
    if not (typed.isascii() and typed.isalnum() and len(typed) <= 2):
        return state, ()
    if state.screen is ScreenName.COLLECT:
        return _number_typed(state, typed), ()
    if not typed.isdecimal():
        return state, ()
    if state.screen is ScreenName.ENROL:
        return enrolling.phone_typed(state, typed), ()
    state = begun_anew(state)
    if state.weighing is not None:
        return _grams_typed(state, state.weighing, typed), ()
    return _sum_typed(state, typed), ()


def on_erase(state: State, _event: ev.EraseTouched) -> Step:
    if state.screen is ScreenName.COLLECT and state.collecting is not None:
        return replace(state, collecting=replace(state.collecting, number=state.collecting.number[:-1])), ()
    if state.screen is ScreenName.ENROL:
        return enrolling.phone_erased(state), ()
    if state.weighing is not None:
        return replace(state, weighing=replace(state.weighing, grams=state.weighing.grams // 10)), ()
    return replace(state, keyed_minor=state.keyed_minor // 10), ()


def on_clear(state: State, _event: ev.ClearTouched) -> Step:
    if state.screen is ScreenName.COLLECT:
        return replace(state, collecting=Collecting()), ()
    if state.weighing is not None:
        return replace(state, weighing=replace(state.weighing, grams=0)), ()
    if state.screen is ScreenName.SALE and not state.keyed_minor:
        return selling.cleared(state), ()
    return replace(state, keyed_minor=0), ()


def _sum_typed(state: State, digits: str) -> State:
    most = {
        ScreenName.SALE: state.rules.limits.largest_sum_minor,
        ScreenName.CASH: MAX_RECEIVED_MINOR,
    }.get(state.screen)
    if most is None:
        return state
    keyed_minor = int(f"{state.keyed_minor}{digits}")
    return noticed(state, Notice.SUM_TOO_LARGE) if keyed_minor > most else replace(state, keyed_minor=keyed_minor)


def _grams_typed(state: State, weighing: Weighing, digits: str) -> State:
    grams = int(f"{weighing.grams}{digits}")
    if grams > state.rules.limits.largest_weight_g:
        return noticed(state, Notice.WEIGHT_TOO_LARGE)
    return replace(state, weighing=replace(weighing, grams=grams))


def _number_typed(state: State, typed: str) -> State:
    """A letter and digits ("A037"); what was found before belongs to another number."""
    collecting = state.collecting
    if collecting is None or collecting.looking or collecting.chosen is not None:
        return state
    number = (collecting.number + typed)[:MAX_NUMBER_CHARS]
    return replace(state, collecting=Collecting(number))
