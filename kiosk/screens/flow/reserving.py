"""What the cart needs is reserved when it is frozen, and let go when its customer does not pay it."""

from __future__ import annotations

from dataclasses import replace

from kiosk.screens.flow import effects as fx
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.ordering import Step
from kiosk.screens.flow.redeeming import total_of
from kiosk.screens.flow.state import FACE_SCREENS, ScreenName, State
from kiosk.services.outcomes import BeingChecked

_FREEZING = (ScreenName.CHECKOUT, ScreenName.PAYING, ScreenName.PROBLEM, *FACE_SCREENS)


def reserve_or_let_go(before: State, after: State, effects: tuple[fx.Effect, ...]) -> Step:
    """Whatever led to the checkout, or away from it. What was paid is let go with the sale."""
    if after.screen is ScreenName.CHECKOUT and not _is_frozen(before) and after.menu is not None:
        session = after.session
        effects = (*effects, fx.Reserve(session.id, session.cart, total_of(after)))
    elif _is_frozen(before) and not _is_frozen(after) and after.screen is not ScreenName.RESULT:
        effects = (*effects, fx.LetGo())
    return after, effects


def on_reserved(state: State, event: ev.CartReserved) -> Step:
    """There is not enough of something: the customer hears of it before paying. A payment under way says so itself."""
    is_stale = event.session_id != state.session.id or event.cart != state.session.cart
    is_settled = state.in_flight or isinstance(state.outcome, BeingChecked) or not _is_frozen(state)
    if event.short is None or is_stale or is_settled:
        return state, ()
    state = replace(state, screen=ScreenName.PROBLEM, paying=None, outcome=event.short, facing=None, editing=None)
    state = replace(state, choosing_coupon=False, touched_s=state.now_s)
    return state, (fx.PlaySound(fx.SoundKind.FAILURE), fx.LoadLevels())


def _is_frozen(state: State) -> bool:
    return state.screen in _FREEZING and bool(state.session.cart.lines)
