"""One card at eight terminals that come and go: the real checkout and the real central, with a line between them that
breaks, loses requests and replies, and repeats uploads.

The terminals' stores are in memory (tests.services.memory_store) and the calls go without HTTP, so that thousands of
days fit into minutes; what decides about money is the product's own.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import Row, insert

from central.push.service import receive
from central.terminals.identity import Terminal as KnownTerminal
from central.terminals.repository import terminal as terminal_table
from central.transactions import Transaction, Transactions
from central.wallet import repository
from central.wallet.accounts import Account, read_accounts
from central.wallet.pre_grants import PreGrantRule, issue
from central.wallet.service import request_grant, top_up
from kiosk.domain.cart import EMPTY_CART, Cart
from kiosk.domain.ids import GrantId, MemberId, TerminalId, uuid7
from kiosk.domain.member import Card
from kiosk.domain.money import Money
from kiosk.domain.wallet import Grant
from kiosk.services.outcomes import Paid
from kiosk.services.ports import CentralUnreachable, TerminalIdentity
from kiosk.sync import wire
from kiosk.sync.grants import CentralGrants
from tests.domain.canteen import BIG_NOODLES, PLAIN_RICE, PLAIN_SET
from tests.prove.newcomers import Newcomer, enter, newcomer
from tests.services.terminal import MOMENT, Terminal

T = TypeVar("T")
TERMINALS = 8
RULE = PreGrantRule(limit_minor=2500, terminal_cap_minor=10**9)
CARTS = (EMPTY_CART.add(PLAIN_RICE), EMPTY_CART.add(PLAIN_SET), EMPTY_CART.add(BIG_NOODLES, 2))

NOTHING = Money(0)
ENTERED_AT_ONCE = 100


class Link(Enum):
    UP = auto()
    LOSSY = auto()
    DOWN = auto()


LINKS = (Link.UP, Link.LOSSY, Link.DOWN, Link.DOWN)  # how often each


class Mutant(Enum):
    """Planted bugs: each must be found."""

    NONE = auto()
    RECLAIM_BY_TIME_OUT = auto()  # central takes a grant back because it has not heard of it for long
    SPENDS_WHAT_WAS_GIVEN_BACK = auto()  # the terminal goes on under a grant that it has closed
    GRANTS_BY_THE_LEDGER = auto()  # central forgets what it has set aside already


class Canteen:
    """Central with its terminals, for many days."""

    def __init__(self, transactions: Transactions, chance: random.Random, mutant: Mutant = Mutant.NONE) -> None:
        self.transactions, self.chance, self.mutant = transactions, chance, mutant
        self.known = [KnownTerminal(f"t{n}", 1, f"L{n}", "t", 2) for n in range(TERMINALS)]
        self.sent = [0] * TERMINALS
        self.writes = 0  # central's books are as they were while this stands
        rows = [
            {"id": k.id, "letter": k.letter, "name": "t", "incarnation": 1, "public_key": b"", "is_revoked": False}
            | {"enrolled_at": MOMENT, "protocol": 2}
            for k in self.known
        ]
        transactions.write(lambda tx: tx.connection.execute(insert(terminal_table), rows))

    def write(self, work: Callable[[Transaction], T]) -> T:
        """A transaction of central's."""
        self.writes += 1
        return self.transactions.write(work)

    def enter(self, newcomers: Sequence[Newcomer]) -> None:
        """Into central's books."""
        self.write(lambda tx: enter(tx, [known.id for known in self.known], newcomers))


class Machine:
    """A terminal for one day: its services, its link, and what it has taken from the feed."""

    def __init__(self, day: Day, place: int) -> None:
        self._day, self._place = day, place
        self._canteen, self._known = day.canteen, day.canteen.known[place]
        self.link = Link.UP
        self.services = Terminal(line=_Line(self, self._known))
        self.services.store.members = {day.uid: (day.member, Card(day.uid, day.member.id))}
        self._event_ids: list[UUID] = []
        self._base = self._canteen.sent[place]

    def pay(self, cart: Cart) -> Money:
        """What was charged for it."""
        outcome = self.services.pays(cart, self._day.uid)
        return outcome.order.total if isinstance(outcome, Paid) else Money(0)

    def ask(self, request: wire.GrantRequest) -> wire.GrantReply:
        """Over the line, which may lose either way."""
        self._cross()
        if self._canteen.mutant is Mutant.GRANTS_BY_THE_LEDGER:
            reply = self._canteen.write(lambda tx: _grant_by_ledger(tx, self._known, self._day, request))
        else:
            answer = self._canteen.write(lambda tx: request_grant(tx, self._known, request))
            assert answer is not None
            reply = answer
        self._cross()
        return reply

    def sync(self) -> None:
        """Take what was set aside, give back what is recalled, send what waits."""
        try:
            self._cross()
            self._pull()
            self._push()
        except CentralUnreachable:
            pass

    def _pull(self) -> None:
        with self.services.store.transaction() as tx:
            for row in self._day.open_pre_grants():
                if row.terminal_id == self._known.id:
                    who = MemberId(row.member_id), TerminalId(row.terminal_id)
                    tx.grants.take(Grant(GrantId(row.id), None, *who, 1, Money(row.amount_minor)))
                    if row.is_recalled:
                        tx.grants.recall(GrantId(row.id))
        with self.services.store.transaction() as tx:
            for use in tx.grants.give_back():
                tx.outbox.add(wire.encode(wire.GrantClosed(use.grant.id, use.spends)))
                if self._canteen.mutant is Mutant.SPENDS_WHAT_WAS_GIVEN_BACK:
                    tx.tables.grants[use.grant.id] = replace(use, closed=False)

    def _push(self) -> None:
        store = self.services.store
        bodies = store.tables.outbox
        self._event_ids += [uuid7(0) for _ in range(len(bodies) - len(self._event_ids))]
        events = [
            wire.PushedEvent(event_id, msgspec.Raw(body))
            for event_id, body in zip(self._event_ids, bodies, strict=True)
        ][store.acknowledged :]
        if not events:
            return
        first = self._base + store.acknowledged + 1
        for _ in range(self._canteen.chance.choice((1, 1, 2))):
            reply = self._canteen.write(lambda tx: receive(tx, self._known, first, events))
            self._day.quarantined += len(reply.quarantined)
        self._cross()
        store.acknowledged = reply.last_seq - self._base
        self._canteen.sent[self._place] = reply.last_seq

    def _cross(self) -> None:
        lost = self.link is Link.LOSSY and self._canteen.chance.random() < 0.3
        if self.link is Link.DOWN or lost:
            raise CentralUnreachable


class _Line(CentralGrants):
    """The product's own asking for grants, without HTTP."""

    def __init__(self, machine: Machine, known: KnownTerminal) -> None:
        self._machine = machine
        self._client = self  # type: ignore[assignment]
        self._identity = TerminalIdentity(TerminalId(known.id), 1, known.letter, "c", b"")
        self._retry_within_s = 60.0

    def _epoch(self) -> str:
        return ""  # this central is never restored

    def grant(self, request: wire.GrantRequest) -> wire.GrantReply:
        return self._machine.ask(request)


@dataclass
class Day:
    """One card, one day. `check` after every step."""

    canteen: Canteen
    who: Newcomer
    steps: int
    charged: Money = NOTHING
    topped_up: Money = NOTHING
    quarantined: int = 0
    machines: list[Machine] = field(default_factory=list)
    _checked_writes: int = -1
    _pre_grants: tuple[int, Sequence[Row[Any]]] = (-1, ())

    def __post_init__(self) -> None:
        self.uid, self.member = self.who.uid, self.who.member
        self.machines = [Machine(self, place) for place in range(TERMINALS)]

    def run(self) -> None:
        chance = self.canteen.chance
        favourite = [self.machines[place] for place in self.who.favourites]
        self.canteen.write(lambda tx: issue(tx, RULE, [self.member.id]))
        for machine in favourite:
            machine.sync()
        for machine in self.machines:
            machine.link = chance.choice(LINKS)
        for _ in range(self.steps):
            machine = chance.choice(favourite) if chance.random() < 0.6 else chance.choice(self.machines)
            self._step(chance.random(), machine)
            self.check()
        for machine in self.machines:
            machine.link = Link.UP
        for machine in self.machines:
            machine.sync()
        self.check()
        account = self.account()
        assert self.quarantined == 0, "a sale was refused"
        assert account.booked == self.truth(), "central and the terminals disagree"

    def truth(self) -> Money:
        """What the member has: whatever was shown as paid anywhere is gone."""
        return self.member.balance + self.topped_up - self.charged

    def check(self) -> None:
        if self._checked_writes != self.canteen.writes:  # else central's books are as they were
            account = self.account()
            assert not account.free.is_negative, "more is set aside than there is"
            assert account.booked + account.credit_line == account.free + account.held
            self._checked_writes = self.canteen.writes
        assert self.truth() + self.who.credit_line >= Money(0), "below the credit line"

    def account(self) -> Account:
        member_id = self.member.id
        return self.canteen.transactions.read(lambda c: read_accounts(c, [member_id], "CNY"))[member_id]

    def open_pre_grants(self) -> Sequence[Row[Any]]:
        """What central has set aside for the member; asked for again when something was written."""
        if self._pre_grants[0] != self.canteen.writes:
            rows = self.canteen.transactions.read(lambda c: repository.open_pre_grants(c, [self.member.id]))
            self._pre_grants = self.canteen.writes, rows
        return self._pre_grants[1]

    def _step(self, dice: float, machine: Machine) -> None:
        chance, write = self.canteen.chance, self.canteen.write
        if dice < 0.50:
            self.charged += machine.pay(chance.choice(CARTS))
        elif dice < 0.75:
            machine.sync()
        elif dice < 0.86:
            machine.link = chance.choice(LINKS)
        elif dice < 0.97:
            if self.canteen.mutant is Mutant.RECLAIM_BY_TIME_OUT:
                write(lambda tx: _reclaim(tx, self.member.id))
            write(lambda tx: issue(tx, RULE, [self.member.id]))
        else:
            amount = Money(chance.randrange(100, 2000))
            write(lambda tx: top_up(tx, uuid7(0), self.member.id, amount))
            self.topped_up += amount


def days(canteen: Canteen, count: int, steps: int) -> Iterator[Day]:
    """Central learns of many people at once, before their day."""
    for first in range(0, count, ENTERED_AT_ONCE):
        numbers = range(first, min(count, first + ENTERED_AT_ONCE))
        newcomers = [newcomer(number, TERMINALS, canteen.chance) for number in numbers]
        canteen.enter(newcomers)
        for who in newcomers:
            yield Day(canteen, who, steps)


# --- the planted bugs ---


def _reclaim(tx: Transaction, member_id: str) -> None:
    for grant in repository.open_pre_grants(tx.connection, [member_id]):
        repository.update_grant(tx.connection, grant.id, is_open=False)


def _grant_by_ledger(tx: Transaction, known: KnownTerminal, day: Day, request: wire.GrantRequest) -> wire.GrantReply:
    account = read_accounts(tx.connection, [day.member.id], "CNY")[day.member.id]
    if request.amount > account.booked + account.credit_line:
        return wire.GrantReply(refusal="insufficient", free=account.booked)
    row = {"request_id": request.request_id, "terminal_id": known.id, "incarnation": 1, "is_abandoned": False}
    if not repository.claim_request(tx.connection, row | {"received_at": tx.now}):
        return wire.GrantReply(refusal="abandoned")
    who = day.member.id, TerminalId(known.id)
    grant = Grant(GrantId(uuid7(0)), request.request_id, *who, 1, request.amount)  # type: ignore[arg-type]
    repository.add_grant(tx.connection, grant, tx.now)
    return wire.GrantReply(grant_id=grant.id, member_id=grant.member_id, free_after=account.booked)
