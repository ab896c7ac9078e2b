"""What a sale's dishes need is reserved when money is asked for, and let go when it is not paid. It goes on beside the
paying, which does not wait for it on the screen.

In the lane nothing is reserved ahead: each tap is the freeze and the payment in one, and the charge asks for what it
needs. Typed sums need nothing, and an order of another terminal took its portions there.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.stock import portions_in_cart
from kiosk.screens.counter_flow import effects as fx
from kiosk.screens.counter_flow.bill import cart_total
from kiosk.screens.counter_flow.state import ScreenName, State
from kiosk.screens.counter_flow.steps import Step
from kiosk.screens.flow import events as common
from kiosk.screens.flow.effects import LetGo, LoadLevels, PlaySound, Reserve, SoundKind
from kiosk.services.outcomes import NotCharged, NotChargedReason

_ASKING = (ScreenName.PAYING, ScreenName.CASH)


def reserve_or_let_go(before: State, after: State, effects: tuple[fx.Effect, ...]) -> Step:
    """Whatever led to the payment, or away from it. What was paid is let go with the sale."""
    begins = after.screen in _ASKING and _is_frozen(after) and (not _is_frozen(before) or _was_short(before))
    if begins and not after.in_flight:
        effects = (*effects, Reserve(after.sale.id, after.sale.cart, cart_total(after)))
    elif _is_frozen(before) and not _is_frozen(after) and after.order is None:
        effects = (*effects, LetGo())
    return after, effects


def on_reserved(state: State, event: common.CartReserved) -> Step:
    """There is not enough of something: staff hear of it before anybody pays. A payment under way says so itself."""
    is_stale = event.session_id != state.sale.id or event.cart != state.sale.cart
    if event.short is None or is_stale or state.in_flight or state.screen not in _ASKING or not _is_frozen(state):
        return state, ()
    sale = replace(state.sale.before_payment, outcome=event.short)
    state = replace(state, screen=ScreenName.RESULT, paying=None, sale=sale, keyed_minor=0)
    return state, (PlaySound(SoundKind.FAILURE), LoadLevels())


def _is_frozen(state: State) -> bool:
    """Money is asked for dishes of this counter's own, and they are not sold."""
    is_own = state.lane is None and state.collecting is None
    is_asked = state.screen in _ASKING or (state.screen is ScreenName.RESULT and state.order is None)
    return is_own and is_asked and bool(portions_in_cart(state.sale.cart))


def _was_short(state: State) -> bool:
    """Staff were told, and ask for the money all the same: there may be more by now."""
    return isinstance(state.sale.outcome, NotCharged) and state.sale.outcome.reason is NotChargedReason.SOLD_OUT
