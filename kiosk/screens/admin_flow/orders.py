"""The section orders: finding one and looking at it, its papers again, what became of the last payments.

orders_state.py: what it shows. orders_events.py: events and effects. orders_giving_back.py: refund, void, cancelling.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from kiosk.domain.receipt import PaperKind
from kiosk.domain.staff import Permission
from kiosk.screens.admin_door import AdminEffect
from kiosk.screens.admin_flow import events as shell
from kiosk.screens.admin_flow import orders_events as ev
from kiosk.screens.admin_flow import orders_giving_back as giving_back
from kiosk.screens.admin_flow.orders_state import OrdersState
from kiosk.screens.admin_flow.orders_steps import loading, orders_of, shown
from kiosk.screens.admin_flow.state import AdminState
from kiosk.screens.admin_flow.steps import Handler, Step, acting
from kiosk.screens.flow import events as common
from kiosk.screens.flow.effects import CheckPayment, PlaySound, SoundKind
from kiosk.services import events as service
from kiosk.services.find_orders import NothingFound, OrderPage
from kiosk.services.journal import Fate
from kiosk.services.reprint import PrintingAgain

ASKS = frozenset({Permission.FIND_ORDERS})
MAX_TYPED = 8
LIST_AGAIN_S = 5.0
_HOUR = timedelta(hours=1)


def opened(state: AdminState) -> Step:
    """The newest are there at once: mostly it is about one of them."""
    newest = ev.FindNewest(state.visit, acting(state))
    return replace(state, open=OrdersState(page=newest)), (newest,)


# --- finding ---


def _on_typed(state: AdminState, event: ev.NumberTyped) -> Step:
    orders = orders_of(state)
    fits = orders.screen == "orders" and len(orders.typed) < MAX_TYPED and len(event.key) == 1 and event.key.isalnum()
    return shown(state, replace(orders, typed=orders.typed + event.key)) if fits else (state, ())


def _on_erased(state: AdminState, _event: ev.NumberErased) -> Step:
    orders = orders_of(state)
    return shown(state, replace(orders, typed=orders.typed[:-1]))


def _on_confirmed(state: AdminState, _event: ev.NumberConfirmed) -> Step:
    typed = orders_of(state).typed
    return _looking(state, ev.FindByNumber(state.visit, acting(state), typed)) if typed else (state, ())


def _on_newest(state: AdminState, _event: ev.NewestTouched) -> Step:
    return _looking(state, ev.FindNewest(state.visit, acting(state)))


def _on_older(state: AdminState, _event: ev.OlderTouched) -> Step:
    found = orders_of(state).found
    if not isinstance(found, OrderPage) or found.older is None:
        return state, ()
    return _looking(state, ev.FindNewest(state.visit, acting(state), found.older))


def _on_hour_earlier(state: AdminState, _event: ev.HourEarlierTouched) -> Step:
    """Before the last one that is shown."""
    found = orders_of(state).found
    if not isinstance(found, OrderPage) or not found.rows:
        return state, ()
    return _looking(state, ev.FindUntil(state.visit, acting(state), found.rows[-1].taken_at - _HOUR))


def _on_card(state: AdminState, event: service.CardPresented) -> Step:
    return _looking(state, ev.FindByCard(state.visit, acting(state), event.uid))


def _on_code(state: AdminState, event: service.CodeScanned) -> Step:
    return _looking(state, ev.FindByCode(state.visit, acting(state), event.text))


def _looking(state: AdminState, effect: AdminEffect) -> Step:
    """From the list, or from an order that is only looked at: the next customer stands there already."""
    orders = orders_of(state)
    if orders.looking or orders.in_flight or orders.screen not in ("orders", "order"):
        return state, ()
    page = effect if isinstance(effect, ev.FindNewest | ev.FindUntil) else None
    orders = OrdersState(typed=orders.typed, found=orders.found, page=page, being_found_out=orders.being_found_out)
    return replace(state, open=orders), (effect,)


def _on_found(state: AdminState, event: ev.OrdersFound) -> Step:
    """What was looked for is opened, if it is one alone."""
    orders = orders_of(state)
    if orders.screen != "orders" or not orders.looking:
        return state, ()
    orders = replace(orders, found=event.found, looking=False, typed="")
    state, _ = shown(state, orders)
    if isinstance(event.found, NothingFound):
        return state, (PlaySound(SoundKind.WARNING),)
    if len(event.found.rows) == 1 and not event.is_page:
        return loading(state, event.found.rows[0].id)
    return state, ()


# --- an order ---


def _on_order(state: AdminState, event: ev.OrderTouched) -> Step:
    return loading(state, event.order_id) if orders_of(state).screen == "orders" else (state, ())


def _on_loaded(state: AdminState, event: ev.OrderLoaded) -> Step:
    orders = orders_of(state)
    if isinstance(event.found, NothingFound):
        return shown(state, replace(orders, screen="orders", looking=False, found=event.found, details=None))
    is_open = orders.details is not None and orders.details.order.id == event.order_id
    if orders.screen == "orders" and orders.looking:
        return shown(state, replace(orders, screen="order", looking=False, details=event.found, ended=None))
    if orders.screen == "order" and is_open:
        return shown(state, replace(orders, details=event.found))
    return state, ()


def _on_print_again(state: AdminState, event: ev.PrintAgainTouched) -> Step:
    orders, staff = orders_of(state), acting(state)
    details = orders.details
    if orders.screen != "order" or details is None or orders.in_flight:
        return state, ()
    paper = next((p for p in details.papers if p.job_id == event.job_id and p.may_print_again), None)
    if paper is None:
        return state, ()
    is_kitchens = paper.kind is PaperKind.KITCHEN_TICKET
    if not staff.may(Permission.RESEND_TO_KITCHEN if is_kitchens else Permission.REPRINT):
        return state, ()
    kind = ev.SendToKitchen if is_kitchens else ev.Reprint
    state, _ = shown(state, replace(orders, in_flight=True, ended=None))
    return state, (kind(state.visit, staff, details.order.id, paper.job_id),)


def _on_paper_sent(state: AdminState, event: ev.PaperSent) -> Step:
    orders = orders_of(state)
    state, _ = shown(state, replace(orders, in_flight=False, ended=event.ended))
    sound = SoundKind.SUCCESS if isinstance(event.ended, PrintingAgain) else SoundKind.FAILURE
    return state, (PlaySound(sound), ev.LoadOrder(state.visit, acting(state), event.order_id))


def _on_print_job(state: AdminState, event: service.PrintJobChanged) -> Step:
    details = orders_of(state).details
    if details is None or details.order.id != event.order_id:
        return state, ()
    return state, (ev.LoadOrder(state.visit, acting(state), event.order_id),)


# --- payments ---


def _on_payments(state: AdminState, _event: ev.PaymentsTouched) -> Step:
    orders = orders_of(state)
    if orders.screen != "orders":
        return state, ()
    again_s = state.now_s + LIST_AGAIN_S
    state, _ = shown(state, replace(orders, screen="order_payments", payments=None, payments_again_s=again_s))
    return state, (ev.ListPayments(state.visit, acting(state)),)


def _on_listed(state: AdminState, event: ev.PaymentsListed) -> Step:
    return shown(state, replace(orders_of(state), payments=event.payments))


def _on_tick(state: AdminState, event: common.Tick) -> Step:
    """What is not known yet is asked after again: by the thread that makes payments, as it alone may settle them."""
    state, effects = giving_back.on_tick(state, event)
    orders = orders_of(state)
    if orders.screen != "order_payments" or orders.payments_again_s > event.now_s:
        return state, effects
    is_open = (p.payment_id for p in orders.payments or () if p.fate is Fate.BEING_CHECKED)
    asked = tuple(CheckPayment(payment_id) for payment_id in is_open)
    state, _ = shown(state, replace(orders, payments_again_s=event.now_s + LIST_AGAIN_S))
    return state, (*effects, *asked, ev.ListPayments(state.visit, acting(state)))


# --- back ---


def _on_back(state: AdminState, _event: shell.BackTouched) -> Step:
    """One screen back; from the list home, but not while it is unknown what became of somebody's money."""
    orders = orders_of(state)
    if orders.in_flight:
        return state, ()
    match orders.screen:
        case "order_back" if orders.giving_back is not None and orders.giving_back.typed is not None:
            return shown(state, replace(orders, giving_back=replace(orders.giving_back, typed=None)))
        case "order_back":
            return shown(state, replace(orders, screen="order", giving_back=None))
        case "order":
            return _looking(state, orders.page or ev.FindNewest(state.visit, acting(state)))
        case "order_payments":
            return shown(state, replace(orders, screen="orders"))
    return (state if orders.being_found_out else replace(state, section=None, open=None, notice=None)), ()


def _on_failed(state: AdminState, _event: shell.EffectFailed) -> Step:
    """The shell says so."""
    orders = orders_of(state)
    return shown(state, replace(orders, looking=False, in_flight=False))


HANDLERS: Mapping[type, Handler] = {
    ev.NumberTyped: _on_typed,
    ev.NumberErased: _on_erased,
    ev.NumberConfirmed: _on_confirmed,
    ev.NewestTouched: _on_newest,
    ev.OlderTouched: _on_older,
    ev.HourEarlierTouched: _on_hour_earlier,
    ev.OrderTouched: _on_order,
    ev.PrintAgainTouched: _on_print_again,
    ev.PaymentsTouched: _on_payments,
    ev.OrdersFound: _on_found,
    ev.OrderLoaded: _on_loaded,
    ev.PaperSent: _on_paper_sent,
    ev.PaymentsListed: _on_listed,
    shell.BackTouched: _on_back,
    shell.EffectFailed: _on_failed,
    service.CardPresented: _on_card,
    service.CodeScanned: _on_code,
    service.PrintJobChanged: _on_print_job,
    common.Tick: _on_tick,
    **giving_back.HANDLERS,
}
