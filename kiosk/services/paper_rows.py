"""The rows that several papers have: who sold it, what was ordered, how it was paid or given back, and by what it is
found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from kiosk.domain.local_text import LocalText
from kiosk.domain.money import Money
from kiosk.domain.order import DiningMode, Order, OrderedDish
from kiosk.domain.order_code import order_code, short_code
from kiosk.domain.payment import PaymentMethod, PaymentPart
from kiosk.domain.receipt import Align, Columns, Element, Feed, QrCode, Rule, Text, TextSize
from kiosk.domain.refund import Refund, RefundPart
from kiosk.domain.weight import Weight
from kiosk.services.outcomes import DueAtCounter, Paid
from kiosk.services.ports import Catalogue


def head(order: Order, canteen: LocalText, texts: Catalogue) -> Iterator[Element]:
    _ = texts.gettext
    yield Text(canteen.get(order.language), Align.CENTER, TextSize.TALL, bold=True)
    yield Feed()
    yield Text(_("Your number"), Align.CENTER)
    yield Text(order.number, Align.CENTER, TextSize.BIG, bold=True)
    yield Text(dining(order, texts), Align.CENTER)
    yield Rule()


def foot(local: datetime, terminal_name: str) -> Iterator[Element]:
    yield Rule()
    yield Columns(local.strftime("%Y-%m-%d %H:%M"), terminal_name)


def short_code_row(order: Order, texts: Catalogue) -> Element:
    """What staff type to find it."""
    words = texts.gettext("Order {order_id}")
    return Text(words.format(order_id=short_code(order.id)), Align.CENTER)


def found_by(order: Order, texts: Catalogue) -> Iterator[Element]:
    """By what staff find it: a code to scan, and under it the same to type."""
    yield QrCode(order_code(order.id))
    yield short_code_row(order, texts)


def head_back(title: str, order: Order, canteen: LocalText) -> Iterator[Element]:
    """Of a slip for something that is given back."""
    yield Text(canteen.get(order.language), Align.CENTER, TextSize.TALL, bold=True)
    yield Feed()
    yield Text(title, Align.CENTER, TextSize.TALL, bold=True)
    yield Text(order.number, Align.CENTER, TextSize.BIG, bold=True)
    yield Rule()


def order_lines(order: Order, texts: Catalogue) -> Iterator[Element]:
    for line in order.lines:
        yield Columns(f"{line.name.get(order.language)} × {line.quantity}", money(line.total))
        if line.weight is not None:
            yield Columns(_weighed(line.weight, texts), "", indent=2)
        for dish in line.dishes:
            chosen = options(dish, order.language, texts)
            if dish.slot is not None:
                chosen.insert(0, dish.name.get(order.language))
            if chosen:
                yield Columns(" · ".join(chosen), "", indent=2)


def paid_rows(settled: Paid | DueAtCounter, texts: Catalogue) -> Iterator[Element]:
    """What was used and paid already, and what it leaves behind."""
    _ = texts.gettext
    if not settled.parts:
        yield Columns(_("Paid by campus card"), money(settled.order.total))
    yield from part_rows(settled.parts, texts)
    if settled.balance_after is not None:
        yield Columns(_("Balance after"), money(settled.balance_after))
    if settled.points:
        yield Columns(_("Points earned"), f"+{settled.points}")


def change_rows(received: Money | None, change: Money, texts: Catalogue) -> Iterator[Element]:
    """Of cash that was not handed over exactly."""
    _ = texts.gettext
    if received is not None and change:
        yield Columns(_("Cash received"), money(received))
        yield Columns(_("Change given back"), money(change))


def part_rows(parts: Sequence[PaymentPart], texts: Catalogue) -> Iterator[Element]:
    """All but what is due at the counter."""
    _ = texts.gettext
    for part in parts:
        if part.method is PaymentMethod.COUPON:
            yield Columns(_("Coupon"), money(-part.value))
        elif part.method is PaymentMethod.POINTS and part.used is not None:
            yield Columns(_("{n} points used").format(n=part.used.minor), money(-part.value))
        elif part.method is PaymentMethod.BALANCE:
            yield Columns(_("Paid by campus card"), money(part.value))


def refund_rows(refund: Refund, texts: Catalogue) -> Iterator[Element]:
    """What is given back, each in the way in which it was paid."""
    _ = texts.gettext
    if refund.money != refund.amount:
        yield Columns(_("Was paid by coupon and points"), money(refund.money - refund.amount))
    yield Columns(_("Money back"), money(refund.money), bold=True)
    yield from ways_back(refund.parts, texts)


def ways_back(parts: Sequence[RefundPart], texts: Catalogue) -> Iterator[Element]:
    _ = texts.gettext
    for part in parts:
        if part.method is PaymentMethod.POINTS and part.used:
            yield Columns(_("Points back"), f"+{part.used.minor}")
        elif part.method is PaymentMethod.COUPON and part.used:
            yield Text(_("The coupon is the member's again."))
    methods = PaymentMethod.BALANCE, PaymentMethod.COUNTER
    to_card, in_cash = ([part.amount for part in parts if part.method is method] for method in methods)
    if to_card:
        yield Columns(_("Onto the campus card"), money(sum(to_card[1:], to_card[0])))
    if to_card or any(part.used for part in parts):
        yield Text(_("It is on the card as soon as this terminal is connected."))
    if in_cash:
        yield Columns(_("In cash"), money(sum(in_cash[1:], in_cash[0])))


def options(dish: OrderedDish, language: str, texts: Catalogue) -> list[str]:
    """What is asked for beside the dish, and what is to be left out of it."""
    _ = texts.gettext
    # Translators: something the dish comes with and the customer does not want
    left_out = [_("Without {option}").format(option=option.get(language)) for option in dish.without]
    return [option.get(language) for option in dish.options] + left_out


def _weighed(weight: Weight, texts: Catalogue) -> str:
    """ "235 g · ¥3.80 / 100 g" """
    # Translators: what was weighed, and the price for so many grams
    words = texts.gettext("{grams} g · {price} / {per_g} g")
    return words.format(grams=weight.grams, price=money(weight.price), per_g=weight.per_g)


def dining(order: Order, texts: Catalogue) -> str:
    _ = texts.gettext
    return _("Dine in") if order.dining_mode is DiningMode.DINE_IN else _("Take away")


def money(amount: Money) -> str:
    return f"{'-' if amount.is_negative else ''}¥{amount.decimal_text().lstrip('-')}"
