"""What must hold at any moment, whatever is lost or late. Sums are taken from the tables, not asked of the product."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, Integer, bindparam, func, literal_column, select, text

from central.members.repository import member as member_table
from central.orders.repository import customer_order
from central.push.repository import quarantined_event
from central.wallet.ledger import MEMBER_ACCOUNT_PREFIX, ledger_posting
from central.wallet.repository import money_grant, spend
from kiosk.store import tables as disk
from tests.prove.simulation.books import Books, Diner
from tests.prove.simulation.central import SimulatedCentral
from tests.prove.simulation.terminal import SimulatedTerminal

_SETTLED = (
    select(func.coalesce(func.sum(spend.c.amount_minor), 0))
    .where(spend.c.grant_id == money_grant.c.id)
    .scalar_subquery()
)
_HELD = select(money_grant.c.member_id, func.sum(money_grant.c.amount_minor - _SETTLED)).where(money_grant.c.is_open)
_HELD_BY_MEMBER = _HELD.group_by(money_grant.c.member_id)
_HELD_BY_ONE = _HELD_BY_MEMBER.where(money_grant.c.member_id == bindparam("of_member"))
_BOOKED = select(ledger_posting.c.account, func.sum(ledger_posting.c.amount_minor)).group_by(ledger_posting.c.account)
_BOOKED_OF_ONE = _BOOKED.where(ledger_posting.c.account == bindparam("of_account"))
_ROWID = literal_column("customer_order.rowid", Integer)
_NEW_ORDERS = (
    select(_ROWID.label("rowid"), customer_order.c.id, customer_order.c.total_minor)
    .where(bindparam("last") < _ROWID)
    .order_by(_ROWID)
)
_TORN_GRANTS = text(
    "SELECT count(*) FROM grants g LEFT JOIN"
    " (SELECT grant_id, count(*) n, max(number) last, sum(amount_minor) total FROM spends GROUP BY 1) s"
    " ON s.grant_id = g.id WHERE (g.spends, g.spends, g.spent_minor) IS NOT"
    " (coalesce(s.n, 0), coalesce(s.last, 0), coalesce(s.total, 0)) OR g.spent_minor > g.amount_minor"
)


class Checks:
    """Raises AssertionError, saying what does not hold."""

    def __init__(self, central: SimulatedCentral, terminals: Sequence[SimulatedTerminal], books: Books) -> None:
        self._central, self._terminals, self._books = central, terminals, books
        self._last_order = 0
        self.is_in_step = True

    def after_step(self) -> None:
        """Those who paid or were given money in this step."""
        books = self._books
        if not books.touched:
            return
        touched = [books.diners[member_id] for member_id in sorted(books.touched)]
        books.touched.clear()
        self._central.parts.transactions.read(lambda connection: self._check_some(connection, touched))

    def acknowledged(self, terminal: SimulatedTerminal) -> None:
        """What the terminal takes for acknowledged is at central, unless central was restored and the terminal does not
        know yet."""
        with terminal.disk.transaction() as tx:
            knows = tx.feed.cursor()[0] == self._central.parts.installation.epoch and tx.feed.is_announced()
        if not knows:
            return
        who = terminal.identity
        position = self._central.last_seq(who.terminal_id, who.incarnation)
        assert _acknowledged_seq(terminal) <= position, "a terminal was told that central has what it has not"

    def central_was_restored(self) -> None:
        """Closings that came after the backup are sent again, and what was issued with the freed money is announced:
        until both are in, more may be set aside than there is. Nothing is issued from that."""
        self._last_order = 0
        self.is_in_step = False

    def everything(self) -> None:
        self._central.parts.transactions.read(self._check_central)
        for terminal in self._terminals:
            with terminal.disk.transaction() as tx:
                torn = tx.feed._connection.execute(_TORN_GRANTS).scalar_one()
            assert not torn, f"terminal {terminal.place} has grants that do not fit their spends"
            if terminal.in_service:
                self.acknowledged(terminal)

    def _check_central(self, connection: Connection) -> None:
        booked = {row[0]: row[1] for row in connection.execute(_BOOKED)}
        assert sum(booked.values()) == 0, "the ledger does not balance"
        held = {row[0]: row[1] for row in connection.execute(_HELD_BY_MEMBER)}
        for diner in self._books.diners.values():
            self._check(diner, booked.get(MEMBER_ACCOUNT_PREFIX + diner.id, 0), held.get(diner.id, 0))
        known_lines = dict(connection.execute(select(member_table.c.id, member_table.c.credit_line_minor)).all())
        assert known_lines == {d.id: d.credit_line for d in self._books.diners.values()}
        reasons = connection.scalars(select(quarantined_event.c.reason)).all()
        assert not reasons, f"in quarantine: {reasons[0]}"
        self._check_new_orders(connection)

    def _check_new_orders(self, connection: Connection) -> None:
        """Orders at central are sales of terminals, at their price."""
        for row in connection.execute(_NEW_ORDERS, {"last": self._last_order}):
            sale = self._books.sales.get(row.id) or self._books.lost.get(row.id)
            assert sale is not None, "an order at central that nobody made"
            assert sale.minor == row.total_minor, "an order at central at another price"
            self._last_order = row.rowid

    def _check_some(self, connection: Connection, diners: Iterable[Diner]) -> None:
        for diner in diners:
            account = {"of_account": MEMBER_ACCOUNT_PREFIX + diner.id}
            booked = connection.execute(_BOOKED_OF_ONE, account).first()
            held = connection.execute(_HELD_BY_ONE, {"of_member": diner.id}).first()
            self._check(diner, booked[1] if booked else 0, held[1] if held else 0)

    def _check(self, diner: Diner, booked: int, held: int) -> None:
        free = booked + diner.credit_line - held
        assert free >= 0 or not self.is_in_step, f"{diner.id}: more is set aside than there is"
        assert diner.is_written_off or diner.balance >= -diner.credit_line, f"{diner.id} is below the credit line"


def _acknowledged_seq(terminal: SimulatedTerminal) -> int:
    with terminal.disk.transaction() as tx:
        state = tx.feed._connection.execute(select(disk.outbox_state)).one()
    return int(state.acknowledged_id - state.base_id)
