"""One transaction of the terminal's database, as the services see it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from kiosk.services.ports import TerminalIdentity
from kiosk.store.audit import SqlAudit
from kiosk.store.card_blocks import SqlCardBlocks
from kiosk.store.cash import SqlCash
from kiosk.store.collections import SqlCollections
from kiosk.store.connection import Connection
from kiosk.store.face_keys import FaceKeys
from kiosk.store.faces import SqlFaces
from kiosk.store.feed_state import SqlFeed
from kiosk.store.grants import SqlGrants
from kiosk.store.identity import SqlIdentity
from kiosk.store.members import SqlMembers
from kiosk.store.menus import MenuCache, SqlMenus
from kiosk.store.orders import SqlOrders
from kiosk.store.outbox import SqlOutbox
from kiosk.store.part import Finishing, Part
from kiosk.store.payments import SqlPayments
from kiosk.store.portions import KeptPortions, SqlPortions
from kiosk.store.print_jobs import SqlPrintJobs
from kiosk.store.refunds import SqlRefunds
from kiosk.store.shifts import SqlShifts
from kiosk.store.slips import SqlSlips
from kiosk.store.staff import SqlStaff
from kiosk.store.stock import SqlStock, StockCache
from kiosk.store.stock_acts import SqlStockActs

T = TypeVar("T")


class Caches:
    """What outlives a transaction. Used under the store's lock."""

    def __init__(self) -> None:
        self.menu, self.stock, self.portions = MenuCache(), StockCache(), KeptPortions()


def _part(make: Callable[[Connection], T]) -> Part[T]:
    """One that needs nothing but the connection."""
    return Part(lambda unit: make(unit.connection))


class UnitOfWork:
    """kiosk.services.ports.Transaction, with the parts that only sync and enrolment use beside it."""

    orders = _part(SqlOrders)
    payments = _part(SqlPayments)
    grants = _part(SqlGrants)
    refunds = _part(SqlRefunds)
    cash = _part(SqlCash)
    stock = Part(lambda unit: SqlStock(unit.connection, unit.caches.stock))
    portions = Part(lambda unit: SqlPortions(unit.connection, unit.caches.portions, unit.stock))
    stock_acts = _part(SqlStockActs)
    members = _part(SqlMembers)
    card_blocks = _part(SqlCardBlocks)
    menus = Part(lambda unit: SqlMenus(unit.connection, unit.caches.menu))
    print_jobs = _part(SqlPrintJobs)
    outbox = _part(SqlOutbox)
    feed = _part(SqlFeed)
    identity = _part(SqlIdentity)
    audit = _part(SqlAudit)
    faces = Part(lambda unit: SqlFaces(unit.connection, unit.face_keys))
    slips = _part(SqlSlips)
    collections = _part(SqlCollections)
    shifts = _part(SqlShifts)
    staff = _part(SqlStaff)

    def __init__(self, connection: Connection, caches: Caches, face_keys: FaceKeys) -> None:
        self.connection, self.caches, self.face_keys = connection, caches, face_keys

    def enrol(self, identity: TerminalIdentity) -> None:
        """A first or a new enrolment: all events that are kept are numbered from 1 again, and central is told
        anew what this terminal holds."""
        self.identity.replace(identity)
        self.outbox.start_incarnation()
        self.feed.set_announced(announced=False)
        self.audit.start_incarnation()

    def finish(self) -> None:
        """The last thing before the commit: rows that central hears of are tied to the event that tells it, old print
        jobs go, and the faces of members who are no more."""
        used = vars(self)
        if "feed" in used and self.feed.members_went:
            self.faces.keep_members()
        outbox_id = self.outbox.last_added_id if "outbox" in used else None
        for part in used.values():
            if isinstance(part, Finishing):
                part.finish(outbox_id)

    def destroy_keys(self) -> None:
        """When it has been committed: those of faces that have gone. Raises StorageFailed."""
        if "faces" in vars(self):
            self.faces.destroy_dropped()
