"""Does a recorded order agree with itself? Central books nothing that does not add up."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from central.errors import CentralError
from kiosk.domain.cart import MAX_KEYED_MINOR, MAX_LINES, MAX_QUANTITY
from kiosk.domain.money import Money
from kiosk.domain.order import Order, OrderLine, OrderState
from kiosk.domain.payment import Payment, PaymentMethod, PaymentState
from kiosk.sync.wire import OrderRecorded, SpendRecord

MAX_NUMBER_CHARS = 12
MAX_ID_CHARS = 40
MAX_MENU_VERSION = 2**31 - 1
MAX_SPENDS = 1000
MAX_GRANTS = 50
MIN_YEAR, MAX_YEAR = 1970, 9998  # whatever the zone, UTC then has a year that a datetime can hold
MAX_PORTIONS = MAX_LINES * MAX_QUANTITY * 10


class OrderRefused(CentralError):
    """The event contradicts itself or what stands here already."""


def check_recorded(event: OrderRecorded, currency: str) -> None:
    """Raises OrderRefused, saying what does not fit, or MoneyError for amounts out of all bounds."""
    _check_order(event.order, currency)
    _check_payment(event.order, event.payment)
    _check_states(event.order, event.payment)
    _check_spends(event)
    for taken in event.taken:
        _require(_is_text(taken.dish_id, MAX_ID_CHARS), "the dish id of portions cannot be one")
        sums = taken.reserved, taken.beyond
        _require(min(sums) >= 0 and max(sums) <= MAX_PORTIONS, "portions are out of bounds")
        _require(1 <= taken.incarnation < 2**31, "portions were handed to nobody")
    for movement in event.movements:
        _require(abs(movement.portions) <= MAX_PORTIONS, "a stock movement is out of bounds")
        _require(_is_text(movement.dish_id, MAX_ID_CHARS), "a stock movement's dish id cannot be one")
        _require(_is_text(movement.reason, MAX_ID_CHARS), "a stock movement's reason cannot be one")


def check_moment(moment: datetime) -> None:
    """Raises OrderRefused for a moment that cannot be stored."""
    _require(moment.tzinfo is not None, "a moment has no time zone")
    _require(MIN_YEAR <= moment.year <= MAX_YEAR, "a moment is none that can be stored")


def _require(holds: bool, reason: str) -> None:
    if not holds:
        raise OrderRefused(reason)


def _is_text(text: str, max_chars: int) -> bool:
    return 1 <= len(text) <= max_chars and text.isprintable()


def _check_order(order: Order, currency: str) -> None:
    _require(_is_text(order.number, MAX_NUMBER_CHARS), "the order's number cannot be one")
    _require(1 <= len(order.lines) <= MAX_LINES, f"the order must have 1 to {MAX_LINES} lines")
    check_moment(order.created_at)
    _require(0 <= order.menu_version <= MAX_MENU_VERSION, "menu_version is out of bounds")
    amounts = [order.total, *(a for line in order.lines for a in (line.unit_price, line.total))]
    _require(all(a.currency == currency for a in amounts), f"an amount is not in {currency}")
    _require(not any(a.is_negative for a in amounts), "an amount is below zero")
    for line in order.lines:
        _require(1 <= line.quantity <= MAX_QUANTITY, "a line's quantity is out of bounds")
        _require(
            line.unit_price.minor * line.quantity == line.total.minor,
            "a line's total is not its price times its quantity",
        )
        _check_price(line)
    lines_total = Money.sum((line.total for line in order.lines), currency)
    _require(lines_total == order.total, "the order's total is not the sum of its lines")


def _check_price(line: OrderLine) -> None:
    """Of what only a counter sells: a sum that staff typed costs that sum, and a weight what it weighs."""
    keyed, weight, grams = line.selection.keyed, line.weight, line.selection.grams
    if keyed is not None:
        _require(not line.dishes and keyed == line.unit_price, "a typed sum is not its line's price, or has dishes")
        _require(0 < keyed.minor <= MAX_KEYED_MINOR, "a typed sum is out of bounds")
    _require(grams == (weight.grams if weight else None), "what was weighed is not what was sold")
    _require(weight is None or weight.amount == line.unit_price, "a line's price is not its weight's")


def _check_payment(order: Order, payment: Payment) -> None:
    _require(payment.order_id == order.id, "the payment is of another order")
    _require(payment.amount == order.total, "the payment's amount is not the order's total")
    _require(payment.member_id == order.member_id, "payment and order name different members")


def _check_states(order: Order, payment: Payment) -> None:
    if payment.method is PaymentMethod.COUNTER:
        _require(order.state is OrderState.AWAITING_PAYMENT, "due at the counter, but the order does not wait for it")
        _require(payment.state is PaymentState.DUE, "due at the counter, but the payment is not due")
        return
    _require(order.state is OrderState.PAID, "paid, but the order is not")
    _require(payment.state is PaymentState.PAID, "paid, but the payment is not")


def _check_spends(event: OrderRecorded) -> None:
    """Of each unit exactly what the payment's parts say: money, points, a coupon."""
    payment, records = event.payment, event.all_spends
    _require(len(records) <= MAX_GRANTS, f"a payment from more than {MAX_GRANTS} grants")
    _require(not records or payment.member_id is not None, "paid out of a wallet, but by no member")
    for record in records:
        _check_spend(record, payment)
    spent: Counter[str] = Counter()
    for record in records:
        spent[record.spend.amount.currency] += record.spend.amount.minor
    said = {amount.currency: amount.minor for amount in (p.spends for p in payment.all_parts) if amount is not None}
    _require(spent == said, "the spends are not what the payment's parts say")
    # Whatever the rule of the day, a point for each of the smallest units is beyond it.
    _require(0 <= event.points <= payment.from_balance.minor, "the points are out of bounds")


def _check_spend(record: SpendRecord, payment: Payment) -> None:
    spend, close_after = record.spend, record.close_after
    _require(spend.payment_id == payment.id, "the spend is for another payment")
    _require(spend.amount.minor > 0, "a spend is above zero")
    _require(close_after is None or spend.number <= close_after <= MAX_SPENDS, "close_after is out of bounds")
    _require(1 <= spend.number <= MAX_SPENDS, "the spend's number is out of bounds")
