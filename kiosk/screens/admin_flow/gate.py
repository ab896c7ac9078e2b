"""Getting in: staff number and PIN as one number, or a card."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.staff import MAX_ENTRY_DIGITS
from kiosk.screens.admin_flow import effects as fx
from kiosk.screens.admin_flow import events as ev
from kiosk.screens.admin_flow import home
from kiosk.screens.admin_flow.state import AdminState, Gate
from kiosk.screens.admin_flow.steps import Step
from kiosk.screens.flow.effects import PlaySound, SoundKind
from kiosk.services import events as service
from kiosk.services.entry import Entered, NotEntered, PinWanted, Refusal


def on_digit(state: AdminState, event: ev.DigitTyped) -> Step:
    gate = state.gate
    fits = len(gate.card_number + gate.typed) < MAX_ENTRY_DIGITS and event.digit.isdecimal()
    if not takes_a_try(state) or not fits:
        return state, ()
    return replace(state, gate=replace(gate, typed=gate.typed + event.digit, refusal=None)), ()


def on_erase(state: AdminState, _event: ev.EraseTouched) -> Step:
    """Where nothing is typed, the card is forgotten."""
    gate = state.gate
    if state.staff is not None or gate.checking:
        return state, ()
    card_number = gate.card_number if gate.typed else ""
    return replace(state, gate=replace(gate, typed=gate.typed[:-1], card_number=card_number)), ()


def on_confirmed(state: AdminState, _event: ev.PinConfirmed) -> Step:
    gate = state.gate
    if not takes_a_try(state) or not gate.typed:
        return state, ()
    asked = replace(state, gate=replace(gate, typed="", checking=True, refusal=None))
    return asked, (fx.EnterByPin(state.visit, gate.card_number + gate.typed),)


def on_card(state: AdminState, event: service.CardPresented) -> Step:
    """Also while PINs have to wait: a card is no try at a PIN."""
    if state.staff is not None or state.gate.checking:
        return state, ()
    return replace(state, gate=replace(state.gate, typed="", checking=True)), (fx.EnterByCard(state.visit, event.uid),)


def on_answered(state: AdminState, event: ev.EntryAnswered) -> Step:
    if state.staff is not None or not state.gate.checking:
        return state, ()
    gate = replace(state.gate, checking=False, refusal=None)
    match event.outcome:
        case Entered(staff):
            return home.entered(replace(state, gate=Gate(), staff=staff))
        case PinWanted(number):
            return replace(state, gate=replace(gate, card_number=number)), ()
        case NotEntered(refusal, wait_s):
            told = Gate(refusal=refusal, wait_until_s=max(gate.wait_until_s, state.now_s + wait_s))
            return replace(state, gate=told), (PlaySound(SoundKind.FAILURE),)


def on_failed(state: AdminState) -> Step:
    """What asked could not be answered: nobody got in."""
    return replace(state, gate=Gate(refusal=Refusal.STORAGE_FAILED, wait_until_s=state.gate.wait_until_s)), ()


def takes_a_try(state: AdminState) -> bool:
    """Somebody may type a PIN now."""
    gate = state.gate
    return state.staff is None and not gate.checking and state.now_s >= gate.wait_until_s
