"""What is about to be given back of an order, and where it goes; a touch on the reason does it."""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.domain.money import Money
from kiosk.screens.admin.orders_screen import OrdersSectionScreen
from kiosk.screens.admin.orders_words import reasons_for, ways_back
from kiosk.screens.admin_flow import orders_events as ev
from kiosk.screens.admin_flow.orders_state import BackKind, GivingBack
from kiosk.screens.admin_flow.orders_steps import orders_of
from kiosk.screens.admin_flow.own_reason import OwnReasonTouched
from kiosk.screens.admin_flow.state import AdminState
from kiosk.screens.kv import load_kv
from kiosk.screens.widgets.push_button import PushButton


class PortionsRow(BoxLayout):
    """A line of the order, and how many of its portions are given back. `fixed`: the whole line, without keys."""

    text = StringProperty("")
    price = StringProperty("")
    quantity = NumericProperty(0)
    highest = NumericProperty(0)
    fixed = BooleanProperty(defaultvalue=False)
    test_id = StringProperty("")

    __events__ = ("on_step",)

    def on_step(self, wanted: int) -> None:
        """Bound by the owner."""


class WayRow(BoxLayout):
    """Where some of it goes."""

    text = StringProperty("")
    value = StringProperty("")


class BackReasonKey(PushButton):
    """Does it, for that reason."""


class GivingBackScreen(OrdersSectionScreen):
    """Portions at the left (above), where it goes and why at the right (below)."""

    is_refund = BooleanProperty(defaultvalue=True)
    restock = BooleanProperty(defaultvalue=False)
    typing = BooleanProperty(defaultvalue=False)

    def title(self, state: AdminState) -> str:
        _, giving = self.texts.gettext, orders_of(state).giving_back
        number = giving.details.order.number if giving else ""
        template = {
            None: "",
            BackKind.REFUND: _("Refund {number}"),
            BackKind.VOID: _("Void {number}"),
            BackKind.CANCEL: _("Cancel {number}"),
        }[giving.kind if giving else None]
        return template.format(number=number)

    def render(self, state: AdminState) -> None:
        orders = orders_of(state)
        giving = orders.giving_back
        if giving is None or not self.changed("all", giving, orders.in_flight):
            return
        self.is_refund, self.restock = giving.kind is BackKind.REFUND, giving.restock
        self.typing = giving.typed is not None
        self._render_lines(giving)
        self._render_ways(giving, in_flight=orders.in_flight)
        is_open = giving.is_ready and not orders.in_flight
        self._render_reasons(giving, is_open=is_open)
        self._render_typing(giving, is_open=is_open)

    def _render_lines(self, giving: GivingBack) -> None:
        _, ids, order = self.texts.gettext, self.ids, giving.details.order
        ids.again.text, ids.not_again.text = _("Can be sold again"), _("Cannot be sold again")
        if self.changed("lines", giving.details, giving.kind):
            ids.lines.clear_widgets()
            for number, line in enumerate(order.lines):
                row = PortionsRow(test_id=f"line-{number}", text=self.texts.of(line.name), fixed=not self.is_refund)
                row.price = self.texts.money(line.unit_price)
                row.highest = giving.details.portions_left.get(number, 0) if self.is_refund else line.quantity
                row.fbind("on_step", self._set, number)
                ids.lines.add_widget(row)
        for number, row in enumerate(reversed(ids.lines.children)):
            row.quantity = giving.portions.get(number, 0) if self.is_refund else order.lines[number].quantity

    def _render_ways(self, giving: GivingBack, *, in_flight: bool) -> None:
        _, ids = self.texts.gettext, self.ids
        zero = Money.zero(giving.details.order.total.currency)
        amount = Money.sum((part.amount for part in giving.parts), zero.currency)
        ids.amount.text = self.texts.money(amount)
        ids.heading.text = _("Will be given back") if giving.parts or self.is_refund else _("Nothing was paid yet")
        ids.ways.clear_widgets()
        for way, value in ways_back(giving.parts, self.texts):
            ids.ways.add_widget(WayRow(text=way, value=value))
        ids.ask.text = _("One moment") if in_flight else self._question(giving)

    def _question(self, giving: GivingBack) -> str:
        _ = self.texts.gettext
        if not giving.is_ready:
            return _("Choose at least one portion.")
        if self.typing:
            return ""
        if giving.kind is BackKind.REFUND:
            return _("Why? Touch the reason to give it back.")
        return _("Why? Touch the reason to cancel the order.")

    def _render_reasons(self, giving: GivingBack, *, is_open: bool) -> None:
        keys = self.ids.reasons
        if self.changed("reasons", giving.kind, self.typing):
            keys.clear_widgets()
        if not keys.children and not self.typing:
            for number, words in enumerate(reasons_for(giving.kind, self.texts)):
                key = BackReasonKey(test_id=f"reason-{number}", text=words)
                key.fbind("on_release", self._confirm, words)
                keys.add_widget(key)
            own = BackReasonKey(test_id="reason-own", icon="keyboard", text=self.texts.gettext("Another reason"))
            own.fbind("on_release", self._type_reason)
            keys.add_widget(own)
        for key in keys.children:
            key.disabled = not is_open

    def _render_typing(self, giving: GivingBack, *, is_open: bool) -> None:
        _, ids, typed = self.texts.gettext, self.ids, giving.typed or ""
        ids.own.typed, ids.own.hint = typed, _("Type the reason")
        ids.confirm.text = _("Refund") if giving.kind is BackKind.REFUND else _("Cancel the order")
        ids.confirm.disabled = not (self.typing and is_open and typed.strip())

    # --- touches ---

    def choose_restock(self, *, restock: bool) -> None:
        self.dispatch_flow(ev.RestockChosen(restock))

    def _set(self, number: int, _row: Any, wanted: int) -> None:
        self.dispatch_flow(ev.PortionsSet(number, wanted))

    def confirm_typed(self) -> None:
        self.dispatch_flow(ev.ReasonTouched(self.ids.own.typed))

    def _type_reason(self, _key: Any) -> None:
        self.dispatch_flow(OwnReasonTouched())

    def _confirm(self, reason: str, _key: Any) -> None:
        self.dispatch_flow(ev.ReasonTouched(reason))


load_kv(__file__)
