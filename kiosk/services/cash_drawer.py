"""The cash drawer: opened when cash was taken or is given back, once that is durable, never a second time by itself.

It is kept in memory alone: after a crash nobody stands before it any more.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from kiosk.domain.audit import Act
from kiosk.domain.money import Money
from kiosk.services.audit import Audit
from kiosk.services.events import DrawerAsked, DrawerEnd, EventSink, PrintJobState
from kiosk.services.ports import Printer, Store

STAFF = "staff"
"""The actor in the audit log: who it was, by name, stands in what the act has made."""

log = logging.getLogger(__name__)

_ENDS = {
    PrintJobState.CONFIRMED: DrawerEnd.OPENED,
    PrintJobState.UNKNOWN: DrawerEnd.NOT_KNOWN,
    PrintJobState.SKIPPED: DrawerEnd.NOT_OPENED,
}


class DrawerReason(StrEnum):
    CASH_TAKEN = "cash_taken"
    CASH_GIVEN_BACK = "cash_given_back"
    CASH_MOVED = "cash_moved"
    COUNTED = "counted"


@dataclass(frozen=True, slots=True)
class DrawerOpening:
    """`act_id`: of the staff's act; `about`: the order, top-up, movement or shift whose cash it is."""

    act_id: UUID
    about: UUID
    reason: DrawerReason


def cash_taken(act_id: UUID, about: UUID, amount: Money) -> DrawerOpening | None:
    """None: there is nothing to put into it."""
    return DrawerOpening(act_id, about, DrawerReason.CASH_TAKEN) if amount else None


def cash_given_back(act_id: UUID, about: UUID, amount: Money) -> DrawerOpening | None:
    """None: there is nothing to take out of it."""
    return DrawerOpening(act_id, about, DrawerReason.CASH_GIVEN_BACK) if amount else None


class CashDrawer:
    """The drawer at the printer of that name."""

    def __init__(self, printer_name: str, store: Store, events: EventSink, audit: Audit) -> None:
        self.printer_name = printer_name
        self._store = store
        self._events = events
        self._audit = audit
        self._printer: Printer | None = None

    def connect(self, printer: Printer | None) -> None:
        """Name the running printer; before that the drawer stays shut."""
        self._printer = printer

    def open(self, opening: DrawerOpening) -> None:
        """Begin to; never blocks. What comes of it is published as DrawerAsked."""

        def report(state: PrintJobState) -> None:
            if state is PrintJobState.SENDING:
                self._write_down(opening)
            elif state in _ENDS:
                self._events.publish(DrawerAsked(opening.about, _ENDS[state]))

        if self._printer is None or not self._printer.open_drawer(report):
            self._events.publish(DrawerAsked(opening.about, DrawerEnd.NOT_OPENED))

    def _write_down(self, opening: DrawerOpening) -> None:
        """Before the pulse is sent: what cannot be written down is not opened."""
        try:
            with self._store.transaction() as tx:
                subject, act = str(opening.about), str(opening.act_id)
                tx.shifts.note_drawer()
                self._audit.record(tx, STAFF, Act.DRAWER_OPENED, subject, act=act, reason=opening.reason)
        except Exception:
            self._events.publish(DrawerAsked(opening.about, DrawerEnd.NOT_OPENED))
            raise
