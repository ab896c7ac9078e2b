"""`python -m central orders | refund | paid-twice | give-back`: the command line of this folder."""

from __future__ import annotations

import argparse
from collections import Counter
from functools import partial
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import msgspec

from central.commands import AddCommand, how_many, say
from central.opening import opened
from central.orders.collection_repository import list_paid_twice
from central.orders.paid_twice import give_back_cash
from central.orders.refunds import refund_at_central
from central.orders.repository import newest_orders
from central.orders.schemas import OrderSummary, order_summary
from central.settings import Settings
from kiosk.domain.money import Money
from kiosk.domain.payment import PaymentMethod


def add_commands(command: AddCommand) -> None:
    orders = command("orders", _orders, "list the newest orders")
    orders.add_argument("--limit", type=how_many, default=20, metavar="N", help="how many (20)")
    orders.add_argument("--json", action="store_true", help="as JSON, one array")
    refund = command("refund", _refund, "give back an order, or part of it, that its terminal cannot")
    refund.add_argument("order", type=UUID)
    refund.add_argument("--by", required=True, metavar="NAME", help="who gives it back")
    refund.add_argument("--reason", required=True)
    refund.add_argument(
        "--line", type=_portions, action="append", metavar="N[=COUNT]", help="only COUNT (1) of the order's N-th line"
    )
    refund.add_argument("--restock", action="store_true", help="what is given back can be sold again")
    refund.add_argument("--id", type=UUID, help="books once for the same id: give it again after a doubtful end")
    listing = command("paid-twice", _paid_twice, "list what was paid for orders that were paid or cancelled already")
    listing.add_argument("--all", action="store_true", help="what was given back too")
    giving = command("give-back", _give_back, "give back cash that was paid twice")
    giving.add_argument("payment", type=UUID, help="from `paid-twice`")
    giving.add_argument("--by", required=True, metavar="NAME", help="who gives it back")


def _orders(settings: Settings, arguments: argparse.Namespace) -> None:
    with opened(settings) as parts:
        rows = parts.transactions.read(lambda connection: newest_orders(connection, arguments.limit))
    orders = [order_summary(row, settings.canteen.currency) for row in rows]
    if arguments.json:
        say(msgspec.json.encode(orders).decode())
        return
    say(f"{'NUMBER':8} {'TIME':16} {'TOTAL':>10} {'REFUNDED':>10} {'STATE':17} {'MODE':10} MEMBER")
    for order in orders:
        say(_order_line(order, ZoneInfo(settings.canteen.timezone)))


def _order_line(order: OrderSummary, zone: ZoneInfo) -> str:
    at = order.created_at.astimezone(zone)
    member = order.member_id or "-"
    return (
        f"{order.number:8} {at:%Y-%m-%d %H:%M} {order.total.decimal_text():>10} {order.refunded.decimal_text():>10} "
        f"{order.state:17} {order.dining_mode:10} {member}"
    )


def _portions(text: str) -> tuple[int, int]:
    line, _, count = text.partition("=")
    return int(line) - 1, int(count or 1)


def _refund(settings: Settings, arguments: argparse.Namespace) -> None:
    wanted: Counter[int] = Counter()
    for line, count in arguments.line or ():
        wanted[line] += count
    give_back = partial(
        refund_at_central,
        order_id=arguments.order,
        wanted=wanted or None,
        refund_id=arguments.id or uuid4(),
        staff=arguments.by,
        reason=arguments.reason,
        restock=arguments.restock,
    )
    with opened(settings) as parts:
        made = parts.transactions.write(give_back)
    say(f"refund {made.id}: {made.money.decimal_text()} {made.amount.currency}")
    for part in made.parts:
        if part.used:
            say(f"{part.used.minor} {part.used.currency} given back for {part.amount.decimal_text()} of the order")
    in_cash = made.amount_by(PaymentMethod.COUNTER)
    if in_cash:
        say(f"{in_cash.decimal_text()} {in_cash.currency} of it was paid in cash: give it out here")


def _paid_twice(settings: Settings, arguments: argparse.Namespace) -> None:
    with opened(settings) as parts:
        rows = parts.transactions.read(lambda connection: list_paid_twice(connection, only_open=not arguments.all))
    zone = ZoneInfo(settings.canteen.timezone)
    say(f"{'PAYMENT':36} {'BOOKED':16} {'ORDER':8} {'AT':3} {'AMOUNT':>10} {'BY':8} {'WHY':12} GIVEN BACK")
    for row in rows:
        booked = f"{row.booked_at.astimezone(zone):%Y-%m-%d %H:%M}"
        amount = Money(row.amount_minor, settings.canteen.currency).decimal_text()
        by = "cash" if row.method == "counter" else row.method
        back = f"by {row.given_back_by}" if row.given_back_at else "not yet"
        say(f"{row.id} {booked} {row.number:8} {row.letter:3} {amount:>10} {by:8} {row.reason:12} {back}")


def _give_back(settings: Settings, arguments: argparse.Namespace) -> None:
    with opened(settings) as parts:
        amount = parts.transactions.write(lambda tx: give_back_cash(tx, arguments.payment, arguments.by))
    say(f"{amount.decimal_text()} {amount.currency}: give it out here")
