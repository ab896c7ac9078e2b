"""The store's promises in memory: a transaction is taken as a whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from kiosk.domain.audit import AuditEntry, StoredEntry, next_entry, parse_entry
from kiosk.domain.ids import DishId, GrantId, MemberId, OrderId, PaymentId
from kiosk.domain.member import Card, CardHolder, Member
from kiosk.domain.menu import Menu
from kiosk.domain.money import Money
from kiosk.domain.order import Order, order_number
from kiosk.domain.payer import Payer
from kiosk.domain.payment import Payment, PaymentState
from kiosk.domain.portions import PortionsHere, PortionsTaken
from kiosk.domain.stock import StockLevels, StockMovement, apply_movements
from kiosk.domain.wallet import Grant, GrantUse, Spend, WalletError
from kiosk.services.events import PrintJobState
from kiosk.services.ports import PrintJob, StorageFailed


@dataclass
class Tables:
    """All that the terminal has written. `told`: the outbox row with which a payment was released."""

    orders: dict[OrderId, Order] = field(default_factory=dict)
    counters: dict[date, int] = field(default_factory=dict)
    payments: dict[PaymentId, Payment] = field(default_factory=dict)
    payers: dict[PaymentId, Payer | None] = field(default_factory=dict)
    told: dict[PaymentId, int] = field(default_factory=dict)
    grants: dict[GrantId, GrantUse] = field(default_factory=dict)
    recalled: set[GrantId] = field(default_factory=set)
    spends: list[Spend] = field(default_factory=list)
    movements: list[StockMovement] = field(default_factory=list)
    print_jobs: dict[UUID, PrintJob] = field(default_factory=dict)
    outbox: list[bytes] = field(default_factory=list)
    audit: list[StoredEntry] = field(default_factory=list)

    def copy(self) -> Tables:
        """Rows are frozen: only what holds them is copied."""
        return Tables(**{name: rows.copy() for name, rows in vars(self).items()})


class InMemoryStore:
    """kiosk.services.ports.Store, with what central has sent in `menu`, `levels` and `members`."""

    def __init__(self, menu: Menu | None, levels: StockLevels, members: dict[str, tuple[Member, Card]]) -> None:
        self.tables = Tables()
        self.menu = menu
        self.levels = levels
        self.members = members
        self.acknowledged = 0
        self.commits = 0
        self._refused: frozenset[int] = frozenset()
        self._misreported: frozenset[int] = frozenset()
        self._is_open = False

    def fails_at(self, *commits: int) -> None:
        """The disk does not take these of the commits from now on (1 …); those that write nothing do not count."""
        self._refused = frozenset(self.commits + n for n in commits)

    def misreports(self, *commits: int) -> None:
        """These of the commits from now on are taken, and said to have failed."""
        self._misreported = frozenset(self.commits + n for n in commits)

    def reopen(self) -> None:
        """It never closes."""

    @contextmanager
    def transaction(self) -> Iterator[InMemoryTransaction]:
        assert not self._is_open, "one writer: a transaction inside another would wait for itself"
        self._is_open = True
        try:
            tx = InMemoryTransaction(self, self.tables.copy())
            yield tx
            tx.finish()
            if tx.tables != self.tables:
                self.commits += 1
                if self.commits in self._refused:
                    raise StorageFailed("no space left on device")
            self.tables = tx.tables
            if self.commits in self._misreported:
                self._misreported -= {self.commits}
                raise StorageFailed("flushing to disk failed")
        finally:
            self._is_open = False


class InMemoryTransaction:
    def __init__(self, store: InMemoryStore, tables: Tables) -> None:
        self.tables = tables
        self.orders = _Orders(tables)
        self.payments = _Payments(tables)
        self.grants = _Grants(tables, store.acknowledged)
        self.stock = _Stock(tables, store.levels)
        self.portions = _Portions()
        self.members = _Members(store.members)
        self.card_blocks = _NoCardBlocks()
        self.menus = _Menus(store.menu)
        self.print_jobs = _PrintJobs(tables)
        self.outbox = _Outbox(tables, store.acknowledged)
        self.audit = _AuditLog(tables)
        self.slips = _Slips()

    def finish(self) -> None:
        """Central hears of what was settled by the event written with it, if there was one."""
        if self.outbox.added:
            self.tables.told.update(dict.fromkeys(self.payments.settled, len(self.tables.outbox)))


class _Portions:
    """Of a central that hands out none (of one that does: tests/till)."""

    def here(self, dish_ids: Iterable[DishId]) -> dict[DishId, PortionsHere]:
        return {}

    def take(self, portions: Mapping[DishId, int]) -> tuple[PortionsTaken, ...]:
        return ()


class _Orders:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def next_number(self, business_day: date) -> str:
        counter = self._tables.counters.get(business_day, 0) + 1
        self._tables.counters[business_day] = counter
        return order_number("A", counter)

    def add(self, order: Order) -> None:
        assert order.id not in self._tables.orders
        self._tables.orders[order.id] = order

    def get(self, order_id: OrderId) -> Order | None:
        return self._tables.orders.get(order_id)

    def recent(self, limit: int) -> tuple[Order, ...]:
        return tuple(reversed(self._tables.orders.values()))[:limit]

    def of_member(self, member_id: MemberId, limit: int) -> tuple[Order, ...]:
        return tuple(order for order in self.recent(2000) if order.member_id == member_id)[:limit]


class _Payments:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self.settled: list[PaymentId] = []

    def add(self, payment: Payment, payer: Payer | None = None) -> None:
        assert payment.id not in self._tables.payments
        self._tables.payments[payment.id] = payment
        self._tables.payers[payment.id] = payer
        if payment.state is not PaymentState.INTENDED:
            self.settled.append(payment.id)

    def settle(self, payment: Payment) -> None:
        self._tables.payments[payment.id].to(payment.state)
        self._tables.payments[payment.id] = payment
        self.settled.append(payment.id)

    def get(self, payment_id: PaymentId) -> Payment | None:
        return self._tables.payments.get(payment_id)

    def last_by_payer(self) -> tuple[Payment, Payer] | None:
        by_payer = [(p, payer) for p in self._tables.payments.values() if (payer := self._tables.payers[p.id])]
        return by_payer[-1] if by_payer else None

    def payer_of(self, payment_id: PaymentId) -> Payer | None:
        return self._tables.payers.get(payment_id)

    def unresolved(self) -> tuple[Payment, ...]:
        unsettled = (PaymentState.INTENDED, PaymentState.BEING_CHECKED)
        return tuple(p for p in self._tables.payments.values() if p.state in unsettled)


class _Grants:
    def __init__(self, tables: Tables, acknowledged: int) -> None:
        self._tables = tables
        self._acknowledged = acknowledged

    def add(self, grant: Grant) -> None:
        same = ((u.grant.request_id, u.grant.amount.currency) for u in self._tables.grants.values())
        is_second = grant.request_id is not None and (grant.request_id, grant.amount.currency) in same
        if grant.id in self._tables.grants or is_second:
            raise WalletError("the grant stands already")
        self._tables.grants[grant.id] = GrantUse(grant, grant.amount - grant.amount)

    def record_spend(self, use: GrantUse, spend: Spend) -> None:
        before = self._tables.grants[use.grant.id]
        if before.closed or spend.number != before.spends + 1:
            raise WalletError("not the next spend of this grant")
        self._tables.grants[use.grant.id] = use
        self._tables.spends.append(spend)

    def open_pre_grants(self, member_id: MemberId) -> tuple[GrantUse, ...]:
        uses = self._tables.grants.values()
        return tuple(u for u in uses if u.grant.is_pre_grant and not u.closed and u.grant.member_id == member_id)

    def unacknowledged(self, member_id: MemberId, currency: str) -> Money:
        unheard = {payment for payment, row in self._tables.told.items() if row > self._acknowledged}
        unheard |= self._tables.payments.keys() - self._tables.told.keys()
        grants = self._tables.grants
        spends = [s for s in self._tables.spends if s.payment_id in unheard and grants[s.grant_id].grant.is_pre_grant]
        of_member = (s.amount for s in spends if grants[s.grant_id].grant.member_id == member_id)
        return Money.sum((amount for amount in of_member if amount.currency == currency), currency)

    def take(self, grant: Grant) -> None:
        if grant.id not in self._tables.grants:
            self.add(grant)

    def recall(self, grant_id: GrantId) -> None:
        self._tables.recalled.add(grant_id)

    def give_back(self) -> tuple[GrantUse, ...]:
        unsettled = (PaymentState.INTENDED, PaymentState.BEING_CHECKED)
        paying = {p.member_id for p in self._tables.payments.values() if p.state in unsettled}
        uses = [self._tables.grants[g] for g in self._tables.recalled if g in self._tables.grants]
        closed = tuple(use.close() for use in uses if not use.closed and use.grant.member_id not in paying)
        self._tables.grants.update({use.grant.id: use for use in closed})
        return closed

    def unreleased_requests(self, payer: Payer) -> tuple[PaymentId, ...]:
        payments = self._tables.payments
        waiting = (p for p, row in self._tables.told.items() if row > self._acknowledged)
        return tuple(
            p for p in waiting if self._tables.payers[p] == payer and payments[p].state is PaymentState.NOT_CHARGED
        )


class _Stock:
    def __init__(self, tables: Tables, levels: StockLevels) -> None:
        self._tables = tables
        self._levels = levels

    def levels(self) -> StockLevels:
        return apply_movements(self._levels, self._tables.movements)

    def levels_of(self, dish_ids: Iterable[DishId]) -> StockLevels:
        levels, named = self.levels(), set(dish_ids)
        portions = {dish_id: n for dish_id, n in levels.portions.items() if dish_id in named}
        return StockLevels(portions, levels.sold_out & named)

    def record(self, movements: tuple[StockMovement, ...], order_id: OrderId) -> None:
        assert order_id in self._tables.orders
        self._tables.movements.extend(movements)


class _Members:
    def __init__(self, members: dict[str, tuple[Member, Card]]) -> None:
        self._members = members

    def by_card(self, uid: str) -> tuple[Member, Card] | None:
        return self._members.get(uid)

    def holder(self, uid: str) -> CardHolder | None:
        found = self.by_card(uid)
        return CardHolder(found[0].id, found[0].balance, found[1].state) if found else None


class _NoCardBlocks:
    def holds(self, _card_uid: str) -> bool:
        return False


class _Menus:
    def __init__(self, menu: Menu | None) -> None:
        self._menu = menu

    def current(self) -> Menu | None:
        return self._menu


class _PrintJobs:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def add(self, job: PrintJob) -> None:
        assert job.id not in self._tables.print_jobs
        self._tables.print_jobs[job.id] = job

    def get(self, job_id: UUID) -> PrintJob | None:
        return self._tables.print_jobs.get(job_id)

    def set_state(self, job_id: UUID, state: PrintJobState) -> None:
        self._tables.print_jobs[job_id] = replace(self._tables.print_jobs[job_id], state=state)

    def in_state(self, state: PrintJobState) -> tuple[PrintJob, ...]:
        return tuple(job for job in self._tables.print_jobs.values() if job.state is state)


class _Outbox:
    def __init__(self, tables: Tables, acknowledged: int) -> None:
        self._tables = tables
        self._acknowledged = acknowledged
        self.added = False

    def add(self, body: bytes) -> int:
        self._tables.outbox.append(body)
        self.added = True
        return len(self._tables.outbox)

    def waiting(self) -> int:
        return len(self._tables.outbox) - self._acknowledged


class _Slips:
    """Of a terminal that signs none."""

    def own(self) -> None:
        return None


class _AuditLog:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def newest(self) -> AuditEntry | None:
        return parse_entry(self._tables.audit[-1].body) if self._tables.audit else None

    def append(self, at: datetime, actor: str, action: str, subject: str, details: Mapping[str, object]) -> None:
        last = self._tables.audit[-1] if self._tables.audit else None
        self._tables.audit.append(next_entry(UUID(int=1), last, at, actor, action, subject, details))
