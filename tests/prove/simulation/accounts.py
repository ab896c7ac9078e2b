"""The end's account: what central has booked is what the terminals did, unit by unit, to the cent."""

from __future__ import annotations

from collections import Counter, defaultdict
from uuid import UUID

from sqlalchemy import Connection, Row, select

from central.orders.refund_repository import counter_payment, refund
from central.orders.repository import customer_order
from central.wallet import ledger
from central.wallet.accounts import read_accounts
from central.wallet.cash_top_ups import cash_top_up
from central.wallet.ledger import ledger_entry, ledger_posting, points_entry
from central.wallet.repository import money_grant
from kiosk.domain.payment import Payment, PaymentMethod
from tests.prove.simulation.acts import CASH, POINTS_RULE, Act, What, earned_at_once
from tests.prove.simulation.books import Books
from tests.prove.simulation.world import World

_TABLES = {
    What.ORDER: (customer_order, customer_order.c.total_minor),
    What.REFUND: (refund, refund.c.amount_minor),
    What.COUNTER_PAYMENT: (counter_payment, counter_payment.c.amount_minor),
    What.TOP_UP: (cash_top_up, cash_top_up.c.amount_minor),
}
_CANTEENS = (ledger.SALES, ledger.REFUNDS, ledger.POINTS_COST, ledger.COUPON_DISCOUNTS)
_LOSSES = (ledger.LOSSES, ledger.POINTS_LOST, ledger.COUPONS_LOST)


def check_books(world: World, connection: Connection) -> None:
    """Raises AssertionError, saying what differs."""
    _check_acts(world, connection)
    booked, borne = _sums(world.books, connection)
    canteen = Counter[str]()
    for act in world.books.acts.values():
        for account, minor in act.canteen:
            canteen[account] += minor
    for account in _CANTEENS:
        assert booked[account] == canteen[account], f"{account}: booked {booked[account]}, made {canteen[account]}"
    cash = sum(minor for account, minor in booked.items() if account.startswith(f"{CASH}:"))
    assert cash == canteen[CASH], "the drawers hold what was taken and not given out"
    paid_in = sum(minor for _, minor in world.books.paid_in.values())
    assert -booked[ledger.TOP_UPS] == paid_in, "what was paid in at central"
    taken = _points_taken(world.books, connection)
    accounts = read_accounts(connection, sorted(world.books.diners), "CNY")
    for diner in world.books.diners.values():
        money, points = borne[diner.id, "money"], borne[diner.id, "points"]
        assert not (money or points) or diner.is_written_off, f"{diner.id} did not pay, and nothing was written off"
        found = booked[ledger.MEMBER_ACCOUNT_PREFIX + diner.id]
        assert found == diner.money + money, f"{diner.id} has {found} at central, and should have {diner.money + money}"
        expected = diner.points - taken[diner.id] + points
        assert accounts[diner.id].points == expected, f"{diner.id} has points that were not earned, or not"
    for unit in world.books.coupons:
        left = 1 - world.books.used[unit] + borne[unit, "coupon"]
        assert booked[unit] == left, f"{unit} was used {world.books.used[unit]} times"
        assert left in (0, 1), f"{unit} is not there once or used"


def _check_acts(world: World, connection: Connection) -> None:
    """Each at central once, and no other."""
    letters = {t.identity.terminal_id: t.place for t in world.terminals}
    for what, (table, amount) in _TABLES.items():
        made = {i: act for i, act in world.books.acts.items() if act.what is what}
        there = dict(connection.execute(select(table.c.id, amount)).all())
        missing = [act_id for act_id in made if act_id not in there]
        assert not missing, f"{len(missing)} {what}s are not at central, such as {missing[0]}"
        assert len(there) == len(made), f"{what}s at central that nobody made"
        wrong = [i for i, minor in there.items() if made[i].minor != minor]
        assert not wrong, f"{len(wrong)} {what}s at central are of another amount"
    sold_by = connection.execute(select(customer_order.c.id, customer_order.c.terminal_id))
    assert all(world.books.acts[row.id].place == letters[row.terminal_id] for row in sold_by), "of another terminal"


def _sums(books: Books, connection: Connection) -> tuple[Counter[str], Counter[tuple[str, str]]]:
    """By account what is booked; and of each member's money and points, and of each coupon, what the loss accounts have
    borne instead."""
    booked, borne = Counter[str](), Counter[tuple[str, str]]()
    entries = connection.execute(
        select(ledger_posting.c.account, ledger_posting.c.amount_minor, ledger_entry.c.reference).join(ledger_entry)
    )
    granted = select(money_grant.c.id, money_grant.c.member_id, money_grant.c.unit)
    grants = {row.id: row for row in connection.execute(granted)}
    for row in entries:
        booked[row.account] += row.amount_minor
        if row.account in _LOSSES:
            borne[_of(books, grants, row)] -= row.amount_minor
    return booked, borne


def _of(
    books: Books, grants: dict[UUID, Row[tuple[UUID, str, str]]], row: Row[tuple[str, int, str]]
) -> tuple[str, str]:
    """Whose it would have been: `spend:<grant>:<n>`, or `refund:` or `cancelled:` with the act's id."""
    kind, about = row.reference.split(":")[:2]
    grant = grants.get(UUID(about))
    member_id = grant.member_id if grant is not None else books.acts[UUID(about)].member_id
    if row.account == ledger.COUPONS_LOST:
        return (grant.unit if grant is not None else row.reference.removeprefix(f"{kind}:{about}:")), "coupon"
    assert member_id is not None
    return member_id, "money" if row.account == ledger.LOSSES else "points"


def _points_taken(books: Books, connection: Connection) -> Counter[str]:
    """By member, the points that went with money given back: of each order those that it had earned, as far as the
    member still had them."""
    taken = Counter[str]()
    for row in connection.execute(select(points_entry).where(points_entry.c.points < 0)):
        taken[row.member_id] -= row.points
    due: defaultdict[UUID, int] = defaultdict(int)
    for row in connection.execute(select(refund)):
        due[row.order_id] += row.points_taken + row.points_lost
    paid_later = _paid_at_counter(books)
    back = Counter[UUID]()
    for act in books.acts.values():
        if act.what is What.REFUND:
            in_money = (PaymentMethod.BALANCE, PaymentMethod.COUNTER)
            back[act.order_id] += sum(minor for method, minor in act.given_back if method in in_money)
    for order_id, points in due.items():
        order = books.acts[order_id]
        expected = _points_to_take(order, back[order_id], order_id in paid_later)
        assert points == expected, f"a refund took {points} points, and not {expected}"
    return taken


def _paid_at_counter(books: Books) -> set[UUID]:
    settled = (act for act in books.acts.values() if act.what is What.COUNTER_PAYMENT)
    return {act.order_id for act in settled if not act.given_back}


def _points_to_take(order: Act, back_minor: int, was_due: bool) -> int:
    payment: Payment = order.its_payment
    money = payment.amount_in_money.minor
    earned = earned_at_once(payment) + (POINTS_RULE.points_for(payment.due) if was_due else 0)
    if order.member_id is None or not earned:
        return 0
    return earned - earned * (money - back_minor) // money
