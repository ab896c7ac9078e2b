"""My account: balance, points, coupons, what was ordered here, and the member's face."""

from __future__ import annotations

from kivy.properties import StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.domain.member import Member
from kiosk.domain.order import Order, OrderState
from kiosk.screens.face_status_words import day, status_words
from kiosk.screens.flow import account_events as acc
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.account_state import Account
from kiosk.screens.flow.enrolling import can_enrol, can_renew, has_card
from kiosk.screens.flow.state import State
from kiosk.screens.kv import load_kv
from kiosk.screens.page_screen import PageScreen
from kiosk.screens.texts import Texts
from kiosk.screens.widgets.labels import TextBlock
from kiosk.services.faces_of import FaceState, FaceStatus


class OrderRow(BoxLayout):
    """One order that was taken here."""

    number = StringProperty("")
    when = StringProperty("")
    names = StringProperty("")
    total = StringProperty("")
    ended = StringProperty("")


class AccountScreen(PageScreen):
    """Never names the person in full, never shows the balance unasked: others stand behind."""

    # --- touches ---

    def touch_balance(self) -> None:
        self.dispatch_flow(ev.BalanceTouched())

    def enrol(self) -> None:
        self.dispatch_flow(acc.EnrolFaceTouched())

    def renew(self) -> None:
        self.dispatch_flow(acc.RenewFaceTouched())

    def forget(self) -> None:
        self.dispatch_flow(acc.ForgetFaceTouched())

    # --- what is shown ---

    def render(self, state: State) -> None:
        session, account = state.session, state.account
        if session.customer is None or account is None:
            return
        offers, renews = can_enrol(state), can_renew(state)
        if not self.changed("all", session, account.seen, account.failed, offers):
            return
        member = session.customer.member
        self.title(self.texts.gettext("My account"))
        self._render_member(member, shown=session.balance_shown)
        self._render_orders(account)
        self._render_face(account, offers=offers, renews=renews, has_card=has_card(state))

    def _render_member(self, member: Member, *, shown: bool) -> None:
        _, ids = self.texts.gettext, self.ids
        ids.name.text = member.masked_name
        ids.balance.label, ids.balance.hint = _("Balance"), _("touch to show")
        ids.balance.amount = self.texts.money(member.balance) if shown else ""
        ids.balance.shown = shown
        points = self.texts.ngettext("{n} point", "{n} points", member.points).format(n=member.points)
        count = len(member.coupons)
        coupons = self.texts.ngettext("{n} coupon", "{n} coupons", count).format(n=count)
        # Translators: how many points and coupons a member has
        ids.points.text = _("{points} · {coupons}").format(points=points, coupons=coupons)
        ids.coupons.text = "\n".join(self.texts.of(coupon.terms.name) for coupon in member.coupons)

    def _render_orders(self, account: Account) -> None:
        _, ids = self.texts.gettext, self.ids
        orders = account.seen.orders if account.seen else ()
        ids.orders_title.text = _("Ordered at this terminal")
        ids.no_orders.text = _("Nothing lately") if account.seen and not orders else ""
        ids.orders.clear_widgets()
        for order in orders:
            ids.orders.add_widget(_row(order, self.texts))

    def _render_face(self, account: Account, *, offers: bool, renews: bool, has_card: bool) -> None:
        _, ids = self.texts.gettext, self.ids
        face = account.seen.face if account.seen else None
        words = status_words(face, self.texts) if face else None
        unknown = _("Your face cannot be looked up right now") if account.failed else _("One moment please")
        ids.face_title.text = words.title if words else unknown
        ids.face_lines.clear_widgets()
        for line in words.lines if words else ():
            ids.face_lines.add_widget(TextBlock(text=line, tone="ink_soft"))
        if not has_card:
            card_first = _("To enrol or renew, please tap your card.")
            ids.face_lines.add_widget(TextBlock(text=card_first, tone="accent_ink", bold=True))
        has_face = face is not None and face.consent is not None
        ids.renew.offered, ids.renew.text = renews, _("Renew for a year")
        ids.enrol.offered, ids.enrol.text = offers, self._enrol_text(face)
        ids.enrol.kind = "secondary" if renews else "primary"
        ids.renew.kind = "primary" if face is not None and face.state is FaceState.CONSENT_OVER else "secondary"
        ids.forget.text = _("Delete my face") if has_face else _("Delete my face at other terminals")
        self._offer_forgetting(face)

    def _enrol_text(self, face: FaceStatus | None) -> str:
        _ = self.texts.gettext
        return _("Enrol my face") if face is None or face.consent is None else _("Enrol my face anew")

    def _offer_forgetting(self, face: FaceStatus | None) -> None:
        """Also where none is enrolled: it may be at another terminal."""
        offered = face is not None and face.state is not FaceState.FORGETTING
        forget = self.ids.forget
        forget.disabled = not offered
        forget.opacity = 1 if offered else 0
        forget.offered = offered


def _row(order: Order, texts: Texts) -> OrderRow:
    _ = texts.gettext
    ended = {
        OrderState.AWAITING_PAYMENT: _("to be paid at the counter"),
        OrderState.CANCELLED: _("cancelled"),
    }.get(order.state, "")
    at = order.created_at
    names = [
        texts.of(line.name) if line.quantity == 1 else f"{texts.of(line.name)} × {line.quantity}"
        for line in order.lines
    ]
    return OrderRow(
        number=order.number,
        # Translators: when something was ordered
        when=_("{date}, {time}").format(date=day(at, texts), time=f"{at:%H:%M}"),
        names=texts.listed(names),
        total=texts.money(order.total),
        ended=ended,
    )


load_kv(__file__)
