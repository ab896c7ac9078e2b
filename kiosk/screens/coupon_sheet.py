"""Which coupon to use for this order, or none."""

from __future__ import annotations

from kivy.properties import NumericProperty

from kiosk.domain.coupon import Coupon
from kiosk.domain.ids import CouponId
from kiosk.screens.flow import events as ev
from kiosk.screens.flow import redeeming
from kiosk.screens.flow.state import State
from kiosk.screens.kv import load_kv
from kiosk.screens.redeem_rows import RedeemRow
from kiosk.screens.screen import KioskScreen


class CouponSheet(KioskScreen):
    """Only those that take something off; what they take off stands behind each. `rows`: how many there are to show."""

    rows = NumericProperty(1)

    def render(self, state: State) -> None:
        coupons = redeeming.fitting_coupons(state)
        if not self.changed("all", coupons, state.session.redeeming, state.session.cart):
            return
        _ = self.texts.gettext
        self.ids.heading.text = _("Use a coupon")
        self.ids.coupons.clear_widgets()
        chosen = redeeming.chosen_coupon(state)
        for number, coupon in enumerate(coupons):
            row = self._row(coupon.id, self.texts.of(coupon.terms.name), active=coupon == chosen)
            row.amount, row.test_id = self._amount(coupon, state), f"coupon-{number}"
            self.ids.coupons.add_widget(row)
        self.rows = len(coupons) + 1
        none = self._row(None, _("No coupon"), active=chosen is None)
        none.test_id = "coupon-none"
        self.ids.coupons.add_widget(none)

    def close(self) -> None:
        self.dispatch_flow(ev.CouponsOpened(is_open=False))

    def _amount(self, coupon: Coupon, state: State) -> str:
        return self.texts.money(-coupon.terms.value_for(redeeming.total_of(state)))

    def _row(self, coupon_id: CouponId | None, text: str, *, active: bool) -> RedeemRow:
        row = RedeemRow(text=text, active=active, offered=True)
        row.icon = "radiobox-marked" if active else "radiobox-blank"
        row.bind(on_release=lambda _row: self.dispatch_flow(ev.CouponChosen(coupon_id)))
        return row


load_kv(__file__)
