"""Ending the program in order so that it is started anew, when nothing can be lost by it."""

from __future__ import annotations

from enum import StrEnum

from kiosk.domain.audit import Act
from kiosk.domain.payment import PaymentState
from kiosk.domain.staff import Permission, Staff
from kiosk.services.audit import Audit
from kiosk.services.events import EventSink, PrintJobState, RestartWanted
from kiosk.services.ports import StorageFailed, Store, Transaction


class Hindrance(StrEnum):
    """Why not now; it is over within seconds."""

    PAYMENT = "payment"
    PRINTING = "printing"


class Restarting:
    """What is under way otherwise waits for nothing: events are in the outbox, a face's deletion is done by the next
    start, paper that was not begun is printed by it or of no use any more."""

    def __init__(self, store: Store, audit: Audit, events: EventSink) -> None:
        self._store = store
        self._audit = audit
        self._events = events

    def restart(self, by: Staff) -> Hindrance | None:
        """None: it ends now. A store that has failed is opened anew: room was made, and this is to show it. Raises
        NotPermitted, StorageFailed while the disk still refuses."""
        by.require(Permission.RESTART)
        try:
            hindrance = self._noted(by)
        except StorageFailed:
            self._store.reopen()
            hindrance = self._noted(by)
        if hindrance is None:
            self._events.publish(RestartWanted())
        return hindrance

    def _noted(self, by: Staff) -> Hindrance | None:
        with self._store.transaction() as tx:
            hindrance = self._hindrance(tx)
            if hindrance is not None:
                return hindrance
            self._audit.record(tx, by.id, Act.RESTART_ASKED)
        return None

    def _hindrance(self, tx: Transaction) -> Hindrance | None:
        """A payment that is intended is being made just now: what a crash left was settled by the start. One that is
        being checked may be so for days, and is as safe as a restart can find it."""
        if any(payment.state is PaymentState.INTENDED for payment in tx.payments.unresolved()):
            return Hindrance.PAYMENT
        if tx.print_jobs.in_state(PrintJobState.SENDING):
            return Hindrance.PRINTING
        return None
