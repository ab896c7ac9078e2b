"""What the services need of the store: a repository an aggregate, and whole transactions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from kiosk.domain.audit import AuditEntry
from kiosk.domain.ids import DishId, MemberId, OrderId, PaymentId, StockActId
from kiosk.domain.member import Card, CardHolder, Member
from kiosk.domain.menu import Menu
from kiosk.domain.money import Money
from kiosk.domain.order import Order
from kiosk.domain.payer import Payer
from kiosk.domain.payment import Payment
from kiosk.domain.portions import PortionsBrought, PortionsHere, PortionsReturned, PortionsTaken
from kiosk.domain.stock import StockLevels, StockMovement
from kiosk.domain.wallet import Grant, GrantUse, Spend
from kiosk.services.events import PrintJobState
from kiosk.services.ports.counter import Cash, Refunds
from kiosk.services.ports.faces import Faces
from kiosk.services.ports.member_acts import CardBlocks
from kiosk.services.ports.printing import PrintJob
from kiosk.services.ports.shifts import Shifts
from kiosk.services.ports.slips import Collections, Slips
from kiosk.services.ports.staff import StaffMembers
from kiosk.services.ports.stock_acts import StockActLog


class StorageFailed(Exception):
    """The disk did not take it (full, fsync error, corrupt). Nothing of the transaction happened; stop selling."""


class StorageFull(StorageFailed):
    """No room was left: unlike after a failed fsync, it is certain that nothing was kept."""


class Orders(Protocol):
    def next_number(self, business_day: date) -> str:
        """The next order number of that day; never given twice on this terminal on that day."""
        ...

    def add(self, order: Order) -> None: ...

    def get(self, order_id: OrderId) -> Order | None: ...

    def update(self, order: Order) -> None:
        """Stores the order's new state; the order was added before."""
        ...

    def belongs_here(self, order_id: OrderId) -> bool:
        """Whether this terminal, in its present incarnation, sold it: nobody else may refund it or take its cash."""
        ...

    def recent(self, limit: int, before: OrderId | None = None) -> tuple[Order, ...]:
        """Newest first: of all, or of those taken before that one."""
        ...

    def last_before(self, moment: datetime) -> OrderId | None:
        """The newest of those taken before it, by the clock of then: for display only."""
        ...

    def ids_between(self, first: OrderId, end: OrderId) -> tuple[OrderId, ...]:
        """Of the orders from `first` on, up to `end` and without it."""
        ...

    def numbered(self, number: str, limit: int) -> tuple[Order, ...]:
        """Newest first, of the last 60 days on which orders were taken."""
        ...

    def paid_by(self, member_id: MemberId, limit: int) -> tuple[Order, ...]:
        """Whose payment, or a part of it, was that member's, or that were taken for them; newest first. An order stands
        in it once for each such payment."""
        ...

    def awaiting_payment(self, limit: int) -> tuple[Order, ...]:
        """Those that this terminal, in its present incarnation, took and that wait for the counter, newest first."""
        ...

    def of_member(self, member_id: MemberId, limit: int) -> tuple[Order, ...]:
        """Of those taken here lately, newest first."""
        ...


class Payments(Protocol):
    def add(self, payment: Payment, payer: Payer | None = None) -> None:
        """`payer`: by what it is to be paid, beside the counter. One by face names its member."""
        ...

    def settle(self, payment: Payment) -> None:
        """Stores the payment's new state and member; the row was added before."""
        ...

    def get(self, payment_id: PaymentId) -> Payment | None: ...

    def of_order(self, order_id: OrderId) -> tuple[Payment, ...]:
        """Oldest first."""
        ...

    def last_by_payer(self) -> tuple[Payment, Payer] | None:
        """The newest attempt to pay by card or face."""
        ...

    def latest_by_payer(self, limit: int) -> tuple[tuple[Payment, Payer], ...]:
        """The newest of them, newest first."""
        ...

    def payer_of(self, payment_id: PaymentId) -> Payer | None:
        """By what it was to be paid, beside the counter."""
        ...

    def by_face(self, member_id: MemberId, limit: int) -> tuple[Payment, ...]:
        """What that member has paid by face, and not at the counter alone; newest first."""
        ...

    def unresolved(self) -> tuple[Payment, ...]:
        """Those intended or being checked, oldest first."""
        ...


class Grants(Protocol):
    def add(self, grant: Grant) -> None:
        """Raises GrantOutdated."""
        ...

    def record_spend(self, use: GrantUse, spend: Spend) -> None:
        """Stores the spend and the grant's state after it. A number or payment that stands already is refused."""
        ...

    def open_pre_grants(self, member_id: MemberId) -> tuple[GrantUse, ...]:
        """What this terminal may spend for that member without asking: open, of its own incarnation."""
        ...

    def unacknowledged(self, member_id: MemberId, currency: str) -> Money:
        """Spends of that currency under pre-grants of that member that central has not acknowledged."""
        ...

    def unreleased_requests(self, payer: Payer) -> tuple[PaymentId, ...]:
        """Requests by this card, or this member's face, that were not charged and whose release central has not
        acknowledged."""
        ...


class Stock(Protocol):
    def levels(self) -> StockLevels:
        """As central last told, with what this terminal has done since that central's feed does not have yet: its own
        movements, and what its staff said."""
        ...

    def levels_of(self, dish_ids: Iterable[DishId]) -> StockLevels:
        """The same, of these dishes alone."""
        ...

    def newest_counts(self) -> Mapping[DishId, StockActId]:
        """Of each dish the newest count that its level goes back to and central has told of."""
        ...

    def record(self, movements: tuple[StockMovement, ...], order_id: UUID) -> None:
        """`order_id`: of the order, or of the staff's act, that moves them."""
        ...


class Portions(Protocol):
    def here(self, dish_ids: Iterable[DishId]) -> Mapping[DishId, PortionsHere]:
        """Those of them that central hands out."""
        ...

    def keep(self, portions: Mapping[DishId, int]) -> None:
        """So many are not given back when central recalls them; none of any other dish."""
        ...

    def hear(self, handed: Mapping[DishId, int], epoch: str) -> None:
        """What was handed to this terminal in all its time, as central has just answered. Nothing is taken from an
        epoch that is over."""
        ...

    def take(self, portions: Mapping[DishId, int]) -> tuple[PortionsTaken, ...]:
        """They are sold: from what is in hand, and beyond. Nothing is kept for a cart any more."""
        ...

    def bring(self, portions: Mapping[DishId, int]) -> tuple[PortionsBrought, ...]:
        """Staff have put them here: they are in hand at once, of the dishes that central hands out."""
        ...

    def give_up(self, portions: Mapping[DishId, int]) -> tuple[PortionsReturned, ...]:
        """Staff have taken so many away: as far as that many are in hand, they are not any more; also what a cart
        needs."""
        ...

    def sold_beyond(self) -> Mapping[DishId, int]:
        """Portions sold without having them, as far as central is not known to have booked them."""
        ...


class Members(Protocol):
    def by_card(self, uid: str) -> tuple[Member, Card] | None: ...

    def holder(self, uid: str) -> CardHolder | None:
        """The same, sooner: coupons and habits are not read."""
        ...

    def cards_of(self, member_id: MemberId) -> tuple[Card, ...]: ...

    def get(self, member_id: MemberId) -> Member | None: ...

    def numbered(self, ending: str, limit: int) -> tuple[Member, ...]:
        """Whose id ends so, in the order of their ids."""
        ...


class Menus(Protocol):
    def current(self) -> Menu | None: ...


class PrintJobs(Protocol):
    def add(self, job: PrintJob) -> None: ...

    def get(self, job_id: UUID) -> PrintJob | None: ...

    def of_order(self, order_id: OrderId) -> tuple[PrintJob, ...]:
        """Those that are kept, oldest first."""
        ...

    def set_state(self, job_id: UUID, state: PrintJobState) -> None: ...

    def in_state(self, state: PrintJobState) -> tuple[PrintJob, ...]:
        """Oldest first."""
        ...


class Outbox(Protocol):
    def add(self, body: bytes) -> int:
        """Append one encoded event (kiosk.sync.wire); returns its sequence number in this incarnation."""
        ...

    def waiting(self) -> int:
        """How many events central has not acknowledged."""
        ...


class AuditLog(Protocol):
    """Written through kiosk.services.audit."""

    def newest(self) -> AuditEntry | None:
        """The log's last entry."""
        ...

    def append(self, at: datetime, actor: str, action: str, subject: str, details: Mapping[str, object]) -> None:
        """Chain one entry to the log. Raises AuditError for values out of bounds."""
        ...

    def witnessed_at(self) -> datetime | None:
        """When central last showed the head of its own log here, by central's clock and under its signature: each
        quarter of an hour while it can be reached."""
        ...


class Transaction(Protocol):
    """One unit of work. All of it is durable when the `with` block has ended without an error, or none of it."""

    @property
    def orders(self) -> Orders: ...
    @property
    def payments(self) -> Payments: ...
    @property
    def grants(self) -> Grants: ...
    @property
    def refunds(self) -> Refunds: ...
    @property
    def cash(self) -> Cash: ...
    @property
    def stock(self) -> Stock: ...
    @property
    def portions(self) -> Portions: ...
    @property
    def stock_acts(self) -> StockActLog: ...
    @property
    def members(self) -> Members: ...
    @property
    def card_blocks(self) -> CardBlocks: ...
    @property
    def menus(self) -> Menus: ...
    @property
    def print_jobs(self) -> PrintJobs: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def audit(self) -> AuditLog: ...
    @property
    def faces(self) -> Faces: ...
    @property
    def slips(self) -> Slips: ...
    @property
    def collections(self) -> Collections: ...
    @property
    def shifts(self) -> Shifts: ...
    @property
    def staff(self) -> StaffMembers: ...


class Store(Protocol):
    def transaction(self) -> AbstractContextManager[Transaction]:
        """The terminal's one writer; other threads wait their turn. Raises StorageFailed when the disk does not
        take the commit."""
        ...

    def reopen(self) -> None:
        """After the disk has refused: open the database anew, as a start does. Raises StorageFailed while that does not
        work."""
        ...
