"""What became of the last payments by card or face, and what to tell the customer of those being checked."""

from __future__ import annotations

from kivy.properties import StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.admin.orders_screen import OrdersSectionScreen
from kiosk.screens.admin.orders_words import fate_words
from kiosk.screens.admin_flow.orders import LIST_AGAIN_S
from kiosk.screens.admin_flow.orders_steps import orders_of
from kiosk.screens.admin_flow.state import AdminState
from kiosk.screens.kv import load_kv
from kiosk.services.journal import Fate
from kiosk.services.payments_lately import PaymentLately


class PaymentRow(BoxLayout):
    """One payment: when, by what, how much, what became of it."""

    at = StringProperty("")
    payer = StringProperty("")
    amount = StringProperty("")
    fate = StringProperty("")
    tone = StringProperty("ink")
    test_id = StringProperty("")


class LastPaymentsScreen(OrdersSectionScreen):
    """Newest first, those being checked before all."""

    def title(self, _state: AdminState) -> str:
        return self.texts.gettext("Last payments")

    def render(self, state: AdminState) -> None:
        payments = orders_of(state).payments
        if not self.changed("all", payments):
            return
        self.ids.told.text, self.ids.told.tone = self._advice(payments)
        rows = self.ids.rows
        rows.clear_widgets()
        for number, payment in enumerate(payments or ()):
            rows.add_widget(self._row(number, payment))

    def _row(self, number: int, payment: PaymentLately) -> PaymentRow:
        _ = self.texts.gettext
        words, tone = fate_words(payment.fate, self.texts)
        if payment.order_number:
            words = f"{words} · {payment.order_number}"
        payer = _("Card …{end}").format(end=payment.card_end) if payment.card_end else _("By face")
        row = PaymentRow(
            test_id=f"payment-{number}", at=f"{payment.at:%m-%d %H:%M}", payer=payer, fate=words, tone=tone
        )
        row.amount = self.texts.money(payment.amount)
        return row

    def _advice(self, payments: tuple[PaymentLately, ...] | None) -> tuple[str, str]:
        """What staff can tell who asks."""
        _ = self.texts.gettext
        if payments is None:
            return _(
                "The disk has not answered yet. No payment is lost; please do not take money a second time."
            ), "warning"
        if any(payment.fate is Fate.BEING_CHECKED for payment in payments):
            words = _(
                "Being checked: asked again every {n} seconds. Tell the customer that no money is lost, and not to pay"
                " a second time before it is known."
            )
            return words.format(n=int(LIST_AGAIN_S)), "warning"
        if not payments:
            return _("No payments by card yet."), "ink_soft"
        return _("Nothing is being checked: all of these are certain."), "positive"


load_kv(__file__)
