"""One member's money, points and coupons at four terminals that come and go: the real checkout and the real central,
and between them a line that loses requests and replies and repeats uploads. Now and then a terminal lies.

As in tests.prove.storm, the terminals' stores are in memory and the calls go without HTTP.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from uuid import UUID

import msgspec
from sqlalchemy import func, insert, select, update

from central.coupons.repository import add_offer, coupon
from central.coupons.service import issue_coupons
from central.members.repository import card as card_table
from central.members.repository import member as member_table
from central.push.service import receive
from central.terminals.identity import Terminal as KnownTerminal
from central.terminals.repository import terminal as terminal_table
from central.transactions import Transaction, Transactions
from central.wallet import ledger, repository
from central.wallet.accounts import Account, read_accounts
from central.wallet.ledger import ledger_posting
from central.wallet.service import request_grant
from kiosk.domain.cart import EMPTY_CART
from kiosk.domain.coupon import CouponTerms
from kiosk.domain.diet import NO_DIET
from kiosk.domain.ids import CouponId, GrantId, MemberId, PaymentId, TerminalId, uuid7
from kiosk.domain.local_text import LocalText
from kiosk.domain.member import Card, Member
from kiosk.domain.money import Money
from kiosk.domain.order import OrderState
from kiosk.domain.payment import Payment, PaymentMethod, PaymentPart, PaymentState
from kiosk.domain.unit import POINTS, coupon_in, coupon_unit
from kiosk.domain.wallet import Grant, Spend
from kiosk.services.outcomes import DueAtCounter, Paid
from kiosk.services.ports import CentralUnreachable, TerminalIdentity
from kiosk.sync import wire
from kiosk.sync.grants import CentralGrants
from tests.central.sales import an_order
from tests.domain.canteen import BIG_NOODLES
from tests.services.terminal import MOMENT, Terminal

TILLS, COUPONS, EARNED, BALANCE = 4, 3, 2000, Money(60_000)
CART, TOTAL = EMPTY_CART.add(BIG_NOODLES, 2), Money(3400)
LOSS = 0.2


class Mutant(Enum):
    """Planted bugs: each must be found."""

    NONE = auto()
    COUPON_IS_NOT_HELD = auto()  # central gives a coupon that another terminal is just using
    POINTS_ARE_NOT_HELD = auto()  # central forgets the points that open grants hold
    UNIT_IS_NOT_CHECKED = auto()  # central books a spend of points against a grant of money
    RELEASE_GIVES_BACK = auto()  # central adds the points of a released grant to the account, each time it is told


@dataclass
class Books:
    """What the tills have shown as paid, and what they were refused afterwards."""

    used: Counter[str] = field(default_factory=Counter)
    money: int = 0
    earned: int = 0
    forged: int = 0
    quarantined: int = 0


class Storm:
    """Central, one member, and the tills."""

    def __init__(self, transactions: Transactions, seed: int, mutant: Mutant = Mutant.NONE) -> None:
        self.transactions, self.chance, self.mutant = transactions, random.Random(seed), mutant
        self.books = Books()
        self.number = self.chance.randrange(10**9)
        self.uid = f"{self.number:010X}"
        self.member = Member(MemberId(f"m{self.number}"), "王*", BALANCE, EARNED, MOMENT, NO_DIET)
        self.coupons: list[str] = transactions.write(self._enter)
        self.tills = [Till(self, KnownTerminal(f"t{self.number}-{n}", 1, f"{n}", "t", 3)) for n in range(TILLS)]

    def run(self, steps: int) -> None:
        for _ in range(steps):
            till, dice = self.chance.choice(self.tills), self.chance.random()
            if dice < 0.55:
                till.pay(self._others())
            elif dice < 0.75:
                till.sync()
            elif dice < 0.95:
                till.up = not till.up
            else:
                till.lie()
            self.check()
        for till in self.tills * 2:
            till.sync(surely=True)
        self.check()
        account = self.account()
        assert self.books.quarantined == self.books.forged, "a sale was refused, or a lie was believed"
        assert account.points == EARNED + self.books.earned - self.books.used[POINTS], "points came or went"
        assert account.booked.minor == BALANCE.minor - self.books.money, "money came or went"
        for unit in self.coupons:
            assert self.booked(unit) == 1 - self.books.used[unit], "central and the tills disagree about a coupon"

    def check(self) -> None:
        account = self.account()
        assert account.free_points >= 0, "more points are given than there are"
        assert not account.free.is_negative, "more money is given than there is"
        assert self.books.used[POINTS] <= EARNED + self.books.earned, "more points were used than there were"
        for unit in self.coupons:
            assert self.books.used[unit] <= 1, "a coupon was used twice"
            assert self.booked(unit) in (0, 1), "a coupon was booked twice"

    def account(self) -> Account:
        return self.transactions.read(lambda c: read_accounts(c, [self.member.id], "CNY"))[self.member.id]

    def booked(self, account: str) -> int:
        total = select(func.coalesce(func.sum(ledger_posting.c.amount_minor), 0))
        return self.transactions.read(
            lambda c: int(c.execute(total.where(ledger_posting.c.account == account)).scalar_one())
        )

    def grant(self, known: KnownTerminal, request: wire.GrantRequest) -> wire.GrantReply:
        careless = {Mutant.COUPON_IS_NOT_HELD: _has_coupons, Mutant.POINTS_ARE_NOT_HELD: _has_points}.get(self.mutant)
        if careless is not None and careless(self, request):
            return self.transactions.write(lambda tx: _give(tx, known, self.member.id, request))
        reply = self.transactions.write(lambda tx: request_grant(tx, known, request))
        assert reply is not None
        return reply

    def receive(self, known: KnownTerminal, first: int, events: Sequence[wire.PushedEvent]) -> wire.PushReply:
        if self.mutant is Mutant.UNIT_IS_NOT_CHECKED:
            self.transactions.write(lambda tx: _believe_units(tx, events))
        reply = self.transactions.write(lambda tx: receive(tx, known, first, events))
        if self.mutant is Mutant.RELEASE_GIVES_BACK:
            self.transactions.write(lambda tx: _give_back(tx, events))
        return reply

    def _others(self) -> tuple[PaymentPart, ...]:
        """What somebody might want to use: any coupon they once had, some points, a rest at the counter."""
        chance, parts = self.chance, []
        if chance.random() < 0.6:
            unit = chance.choice(self.coupons)
            parts.append(PaymentPart(PaymentMethod.COUPON, Money(500), Money(1, unit)))
        if chance.random() < 0.6:
            count = chance.choice((100, 500, 1000))
            parts.append(PaymentPart(PaymentMethod.POINTS, Money(count), Money(count, POINTS)))
        if chance.random() < 0.3:
            parts.append(PaymentPart(PaymentMethod.COUNTER, Money(900)))
        return tuple(parts)

    def _enter(self, tx: Transaction) -> list[str]:
        who = {"id": self.member.id, "name": "n", "unit": "u", "is_blocked": False, "created_at": tx.now}
        tx.connection.execute(insert(member_table), who | {"credit_line_minor": 0, "diet": wire.encode(NO_DIET)})
        tx.connection.execute(insert(card_table), {"uid": self.uid, "member_id": self.member.id, "state": "active"})
        rows = [
            {"id": f"t{self.number}-{n}", "letter": f"{self.number}{n}", "name": "t", "incarnation": 1}
            | {"public_key": b"", "is_revoked": False, "enrolled_at": MOMENT, "protocol": 3}
            for n in range(TILLS)
        ]
        tx.connection.execute(insert(terminal_table), rows)
        opening = ledger.transfer("opening", ledger.OPENING_BALANCES, ledger.member_account(self.member.id), BALANCE)
        ledger.book(tx.connection, [(f"opening:{self.member.id}", opening)], tx.now)
        ledger.add_points(tx.connection, f"opening:{self.member.id}", self.member.id, EARNED, "opening", tx.now)
        always = MOMENT.replace(year=2000), MOMENT.replace(year=2100)
        for n in range(COUPONS):
            terms = CouponTerms(LocalText("券", "Coupon"), 100, Money(500), Money(0), *always)
            add_offer(tx.connection, f"o{self.number}-{n}", terms)
            issue_coupons(tx, f"o{self.number}-{n}", [self.member.id])
        ids = tx.connection.scalars(select(coupon.c.id).where(coupon.c.member_id == self.member.id))
        return [coupon_unit(CouponId(coupon_id)) for coupon_id in ids]


class Till:
    """A terminal: its services, and whether its line works."""

    def __init__(self, storm: Storm, known: KnownTerminal) -> None:
        self._storm, self._known = storm, known
        self.up = True
        self.services = Terminal(line=_Line(self))
        self.services.store.members = {storm.uid: (storm.member, Card(storm.uid, storm.member.id))}
        self._event_ids: list[UUID] = []

    def pay(self, others: tuple[PaymentPart, ...]) -> None:
        request = replace(self.services.request(CART), others=others)
        outcome = self.services.checkout.pay_by_card(request, self._storm.uid)
        if not isinstance(outcome, Paid | DueAtCounter):
            return
        books = self._storm.books
        parts = outcome.parts or (PaymentPart(PaymentMethod.BALANCE, TOTAL),)
        for part in parts:
            if part.used is not None:
                books.used[part.used.currency] += part.used.minor
            elif part.method is PaymentMethod.BALANCE:
                books.money += part.value.minor
        books.earned += outcome.points

    def lie(self) -> None:
        """It was granted money twice, and says that the second was points."""
        storm, payment_id, half = self._storm, PaymentId(uuid7(0)), Money(1700)
        requests = [wire.GrantRequest(request_id, storm.uid, half) for request_id in (payment_id, uuid7(0))]
        grant_ids = [storm.grant(self._known, request).grant_id for request in requests]
        order = an_order(self, TOTAL.decimal_text(), "rice", OrderState.PAID, storm.member.id)
        amounts = half, Money(half.minor, POINTS)
        parts = PaymentPart(PaymentMethod.BALANCE, half), PaymentPart(PaymentMethod.POINTS, half, amounts[1])
        method = PaymentMethod.BALANCE
        payment = Payment(payment_id, order.id, method, TOTAL, PaymentState.PAID, order.member_id, parts)
        spends = tuple(
            wire.SpendRecord(Spend(GrantId(grant_id), 1, payment_id, amount), 1)
            for grant_id, amount in zip(grant_ids, amounts, strict=True)
            if grant_id is not None
        )
        if len(spends) < len(amounts):
            return
        with self.services.store.transaction() as tx:
            tx.outbox.add(wire.encode(wire.OrderRecorded(order, payment, (), spends=spends)))
        storm.books.forged += 1

    def sync(self, *, surely: bool = False) -> None:
        """Send what waits, perhaps twice; `surely`: the line holds."""
        store = self.services.store
        bodies, start = store.tables.outbox, store.acknowledged
        self._event_ids += [uuid7(0) for _ in range(len(bodies) - len(self._event_ids))]
        events = [
            wire.PushedEvent(event_id, msgspec.Raw(body))
            for event_id, body in zip(self._event_ids[start:], bodies[start:], strict=True)
        ]
        if not events or (not surely and not self._crosses()):
            return
        known_to_be_refused: set[int] = set()
        for _ in range(self._storm.chance.choice((1, 2))):
            reply = self._storm.receive(self._known, start + 1, events)
            known_to_be_refused |= {q.seq for q in reply.quarantined}
        if surely or self._crosses():
            self._storm.books.quarantined += len(known_to_be_refused)
            store.acknowledged = reply.last_seq

    def ask(self, request: wire.GrantRequest) -> wire.GrantReply:
        if not self._crosses():
            raise CentralUnreachable
        reply = self._storm.grant(self._known, request)
        if not self._crosses():
            raise CentralUnreachable
        return reply

    def number(self) -> str:
        return "A999"

    @property
    def identity(self) -> TerminalIdentity:
        return TerminalIdentity(TerminalId(self._known.id), 1, self._known.letter, "c", b"")

    def _crosses(self) -> bool:
        return self.up and self._storm.chance.random() >= LOSS


class _Line(CentralGrants):
    """The product's own asking for grants, without HTTP."""

    def __init__(self, till: Till) -> None:
        self._till = till
        self._client = self  # type: ignore[assignment]
        self._retry_within_s = 60.0

    @property
    def _identity(self) -> TerminalIdentity:  # type: ignore[override]
        return self._till.identity

    def _epoch(self) -> str:
        return ""  # no central is restored here

    def grant(self, request: wire.GrantRequest) -> wire.GrantReply:
        return self._till.ask(request)


# --- the planted bugs ---


def _has_coupons(storm: Storm, request: wire.GrantRequest) -> bool:
    units = [amount.currency for amount in request.further]
    only_coupons = bool(units) and all(coupon_in(unit) is not None for unit in units)
    return only_coupons and request.amount <= storm.account().free and all(storm.booked(unit) == 1 for unit in units)


def _has_points(storm: Storm, request: wire.GrantRequest) -> bool:
    wanted = [amount.minor for amount in request.further if amount.currency == POINTS]
    account, only_points = storm.account(), len(request.further) == len(wanted) == 1
    return only_points and request.amount <= account.free and wanted[0] <= account.points


def _give(tx: Transaction, known: KnownTerminal, member_id: str, request: wire.GrantRequest) -> wire.GrantReply:
    row = {"request_id": request.request_id, "terminal_id": known.id, "incarnation": 1, "is_abandoned": False}
    if not repository.claim_request(tx.connection, row | {"received_at": tx.now}):
        return wire.GrantReply(refusal="abandoned")
    ids = [GrantId(uuid7(0)) for _ in (request.amount, *request.further)]
    for grant_id, amount in zip(ids, (request.amount, *request.further), strict=True):
        if amount:
            who = MemberId(member_id), TerminalId(known.id)
            repository.add_grant(tx.connection, Grant(grant_id, PaymentId(request.request_id), *who, 1, amount), tx.now)
    money = ids[0] if request.amount else None
    further = tuple(ids[1:])
    seals = ("",) * len(further)
    return wire.GrantReply(money, MemberId(member_id), Money(0), further=further, further_seals=seals)


def _believe_units(tx: Transaction, events: Sequence[wire.PushedEvent]) -> None:
    """Each grant is of whatever unit its spend is."""
    grants = repository.money_grant
    for pushed in events:
        event = wire.decode_event(pushed.body)
        for record in event.all_spends if isinstance(event, wire.OrderRecorded) else ():
            of_it = update(grants).where(grants.c.id == record.spend.grant_id)
            tx.connection.execute(of_it.values(unit=record.spend.amount.currency))


def _give_back(tx: Transaction, events: Sequence[wire.PushedEvent]) -> None:
    for pushed in events:
        event = wire.decode_event(pushed.body)
        if isinstance(event, wire.GrantReleased):
            for grant in repository.grants_of_request(tx.connection, event.request_id):
                if grant.unit == POINTS:
                    reference = f"back:{uuid7(0)}"
                    ledger.add_points(tx.connection, reference, grant.member_id, grant.amount_minor, "back", tx.now)
