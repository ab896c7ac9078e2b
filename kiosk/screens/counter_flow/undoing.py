"""Undo: a sale that was just made is voided, or an order is not collected after all; once, while it is offered."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from kiosk.domain.ids import OrderId
from kiosk.screens.counter_flow import effects as fx
from kiosk.screens.counter_flow import events as ev
from kiosk.screens.counter_flow import lane
from kiosk.screens.counter_flow.after_sale_state import Check, CheckKind, Undo, UndoEnd
from kiosk.screens.counter_flow.checking import checked_later
from kiosk.screens.counter_flow.state import Notice, State
from kiosk.screens.counter_flow.steps import Step, next_sale, warned
from kiosk.screens.flow.effects import LoadLevels, PlaySound, SoundKind
from kiosk.services.refund import Refunded
from kiosk.services.staff_acts import NotKnown, Refused
from kiosk.services.undo_collection import CollectionUndone


def on_tick(state: State) -> State:
    """No longer offered."""
    if all(sale.until_s > state.now_s for sale in state.undoable):
        return state
    return replace(state, undoable=tuple(sale for sale in state.undoable if sale.until_s > state.now_s))


def on_undo(state: State, event: ev.UndoTouched) -> Step:
    """The button names its sale: touched late, it does not undo the next one."""
    sale = next((sale for sale in state.undoable if sale.order.id == event.order_id), None)
    if state.undo is not None and state.undo.end is UndoEnd.UNDOING:
        return state, ()
    if sale is None or sale.until_s <= state.now_s:
        return warned(state, Notice.UNDO_TOO_LATE)
    others = tuple(other for other in state.undoable if other is not sale)
    return replace(state, undoable=others, undo=Undo(sale, UndoEnd.UNDOING)), (fx.Undo(sale),)


def on_finished(state: State, event: ev.UndoFinished) -> Step:
    undo = _answered(state, event.order_id)
    if undo is None:
        return state, ()
    match event.result:
        case Refunded() | CollectionUndone():
            state = _undone(state, undo)
            sound = SoundKind.SUCCESS
        case Refused():
            state = replace(state, undo=replace(undo, end=UndoEnd.REFUSED))
            sound = SoundKind.FAILURE
        case NotKnown(act_id=act_id):
            return _not_known(state, undo, act_id)
    state = replace(state, checks=tuple(c for c in state.checks if not _is_of(c, event.order_id)))
    return state, (PlaySound(sound), LoadLevels())


def on_seen(state: State, _event: ev.UndoSeen) -> Step:
    """Until it is known how it ended, it stays."""
    is_over = state.undo is not None and state.undo.end in (UndoEnd.UNDONE, UndoEnd.REFUSED)
    return (replace(state, undo=None) if is_over else state), ()


def _answered(state: State, order_id: OrderId) -> Undo | None:
    """Whose end that tells: of the undo in front, or of an earlier one that is not known yet, which is asked after
    again as long as another is in front that staff must see."""
    undo = state.undo
    if undo is not None and undo.sale.order.id == order_id:
        return undo if undo.end in (UndoEnd.UNDOING, UndoEnd.BEING_CHECKED) else None
    if undo is not None and undo.end is not UndoEnd.BEING_CHECKED:
        return None
    earlier = (check.undoing for check in state.checks if check.undoing is not None)
    sale = next((sale for sale in earlier if sale.order.id == order_id), None)
    return None if sale is None else Undo(sale, UndoEnd.BEING_CHECKED)


def _undone(state: State, undo: Undo) -> State:
    sale = undo.sale
    state = lane.uncounted(state, sale)
    if state.order is not None and state.order.id == sale.order.id and not state.in_flight:
        state = next_sale(state)  # "paid" is no longer true
    return replace(state, undo=replace(undo, end=UndoEnd.UNDONE))


def _not_known(state: State, undo: Undo, act_id: UUID) -> Step:
    is_new = undo.end is UndoEnd.UNDOING
    check = Check(CheckKind.UNDO, act_id, undo.sale.amount, 0.0, undoing=undo.sale)
    state = replace(checked_later(state, check), undo=replace(undo, end=UndoEnd.BEING_CHECKED))
    return state, (PlaySound(SoundKind.FAILURE),) if is_new else ()


def _is_of(check: Check, order_id: OrderId) -> bool:
    return check.undoing is not None and check.undoing.order.id == order_id
