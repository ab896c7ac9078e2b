"""What stands on paper: receipt, slip for the counter, kitchen ticket. Texts in the customer's language; the kitchen's
in the kitchen's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from kiosk.domain.cash import CashTopUp, CounterPayment
from kiosk.domain.collection import Collection, UndoneCollection
from kiosk.domain.local_text import LocalText
from kiosk.domain.money import Money
from kiosk.domain.order import DiningMode, Order, OrderedDish
from kiosk.domain.payment import PaymentMethod, PaymentPart
from kiosk.domain.receipt import Align, Columns, Element, Feed, Paper, QrCode, Rule, Text, TextSize
from kiosk.domain.refund import Refund, RefundPart
from kiosk.domain.weight import Weight
from kiosk.services.collected import Collected
from kiosk.services.outcomes import DueAtCounter, Paid
from kiosk.services.ports import Catalogue


@dataclass(frozen=True, slots=True)
class Papers:
    """Makes papers for one terminal. `canteen` is the name on the menu that the order was taken from."""

    terminal_name: str
    catalogues: Callable[[str], Catalogue]
    kitchen_language: str = "zh"

    def receipt(self, paid: Paid, local: datetime, canteen: LocalText) -> Paper:
        """Of a paid order; `local` is its time at the canteen."""
        order = paid.order
        texts = self.catalogues(order.language)
        _ = texts.gettext
        rows: list[Element] = [*_head(order, canteen, texts), *_lines(order, texts)]
        rows += [Rule(), Columns(_("Total"), _money(order.total), bold=True), *_paid_rows(paid, texts)]
        rows += [*self._foot(order, local, texts), Text(_("Enjoy your meal!"), Align.CENTER)]
        return Paper(tuple(rows))

    def counter_slip(self, due: DueAtCounter, local: datetime, canteen: LocalText) -> Paper:
        """To be paid at the counter, all of it or a rest: says plainly that it is not paid yet."""
        order = due.order
        texts = self.catalogues(order.language)
        _ = texts.gettext
        rows: list[Element] = [*_head(order, canteen, texts)]
        rows.append(Text(_("NOT PAID YET. Please pay at the counter."), Align.CENTER, bold=True))
        rows += [*_lines(order, texts), Rule()]
        if due.parts:
            rows += [Columns(_("Total"), _money(order.total)), *_paid_rows(due, texts)]
        rows.append(Columns(_("To pay"), _money(due.due), bold=True))
        rows += [*self._foot(order, local, texts), QrCode(due.slip or f"kiosk:order:{order.id}")]
        return Paper(tuple(rows))

    def kitchen_ticket(self, order: Order, local: datetime) -> Paper:
        """What to cook: numbers and dishes large, no prices."""
        texts = self.catalogues(self.kitchen_language)
        rows: list[Element] = [
            Columns(_dining(order, texts), local.strftime("%H:%M")),
            Text(order.number, Align.CENTER, TextSize.BIG, bold=True),
            Rule(),
        ]
        for line in order.lines:
            for dish in line.dishes:
                name = dish.name.get(self.kitchen_language)
                rows.append(Text(f"{line.quantity} × {name}", size=TextSize.TALL, bold=True))
                if line.weight is not None:
                    rows.append(Text(f"  · {line.weight.grams} g"))
                rows += [Text(f"  · {option}") for option in _options(dish, self.kitchen_language, texts)]
        rows.append(Feed())
        return Paper(tuple(rows))

    def cancelled_ticket(self, order: Order) -> Paper:
        """To the kitchen: do not cook it, or stop."""
        _ = self.catalogues(self.kitchen_language).gettext
        return Paper(
            (
                Text(_("CANCELLED"), Align.CENTER, TextSize.BIG, bold=True),
                Text(order.number, Align.CENTER, TextSize.BIG, bold=True),
                Text(_("Do not cook this order any more."), Align.CENTER, bold=True),
                Feed(),
            )
        )

    def cash_receipt(self, due: DueAtCounter, paid: CounterPayment, local: datetime, canteen: LocalText) -> Paper:
        """Of an order of which all that was due was paid at the counter; `local` is when."""
        order = due.order
        texts = self.catalogues(order.language)
        _ = texts.gettext
        rows: list[Element] = [*_head(order, canteen, texts), *_lines(order, texts)]
        rows += [Rule(), Columns(_("Total"), _money(order.total), bold=True)]
        rows += [*_part_rows(due.parts, texts), Columns(_("Paid in cash"), _money(due.due))]
        if paid.received is not None and paid.change:
            rows.append(Columns(_("Cash received"), _money(paid.received)))
            rows.append(Columns(_("Change given back"), _money(paid.change)))
        if due.points:
            rows.append(Columns(_("Points earned"), f"+{due.points}"))
        rows += [*self._foot(order, local, texts), Text(_("Enjoy your meal!"), Align.CENTER)]
        return Paper(tuple(rows))

    def collected_receipt(self, collected: Collected, made: Collection, local: datetime, canteen: LocalText) -> Paper:
        """Of an order that another terminal may have taken, paid at this counter; `local` is when."""
        order = collected.order
        texts = self.catalogues(order.language)
        _ = texts.gettext
        rows: list[Element] = [*_head(order, canteen, texts), *_lines(order, texts)]
        rows += [Rule(), Columns(_("Total"), _money(order.total), bold=True)]
        before = order.total - made.amount
        if before:
            rows.append(Columns(_("Paid before"), _money(before)))
        in_cash = made.method is PaymentMethod.COUNTER
        rows.append(Columns(_("Paid in cash") if in_cash else _("Paid by campus card"), _money(made.amount)))
        if collected.balance_after is not None:
            rows.append(Columns(_("Balance after"), _money(collected.balance_after)))
        if collected.points:
            rows.append(Columns(_("Points earned"), f"+{collected.points}"))
        rows += [*self._foot(order, local, texts), Text(_("Enjoy your meal!"), Align.CENTER)]
        return Paper(tuple(rows))

    def refund_slip(self, refund: Refund, order: Order, local: datetime, canteen: LocalText) -> Paper:
        """What was given back of an order, how, and why; `local` is when."""
        texts = self.catalogues(order.language)
        _ = texts.gettext
        title = _("Order cancelled, money back") if refund.is_void else _("Money back")
        rows: list[Element] = [*_head_back(title, order, canteen)]
        for line in refund.lines:
            name = order.lines[line.line].name.get(order.language)
            rows.append(Columns(f"{name} × {line.quantity}", _money(line.amount)))
        rows += [Rule(), *_rows_back(refund, texts)]
        rows.append(Columns(_("Reason"), refund.reason))
        rows += self._foot(order, local, texts)
        return Paper(tuple(rows))

    def cancelled_slip(
        self, cancelled: CounterPayment, back: Sequence[RefundPart], order: Order, local: datetime, canteen: LocalText
    ) -> Paper:
        """Of an order that was due at the counter and is cancelled: what had paid a part of it comes back; `local` is
        when."""
        texts = self.catalogues(order.language)
        _ = texts.gettext
        rows: list[Element] = [*_head_back(_("Order cancelled"), order, canteen), *_lines(order, texts), Rule()]
        rows += [Columns(_("Total"), _money(order.total)), Columns(_("Not paid yet"), _money(cancelled.amount))]
        rows += [Rule(), *_ways_back(back, texts), Columns(_("Reason"), cancelled.reason)]
        rows += self._foot(order, local, texts)
        return Paper(tuple(rows))

    def undone_slip(
        self, made: Collection, undone: UndoneCollection, order: Order, local: datetime, canteen: LocalText
    ) -> Paper:
        """Of an order that was paid at this counter and waits for payment again; `local` is when."""
        texts = self.catalogues(order.language)
        _ = texts.gettext
        rows: list[Element] = [*_head_back(_("Payment taken back"), order, canteen)]
        rows.append(Text(_("NOT PAID YET. Please pay at the counter."), Align.CENTER, bold=True))
        rows.append(Columns(_("Money back"), _money(made.amount), bold=True))
        if made.method is PaymentMethod.COUNTER:
            rows.append(Columns(_("In cash"), _money(made.amount)))
        else:
            rows.append(Columns(_("Onto the campus card"), _money(made.amount)))
            rows.append(Text(_("It is on the card as soon as this terminal is connected.")))
        rows.append(Columns(_("Reason"), undone.reason))
        rows += self._foot(order, local, texts)
        return Paper(tuple(rows))

    def top_up_slip(self, top_up: CashTopUp, language: str, local: datetime, canteen: LocalText) -> Paper:
        """Cash that was taken for a balance, in the customer's language; no name and no balance."""
        _ = self.catalogues(language).gettext
        return Paper(
            (
                Text(canteen.get(language), Align.CENTER, TextSize.TALL, bold=True),
                Feed(),
                Text(_("Top-up"), Align.CENTER, TextSize.TALL, bold=True),
                Rule(),
                Columns(_("Cash received"), _money(top_up.amount), bold=True),
                Text(_("It is on the card as soon as this terminal is connected.")),
                Rule(),
                Columns(local.strftime("%Y-%m-%d %H:%M"), self.terminal_name),
                Text(_("Top-up {top_up_id}").format(top_up_id=str(top_up.id)[-12:]), Align.CENTER),
            )
        )

    def _foot(self, order: Order, local: datetime, texts: Catalogue) -> Iterator[Element]:
        _ = texts.gettext
        yield Rule()
        yield Columns(local.strftime("%Y-%m-%d %H:%M"), self.terminal_name)
        yield Text(_("Order {order_id}").format(order_id=str(order.id)[-12:]), Align.CENTER)


def _head(order: Order, canteen: LocalText, texts: Catalogue) -> Iterator[Element]:
    _ = texts.gettext
    yield Text(canteen.get(order.language), Align.CENTER, TextSize.TALL, bold=True)
    yield Feed()
    yield Text(_("Your number"), Align.CENTER)
    yield Text(order.number, Align.CENTER, TextSize.BIG, bold=True)
    yield Text(_dining(order, texts), Align.CENTER)
    yield Rule()


def _head_back(title: str, order: Order, canteen: LocalText) -> Iterator[Element]:
    """Of a slip for something that is given back."""
    yield Text(canteen.get(order.language), Align.CENTER, TextSize.TALL, bold=True)
    yield Feed()
    yield Text(title, Align.CENTER, TextSize.TALL, bold=True)
    yield Text(order.number, Align.CENTER, TextSize.BIG, bold=True)
    yield Rule()


def _lines(order: Order, texts: Catalogue) -> Iterator[Element]:
    for line in order.lines:
        yield Columns(f"{line.name.get(order.language)} × {line.quantity}", _money(line.total))
        if line.weight is not None:
            yield Columns(_weighed(line.weight, texts), "", indent=2)
        for dish in line.dishes:
            options = _options(dish, order.language, texts)
            if dish.slot is not None:
                options.insert(0, dish.name.get(order.language))
            if options:
                yield Columns(" · ".join(options), "", indent=2)


def _paid_rows(settled: Paid | DueAtCounter, texts: Catalogue) -> Iterator[Element]:
    """What was used and paid already, and what it leaves behind."""
    _ = texts.gettext
    if not settled.parts:
        yield Columns(_("Paid by campus card"), _money(settled.order.total))
    yield from _part_rows(settled.parts, texts)
    if settled.balance_after is not None:
        yield Columns(_("Balance after"), _money(settled.balance_after))
    if settled.points:
        yield Columns(_("Points earned"), f"+{settled.points}")


def _part_rows(parts: Sequence[PaymentPart], texts: Catalogue) -> Iterator[Element]:
    """All but what is due at the counter."""
    _ = texts.gettext
    for part in parts:
        if part.method is PaymentMethod.COUPON:
            yield Columns(_("Coupon"), _money(-part.value))
        elif part.method is PaymentMethod.POINTS and part.used is not None:
            yield Columns(_("{n} points used").format(n=part.used.minor), _money(-part.value))
        elif part.method is PaymentMethod.BALANCE:
            yield Columns(_("Paid by campus card"), _money(part.value))


def _rows_back(refund: Refund, texts: Catalogue) -> Iterator[Element]:
    """What is given back, each in the way in which it was paid."""
    _ = texts.gettext
    if refund.money != refund.amount:
        yield Columns(_("Was paid by coupon and points"), _money(refund.money - refund.amount))
    yield Columns(_("Money back"), _money(refund.money), bold=True)
    yield from _ways_back(refund.parts, texts)


def _ways_back(parts: Sequence[RefundPart], texts: Catalogue) -> Iterator[Element]:
    _ = texts.gettext
    for part in parts:
        if part.method is PaymentMethod.POINTS and part.used:
            yield Columns(_("Points back"), f"+{part.used.minor}")
        elif part.method is PaymentMethod.COUPON and part.used:
            yield Text(_("The coupon is the member's again."))
    methods = PaymentMethod.BALANCE, PaymentMethod.COUNTER
    to_card, in_cash = ([part.amount for part in parts if part.method is method] for method in methods)
    if to_card:
        yield Columns(_("Onto the campus card"), _money(sum(to_card[1:], to_card[0])))
    if to_card or any(part.used for part in parts):
        yield Text(_("It is on the card as soon as this terminal is connected."))
    if in_cash:
        yield Columns(_("In cash"), _money(sum(in_cash[1:], in_cash[0])))


def _options(dish: OrderedDish, language: str, texts: Catalogue) -> list[str]:
    """What is asked for beside the dish, and what is to be left out of it."""
    _ = texts.gettext
    # Translators: something the dish comes with and the customer does not want
    left_out = [_("Without {option}").format(option=option.get(language)) for option in dish.without]
    return [option.get(language) for option in dish.options] + left_out


def _weighed(weight: Weight, texts: Catalogue) -> str:
    """ "235 g · ¥3.80 / 100 g" """
    # Translators: what was weighed, and the price for so many grams
    words = texts.gettext("{grams} g · {price} / {per_g} g")
    return words.format(grams=weight.grams, price=_money(weight.price), per_g=weight.per_g)


def _dining(order: Order, texts: Catalogue) -> str:
    _ = texts.gettext
    return _("Dine in") if order.dining_mode is DiningMode.DINE_IN else _("Take away")


def _money(amount: Money) -> str:
    return f"{'-' if amount.is_negative else ''}¥{amount.decimal_text().lstrip('-')}"
