"""What must hold at any moment, whatever is lost or late. Sums are taken from the tables, not asked of the product."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from sqlalchemy import Connection, Integer, bindparam, literal_column, select, text

from central.members.repository import member as member_table
from central.orders.repository import customer_order
from central.push.repository import quarantined_event
from tests.prove.simulation.books import Books
from tests.prove.simulation.central import SimulatedCentral
from tests.prove.simulation.terminal import SimulatedTerminal

# A member's money and points, free and not: booked, and held by open grants.
_WALLETS = """
SELECT m.id,
  (SELECT coalesce(sum(amount_minor), 0) FROM ledger_posting WHERE account = 'member:' || m.id),
  (SELECT coalesce(sum(amount_minor), 0) FROM ledger_posting WHERE account = 'points:' || m.id)
  + (SELECT coalesce(sum(points), 0) FROM points_entry WHERE member_id = m.id),
  coalesce(sum(g.amount_minor - {settled}) FILTER (WHERE g.unit = 'CNY'), 0),
  coalesce(sum(g.amount_minor - {settled}) FILTER (WHERE g.unit = 'PTS'), 0)
FROM member m LEFT JOIN money_grant g ON g.member_id = m.id AND g.is_open = 1
{which} GROUP BY m.id
""".replace("{settled}", "(SELECT coalesce(sum(s.amount_minor), 0) FROM spend s WHERE s.grant_id = g.id)")
_EVERYBODYS = _WALLETS.replace("{which}", "")
# Each coupon is there once, or used, and held at most once.
_WRONG_COUPONS = text(
    "SELECT count(*) FROM (SELECT c.id,"
    " (SELECT coalesce(sum(amount_minor), 0) FROM ledger_posting WHERE account = 'COUPON:' || c.id) booked,"
    " (SELECT coalesce(sum(g.amount_minor), 0) FROM money_grant g WHERE g.unit = 'COUPON:' || c.id"
    "  AND g.member_id = c.member_id AND g.is_open = 1) held FROM coupon c) WHERE booked NOT IN (0, 1) OR held > booked"
)
_BALANCE = text("SELECT coalesce(sum(amount_minor), 0) FROM ledger_posting")


@cache
def _some(count: int) -> str:
    return _WALLETS.replace("{which}", f"WHERE m.id IN ({', '.join('?' * count)})")


_ROWID = literal_column("customer_order.rowid", Integer)
_NEW_ORDERS = (
    select(_ROWID.label("rowid"), customer_order.c.id, customer_order.c.total_minor)
    .where(bindparam("last") < _ROWID)
    .order_by(_ROWID)
)
_TORN_GRANTS = (
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
        touched = sorted(books.touched)
        books.touched.clear()
        for row in self._central.select(_some(len(touched)), touched):
            self._check(*row)

    def acknowledged(self, terminal: SimulatedTerminal) -> None:
        """What the terminal takes for acknowledged is at central, unless central was restored and the terminal does not
        know yet."""
        ((epoch, announced),) = terminal.select("SELECT epoch, announced FROM feed_state")
        if not announced or epoch != self._central.parts.installation.epoch:
            return
        who = terminal.identity
        position = self._central.last_seq(who.terminal_id, who.incarnation)
        ((acknowledged_seq,),) = terminal.select("SELECT acknowledged_id - base_id FROM outbox_state")
        assert acknowledged_seq <= position, "a terminal was told that central has what it has not"

    def central_was_restored(self) -> None:
        """Closings that came after the backup are sent again, and what was issued with the freed money is announced:
        until both are in, more may be set aside than there is. Nothing is issued from that."""
        self._last_order = 0
        self.is_in_step = False

    def everything(self) -> None:
        self._central.parts.transactions.read(self._check_central)
        for terminal in self._terminals:
            ((torn,),) = terminal.select(_TORN_GRANTS)
            assert not torn, f"terminal {terminal.place} has grants that do not fit their spends"
            if terminal.in_service:
                self.acknowledged(terminal)

    def _check_central(self, connection: Connection) -> None:
        assert connection.execute(_BALANCE).scalar_one() == 0, "the ledger does not balance"
        for row in self._central.select(_EVERYBODYS):
            self._check(*row)
        if self.is_in_step:
            assert not connection.execute(_WRONG_COUPONS).scalar_one(), "a coupon is given or used twice"
        known_lines = dict(connection.execute(select(member_table.c.id, member_table.c.credit_line_minor)).all())
        assert known_lines == {d.id: d.credit_line for d in self._books.diners.values()}
        reasons = connection.scalars(select(quarantined_event.c.reason)).all()
        assert not reasons, f"in quarantine: {reasons[0]}"
        self._check_new_orders(connection)

    def _check_new_orders(self, connection: Connection) -> None:
        """Orders at central are sales of terminals, at their price."""
        for row in connection.execute(_NEW_ORDERS, {"last": self._last_order}):
            sale = self._books.acts.get(row.id) or self._books.lost.get(row.id)
            assert sale is not None, "an order at central that nobody made"
            assert sale.minor == row.total_minor, "an order at central at another price"
            self._last_order = row.rowid

    def _check(self, member_id: str, booked: int, points: int, held: int, points_held: int) -> None:
        diner = self._books.diners[member_id]
        free = booked + diner.credit_line - held + diner.money_lost
        assert free >= 0 or not self.is_in_step, f"{member_id}: more is set aside than there is"
        there_were = points + diner.points_lost
        assert there_were >= points_held or not self.is_in_step, f"{member_id}: more points are given than there are"
        if not diner.is_written_off:
            assert diner.money + diner.money_lost >= -diner.credit_line, f"{member_id} is below the credit line"
            assert diner.points + diner.points_lost >= 0, f"{member_id} has used points that nobody had earned"
