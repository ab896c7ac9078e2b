"""What stands on paper: receipt, slip for the counter, kitchen ticket. Texts in the customer's language; the kitchen's
in the kitchen's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from kiosk.domain.cash import CashTopUp, CounterPayment
from kiosk.domain.collection import Collection, UndoneCollection
from kiosk.domain.kitchen import ticket_code
from kiosk.domain.local_text import LocalText
from kiosk.domain.order import Order
from kiosk.domain.order_code import order_code
from kiosk.domain.payment import PaymentMethod
from kiosk.domain.receipt import Align, Columns, Element, Feed, Paper, PaperKind, QrCode, Rule, Text, TextSize
from kiosk.domain.refund import Refund, RefundPart
from kiosk.services.collected import Collected
from kiosk.services.outcomes import DueAtCounter, Paid
from kiosk.services.paper_rows import (
    change_rows,
    dining,
    foot,
    found_by,
    head,
    head_back,
    money,
    options,
    order_lines,
    paid_rows,
    part_rows,
    refund_rows,
    short_code_row,
    ways_back,
)
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
        rows: list[Element] = [*head(order, canteen, texts), *order_lines(order, texts)]
        rows += [Rule(), Columns(_("Total"), money(order.total), bold=True), *paid_rows(paid, texts)]
        rows += self._thanks(order, local, texts)
        return Paper(tuple(rows))

    def counter_slip(self, due: DueAtCounter, local: datetime, canteen: LocalText) -> Paper:
        """To be paid at the counter, all of it or a rest: says plainly that it is not paid yet."""
        order = due.order
        texts = self.catalogues(order.language)
        _ = texts.gettext
        rows: list[Element] = [*head(order, canteen, texts)]
        rows.append(Text(_("NOT PAID YET. Please pay at the counter."), Align.CENTER, bold=True))
        rows += [*order_lines(order, texts), Rule()]
        if due.parts:
            rows += [Columns(_("Total"), money(order.total)), *paid_rows(due, texts)]
        rows.append(Columns(_("To pay"), money(due.due), bold=True))
        rows += [*self._foot(order, local, texts), QrCode(due.slip or order_code(order.id))]
        return Paper(tuple(rows))

    def kitchen_ticket(self, order: Order, local: datetime) -> Paper:
        """What to cook: numbers and dishes large, no prices."""
        texts = self.catalogues(self.kitchen_language)
        rows: list[Element] = [
            Columns(dining(order, texts), local.strftime("%H:%M")),
            Text(order.number, Align.CENTER, TextSize.BIG, bold=True),
            Rule(),
        ]
        for line in order.lines:
            for dish in line.dishes:
                name = dish.name.get(self.kitchen_language)
                rows.append(Text(f"{line.quantity} × {name}", size=TextSize.TALL, bold=True))
                if line.weight is not None:
                    rows.append(Text(f"  · {line.weight.grams} g"))
                rows += [Text(f"  · {option}") for option in options(dish, self.kitchen_language, texts)]
        rows += [QrCode(ticket_code(order.id)), Feed()]  # scanned at a kitchen's screen it says that this is ready
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
        rows: list[Element] = [*head(order, canteen, texts), *order_lines(order, texts)]
        rows += [Rule(), Columns(_("Total"), money(order.total), bold=True)]
        rows += [*part_rows(due.parts, texts), Columns(_("Paid in cash"), money(due.due))]
        rows += change_rows(paid.received, paid.change, texts)
        if due.points:
            rows.append(Columns(_("Points earned"), f"+{due.points}"))
        rows += self._thanks(order, local, texts)
        return Paper(tuple(rows))

    def collected_receipt(self, collected: Collected, made: Collection, local: datetime, canteen: LocalText) -> Paper:
        """Of an order that another terminal may have taken, paid at this counter; `local` is when."""
        order = collected.order
        texts = self.catalogues(order.language)
        _ = texts.gettext
        rows: list[Element] = [*head(order, canteen, texts), *order_lines(order, texts)]
        rows += [Rule(), Columns(_("Total"), money(order.total), bold=True)]
        before = order.total - made.amount
        if before:
            rows.append(Columns(_("Paid before"), money(before)))
        in_cash = made.method is PaymentMethod.COUNTER
        rows.append(Columns(_("Paid in cash") if in_cash else _("Paid by campus card"), money(made.amount)))
        rows += change_rows(made.received, made.change, texts)
        if collected.balance_after is not None:
            rows.append(Columns(_("Balance after"), money(collected.balance_after)))
        if collected.points:
            rows.append(Columns(_("Points earned"), f"+{collected.points}"))
        rows += self._thanks(order, local, texts)
        return Paper(tuple(rows))

    def refund_slip(self, refund: Refund, order: Order, local: datetime, canteen: LocalText) -> Paper:
        """What was given back of an order, how, and why; `local` is when."""
        texts = self.catalogues(order.language)
        _ = texts.gettext
        title = _("Order cancelled, money back") if refund.is_void else _("Money back")
        rows: list[Element] = [*head_back(title, order, canteen)]
        for line in refund.lines:
            name = order.lines[line.line].name.get(order.language)
            rows.append(Columns(f"{name} × {line.quantity}", money(line.amount)))
        rows += [Rule(), *refund_rows(refund, texts)]
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
        rows: list[Element] = [*head_back(_("Order cancelled"), order, canteen), *order_lines(order, texts), Rule()]
        rows += [Columns(_("Total"), money(order.total)), Columns(_("Not paid yet"), money(cancelled.amount))]
        rows += [Rule(), *ways_back(back, texts), Columns(_("Reason"), cancelled.reason)]
        rows += self._foot(order, local, texts)
        return Paper(tuple(rows))

    def undone_slip(
        self, made: Collection, undone: UndoneCollection, order: Order, local: datetime, canteen: LocalText
    ) -> Paper:
        """Of an order that was paid at this counter and waits for payment again; `local` is when."""
        texts = self.catalogues(order.language)
        _ = texts.gettext
        rows: list[Element] = [*head_back(_("Payment taken back"), order, canteen)]
        rows.append(Text(_("NOT PAID YET. Please pay at the counter."), Align.CENTER, bold=True))
        rows.append(Columns(_("Money back"), money(made.amount), bold=True))
        if made.method is PaymentMethod.COUNTER:
            rows.append(Columns(_("In cash"), money(made.amount)))
        else:
            rows.append(Columns(_("Onto the campus card"), money(made.amount)))
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
                Columns(_("Cash received"), money(top_up.amount), bold=True),
                Text(_("It is on the card as soon as this terminal is connected.")),
                *foot(local, self.terminal_name),
                Text(_("Top-up {top_up_id}").format(top_up_id=str(top_up.id)[-12:]), Align.CENTER),
            )
        )

    def marked_as_copy(self, paper: Paper, kind: PaperKind, copy: int, local: datetime, language: str) -> Paper:
        """The same paper, with its head saying that it is the `copy`-th copy, printed at `local`. `language` is the
        customer's; the kitchen is told in its own, and that one order is cooked once."""
        for_kitchen = kind is PaperKind.KITCHEN_TICKET
        _ = self.catalogues(self.kitchen_language if for_kitchen else language).gettext
        # Translators: on a paper that staff had printed again
        title = _("COPY {n}").format(n=copy)
        head: list[Element] = [Text(title, Align.CENTER, TextSize.TALL, bold=True)]
        if for_kitchen:
            head.append(Text(_("Printed again: do not cook it twice."), Align.CENTER, bold=True))
        head += [Text(local.strftime("%Y-%m-%d %H:%M"), Align.CENTER), Rule()]
        return Paper((*head, *paper.elements))

    def _foot(self, order: Order, local: datetime, texts: Catalogue) -> Iterator[Element]:
        yield from foot(local, self.terminal_name)
        yield short_code_row(order, texts)

    def _thanks(self, order: Order, local: datetime, texts: Catalogue) -> Iterator[Element]:
        """How a receipt ends."""
        yield from foot(local, self.terminal_name)
        yield Text(texts.gettext("Enjoy your meal!"), Align.CENTER)
        yield from found_by(order, texts)
