"""What is due is handed to a service, to be taken from a member: of a sale, of an order that was found, in the lane."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.cart import CartError
from kiosk.domain.payer import Payer
from kiosk.domain.pricing import price_cart
from kiosk.screens.counter_flow import effects as fx
from kiosk.screens.counter_flow.bill import bought, due
from kiosk.screens.counter_flow.state import Notice, Paying, PayMethod, ScreenName, State
from kiosk.screens.counter_flow.steps import Step, next_sale, noticed
from kiosk.screens.flow.effects import PlaySound, SoundKind
from kiosk.services.journal import card_end


def charge(state: State, payer: Payer, received_s: float, *, name: str = "", is_meant: bool = False) -> Step:
    """Once: while one is in flight nothing starts another. In the lane whoever comes is the next customer, also where
    staff were about to take cash. `name`: the payer's, masked, who was recognised by their face. `is_meant`: staff said
    that somebody who was here before is charged again."""
    if state.in_flight:
        return state, ()
    if state.lane is not None:
        state = while_price_holds(next_sale(state))
        if state.lane is None:
            return state, (PlaySound(SoundKind.WARNING),)
    screen = ScreenName.LANE if state.lane is not None else ScreenName.PAYING
    effect = _effect(state, payer, received_s, is_meant=is_meant)
    paying = Paying(PayMethod.MEMBER, due(state), in_flight=True, card_end=card_end(payer))
    sale = replace(state.sale.before_payment, payer=payer, payer_name=name)
    return replace(state, screen=screen, paying=paying, sale=sale, keyed_minor=0, touched_s=state.now_s), (effect,)


def while_price_holds(state: State) -> State:
    """The lane ends when the menu has another price now. Whoever is being charged, or reads how that ended, comes
    first."""
    lane, menu = state.lane, state.menu
    if lane is None or menu is None or state.in_flight or state.sale.outcome is not None:
        return state
    try:
        is_same = price_cart(lane.cart, menu).total == lane.price
    except CartError:
        is_same = False
    return state if is_same else noticed(next_sale(replace(state, lane=None)), Notice.MENU_CHANGED)


def _effect(state: State, payer: Payer, received_s: float, *, is_meant: bool) -> fx.Effect:
    amount = due(state)
    if state.collecting is not None and state.collecting.chosen is not None:
        return fx.CollectFromBalance(state.sale.id, state.collecting.chosen.due_order, payer, received_s)
    cart, mode = bought(state)
    charged = fx.Charge(state.sale.id, payer, received_s, cart, amount, mode, state.view.language)
    return charged if state.lane is None else fx.ChargeInLane(charged, is_meant)
