"""A lunch with central away: members with habits, what central had set aside for them, and what they then can pay.

Central's own rule and database set the money aside (central.wallet.pre_grants), the terminals' own rule spends it
(kiosk.domain.wallet); only the people are made up. Each has two lines where they usually eat and another now and then.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection, insert, select, update

from central.members.repository import member
from central.opening import initialise, opened
from central.orders.repository import customer_order
from central.settings import load_settings
from central.terminals.repository import terminal
from central.transactions import Transactions
from central.wallet import ledger
from central.wallet.pre_grants import PreGrantRule, issue
from central.wallet.repository import money_grant
from kiosk.domain.cart import EMPTY_CART
from kiosk.domain.diet import NO_DIET
from kiosk.domain.ids import GrantId, MemberId, PaymentId, TerminalId, uuid7
from kiosk.domain.money import Money
from kiosk.domain.wallet import Grant, GrantUse, plan_spends
from kiosk.sync import wire

START = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
PAST_MEALS = 40
AT_ONCE = 25
NO_CAP = 10**12


@dataclass(frozen=True)
class Habits:
    """How people eat: the share of meals at the first and at the second usual line; prices and balances in fen."""

    first: float = 0.78
    second: float = 0.20
    prices: tuple[int, int] = (800, 2600)
    balances: tuple[int, int] = (500, 20_000)
    eats: float = 0.9  # of the members come while central is away
    again: float = 0.15  # of them buy something small later
    small: tuple[int, int] = (200, 800)


@dataclass(frozen=True)
class Diner:
    id: str
    balance_minor: int
    usual: tuple[int, int]


@dataclass(frozen=True)
class Lunch:
    """`allowed`: payments that the balance allowed; `paid` of them went through at the terminal."""

    allowed: int
    paid: int

    @property
    def acceptance(self) -> float:
        return self.paid / self.allowed


class Canteen:
    """Members, terminals and past orders in a real central database."""

    def __init__(
        self, transactions: Transactions, chance: random.Random, members: int, terminals: int, habits: Habits
    ) -> None:
        self._transactions, self._chance, self._habits = transactions, chance, habits
        self._terminals = [f"t{n:02}" for n in range(terminals)]
        self._diners = [self._diner(n) for n in range(members)]
        self._granted: dict[tuple[str, str], list[GrantUse]] = {}  # by terminal and member
        transactions.write(lambda tx: self._write_down(tx.connection, tx.now))

    def set_aside(self, limit_minor: int) -> None:
        """As the nightly round does."""
        rule = PreGrantRule(limit_minor, NO_CAP)
        ids = [diner.id for diner in self._diners]
        for start in range(0, len(ids), AT_ONCE):
            self._transactions.write(lambda tx, some=ids[start : start + AT_ONCE]: issue(tx, rule, some))
        self._granted = self._transactions.read(_held_at_terminals)

    def take_back(self) -> None:
        """As if nothing had ever been set aside."""
        self._transactions.write(lambda tx: tx.connection.execute(update(money_grant).values(is_open=False)))
        self._granted = {}

    def lunch(self) -> Lunch:
        """Central is away from now on."""
        held: dict[tuple[str, str], list[GrantUse]] = {}  # where something was spent
        allowed = paid = 0
        for diner in self._diners:
            left_minor = diner.balance_minor
            for price_minor in self._purchases():
                if price_minor > left_minor:
                    continue
                allowed += 1
                place = self._terminals[self._line(diner)], diner.id
                here = held.get(place) or self._granted.get(place, [])
                plan = plan_spends([use for use in here if not use.closed], PaymentId(uuid7(0)), Money(price_minor))
                if not plan.missing:
                    paid += 1
                    left_minor -= price_minor
                    used: dict[UUID, GrantUse] = {use.grant.id: use for use, _ in plan.uses}
                    held[place] = [used.get(use.grant.id, use) for use in here]
        return Lunch(allowed, paid)

    def _diner(self, number: int) -> Diner:
        first, second = self._chance.sample(range(len(self._terminals)), 2)
        return Diner(f"m{number:05}", self._chance.randint(*self._habits.balances), (first, second))

    def _line(self, diner: Diner) -> int:
        dice = self._chance.random()
        if dice < self._habits.first:
            return diner.usual[0]
        if dice < self._habits.first + self._habits.second:
            return diner.usual[1]
        return self._chance.randrange(len(self._terminals))

    def _purchases(self) -> Iterator[int]:
        if self._chance.random() < self._habits.eats:
            yield self._chance.randint(*self._habits.prices)
            if self._chance.random() < self._habits.again:
                yield self._chance.randint(*self._habits.small)

    def _write_down(self, connection: object, now: datetime) -> None:
        """Who there is, what they have, and where they ate before."""
        execute = connection.execute  # type: ignore[attr-defined]
        machine = {"incarnation": 1, "public_key": b"", "is_revoked": False, "enrolled_at": now, "protocol": 2}
        execute(
            insert(terminal), [machine | {"id": t, "letter": f"L{n}", "name": t} for n, t in enumerate(self._terminals)]
        )
        person = {"name": "n", "unit": "u", "is_blocked": False, "credit_line_minor": 0, "created_at": now}
        diet = wire.encode(NO_DIET)
        execute(insert(member), [person | {"id": diner.id, "diet": diet} for diner in self._diners])
        entries = [
            (
                f"opening:{d.id}",
                ledger.transfer(
                    "opening", ledger.OPENING_BALANCES, ledger.member_account(d.id), Money(d.balance_minor)
                ),
            )
            for d in self._diners
        ]
        ledger.book(connection, entries, now)  # type: ignore[arg-type]
        execute(insert(customer_order), [row for diner in self._diners for row in self._past_orders(diner)])

    def _past_orders(self, diner: Diner) -> Iterator[dict[str, object]]:
        for day in range(PAST_MEALS):
            at = START - timedelta(days=day + 1)
            yield {
                "id": uuid7(int(at.timestamp() * 1000)),
                "number": "A001",
                "terminal_id": self._terminals[self._line(diner)],
                "incarnation": 1,
                "member_id": diner.id,
                "state": "paid",
                "dining_mode": "dine_in",
                "total_minor": self._chance.randint(*self._habits.prices),
                "menu_version": 1,
                "created_at": at,
                "received_at": at,
                "cart": wire.encode(EMPTY_CART),
                "event": b"",
            }


def _held_at_terminals(connection: Connection) -> dict[tuple[str, str], list[GrantUse]]:
    """What is set aside, by terminal and member."""
    held: dict[tuple[str, str], list[GrantUse]] = defaultdict(list)
    for row in connection.execute(select(money_grant).where(money_grant.c.is_open)):
        who = MemberId(row.member_id), TerminalId(row.terminal_id)
        grant = Grant(GrantId(row.id), None, *who, row.incarnation, Money(row.amount_minor))
        held[row.terminal_id, row.member_id].append(GrantUse(grant, Money(0)))
    return held


@contextmanager
def canteen(folder: Path, seed: int, members: int, terminals: int, habits: Habits = Habits()) -> Iterator[Canteen]:
    """A canteen of its own, in an empty `folder`."""
    config = folder / "central.toml"
    config.write_text(f'[canteen]\nname = "x"\n[server]\nstate_dir = "{folder / "state"}"\n', encoding="utf-8")
    settings = load_settings(config)
    initialise(settings, lambda _: None)
    with opened(settings) as parts:
        yield Canteen(parts.transactions, random.Random(seed), members, terminals, habits)
