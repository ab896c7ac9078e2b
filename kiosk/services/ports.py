"""What the services need from the outside: Protocols that store, devices and sync fill, and tests fake."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from kiosk.domain.audit import AuditEntry
from kiosk.domain.cash import CashTopUp, CounterPayment
from kiosk.domain.collection import Collection, UndoneCollection
from kiosk.domain.face_consent import FaceConsent, FaceDeletion
from kiosk.domain.ids import DishId, FaceConsentId, MemberId, OrderId, PaymentId, TerminalId
from kiosk.domain.member import Card, Member
from kiosk.domain.menu import Menu
from kiosk.domain.money import Money
from kiosk.domain.order import Order
from kiosk.domain.payer import Payer
from kiosk.domain.payment import Payment
from kiosk.domain.receipt import Paper
from kiosk.domain.receipt import PaperKind as PaperKind
from kiosk.domain.refund import Refund
from kiosk.domain.stock import StockLevels, StockMovement
from kiosk.domain.wallet import Grant, GrantUse, Spend
from kiosk.services.counter_ports import Cash, Refunds
from kiosk.services.events import PrintJobState
from kiosk.services.face_store_ports import Faces
from kiosk.services.slip_ports import Collections, Slips

# --- storage ---


class StorageFailed(Exception):
    """The disk did not take it (full, fsync error, corrupt). Nothing of the transaction happened; stop selling."""


class StorageFull(StorageFailed):
    """No room was left: unlike after a failed fsync, it is certain that nothing was kept."""


@dataclass(frozen=True, slots=True)
class PrintJob:
    """`copy` 0 is the first print; a staff reprint is a new job with copy 1, 2 … `order_id`: what the paper is about; a
    top-up's slip carries the top-up's id there."""

    id: UUID
    order_id: OrderId
    printer: str
    kind: PaperKind
    paper: Paper
    state: PrintJobState = PrintJobState.QUEUED
    copy: int = 0


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

    def recent(self, limit: int) -> tuple[Order, ...]:
        """Newest first."""
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
        """As central last told, less this terminal's own movements that central has not acknowledged."""
        ...

    def levels_of(self, dish_ids: Iterable[DishId]) -> StockLevels:
        """The same, of these dishes alone."""
        ...

    def record(self, movements: tuple[StockMovement, ...], order_id: OrderId) -> None: ...


class Members(Protocol):
    def by_card(self, uid: str) -> tuple[Member, Card] | None: ...

    def cards_of(self, member_id: MemberId) -> tuple[Card, ...]: ...

    def get(self, member_id: MemberId) -> Member | None: ...


class Menus(Protocol):
    def current(self) -> Menu | None: ...


class PrintJobs(Protocol):
    def add(self, job: PrintJob) -> None: ...

    def get(self, job_id: UUID) -> PrintJob | None: ...

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
    def members(self) -> Members: ...
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


class Store(Protocol):
    def transaction(self) -> AbstractContextManager[Transaction]:
        """The terminal's one writer; other threads wait their turn. Raises StorageFailed when the disk does not
        take the commit."""
        ...

    def reopen(self) -> None:
        """After the disk has refused: open the database anew, as a start does. Raises StorageFailed while that does not
        work."""
        ...


# --- central ---


class CentralUnreachable(Exception):
    """No answer in time, or no connection. What was asked may or may not have happened there."""


class CentralRefused(Exception):
    """Central answered and does not deal with this terminal (revoked, not enrolled, protocol too old)."""


class GrantOutdated(Exception):
    """Central was restored from a backup since it gave that grant; it is not to be used."""


class Refusal(StrEnum):
    INSUFFICIENT = "insufficient"
    CARD_UNKNOWN = "card_unknown"
    CARD_BLOCKED = "card_blocked"
    MEMBER_BLOCKED = "member_blocked"
    ABANDONED = "abandoned"
    POINTS_INSUFFICIENT = "points_insufficient"
    COUPON_NOT_VALID = "coupon_not_valid"
    FACE_NOT_ALLOWED = "face_not_allowed"  # deleted, or the consent to paying has ended or is not known to central yet
    AWAITING_TERMINALS = "awaiting_terminals"  # central was restored, and does not know yet what all terminals hold


@dataclass(frozen=True, slots=True)
class TerminalIdentity:
    """Who this terminal is to central, given at enrolment. `letter` starts its order numbers. `private_key` is the raw
    Ed25519 key (32 bytes); it never leaves the terminal."""

    terminal_id: TerminalId
    incarnation: int
    letter: str
    canteen_name: str
    private_key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class GrantIssued:
    """`grant` is the money's, None when none was asked for; `further` are those of points and a coupon. `free_after` is
    the money that the member has left after it, pre-grants included, for display."""

    grant: Grant | None
    free_after: Money
    further: tuple[Grant, ...] = ()

    @property
    def grants(self) -> tuple[Grant, ...]:
        return self.further if self.grant is None else (self.grant, *self.further)


@dataclass(frozen=True, slots=True)
class GrantRefused:
    """`free` is told only with INSUFFICIENT: what there is, of which `held_elsewhere` is set aside for other terminals
    that did not give it back in time."""

    refusal: Refusal
    free: Money | None = None
    held_elsewhere: Money | None = None


class Central(Protocol):
    def request_grant(
        self,
        request_id: PaymentId,
        payer: Payer,
        amount: Money,
        abandons: tuple[PaymentId, ...],
        further: tuple[Money, ...] = (),
    ) -> GrantIssued | GrantRefused:
        """Just-in-time grants of exactly `amount` of money (which may be zero when there are `further` ones) and of
        exactly each of `further`, points and a coupon: all or nothing. The same request_id always gets the same answer.
        `abandons` are earlier requests of this terminal that will never be spent: they are closed first. Raises
        CentralUnreachable, CentralRefused."""
        ...


class EventEncoder(Protocol):
    """Turns what happened into outbox bodies (kiosk.sync.wire), so that services do not know the wire."""

    def sale(self, order: Order, payment: Payment, uses: Sequence[tuple[GrantUse, Spend]]) -> bytes:
        """`uses`: the spends that paid it, each with its grant after it; none for an order due at the counter."""
        ...

    def release(self, request_id: PaymentId) -> bytes: ...

    def refund(self, refund: Refund, movements: tuple[StockMovement, ...]) -> bytes: ...

    def counter_payment(self, made: CounterPayment, movements: tuple[StockMovement, ...], points: int) -> bytes: ...

    def cash_top_up(self, made: CashTopUp) -> bytes: ...

    def collected(self, made: Collection, uses: Sequence[tuple[GrantUse, Spend]], points: int) -> bytes:
        """`uses` as with a sale; none of what was paid in cash."""
        ...

    def collection_undone(self, undone: UndoneCollection) -> bytes: ...

    def face_consent(self, consent: FaceConsent) -> bytes: ...

    def face_forgotten(self, deletion: FaceDeletion, consent_id: FaceConsentId | None) -> bytes:
        """`consent_id`: of the face that was destroyed here with it."""
        ...

    def face_destroyed(self, consent_id: FaceConsentId) -> bytes: ...


class OutboxSignal(Protocol):
    def wake(self) -> None:
        """There is something to upload: do not wait for the next round. Never blocks."""
        ...


class Catalogue(Protocol):
    """The texts of one language (gettext), for what is printed."""

    def gettext(self, message: str) -> str: ...


# --- devices ---


class Printer(Protocol):
    """A printer with its own thread. `name` is the configured one."""

    @property
    def name(self) -> str: ...

    def submit(self, job: PrintJob, report: Callable[[UUID, PrintJobState], None]) -> bool:
        """Queue the job; False when the queue is full or the driver stopped. `report` is called on the driver's
        thread: SENDING before the first byte (if it raises, nothing is sent), then CONFIRMED or UNKNOWN, or
        SKIPPED when the job is a customer's paper and the printer could not begin within its patience."""
        ...

    def open_drawer(self, report: Callable[[PrintJobState], None]) -> bool:
        """Open the cash drawer at this printer, before the papers that wait; False when it cannot print now, or the
        driver stopped. Never blocks. `report` as with `submit`: SENDING, then CONFIRMED or UNKNOWN; or SKIPPED, when
        its turn did not come within seconds."""
        ...
