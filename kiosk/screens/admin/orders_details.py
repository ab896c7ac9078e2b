"""An order: what was ordered, how it was paid, what was given back, its papers; and what can be done with it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.domain.order import DiningMode, OrderLine
from kiosk.domain.payment import PaymentState
from kiosk.domain.receipt import PaperKind
from kiosk.domain.staff import Permission
from kiosk.screens.admin.orders_screen import OrdersSectionScreen
from kiosk.screens.admin.orders_words import (
    ended_words,
    paid_words,
    paper_words,
    print_words,
    refused_words,
    standing_words,
    ways_back,
)
from kiosk.screens.admin_flow import orders_events as ev
from kiosk.screens.admin_flow.orders_giving_back import NEEDS, can_give_back
from kiosk.screens.admin_flow.orders_state import BackKind, OrdersState
from kiosk.screens.admin_flow.orders_steps import orders_of
from kiosk.screens.admin_flow.state import AdminState
from kiosk.screens.admin_flow.steps import acting
from kiosk.screens.kv import load_kv
from kiosk.screens.widgets.pressable import Pressable
from kiosk.services.order_details import OrderDetails, OrderPaper

_MOST_PAPERS = 4  # the newest; each has a key


class DetailRow(BoxLayout):
    """A line of the order, or of its money: what, how much (`value_units` wide), and a smaller text under it."""

    text = StringProperty("")
    detail = StringProperty("")
    value = StringProperty("")
    tone = StringProperty("ink")
    value_units = NumericProperty(200)


class PaperKey(Pressable, BoxLayout):
    """A paper: what it is, what is known of its print; touched it is printed again."""

    icon = StringProperty("printer")
    text = StringProperty("")
    detail = StringProperty("")
    tone = StringProperty("ink_soft")


class ToldBand(BoxLayout):
    """How the last act ended, or why something cannot be done; nothing at all without a `text`."""

    text = StringProperty("")
    tone = StringProperty("positive")
    test_id = StringProperty("")


class OrderDetailsScreen(OrdersSectionScreen):
    """What it is at the left (above), what can be done at the right (below)."""

    can_refund = BooleanProperty(defaultvalue=False)
    can_take_back = BooleanProperty(defaultvalue=False)

    def render(self, state: AdminState) -> None:
        orders = orders_of(state)
        details = orders.details
        if details is None or not self.changed("all", details, orders.ended, orders.in_flight, orders.being_found_out):
            return
        self._render_head(details)
        self._render_rows(details)
        self._render_told(orders, details)
        self._render_acts(state, orders, details)

    def _render_head(self, details: OrderDetails) -> None:
        _, ids, order = self.texts.gettext, self.ids, details.order
        mode = _("Dine in") if order.dining_mode is DiningMode.DINE_IN else _("Take away")
        ids.number.text, ids.total.text = order.number, self.texts.money(order.total)
        ids.standing.text, ids.standing.tone = standing_words(details.standing, self.texts)
        ids.at.text = f"{details.taken_at:%Y-%m-%d %H:%M} · {mode}"

    def _render_rows(self, details: OrderDetails) -> None:
        _, box = self.texts.gettext, self.ids.rows
        box.clear_widgets()
        for line in details.order.lines:
            text = f"{self.texts.of(line.name)} × {line.quantity}"
            self._add(text, self.texts.money(line.total), self._options(line))
        for payment in details.payments:
            for part in payment.all_parts if payment.state in (PaymentState.PAID, PaymentState.DUE) else ():
                words = paid_words(payment, part, details.card_end, self.texts)
                self._add(words, self.texts.money(part.value), tone="ink_soft")
        for refund in details.refunds:
            ways = ", ".join(f"{way} {amount}" for way, amount in ways_back(refund.parts, self.texts))
            detail = f"{refund.reason} · {ways}" if ways else refund.reason
            self._add(_("Given back"), self.texts.money(-refund.amount), detail, tone="negative")

    def _add(self, text: str, value: str, detail: str = "", tone: str = "ink") -> None:
        self.ids.rows.add_widget(DetailRow(text=text, value=value, detail=detail, tone=tone))

    def _options(self, line: OrderLine) -> str:
        """What beside the dish was asked for."""
        _, of = self.texts.gettext, self.texts.of
        words: list[str] = []
        for dish in line.dishes:
            words += [of(dish.name)] if dish.slot is not None else []
            words += [of(option) for option in dish.options]
            words += [_("Without {option}").format(option=of(option)) for option in dish.without]
        return " · ".join(words)

    def _render_told(self, orders: OrdersState, details: OrderDetails) -> None:
        """How the last act ended; else why nothing can be given back."""
        told = self.ids.told
        if orders.ended is not None:
            told.text, told.tone = ended_words(orders.ended, self.texts)
        elif details.not_refundable is not None and not details.is_cancellable:
            told.text, told.tone = refused_words(details.not_refundable, self.texts), "ink_soft"
        else:
            told.text = ""

    def _render_acts(self, state: AdminState, orders: OrdersState, details: OrderDetails) -> None:
        _, ids, staff = self.texts.gettext, self.ids, acting(state)
        is_free = not orders.in_flight and orders.being_found_out is None
        self.can_refund = is_free and can_give_back(details, BackKind.REFUND) and staff.may(NEEDS[BackKind.REFUND])
        self._whole = BackKind.CANCEL if details.is_cancellable else BackKind.VOID
        self.can_take_back = is_free and can_give_back(details, self._whole) and staff.may(NEEDS[self._whole])
        ids.refund.text = _("Refund")
        ids.take_back.text = _("Cancel the order") if details.is_cancellable else _("Void: not handed out")
        ids.papers.clear_widgets()
        for paper in details.papers[-_MOST_PAPERS:]:
            is_kitchens = paper.kind is PaperKind.KITCHEN_TICKET
            may = staff.may(Permission.RESEND_TO_KITCHEN if is_kitchens else Permission.REPRINT)
            self._add_paper(paper, may=may and paper.may_print_again and not orders.in_flight)

    def _add_paper(self, paper: OrderPaper, *, may: bool) -> None:
        _ = self.texts.gettext
        words, tone = print_words(paper.state, self.texts)
        if paper.copies and paper.may_print_again:
            words = _("copy {n}: {state}").format(n=paper.copies, state=words)
        template = _("Send again: {paper}") if paper.kind is PaperKind.KITCHEN_TICKET else _("Print again: {paper}")
        name = paper_words(paper.kind, self.texts)
        text = template.format(paper=name) if paper.may_print_again else name
        icon = "printer" if paper.may_print_again else "printer-off"
        key = PaperKey(test_id=f"paper-{paper.kind}", icon=icon, text=text, detail=words, tone=tone, disabled=not may)
        key.fbind("on_release", self._print_again, paper.job_id)
        self.ids.papers.add_widget(key)

    # --- touches ---

    def refund(self) -> None:
        self.dispatch_flow(ev.GiveBackTouched(BackKind.REFUND))

    def take_back(self) -> None:
        self.dispatch_flow(ev.GiveBackTouched(self._whole))

    def _print_again(self, job_id: UUID, _key: Any) -> None:
        self.dispatch_flow(ev.PrintAgainTouched(job_id))


load_kv(__file__)
