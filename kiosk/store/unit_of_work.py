"""One transaction of the terminal's database, as the services see it."""

from __future__ import annotations

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
from kiosk.store.payments import SqlPayments
from kiosk.store.portions import KeptPortions, SqlPortions
from kiosk.store.print_jobs import SqlPrintJobs
from kiosk.store.refunds import SqlRefunds
from kiosk.store.shifts import SqlShifts
from kiosk.store.slips import SqlSlips
from kiosk.store.staff import SqlStaff
from kiosk.store.stock import SqlStock, StockCache
from kiosk.store.stock_acts import SqlStockActs


class UnitOfWork:
    """kiosk.services.ports.Transaction, with the parts that only sync and enrolment use beside it."""

    def __init__(
        self,
        connection: Connection,
        menu_cache: MenuCache,
        stock_cache: StockCache,
        kept_portions: KeptPortions,
        face_keys: FaceKeys,
    ) -> None:
        self.orders = SqlOrders(connection)
        self.payments = SqlPayments(connection)
        self.grants = SqlGrants(connection)
        self.refunds = SqlRefunds(connection)
        self.cash = SqlCash(connection)
        self.stock = SqlStock(connection, stock_cache)
        self.portions = SqlPortions(connection, kept_portions, self.stock)
        self.stock_acts = SqlStockActs(connection)
        self.members = SqlMembers(connection)
        self.card_blocks = SqlCardBlocks(connection)
        self.menus = SqlMenus(connection, menu_cache)
        self.print_jobs = SqlPrintJobs(connection)
        self.outbox = SqlOutbox(connection)
        self.feed = SqlFeed(connection)
        self.identity = SqlIdentity(connection)
        self.audit = SqlAudit(connection)
        self.faces = SqlFaces(connection, face_keys)
        self.slips = SqlSlips(connection)
        self.collections = SqlCollections(connection)
        self.shifts = SqlShifts(connection)
        self.staff = SqlStaff(connection)

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
        self.stock.finish(self.outbox.last_added_id)
        self.stock_acts.finish(self.outbox.last_added_id)
        self.card_blocks.finish(self.outbox.last_added_id)
        self.payments.finish(self.outbox.last_added_id)
        self.grants.finish(self.outbox.last_added_id)
        self.cash.finish(self.outbox.last_added_id)
        self.print_jobs.finish()
        if self.feed.members_went:
            self.faces.keep_members()
        self.faces.finish(self.outbox.last_added_id)
