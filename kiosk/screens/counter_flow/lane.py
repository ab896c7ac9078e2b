"""The fixed-price lane: each tap or look is charged the same, and the next one may come at once."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.ids import MemberId
from kiosk.domain.money import Money
from kiosk.domain.order import Order
from kiosk.domain.payer import ByFace
from kiosk.screens.counter_flow import events as ev
from kiosk.screens.counter_flow.after_sale_state import Undoable
from kiosk.screens.counter_flow.bill import cart_total
from kiosk.screens.counter_flow.charging import charge
from kiosk.screens.counter_flow.selling import with_typed_sum
from kiosk.screens.counter_flow.state import (
    Ended,
    Lane,
    LaneEnd,
    Notice,
    Outcome,
    ScreenName,
    State,
)
from kiosk.screens.counter_flow.steps import Step, next_sale, noticed
from kiosk.screens.flow.effects import PlaySound, SoundKind
from kiosk.services.counter_sale import CashSold
from kiosk.services.lane import SameMemberAgain
from kiosk.services.outcomes import BeingChecked, NotCharged, Paid
from kiosk.services.staff_acts import NotKnown

MOST_ENDS = 5
_STANDS_S = 10.0  # whoever was not seen for so long has gone, whoever else stood there meanwhile


def on_started(state: State, _event: ev.LaneStarted) -> Step:
    if state.screen is not ScreenName.SALE or state.weighing is not None:
        return state, ()
    state = with_typed_sum(state)
    cart, total = state.sale.cart, cart_total(state)
    if not total or state.keyed_minor:
        return noticed(state, Notice.NOTHING_TO_PAY), ()
    lane = Lane(cart, total, state.sale.dining_mode, Money.zero(total.currency), id=state.sale.id)
    return next_sale(replace(state, lane=lane)), ()


def on_stopped(state: State, _event: ev.LaneStopped) -> Step:
    return (next_sale(replace(state, lane=None)) if state.lane else state), ()


def ask(state: State, again: SameMemberAgain) -> Step:
    """Staff are to say whether the same member is meant to pay once more."""
    if state.lane is None:
        return state, ()
    state = stood_there(state, _by_face(state))
    state = replace(state, lane=replace(state.lane, asking=again) if state.lane else None)
    return state, (PlaySound(SoundKind.WARNING),)


def awaits_answer(state: State) -> bool:
    """Whether staff say what is to become of whoever stands there: of a member who was here before, or of one who was
    refused by their face, which is not tried again by itself."""
    if state.lane is None or state.in_flight:
        return False
    return state.lane.asking is not None or (isinstance(state.sale.outcome, NotCharged) and _by_face(state) is not None)


def on_answered(state: State, event: ev.AgainAnswered) -> Step:
    if not awaits_answer(state) or event.sale_id != state.sale.id:
        return state, ()
    if not event.charge or state.sale.payer is None:
        return next_sale(stood_there(state, _by_face(state))), ()
    return charge(state, state.sale.payer, state.now_s, name=state.sale.payer_name, is_meant=True)


def still_stands(state: State, member_id: MemberId) -> bool:
    """Nothing new: how it ended for them has been shown, and they have not gone since."""
    seen_s = state.lane.standing.get(member_id) if state.lane else None
    return seen_s is not None and state.now_s - seen_s < _STANDS_S


def stood_there(state: State, member_id: MemberId | None) -> State:
    """Just now."""
    if state.lane is None or member_id is None:
        return state
    standing = {other: seen_s for other, seen_s in state.lane.standing.items() if still_stands(state, other)}
    return replace(state, lane=replace(state.lane, standing={**standing, member_id: state.now_s}))


def _by_face(state: State) -> MemberId | None:
    return state.sale.payer.member_id if isinstance(state.sale.payer, ByFace) else None


def counted(state: State, outcome: Outcome) -> State:
    """Back on the lane's screen with that end."""
    lane = state.lane
    if lane is not None:
        lane = replace(lane, ends=(_ended(outcome), *lane.ends)[:MOST_ENDS], ended=lane.ended + 1)
    if lane is not None and isinstance(outcome, Paid | CashSold):
        order = outcome.order
        lane = replace(lane, paid=lane.paid + 1, taken=lane.taken + order.total)
    state = replace(state, screen=ScreenName.LANE, lane=lane)
    by_card = outcome.order.member_id if isinstance(outcome, Paid) else None
    return stood_there(state, _by_face(state) or by_card)


def _ended(outcome: Outcome) -> Ended:
    if isinstance(outcome, Paid | CashSold):
        return Ended(LaneEnd.PAID, outcome.order)
    return Ended(LaneEnd.NOT_KNOWN if isinstance(outcome, BeingChecked | NotKnown) else LaneEnd.NOT_PAID)


def uncounted(state: State, sale: Undoable) -> State:
    """It was undone; a lane that is over counts nothing any more."""
    lane, order = state.lane, sale.order
    if lane is None or lane.id != sale.lane_id:
        return state
    ends = tuple(Ended(LaneEnd.UNDONE, order) if _is_of(ended, order) else ended for ended in lane.ends)
    return replace(state, lane=replace(lane, paid=lane.paid - 1, taken=lane.taken - order.total, ends=ends))


def _is_of(ended: Ended, order: Order) -> bool:
    return ended.order is not None and ended.order.id == order.id
