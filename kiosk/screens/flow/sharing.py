"""The separate yes on the consent screen: is the face known at the site's other terminals too (docs/decisions/0008)?"""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.face_consent import ConsentPurpose
from kiosk.screens.flow import account_events as wanted
from kiosk.screens.flow.ordering import Step
from kiosk.screens.flow.state import ScreenName, State
from kiosk.services.consent_text import PURPOSES


def is_asked(state: State) -> bool:
    """Only where this terminal shares faces."""
    return state.face_policy.shares


def was_agreed(state: State) -> bool:
    """The member's face is shared: only a deletion takes that back."""
    had = state.account.seen.face.consent if state.account and state.account.seen else None
    return had is not None and had.is_shared


def is_ticked(state: State) -> bool:
    return was_agreed(state) or (state.enrolling is not None and state.enrolling.shares)


def on_touched(state: State, _event: wanted.SharingTouched) -> Step:
    enrolling = state.enrolling
    if enrolling is None or state.screen is not ScreenName.FACE_CONSENT or enrolling.waiting:
        return state, ()
    if not is_asked(state) or was_agreed(state):
        return state, ()
    return replace(state, enrolling=replace(enrolling, shares=not enrolling.shares)), ()


def purposes(state: State) -> tuple[ConsentPurpose, ...]:
    """What is agreed to: what the text is about, and what was ticked."""
    return (*PURPOSES, ConsentPurpose.SHARING) if is_ticked(state) else PURPOSES
