"""Points and coupons at the checkout: what may be used, what is, and how much it takes off."""

from __future__ import annotations

from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.domain.coupon import Coupon
from kiosk.domain.money import Money
from kiosk.domain.payment import PaymentPart
from kiosk.screens.flow import redeeming
from kiosk.screens.flow.state import State
from kiosk.screens.kv import load_kv
from kiosk.screens.texts import Texts
from kiosk.screens.widgets.pressable import Pressable
from kiosk.services.events import LinkState


class RedeemRow(Pressable, BoxLayout):
    """A quiet row with an icon, a text, an amount and a mark at its end. While not `offered` it takes no room."""

    text = StringProperty("")
    amount = StringProperty("")
    icon = StringProperty("")
    mark = StringProperty("")
    active = BooleanProperty(defaultvalue=False)
    offered = BooleanProperty(defaultvalue=False)


class RedeemRows(BoxLayout):
    """A row for points and one for coupons; without central one that says why neither can be used. Only what this order
    allows is shown, so for most visits nothing. Dispatches `on_points` (use them?) and `on_coupons` (choose one)."""

    __events__ = ("on_points", "on_coupons")

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._coupon = RedeemRow(icon="ticket-percent-outline", mark="chevron-right", test_id="coupon")
        self._points = RedeemRow(test_id="points")
        self._away = RedeemRow(icon="cloud-off-outline", test_id="redeem-offline", disabled=True)
        self._points.bind(on_release=lambda row: self.dispatch("on_points", not row.active))
        self._coupon.bind(on_release=lambda _row: self.dispatch("on_coupons"))

    def on_points(self, use: bool) -> None:
        """Bound by the owner."""

    def on_coupons(self) -> None:
        """Bound by the owner."""

    def show(self, state: State, texts: Texts) -> None:
        coupons, points = redeeming.fitting_coupons(state), redeeming.redeemable_points(state)
        away = state.link is not LinkState.ONLINE
        self._show_coupons(() if away else coupons, redeeming.chosen_coupon(state), redeeming.total_of(state), texts)
        self._show_points(None if away else points, texts, active=state.session.redeeming.points)
        self._away.offered = away and bool(coupons or points)
        self._away.text = texts.gettext("Points and coupons cannot be used while the canteen's server is away.")
        wanted = [row for row in (self._coupon, self._points, self._away) if row.offered]
        if list(reversed(self.children)) != wanted:
            self.clear_widgets()
            for row in wanted:
                self.add_widget(row)

    def _show_coupons(self, coupons: tuple[Coupon, ...], chosen: Coupon | None, total: Money, texts: Texts) -> None:
        row = self._coupon
        row.offered, row.active = bool(coupons), chosen is not None
        if chosen is not None:
            row.text, row.amount = texts.of(chosen.terms.name), texts.money(-chosen.terms.value_for(total))
            return
        row.text = texts.gettext("Use a coupon: you have {n}").format(n=len(coupons))
        row.amount = ""

    def _show_points(self, part: PaymentPart | None, texts: Texts, *, active: bool) -> None:
        row = self._points
        row.offered = part is not None
        if part is None or part.used is None:
            return
        count = part.used.minor
        row.active = active
        row.icon = "checkbox-marked" if active else "checkbox-blank-outline"
        row.text = texts.ngettext("Use {n} point", "Use {n} points", count).format(n=count)
        row.amount = texts.money(-part.value)


load_kv(__file__)
