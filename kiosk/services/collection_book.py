"""The one transaction of a collected order: the collection, the event that tells of it, receipt and kitchen ticket."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kiosk.domain.clock import Clock
from kiosk.domain.collection import Collection, CollectionError, cash_collection
from kiosk.domain.due_order import DueOrder, order_of
from kiosk.domain.ids import CollectionId
from kiosk.domain.loyalty import PointsRule
from kiosk.domain.money import Money
from kiosk.domain.order import OrderState
from kiosk.domain.payment import PaymentMethod, PaymentState
from kiosk.domain.wallet import GrantUse, Spend
from kiosk.services.charging import Charged
from kiosk.services.collected import Collected, NotCollected, NotCollectedReason
from kiosk.services.ports import EventEncoder, PrintJob, Transaction
from kiosk.services.printing import PrintDesk
from kiosk.services.spending import balance_after
from kiosk.services.staff_acts import StaffAct

Written = tuple[Collected, tuple[PrintJob, ...]]


class CollectionBook:
    """Each call is a part of the caller's transaction."""

    def __init__(self, encoder: EventEncoder, desk: PrintDesk, clock: Clock, points_rule: PointsRule) -> None:
        self._encoder = encoder
        self._desk = desk
        self._clock = clock
        self._points_rule = points_rule

    def ended(self, tx: Transaction, act: StaffAct, due: DueOrder) -> Collected | NotCollected | None:
        """What became of that act, or why it cannot be begun; None: it can."""
        made = tx.collections.get(CollectionId(act.id))
        if made is not None and (made.due_payment_id, made.staff) != (due.payment_id, act.staff):
            return NotCollected(NotCollectedReason.ID_IN_USE)
        if made is not None and not tx.collections.is_collected(due.payment_id):
            return NotCollected(NotCollectedReason.UNDONE)
        if made is not None:
            return Collected(order_of(due, tx.menus.current()), made.amount, made)
        if tx.collections.is_collected(due.payment_id):
            return NotCollected(NotCollectedReason.SETTLED)
        own = tx.orders.get(due.order_id)
        if own is not None and own.state is OrderState.CANCELLED:
            return NotCollected(NotCollectedReason.CANCELLED)
        return None

    def add_cash(self, tx: Transaction, act: StaffAct, due: DueOrder, received: Money | None) -> Written:
        """Raises CollectionError when it was collected meanwhile."""
        return self._add(tx, due, replace(self._in_cash(act, due), received=received), (), None)

    def add_paid(self, tx: Transaction, act: StaffAct, due: DueOrder, charged: Charged) -> Written:
        """What was charged pays it. Raises CollectionError when it was collected meanwhile."""
        payment = charged.payment
        made = replace(
            self._in_cash(act, due),
            method=PaymentMethod.BALANCE,
            payment_id=payment.id,
            member_id=payment.member_id,
        )
        return self._add(tx, due, made, charged.uses, balance_after(tx, charged.told, payment))

    def _in_cash(self, act: StaffAct, due: DueOrder) -> Collection:
        return cash_collection(CollectionId(act.id), due, act.staff, self._clock.now())

    def _add(
        self,
        tx: Transaction,
        due: DueOrder,
        made: Collection,
        uses: Sequence[tuple[GrantUse, Spend]],
        balance: Money | None,
    ) -> Written:
        if tx.collections.is_collected(made.due_payment_id):
            raise CollectionError("the order was collected meanwhile")
        tx.collections.add(made)
        if tx.orders.belongs_here(made.order_id):
            _settle_own(tx, made)
        points = self._points_rule.points_for(made.amount)
        tx.outbox.add(self._encoder.collected(made, uses, points))
        menu = tx.menus.current()
        earned = points if made.method is PaymentMethod.BALANCE else 0
        collected = Collected(order_of(due, menu), made.amount, made, balance, earned)
        jobs = self._desk.collected_jobs(collected, made, menu)
        for job in jobs:
            tx.print_jobs.add(job)
        return collected, jobs


def _settle_own(tx: Transaction, made: Collection) -> None:
    """Of this very terminal. Raises CollectionError for an order that does not wait any more."""
    order, due = tx.orders.get(made.order_id), tx.payments.get(made.due_payment_id)
    if order is None or due is None or order.state is not OrderState.AWAITING_PAYMENT:
        raise CollectionError("the order does not wait for it")
    tx.orders.update(order.to(OrderState.PAID))
    tx.payments.settle(due.to(PaymentState.PAID))
