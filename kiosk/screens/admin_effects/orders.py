"""Orders: finding, giving back, printing again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from kiosk.domain.staff import NotPermitted
from kiosk.screens.admin_door import AdminEffect, AdminEvent
from kiosk.screens.admin_effects.acts import new_act_id, staff_act
from kiosk.screens.admin_effects.services import AdminServices
from kiosk.screens.admin_flow import orders_events as ev
from kiosk.screens.admin_flow.orders_state import BackKind, Ended
from kiosk.services.ports import StorageFailed
from kiosk.services.staff_acts import NotKnown

log = logging.getLogger(__name__)


def _newest(effect: ev.FindNewest, services: AdminServices) -> ev.OrdersFound:
    found = services.find_orders.newest(effect.by, effect.before)
    return ev.OrdersFound(effect.visit, found, is_page=True)


def _until(effect: ev.FindUntil, services: AdminServices) -> ev.OrdersFound:
    return ev.OrdersFound(effect.visit, services.find_orders.until(effect.by, effect.moment), is_page=True)


def _by_number(effect: ev.FindByNumber, services: AdminServices) -> ev.OrdersFound:
    return ev.OrdersFound(effect.visit, services.find_orders.by_number(effect.by, effect.typed))


def _by_card(effect: ev.FindByCard, services: AdminServices) -> ev.OrdersFound:
    return ev.OrdersFound(effect.visit, services.find_orders.by_card(effect.by, effect.uid))


def _by_code(effect: ev.FindByCode, services: AdminServices) -> ev.OrdersFound:
    return ev.OrdersFound(effect.visit, services.find_orders.by_code(effect.by, effect.text))


def _load(effect: ev.LoadOrder, services: AdminServices) -> ev.OrderLoaded:
    return ev.OrderLoaded(effect.visit, effect.order_id, services.find_orders.details(effect.by, effect.order_id))


def _give_back(effect: ev.Refund | ev.VoidOrder, services: AdminServices) -> ev.GivenBack:
    """A fault of ours in the middle leaves it unknown, as the disk does."""
    asked = effect.asked
    act = staff_act(services, effect.by, effect.act_id, asked.reason)
    try:
        if asked.kind is BackKind.REFUND:
            portions, restock = asked.portions, asked.restock
            ended: Ended = services.refunds.refund(act, asked.order_id, portions, restock=restock, by=effect.by)
        elif asked.kind is BackKind.VOID:
            ended = services.refunds.void(act, asked.order_id, by=effect.by)
        else:
            ended = services.counter_payments.cancel(act, asked.order_id, by=effect.by)
    except NotPermitted:
        raise
    except Exception:
        log.exception("give_back_failed")
        ended = NotKnown(act.id)
    return ev.GivenBack(effect.visit, asked, ended)


def _reprint(effect: ev.Reprint, services: AdminServices) -> ev.PaperSent:
    ended = services.reprints.reprint(effect.by, new_act_id(services), effect.job_id)
    return ev.PaperSent(effect.visit, effect.order_id, ended)


def _send_to_kitchen(effect: ev.SendToKitchen, services: AdminServices) -> ev.PaperSent:
    ended = services.reprints.send_to_kitchen(effect.by, new_act_id(services), effect.job_id)
    return ev.PaperSent(effect.visit, effect.order_id, ended)


def _list_payments(effect: ev.ListPayments, services: AdminServices) -> ev.PaymentsListed:
    try:
        return ev.PaymentsListed(effect.visit, services.payments_lately.list(effect.by))
    except StorageFailed:
        return ev.PaymentsListed(effect.visit, None)


RUNS: Mapping[type[AdminEffect], Callable[[Any, AdminServices], AdminEvent | None]] = {
    ev.FindNewest: _newest,
    ev.FindUntil: _until,
    ev.FindByNumber: _by_number,
    ev.FindByCard: _by_card,
    ev.FindByCode: _by_code,
    ev.LoadOrder: _load,
    ev.Refund: _give_back,
    ev.VoidOrder: _give_back,
    ev.Reprint: _reprint,
    ev.SendToKitchen: _send_to_kitchen,
    ev.ListPayments: _list_payments,
}
