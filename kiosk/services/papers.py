"""What stands on paper: receipt, slip for the counter, kitchen ticket. Texts in the customer's language; the kitchen's
in the kitchen's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from kiosk.domain.menu import LocalText
from kiosk.domain.money import Money
from kiosk.domain.order import DiningMode, Order, OrderedDish
from kiosk.domain.payment import PaymentMethod
from kiosk.domain.receipt import Align, Columns, Element, Feed, Paper, QrCode, Rule, Text, TextSize
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
        rows += [*self._foot(order, local, texts), QrCode(f"kiosk:order:{order.id}")]
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
                rows += [Text(f"  · {option}") for option in _options(dish, self.kitchen_language, texts)]
        rows.append(Feed())
        return Paper(tuple(rows))

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


def _lines(order: Order, texts: Catalogue) -> Iterator[Element]:
    for line in order.lines:
        yield Columns(f"{line.name.get(order.language)} × {line.quantity}", _money(line.total))
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
    for part in settled.parts:
        if part.method is PaymentMethod.COUPON:
            yield Columns(_("Coupon"), _money(-part.value))
        elif part.method is PaymentMethod.POINTS and part.used is not None:
            yield Columns(_("{n} points used").format(n=part.used.minor), _money(-part.value))
        elif part.method is PaymentMethod.BALANCE:
            yield Columns(_("Paid by campus card"), _money(part.value))
    if settled.balance_after is not None:
        yield Columns(_("Balance after"), _money(settled.balance_after))
    if settled.points:
        yield Columns(_("Points earned"), f"+{settled.points}")


def _options(dish: OrderedDish, language: str, texts: Catalogue) -> list[str]:
    """What is asked for beside the dish, and what is to be left out of it."""
    _ = texts.gettext
    # Translators: something the dish comes with and the customer does not want
    left_out = [_("Without {option}").format(option=option.get(language)) for option in dish.without]
    return [option.get(language) for option in dish.options] + left_out


def _dining(order: Order, texts: Catalogue) -> str:
    _ = texts.gettext
    return _("Dine in") if order.dining_mode is DiningMode.DINE_IN else _("Take away")


def _money(amount: Money) -> str:
    return f"{'-' if amount.is_negative else ''}¥{amount.decimal_text().lstrip('-')}"
