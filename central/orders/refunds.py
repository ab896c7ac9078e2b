"""Booking refunds: of the terminal that sold the order, or of central when that terminal is no more.

The right to refund lies with the incarnation that sold the order (docs/decisions/0005). Whoever refunds here holds the
order's row, then the member's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from central.errors import CentralError, Conflict, NotFound
from central.ingredients.using import book_given_back
from central.members import repository as members
from central.orders import refund_repository, repository
from central.orders.checks import check_moment
from central.orders.giving_back import give_back, payers_of, take_points
from central.orders.sold import SoldOrder, lock_sold
from central.stock import repository as stock
from central.terminals import repository as terminals
from central.terminals.identity import Terminal
from central.transactions import Transaction
from central.wallet import ledger
from central.wallet.parts import points_earned
from kiosk.domain.audit import Act
from kiosk.domain.ids import OrderId, RefundId
from kiosk.domain.money import Money
from kiosk.domain.order import OrderState
from kiosk.domain.refund import Refund, check_refund, movements_for_refund, plan_refund
from kiosk.sync import wire


class RefundRefused(CentralError):
    """The refund does not fit its order."""


def record_refund(tx: Transaction, terminal: Terminal, event: wire.RefundRecorded, body: bytes) -> None:
    """Book what a terminal has given back. The same refund again is no other one. Raises RefundRefused or RefundError;
    what was written until then is the caller's to undo."""
    refund = event.refund
    check_moment(refund.made_at)
    sold = lock_sold(tx, refund.order_id)
    if _is_booked(tx, refund, body):
        return
    if sold is None:
        raise RefundRefused("the refund is of an order that is not known here")
    if sold.terminal_id != terminal.id:
        raise RefundRefused("the order was sold by another terminal")
    if sold.is_collected:
        raise RefundRefused("the order was paid at a counter: central refunds it")
    known = refund_repository.refunds_of(tx.connection, refund.order_id)
    check_refund(refund, sold.order, sold.payments, _earlier(known))
    back = movements_for_refund(sold.order, refund) if event.movements or refund.is_void else ()
    if event.movements != back:
        raise RefundRefused("what goes back into stock is not what was refunded")
    _book(tx, sold, known, event, terminal.id, body)


def refund_at_central(
    tx: Transaction,
    order_id: UUID,
    wanted: Mapping[int, int] | None,
    *,
    refund_id: UUID,
    staff: str,
    reason: str,
    restock: bool,
) -> Refund:
    """Give back `wanted` portions by line (0 …), or all that is left, of an order whose terminal is no more or that a
    counter has collected; once for that id. Raises NotFound, RefundError, or Conflict while the order's terminal may
    refund it itself."""
    sold = lock_sold(tx, order_id)
    if sold is None:
        raise NotFound(f"there is no order {order_id}")
    known = refund_repository.find_refund(tx.connection, refund_id)
    if known is not None:
        booked: Refund = wire.decode(known.event, wire.RefundRecorded).refund
        if (booked.order_id, booked.staff, booked.reason) != (order_id, staff, reason):
            raise Conflict("that id stood for another refund")
        return booked
    terminal = terminals.get_terminal(tx.connection, sold.terminal_id)
    is_gone = terminal.is_revoked or sold.incarnation <= terminal.given_up_to
    if not (is_gone or sold.is_collected) and terminal.incarnation == sold.incarnation:
        raise Conflict(f"terminal {terminal.letter} sold it and may refund it itself: revoke it first, or refund there")
    rows = refund_repository.refunds_of(tx.connection, order_id)
    lines, parts = plan_refund(sold.order, sold.payments, _earlier(rows), wanted)
    refund = Refund(RefundId(refund_id), OrderId(order_id), lines, parts, staff, reason, tx.now)
    check_refund(refund, sold.order, sold.payments, _earlier(rows))
    event = wire.RefundRecorded(refund, movements_for_refund(sold.order, refund) if restock else ())
    _book(tx, sold, rows, event, None, wire.encode(event))
    tx.record(Act.REFUNDED, str(order_id), refund=refund.id, amount_minor=refund.amount.minor, currency=tx.currency)
    return refund


def _is_booked(tx: Transaction, refund: Refund, body: bytes) -> bool:
    known = refund_repository.find_refund(tx.connection, refund.id)
    if known is not None and known.event != body:
        raise RefundRefused("another refund of that id stands already")
    return known is not None


def _earlier(rows: Sequence[Row[Any]]) -> list[Refund]:
    return [wire.decode(row.event, wire.RefundRecorded).refund for row in rows]


def _book(
    tx: Transaction,
    sold: SoldOrder,
    known: Sequence[Row[Any]],
    event: wire.RefundRecorded,
    terminal_id: str | None,
    body: bytes,
) -> None:
    """Money to where it came from, points back from where they went. `known`: the refunds before it."""
    refund = event.refund
    payers = payers_of(sold)
    members.lock_members(tx.connection, sorted(payers))
    drawer = ledger.OFFICE_CASH if terminal_id is None else ledger.cash_account(terminal_id)
    give_back(tx, sold, refund.parts, drawer, _reference(refund.id), [_reference(row.id) for row in known])
    taken, lost = _take_points(tx, sold, known, refund)
    row = {"terminal_id": terminal_id, "points_taken": taken, "points_lost": lost, "booked_at": tx.now, "event": body}
    refund_repository.add_refund(tx.connection, refund, row)
    if refund.is_void:
        repository.set_order_state(tx.connection, refund.order_id, sold.order.to(OrderState.CANCELLED).state)
    tx.changes.dishes |= stock.add_movements(tx.connection, event.movements, refund.order_id, tx.now)
    book_given_back(tx, sold.recipe_book, event.movements)
    tx.changes.members |= payers
    tx.moved.update(payers)


def _take_points(tx: Transaction, sold: SoldOrder, known: Sequence[Row[Any]], refund: Refund) -> tuple[int, int]:
    """What the refunded money has earned goes, as far as its members still have it; the rest is a loss. Returns both.
    All refunds together take all points, those of what was paid last first."""
    earned = [(p.member_id or sold.order.member_id, points_earned(tx, p, sold.undone)) for p in reversed(sold.payments)]
    in_all = sum(points for _, points in earned)
    if not in_all:
        return 0, 0
    money = Money.sum((payment.amount_in_money for payment in sold.payments), tx.currency)
    left = money - Money.sum((made.money for made in (*_earlier(known), refund)), tx.currency)
    gone = sum(row.points_taken + row.points_lost for row in known)
    due_up_to = in_all - in_all * left.minor // money.minor
    taken, begins = 0, 0
    for member_id, points in earned:
        ends = begins + points
        due = min(ends, due_up_to) - max(begins, gone)
        if member_id is not None and due > 0:
            reference = _reference(refund.id)
            is_own = member_id == sold.order.member_id
            taken += take_points(tx, member_id, due, reference if is_own else f"{reference}:{member_id}")
        begins = ends
    return taken, due_up_to - gone - taken


def _reference(refund_id: UUID) -> str:
    return f"refund:{refund_id}"
