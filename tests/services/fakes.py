"""What the services meet outside: a central with balances, a printer that waits to be told how its jobs went."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
from uuid import UUID

from kiosk.domain.ids import GrantId, MemberId, PaymentId, TerminalId, uuid7
from kiosk.domain.money import Money
from kiosk.domain.payer import ByCard, Payer
from kiosk.domain.unit import POINTS
from kiosk.domain.wallet import Grant, Spend
from kiosk.services.events import Event, PrintJobState
from kiosk.services.ports import CentralRefused, CentralUnreachable, GrantIssued, GrantRefused, PrintJob, Refusal
from kiosk.sync.wire import GrantReleased, OrderRecorded, TerminalEvent


class FixedClock:
    """Stands still, unless a test lets time pass."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment
        self.passed_s = 0.0

    def now(self) -> datetime:
        return self.moment

    def monotonic_s(self) -> float:
        return self.passed_s


@dataclass
class EventLog:
    """An EventSink that keeps what was published."""

    events: list[Event] = field(default_factory=list)

    def publish(self, event: Event) -> None:
        self.events.append(event)


@dataclass
class Signal:
    """An OutboxSignal that counts."""

    wakes: int = 0

    def wake(self) -> None:
        self.wakes += 1


@dataclass
class FakePrinter:
    """Takes jobs until it is full; `report` tells what became of one, as the driver's thread would."""

    name: str
    room: int = 100
    can_open: bool = True
    jobs: list[PrintJob] = field(default_factory=list)
    pulses: list[Callable[[PrintJobState], None]] = field(default_factory=list)
    _reports: dict[UUID, Callable[[UUID, PrintJobState], None]] = field(default_factory=dict)

    def submit(self, job: PrintJob, report: Callable[[UUID, PrintJobState], None]) -> bool:
        if len(self.jobs) >= self.room:
            return False
        self.jobs.append(job)
        self._reports[job.id] = report
        return True

    def open_drawer(self, report: Callable[[PrintJobState], None]) -> bool:
        if self.can_open:
            self.pulses.append(report)
        return self.can_open

    def report(self, job: PrintJob, state: PrintJobState) -> None:
        self._reports[job.id](job.id, state)


class Line(Enum):
    """How the next request for a grant goes."""

    ANSWERS = auto()
    DEAD = auto()  # nothing reaches central
    LOSES_REPLY = auto()  # central grants; nobody hears of it
    REVOKED = auto()  # central does not deal with this terminal
    MISFITS = auto()  # the grant is of another amount
    SWAPS = auto()  # further grants come in another order, each for another unit than was asked
    REPEATS = auto()  # the grant has the id of the one before
    FAULTY = auto()  # our own client fails after central has granted


@dataclass(frozen=True)
class Asked:
    request_id: PaymentId
    card_uid: str
    amount: Money
    abandons: tuple[PaymentId, ...]
    further: tuple[Money, ...] = ()


class FakeCentral:
    """Balances by card, and what is held for requests; money only moves between free, held and spent. `wallets`: the
    points and coupons by card and unit; `used`: those that were spent."""

    def __init__(self, free: dict[str, Money]) -> None:
        self.free = free
        self.held: dict[PaymentId, tuple[str, Money]] = {}
        self.wallets: dict[tuple[str, str], int] = {}
        self.used: list[Money] = []
        self._held_further: dict[PaymentId, tuple[str, tuple[Money, ...]]] = {}
        self.spent = Money(0)
        self.pre_granted: dict[GrantId, Money] = {}
        self.refusals: dict[str, Refusal] = {}
        self.line = Line.ANSWERS
        self.asked: list[Asked] = []
        self._closed: set[PaymentId] = set()
        self._last_grant_id = GrantId(uuid7(0))

    def request_grant(
        self,
        request_id: PaymentId,
        payer: Payer,
        amount: Money,
        abandons: tuple[PaymentId, ...],
        further: tuple[Money, ...] = (),
    ) -> GrantIssued | GrantRefused:
        card_uid = payer.uid if isinstance(payer, ByCard) else payer.member_id
        if self.line is Line.DEAD:
            raise CentralUnreachable
        self.asked.append(Asked(request_id, card_uid, amount, abandons, further))
        if self.line is Line.REVOKED:
            raise CentralRefused
        for abandoned in abandons:
            self._release(abandoned)
        answer = self._answer(request_id, card_uid, amount, further)
        if self.line is Line.LOSES_REPLY:
            raise CentralUnreachable
        if self.line is Line.FAULTY:
            raise RuntimeError("a fault of our own")
        return answer

    def pre_grant(self, card_uid: str, amount: Money) -> Grant:
        """Set aside for the terminal, which is to be told."""
        self.free[card_uid] -= amount
        grant = Grant(GrantId(uuid7(0)), None, MemberId(f"of-{card_uid}"), TerminalId("t1"), 1, amount)
        self.pre_granted[grant.id] = amount
        return grant

    def receive(self, events: Iterable[TerminalEvent]) -> None:
        """What the terminal pushed."""
        for event in events:
            if isinstance(event, GrantReleased):
                self._release(PaymentId(event.request_id))
            elif isinstance(event, OrderRecorded):
                for record in event.all_spends:
                    self._settle(event.payment.id, record.spend)

    def _settle(self, payment_id: PaymentId, spend: Spend) -> None:
        if spend.amount.currency != "CNY":
            self._held_further.pop(payment_id, None)
            self.used.append(spend.amount)
            return
        if spend.grant_id not in self.pre_granted:
            _, held = self.held.pop(payment_id)
            assert spend.amount == held
        self.spent += spend.amount

    def _answer(
        self, request_id: PaymentId, card_uid: str, amount: Money, further: tuple[Money, ...]
    ) -> GrantIssued | GrantRefused:
        free = self.free.get(card_uid)
        refusal = Refusal.CARD_UNKNOWN if free is None else self.refusals.get(card_uid)
        if request_id in self._closed:
            refusal = Refusal.ABANDONED
        if refusal is not None:
            return GrantRefused(refusal)
        for other in further:
            if self.wallets.get((card_uid, other.currency), 0) < other.minor:
                is_points = other.currency == POINTS
                return GrantRefused(Refusal.POINTS_INSUFFICIENT if is_points else Refusal.COUPON_NOT_VALID)
        if free is None or free < amount:
            return GrantRefused(Refusal.INSUFFICIENT, free)
        self.free[card_uid] = free - amount
        if amount:
            self.held[request_id] = (card_uid, amount)
        for other in further:
            self.wallets[card_uid, other.currency] -= other.minor
        self._held_further[request_id] = card_uid, further
        if self.line is not Line.REPEATS:
            self._last_grant_id = GrantId(uuid7(0))
        given = amount + Money(1) if self.line is Line.MISFITS else amount
        whose = MemberId(f"of-{card_uid}"), TerminalId("t1"), 1
        grant = Grant(self._last_grant_id, request_id, *whose, given) if amount else None
        others = tuple(Grant(GrantId(uuid7(0)), request_id, *whose, other) for other in further)
        return GrantIssued(grant, self.free[card_uid], others[::-1] if self.line is Line.SWAPS else others)

    def _release(self, request_id: PaymentId) -> None:
        self._closed.add(request_id)
        if request_id in self.held:
            uid, amount = self.held.pop(request_id)
            self.free[uid] += amount
        uid, further = self._held_further.pop(request_id, ("", ()))
        for other in further:
            self.wallets[uid, other.currency] += other.minor
