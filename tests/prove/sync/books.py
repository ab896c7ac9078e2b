"""What stands in central's books, compared with what terminals sold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table, func, select

from central.opening import Parts
from central.orders.repository import customer_order, payment
from central.push.repository import push_position, quarantined_event, received_event, senders_waiting
from central.stock.repository import stock_movement
from central.tables import TABLES
from central.wallet.ledger import SALES, ledger_posting, points_entry
from central.wallet.repository import money_grant, spend
from tests.central.support import Central, Diner, wait_until
from tests.prove.sync.tills import Sold

Dump = dict[str, list[tuple[Any, ...]]]


def until_booked(central: Central, timeout_s: float = 60) -> None:
    """No backlog waits to be booked. Looks rarely enough not to take from central what it needs for that."""
    wait_until(lambda: not central.parts.transactions.read(senders_waiting), timeout_s, every_s=0.1)


def faults_in_books(central: Central, sold: Sold, members: Sequence[Diner], opening_minor: int) -> list[str]:
    """In words what is missing, there twice or not right to the cent; empty when all is well. Central must be fresh:
    nothing else was sold there. Backlogs are waited for."""
    until_booked(central, 60 + len(sold.totals) / 50)
    return central.parts.transactions.read(lambda c: [*_faults_of_events(c, sold), *_faults_of_money(c, sold)]) + [
        f"{member.id}: {account.booked.minor} booked, {account.free.minor} free, {expected} right"
        for member in members
        if (account := central.account(member)).booked.minor != (expected := opening_minor - sold.spent[member.id])
        or account.free.minor != expected
    ]


def _faults_of_events(connection: Connection, sold: Sold) -> list[str]:
    there = {row.id: row.total_minor for row in connection.execute(select(customer_order))}
    movements = connection.execute(select(func.count(), func.count(stock_movement.c.order_id.distinct()))).one()
    positions = connection.execute(
        select(
            received_event.c.terminal_id,
            func.count(received_event.c.event_id.distinct()),
            func.min(received_event.c.seq),
            func.max(received_event.c.seq),
        ).group_by(received_event.c.terminal_id)
    )
    expected = {(terminal_id, n, 1, n) for terminal_id, n in sold.events.items()}
    found = {
        "orders missing": len(sold.totals.keys() - there.keys()),
        "orders nobody sold": len(there.keys() - sold.totals.keys()),
        "totals wrong": sum(total != sold.totals.get(order_id, total) for order_id, total in there.items()),
        "payments too many or too few": _count(connection, payment) - len(sold.totals),
        "stock movements too many": movements[0] - movements[1],
        "orders without their stock movement": len(sold.totals) - movements[1],
        "terminals with another number of events than they made": len(set(map(tuple, positions)) ^ expected),
        "events in quarantine": _count(connection, quarantined_event),
        "positions": len(
            {(r.terminal_id, r.last_seq) for r in connection.execute(select(push_position))} ^ set(sold.events.items())
        ),
    }
    return [f"{what}: {number}" for what, number in found.items() if number]


def _faults_of_money(connection: Connection, sold: Sold) -> list[str]:
    by_account = dict(
        connection.execute(
            select(ledger_posting.c.account, func.sum(ledger_posting.c.amount_minor)).group_by(ledger_posting.c.account)
        ).all()
    )
    points = Counter(
        dict(
            connection.execute(
                select(points_entry.c.member_id, func.sum(points_entry.c.points)).group_by(points_entry.c.member_id)
            ).all()
        )
    )
    still_open = connection.execute(select(func.count()).where(money_grant.c.is_open)).scalar_one()
    spent = connection.execute(select(func.coalesce(func.sum(spend.c.amount_minor), 0))).scalar_one()
    taken = sold.spent.total()
    found = {
        "the ledger's sum": sum(by_account.values()),
        "sales off by": by_account.get(SALES, 0) - taken,
        "spends off by": spent - taken,
        "members with wrong points": sum(points[m] != n for m, n in sold.points.items()),
        "grants still open": still_open,
    }
    return [f"{what}: {number}" for what, number in found.items() if number]


def _count(connection: Connection, table: Table) -> int:
    number: int = connection.execute(select(func.count()).select_from(table)).scalar_one()
    return number


def dump(parts: Parts, *, without: Sequence[Table] = ()) -> Dump:
    """Every row of every table but those, by the table's name, in an order that does not depend on the database."""

    def read(connection: Connection) -> Dump:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in TABLES
            if table not in without
        }

    return parts.transactions.read(read)
