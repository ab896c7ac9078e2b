"""Finding an order: the newest are there; or its number is typed, a card tapped, its paper scanned."""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.domain.ids import OrderId
from kiosk.screens.admin.orders_screen import OrdersSectionScreen
from kiosk.screens.admin.orders_words import nothing_words, standing_words
from kiosk.screens.admin_flow import orders_events as ev
from kiosk.screens.admin_flow.orders_state import OrdersState
from kiosk.screens.admin_flow.orders_steps import orders_of
from kiosk.screens.admin_flow.state import AdminState
from kiosk.screens.kv import load_kv
from kiosk.screens.widgets.number_pad import ERASE
from kiosk.screens.widgets.pressable import Pressable
from kiosk.services.find_orders import NothingFound, OrderPage
from kiosk.services.order_details import OrderRow as FoundOrder


class FoundOrderRow(Pressable, BoxLayout):
    """An order of the list."""

    number = StringProperty("")
    at = StringProperty("")
    standing = StringProperty("")
    tone = StringProperty("ink")
    total = StringProperty("")


class OrdersScreen(OrdersSectionScreen):
    """The list, and the keys for a number."""

    has_older = BooleanProperty(defaultvalue=False)
    can_find = BooleanProperty(defaultvalue=False)
    faulty = BooleanProperty(defaultvalue=False)

    def render(self, state: AdminState) -> None:
        orders = orders_of(state)
        if not self.changed("all", orders.found, orders.typed, orders.looking):
            return
        _, ids, found = self.texts.gettext, self.ids, orders.found
        self.faulty = isinstance(found, NothingFound) and not orders.looking
        self.has_older = isinstance(found, OrderPage) and found.older is not None and not orders.looking
        self.can_find = bool(orders.typed) and not orders.looking
        ids.hint.text = self._hint(orders)
        ids.typed.text = orders.typed or _("Order number")
        ids.typed.tone = "ink" if orders.typed else "ink_soft"
        ids.find.text = _("Find")
        ids.newest.text, ids.older.text, ids.hour.text = _("Newest"), _("Older"), _("1 hour earlier")
        ids.payments.text = _("Last payments")
        self._render_rows(found.rows if isinstance(found, OrderPage) else ())

    def _hint(self, orders: OrdersState) -> str:
        _ = self.texts.gettext
        if orders.looking:
            return _("One moment")
        if isinstance(orders.found, NothingFound):
            return nothing_words(orders.found, self.texts)
        if not orders.found.rows:
            return _("No orders here.")
        return _("Touch an order, tap a card, or scan its receipt or slip")

    def _render_rows(self, rows: tuple[FoundOrder, ...]) -> None:
        if not self.changed("rows", rows):
            return
        box = self.ids.rows
        box.clear_widgets()
        for found in rows:
            words, tone = standing_words(found.standing, self.texts)
            row = FoundOrderRow(test_id=f"order-{found.number}", number=found.number, standing=words, tone=tone)
            row.at, row.total = f"{found.taken_at:%m-%d %H:%M}", self.texts.money(found.total)
            row.fbind("on_release", self._choose, found.id)
            box.add_widget(row)

    # --- touches ---

    def press(self, key: str) -> None:
        self.dispatch_flow(ev.NumberErased() if key == ERASE else ev.NumberTyped(key))

    def find(self) -> None:
        self.dispatch_flow(ev.NumberConfirmed())

    def newest(self) -> None:
        self.dispatch_flow(ev.NewestTouched())

    def older(self) -> None:
        self.dispatch_flow(ev.OlderTouched())

    def hour_earlier(self) -> None:
        self.dispatch_flow(ev.HourEarlierTouched())

    def open_payments(self) -> None:
        self.dispatch_flow(ev.PaymentsTouched())

    def _choose(self, order_id: OrderId, _row: Any) -> None:
        self.dispatch_flow(ev.OrderTouched(order_id))


load_kv(__file__)
