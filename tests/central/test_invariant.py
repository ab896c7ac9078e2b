"""What always holds, whatever is lost, repeated, late or at the same time: nobody's free balance falls below zero, the
ledger sums to zero, and ledger + credit line = free + what open grants hold."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from central.wallet.ledger import ledger_posting
from central.wallet.service import top_up
from kiosk.domain.money import Money
from kiosk.sync import wire
from tests.central.sales import new_id, pushed_event, sale, yuan
from tests.central.support import Central, Diner, Terminal

SLOW = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@dataclass
class Customer:
    """A member and the grants that terminals still remember."""

    member: Diner
    granted: list[Granted] = field(default_factory=list)


@dataclass(frozen=True)
class Granted:
    at: Terminal
    request_id: UUID
    reply: wire.GrantReply
    amount: str

    def sale(self, at: Terminal | None = None, payment_id: UUID | None = None, extra: str = "0") -> wire.OrderRecorded:
        price = (yuan(self.amount) + yuan(extra)).decimal_text()
        return sale(at or self.at, payment_id or self.request_id, self.reply, price)


def check(central: Central, customers: list[Customer]) -> None:
    total = central.parts.transactions.read(
        lambda c: c.execute(select(func.coalesce(func.sum(ledger_posting.c.amount_minor), 0))).scalar_one()
    )
    assert total == 0
    for customer in customers:
        account = central.account(customer.member)
        assert not account.free.is_negative
        assert not account.held.is_negative
        assert account.booked + account.credit_line == account.free + account.held


def ask(terminal: Terminal, customer: Customer, amount: str) -> None:
    request_id = new_id()
    reply = terminal.grant(customer.member, amount, request_id)
    if reply.grant_id is not None:
        customer.granted.append(Granted(terminal, request_id, reply, amount))


def push_twice(granted: Granted) -> None:
    """The same batch again, and then the same grant spent again."""
    event, first_seq = pushed_event(granted.sale()), granted.at.sent + 1
    granted.at.push(event, first_seq=first_seq)
    granted.at.push(event, first_seq=first_seq)
    granted.at.push(granted.sale(payment_id=new_id()))


# What terminals and networks do with a grant; the second argument is another terminal.
WITH_A_GRANT: dict[str, Callable[[Granted, Terminal], object]] = {
    "spend": lambda g, _: g.at.push(g.sale()),
    "spend twice": lambda g, _: push_twice(g),
    "spend too much": lambda g, _: g.at.push(g.sale(extra="0.01")),
    "spend elsewhere": lambda g, other: other.push(g.sale(at=other)),
    "release": lambda g, _: g.at.push(wire.GrantReleased(g.request_id)),
    "release, then spend": lambda g, _: g.at.push(wire.GrantReleased(g.request_id), g.sale()),
}
ACTIONS = ("ask", "ask", "ask", "ask", "top up", "ask, abandoning", "spend", *WITH_A_GRANT)


def act(central: Central, terminal: Terminal, customer: Customer, action: str, amount_minor: int) -> None:
    amount = Money(amount_minor).decimal_text()
    if action == "ask":
        ask(terminal, customer, amount)
    elif action == "ask, abandoning":
        terminal.grant(customer.member, amount, abandons=(new_id(), *(g.request_id for g in customer.granted)))
    elif action == "top up":
        central.parts.transactions.write(lambda tx: top_up(tx, new_id(), customer.member.id, Money(amount_minor)))
    elif customer.granted:
        granted = customer.granted[amount_minor % len(customer.granted)]  # perhaps one that was used before
        WITH_A_GRANT[action](granted, terminal)


@SLOW
@given(
    opening=st.sampled_from(["0", "3.00", "20.00"]),
    credit=st.sampled_from(["", "5.00"]),
    steps=st.lists(
        st.tuples(st.integers(0, 1), st.sampled_from(ACTIONS), st.integers(1, 1200)), min_size=5, max_size=25
    ),
)
def test_after_any_sequence(central: Central, opening: str, credit: str, steps: list[tuple[int, str, int]]) -> None:
    customer = Customer(central.add_member(opening, credit))
    terminals = [central.enrol(), central.enrol()]
    for which, action, amount_minor in steps:
        act(central, terminals[which], customer, action, amount_minor)
        check(central, [customer])


def test_after_many_at_once(central: Central) -> None:
    """Six terminals, three members, everything at the same time."""
    members = [central.add_member("30.00") for _ in range(3)]

    def work(seed: int) -> list[Customer]:
        rng = random.Random(seed)
        terminal = central.enrol()
        customers = [Customer(member) for member in members]
        for _ in range(25):
            act(central, terminal, rng.choice(customers), rng.choice(ACTIONS), rng.randint(1, 900))
        return customers

    with ThreadPoolExecutor(6) as threads:
        for done in [threads.submit(work, seed) for seed in range(6)]:
            done.result(60)
    check(central, [Customer(member) for member in members])
