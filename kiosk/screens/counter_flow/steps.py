"""What the steps of the counter's flow share."""

from __future__ import annotations

from dataclasses import replace

from kiosk.screens.counter_flow import effects as fx
from kiosk.screens.counter_flow.state import Notice, Sale, ScreenName, ShownNotice, State
from kiosk.screens.flow.effects import PlaySound, SoundKind
from kiosk.services.outcomes import NotCharged
from kiosk.services.staff_acts import Refused

NOTICE_S = 4.0
Step = tuple[State, tuple[fx.Effect, ...]]


def noticed(state: State, notice: Notice) -> State:
    return replace(state, notice=ShownNotice(notice, state.now_s + NOTICE_S))


def warned(state: State, notice: Notice) -> Step:
    """To somebody who may be looking elsewhere."""
    return noticed(state, notice), (PlaySound(SoundKind.WARNING),)


def next_sale(state: State) -> State:
    """The next customer's: empty, or the lane's fixed price. What can be undone and what is being checked stays."""
    lane = state.lane
    return replace(
        state,
        sale=Sale(state.sale.id + 1),
        screen=ScreenName.LANE if lane else ScreenName.SALE,
        lane=replace(lane, asking=None) if lane else None,
        keyed_minor=0,
        weighing=None,
        paying=None,
        collecting=None,
        enrolment=None,
    )


def begun_anew(state: State) -> State:
    """On a result that was seen, the first touch of pad or dish begins the next sale; or goes on with this one, when
    nothing of it was charged."""
    if state.screen is not ScreenName.RESULT:
        return state
    if isinstance(state.sale.outcome, NotCharged | Refused) and state.collecting is None and state.lane is None:
        return replace(state, screen=ScreenName.SALE, sale=state.sale.before_payment)
    return next_sale(state)
