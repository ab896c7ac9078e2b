"""Undoing the collection of an order, at the counter that made it and with or without a network (docs/decisions/0010):
the money goes back to where it came from, and the order waits for payment again."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.domain.clock import Clock
from kiosk.domain.collection import Collection, CollectionError, UndoneCollection
from kiosk.domain.ids import CollectionId, UndoneCollectionId
from kiosk.domain.order import Order, OrderState
from kiosk.domain.payment import PaymentMethod, PaymentState
from kiosk.services.cash_drawer import DrawerOpening, cash_given_back
from kiosk.services.ports import EventEncoder, OutboxSignal, PrintJob, StorageFailed, Store, Transaction
from kiosk.services.printing import PrintDesk
from kiosk.services.staff_acts import NotKnown, Refused, RefusedReason, StaffAct


@dataclass(frozen=True, slots=True)
class CollectionUndone:
    """Durable here, on its way to central. What `made` took from a balance is there again when central has it; what it
    took in cash is to be given out now."""

    undone: UndoneCollection
    made: Collection


class UndoCollections:
    """Its calls block (disk) and are made one at a time. The texts of an act must be such (kiosk.domain.text), or
    TextError is raised."""

    def __init__(
        self, store: Store, encoder: EventEncoder, desk: PrintDesk, outbox_signal: OutboxSignal, clock: Clock
    ) -> None:
        self._store = store
        self._encoder = encoder
        self._desk = desk
        self._outbox_signal = outbox_signal
        self._clock = clock

    def undo(self, act: StaffAct, collection_id: CollectionId, order: Order) -> CollectionUndone | Refused | NotKnown:
        """Once for that act. `order` as it was collected, for the papers."""
        jobs: tuple[PrintJob, ...] = ()
        opening: DrawerOpening | None = None
        try:
            with self._store.transaction() as tx:
                found = _known(tx, act, collection_id)
                if found is None:
                    found = self._record(tx, act, collection_id)
                    jobs = self._add_papers(tx, found, order)
                    opening = _drawer(found)
        except CollectionError:
            return Refused(RefusedReason.NOTHING_LEFT)
        except StorageFailed:
            return NotKnown(act.id)
        self._desk.submit(jobs, opening)
        self._outbox_signal.wake()
        return found

    def _record(self, tx: Transaction, act: StaffAct, collection_id: CollectionId) -> CollectionUndone:
        """Raises CollectionError when there is no such collection, or it was undone already."""
        made = tx.collections.get(collection_id)
        if made is None:
            raise CollectionError("no such collection was made here")
        ids = UndoneCollectionId(act.id), collection_id, made.order_id, made.due_payment_id
        undone = UndoneCollection(*ids, act.staff, act.reason, self._clock.now())
        tx.collections.undo(undone)
        tx.outbox.add(self._encoder.collection_undone(undone))
        payment = tx.payments.get(made.payment_id) if made.payment_id else None
        if payment is not None:
            tx.payments.settle(payment.to(PaymentState.TAKEN_BACK))
        if tx.orders.belongs_here(made.order_id):
            _wait_again(tx, made)
        return CollectionUndone(undone, made)

    def _add_papers(self, tx: Transaction, found: CollectionUndone, order: Order) -> tuple[PrintJob, ...]:
        jobs = self._desk.undone_jobs(found.made, found.undone, order, tx.menus.current())
        for job in jobs:
            tx.print_jobs.add(job)
        return jobs


def _known(tx: Transaction, act: StaffAct, collection_id: CollectionId) -> CollectionUndone | Refused | None:
    """What became of that act, if it was done before."""
    undone = tx.collections.undone(UndoneCollectionId(act.id))
    made = tx.collections.get(undone.collection_id) if undone else None
    if undone is None or made is None:
        return None
    if (undone.collection_id, undone.staff) != (collection_id, act.staff):
        return Refused(RefusedReason.ID_IN_USE)
    return CollectionUndone(undone, made)


def _wait_again(tx: Transaction, made: Collection) -> None:
    """The order is of this very terminal."""
    order, due = tx.orders.get(made.order_id), tx.payments.get(made.due_payment_id)
    if order is None or due is None:
        raise CollectionError("the order is gone")
    tx.orders.update(order.to(OrderState.AWAITING_PAYMENT))
    tx.payments.settle(due.to(PaymentState.DUE))


def _drawer(found: CollectionUndone | Refused) -> DrawerOpening | None:
    if not isinstance(found, CollectionUndone) or found.made.method is not PaymentMethod.COUNTER:
        return None
    return cash_given_back(found.undone.id, found.made.order_id, found.made.amount)
