"""Refund, void and cancelling an order: what goes where is shown first; then it is done once, and its end is shown.

Touched twice it is one act: while the service is at it, touches come too late. An end that is not known is asked after
under the same act until it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kiosk.domain.staff import Permission
from kiosk.screens.admin_flow import orders_events as ev
from kiosk.screens.admin_flow.orders_state import BackAsked, BackKind, BeingFoundOut, GivingBack
from kiosk.screens.admin_flow.orders_steps import orders_of, shown
from kiosk.screens.admin_flow.own_reason import (
    OwnReasonEvent,
    OwnReasonTouched,
    ReasonErased,
    ReasonTyped,
    typed_after,
)
from kiosk.screens.admin_flow.state import AdminState, Tone
from kiosk.screens.admin_flow.steps import Handler, Step, acting, noticed
from kiosk.screens.flow import events as common
from kiosk.screens.flow.effects import LoadLevels, PlaySound, SoundKind
from kiosk.services.counter_payment import CounterSettled
from kiosk.services.order_details import OrderDetails
from kiosk.services.refund import Refunded
from kiosk.services.staff_acts import NotKnown

ASK_EVERY_S = 5.0
NEEDS = {
    BackKind.REFUND: Permission.REFUND,
    BackKind.VOID: Permission.VOID_ORDERS,
    BackKind.CANCEL: Permission.VOID_ORDERS,
}


def can_give_back(details: OrderDetails, kind: BackKind) -> bool:
    """Whether the order allows it, whoever asks."""
    return {
        BackKind.REFUND: details.not_refundable is None,
        BackKind.VOID: details.is_voidable,
        BackKind.CANCEL: details.is_cancellable,
    }[kind]


def _on_give_back(state: AdminState, event: ev.GiveBackTouched) -> Step:
    """All that is left is chosen: mostly it is that."""
    orders, kind = orders_of(state), event.kind
    details = orders.details
    if orders.screen != "order" or orders.in_flight or orders.being_found_out or details is None:
        return state, ()
    if not can_give_back(details, kind) or not acting(state).may(NEEDS[kind]):
        return state, ()
    whole = dict.fromkeys(range(len(details.order.lines)), 0) | details.portions_left
    chosen = GivingBack(kind, details, whole, restock=kind is not BackKind.REFUND)
    return shown(state, replace(orders, screen="order_back", giving_back=chosen, ended=None))


def _on_portions(state: AdminState, event: ev.PortionsSet) -> Step:
    giving = orders_of(state).giving_back
    if giving is None or giving.kind is not BackKind.REFUND or orders_of(state).in_flight:
        return state, ()
    if not 0 <= event.quantity <= giving.details.portions_left.get(event.line, 0):
        return state, ()
    portions = {**giving.portions, event.line: event.quantity}
    return shown(state, replace(orders_of(state), giving_back=replace(giving, portions=portions)))


def _on_restock(state: AdminState, event: ev.RestockChosen) -> Step:
    giving = orders_of(state).giving_back
    if giving is None or giving.kind is not BackKind.REFUND or orders_of(state).in_flight:
        return state, ()
    return shown(state, replace(orders_of(state), giving_back=replace(giving, restock=event.restock)))


def _on_typing(state: AdminState, event: OwnReasonEvent) -> Step:
    orders, giving = orders_of(state), orders_of(state).giving_back
    if giving is None or orders.in_flight:
        return state, ()
    giving = replace(giving, typed=typed_after(giving.typed, event))
    return replace(state, open=replace(orders, giving_back=giving)), ()


def _on_reason(state: AdminState, event: ev.ReasonTouched) -> Step:
    orders, giving = orders_of(state), orders_of(state).giving_back
    if giving is None or orders.in_flight or not giving.is_ready or not event.reason.strip():
        return state, ()
    if not acting(state).may(NEEDS[giving.kind]):  # any more
        return state, ()
    asked = BackAsked(giving.kind, giving.details.order.id, giving.chosen, giving.restock, event.reason)
    state, _ = shown(state, replace(orders, in_flight=True))
    return state, (_effect(state, asked),)


def _on_given_back(state: AdminState, event: ev.GivenBack) -> Step:
    orders, asked = orders_of(state), event.asked
    if isinstance(event.ended, NotKnown):
        again = BeingFoundOut(event.ended.act_id, asked, state.now_s + ASK_EVERY_S)
        is_new = orders.being_found_out is None
        orders = replace(orders, screen="order", giving_back=None, in_flight=False, ended=event.ended)
        state, _ = shown(state, replace(orders, being_found_out=again))
        return state, (PlaySound(SoundKind.FAILURE),) if is_new else ()
    is_open = orders.details is not None and orders.details.order.id == asked.order_id
    orders = replace(orders, in_flight=False, being_found_out=None, ended=event.ended if is_open else orders.ended)
    if orders.screen == "order_back":
        orders = replace(orders, screen="order", giving_back=None)
    state, _ = shown(state, orders)
    done = isinstance(event.ended, Refunded | CounterSettled)
    if not is_open:
        state, told = noticed(state, event, Tone.POSITIVE if done else Tone.NEGATIVE)
        return state, (*told, LoadLevels())
    sound = PlaySound(SoundKind.SUCCESS if done else SoundKind.FAILURE)
    return state, (sound, LoadLevels(), ev.LoadOrder(state.visit, acting(state), asked.order_id))


def on_tick(state: AdminState, event: common.Tick) -> Step:
    """Ask again what is not known yet. Who lost the permission meanwhile cannot; the order's details will tell."""
    orders = orders_of(state)
    waiting = orders.being_found_out
    if waiting is None or waiting.again_s > event.now_s or not acting(state).may(NEEDS[waiting.asked.kind]):
        return state, ()
    later = replace(waiting, again_s=event.now_s + ASK_EVERY_S)
    effect = replace(_effect(state, waiting.asked), act_id=waiting.act_id)
    state, _ = shown(state, replace(orders, being_found_out=later))
    return state, (effect,)


def _effect(state: AdminState, asked: BackAsked) -> ev.Refund | ev.VoidOrder:
    kind = ev.Refund if asked.kind is BackKind.REFUND else ev.VoidOrder
    return kind(state.visit, acting(state), asked)


HANDLERS: Mapping[type, Handler] = {
    ev.GiveBackTouched: _on_give_back,
    ev.PortionsSet: _on_portions,
    ev.RestockChosen: _on_restock,
    **dict.fromkeys((OwnReasonTouched, ReasonTyped, ReasonErased), _on_typing),
    ev.ReasonTouched: _on_reason,
    ev.GivenBack: _on_given_back,
}
