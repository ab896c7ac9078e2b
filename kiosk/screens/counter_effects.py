"""Runs what a counter's flow wants done, beside what it has in common with a self-service terminal's.

What is paid, in whatever way, and what is undone goes through one thread, one after the other.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Protocol
from uuid import UUID

from kiosk.domain.due_order import DueOrder, order_of
from kiosk.domain.ids import CollectionId, CounterPaymentId, PaymentId, uuid7
from kiosk.screens.admin_door import AdminEffect
from kiosk.screens.counter_flow import effects as fx
from kiosk.screens.counter_flow import events as ev
from kiosk.screens.counter_flow.after_sale_state import Undoable
from kiosk.screens.counter_flow.collecting_state import FoundOrder
from kiosk.screens.counter_flow.state import Outcome
from kiosk.screens.effects import EffectRunner, Services
from kiosk.screens.flow import effects as common_fx
from kiosk.screens.flow.effects import SoundKind
from kiosk.services.checkout import CheckoutRequest
from kiosk.services.collect_order import CollectOrders
from kiosk.services.collected import Collected, NotCollected, NotCollectedReason
from kiosk.services.counter_sale import CashSales
from kiosk.services.due_orders import FindDueOrders, Found
from kiosk.services.lane import Lane, SameMemberAgain
from kiosk.services.outcomes import BeingChecked, NotCharged, NotChargedReason
from kiosk.services.ports import StorageFailed
from kiosk.services.refund import Refunded, Refunds
from kiosk.services.staff_acts import NotKnown, Refused, StaffAct
from kiosk.services.undo_collection import CollectionUndone, UndoCollections

log = logging.getLogger(__name__)


class CounterServices(Services, Protocol):
    """What effects are run with at a counter."""

    @property
    def cash_sales(self) -> CashSales: ...
    @property
    def lane(self) -> Lane: ...
    @property
    def refunds(self) -> Refunds: ...
    @property
    def due_orders(self) -> FindDueOrders: ...
    @property
    def collect_orders(self) -> CollectOrders: ...
    @property
    def undo_collections(self) -> UndoCollections: ...


class CounterEffects(EffectRunner):
    """`staff` sells and undoes, by name or number; `undo_reason` is said of what is undone (kiosk.domain.text)."""

    def __init__(
        self,
        services: Callable[[], CounterServices],
        post: Callable[[Any], None],
        play_sound: Callable[[SoundKind], None],
        staff: str,
        undo_reason: str,
    ) -> None:
        super().__init__(services, post, play_sound)
        self._counter = services
        self._staff = staff
        self._undo_reason = undo_reason

    def __call__(self, effect: common_fx.Effect | fx.Effect | AdminEffect) -> None:
        """Start it and return at once."""
        match effect:
            case fx.Charge():
                self._run(self._payments, lambda: ev.SaleFinished(effect.sale_id, self._charge(effect)))
            case fx.ChargeInLane(charge, is_meant):
                self._run(
                    self._payments,
                    lambda: ev.SaleFinished(charge.sale_id, self._charge(charge, in_lane=True, is_meant=is_meant)),
                )
            case fx.SellForCash():
                self._run(self._payments, lambda: ev.SaleFinished(effect.sale_id, self._sell(effect)))
            case fx.CheckCash(sold_by):
                self._run(self._payments, lambda: self._check_cash(sold_by))
            case fx.FindOrders():
                # With the payments: what asks central for orders also claims them there, on one thread.
                self._run(self._payments, lambda: ev.OrdersFound(effect.sale_id, self._find(effect)))
            case fx.CollectFromBalance() | fx.CollectInCash():
                self._run(self._payments, lambda: ev.SaleFinished(effect.sale_id, self._collect(effect)))
            case fx.CheckCollected(made_by, due_order):
                self._run(self._payments, lambda: self._check_collected(made_by, due_order))
            case fx.Undo(sale, act_id):
                self._run(self._payments, lambda: ev.UndoFinished(sale.order.id, self._undo(sale, act_id)))
            case _:  # the same as at a self-service terminal
                super().__call__(effect)

    def _charge(self, effect: fx.Charge, *, in_lane: bool = False, is_meant: bool = False) -> Outcome | SameMemberAgain:
        """A fault of ours in the middle leaves it unknown, once it was begun."""
        services = self._counter()
        request = CheckoutRequest(effect.cart, effect.shown_total, effect.dining_mode, effect.language)
        try:
            if in_lane:
                return services.lane.charge(request, effect.payer, is_meant=is_meant)
            return services.checkout.pay(request, effect.payer)
        except Exception:
            log.exception("charge_failed")
            if services.checkout.begun is not None:
                return BeingChecked(services.checkout.begun, effect.shown_total)
            return NotCharged(NotChargedReason.STORAGE_FAILED, effect.shown_total)

    def _sell(self, effect: fx.SellForCash) -> Outcome:
        act = self._act()
        request = CheckoutRequest(effect.cart, effect.shown_total, effect.dining_mode, effect.language)
        try:
            return self._counter().cash_sales.sell(act, request, effect.received)
        except Exception:
            log.exception("cash_sale_failed")
            return NotKnown(act.id)

    def _check_cash(self, act_id: UUID) -> ev.ActChecked | None:
        """None: it cannot be found out yet; the flow asks again."""
        try:
            return ev.ActChecked(act_id, self._counter().cash_sales.find(act_id))
        except StorageFailed:
            return None

    def _find(self, effect: fx.FindOrders) -> tuple[FoundOrder, ...] | NotCollected:
        services = self._counter()
        try:
            if effect.slip:
                found: DueOrder | Found | NotCollected = services.due_orders.by_slip(effect.slip)
            elif effect.card_uid:
                found = services.due_orders.by_card(effect.card_uid)
            else:
                found = services.due_orders.by_number(effect.number)
            if isinstance(found, NotCollected):
                return found
            with services.store.transaction() as tx:
                menu = tx.menus.current()
        except Exception:
            log.exception("orders_not_found")
            return NotCollected(NotCollectedReason.STORAGE_FAILED)
        due_orders = (found,) if isinstance(found, DueOrder) else found
        return tuple(FoundOrder(due, order_of(due, menu)) for due in due_orders)

    def _collect(self, effect: fx.CollectFromBalance | fx.CollectInCash) -> Outcome:
        act, collect = self._act(), self._counter().collect_orders
        try:
            if isinstance(effect, fx.CollectInCash):
                return collect.take_cash(act, effect.due_order, effect.received)
            return collect.pay(act, effect.due_order, effect.payer)
        except Exception:
            log.exception("collect_failed")
            return NotKnown(act.id)

    def _check_collected(self, act_id: UUID, due_order: DueOrder) -> ev.ActChecked | None:
        """None: it cannot be found out yet; the flow asks again."""
        services = self._counter()
        try:
            services.journal.check(PaymentId(act_id))  # settles what was left open, on a store that works again
            with services.store.transaction() as tx:
                made = tx.collections.get(CollectionId(act_id))
                in_cash = tx.cash.counter_payment(CounterPaymentId(act_id))
                menu = tx.menus.current()
        except StorageFailed:
            return None
        paid = made.amount if made else in_cash.amount if in_cash else None
        return ev.ActChecked(act_id, None if paid is None else Collected(order_of(due_order, menu), paid, made))

    def _undo(self, sale: Undoable, act_id: UUID | None) -> Refunded | CollectionUndone | Refused | NotKnown:
        """Under the same act it is done once, however often it is asked for."""
        services, act = self._counter(), self._act(self._undo_reason)
        if act_id is not None:
            act = StaffAct(act_id, act.staff, act.reason)
            self._reopen()
        try:
            if sale.collected is not None:
                return services.undo_collections.undo(act, sale.collected.id, sale.order)
            undone = services.refunds.void(act, sale.order.id)
        except Exception:
            log.exception("undo_failed")
            return NotKnown(act.id)
        if isinstance(undone, Refunded):
            services.lane.forget(sale.order.id)
        return undone

    def _reopen(self) -> None:
        """A store that has failed takes nothing more until then."""
        try:
            self._counter().store.reopen()
        except StorageFailed:
            log.warning("store_not_reopened")

    def _act(self, reason: str = "") -> StaffAct:
        now = self._counter().clock.now()
        return StaffAct(uuid7(int(now.timestamp() * 1000)), self._staff, reason)
