"""The number: paid, or to be paid at the counter. Returns by itself."""

from __future__ import annotations

import math

from kivy.properties import BooleanProperty, NumericProperty

from kiosk.domain.money import Money
from kiosk.domain.order import DiningMode, Order
from kiosk.domain.order_code import order_code
from kiosk.domain.payment import PaymentMethod
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.state import State
from kiosk.screens.kv import load_kv
from kiosk.screens.page_screen import PageScreen
from kiosk.screens.words import parts_words
from kiosk.services.events import DeviceKind, PrintJobState, works_here
from kiosk.services.outcomes import DueAtCounter, Paid

_PRINTER_ANSWERS_WITHIN_S = 4.0


class ResultScreen(PageScreen):
    """`paid` or due: two looks that nobody mixes up. `left_s` counts to the next customer. `has_slip`: the code is the
    slip that a counter reads, and large enough to be read off a photograph."""

    paid = BooleanProperty(True)
    has_slip = BooleanProperty(False)
    left_s = NumericProperty(0)
    result_s = NumericProperty(10)

    # --- touches ---

    def done(self) -> None:
        self.dispatch_flow(ev.DoneTouched())

    def touch_balance(self) -> None:
        self.dispatch_flow(ev.BalanceTouched())

    # --- what is shown ---

    def render(self, state: State) -> None:
        outcome = state.outcome
        if not isinstance(outcome, Paid | DueAtCounter):
            return
        self._render_time(state)
        if self.changed("outcome", outcome, state.session.balance_shown):
            self.paid = isinstance(outcome, Paid)
            self._render_order(outcome.order)
            self.has_slip = isinstance(outcome, DueAtCounter) and bool(outcome.slip)
            told = PaymentMethod.BALANCE if self.paid else PaymentMethod.COUNTER  # by the headline
            self.ids.parts.text = parts_words([part for part in outcome.parts if part.method is not told], self.texts)
            if isinstance(outcome, Paid):
                self._render_paid(outcome, shown=state.session.balance_shown)
            else:
                self._render_due(outcome, shown=state.session.balance_shown)
        lost = _paper_is_lost(state)
        if self.changed("paper", outcome, state.paper_state, lost):
            self._render_paper(state.paper_state, lost=lost)

    def _render_time(self, state: State) -> None:
        left_s = max(0, math.ceil(state.idle.result_s - (state.now_s - state.touched_s)))
        self.left_s, self.result_s = left_s, state.idle.result_s
        if self.changed("time", left_s):
            self.ids.done.text = self.texts.gettext("Done")
            self.ids.done.detail = self.texts.ngettext(
                "The screen clears in {n} second", "The screen clears in {n} seconds", left_s
            ).format(n=left_s)

    def _render_order(self, order: Order) -> None:
        _, ids = self.texts.gettext, self.ids
        ids.number.text = order.number
        ids.number_label.text = _("Your number")
        ids.mode.text = _("Eat here") if order.dining_mode is DiningMode.DINE_IN else _("Take away")
        ids.mode_icon.icon = "silverware-fork-knife" if order.dining_mode is DiningMode.DINE_IN else "shopping-outline"
        ids.qr.content = order_code(order.id)

    def _render_paid(self, paid: Paid, *, shown: bool) -> None:
        _, ids = self.texts.gettext, self.ids
        self.title(_("Thank you"))
        ids.headline.text = _("Paid {amount}").format(amount=self.texts.money(paid.money))
        earned = self.texts.ngettext("You earned {n} point.", "You earned {n} points.", paid.points)
        points = earned.format(n=paid.points) if paid.points else ""
        ids.detail.text = " ".join((_("We are cooking. Your number will be called."), points)).strip()
        self._render_balance(paid.balance_after, shown=shown)

    def _render_balance(self, balance: Money | None, *, shown: bool) -> None:
        _, ids = self.texts.gettext, self.ids
        ids.balance.offered = balance is not None
        ids.balance.label, ids.balance.hint = _("Balance after"), _("touch to show")
        ids.balance.shown = shown
        ids.balance.amount = self.texts.money(balance) if balance is not None and shown else ""

    def _render_due(self, due: DueAtCounter, *, shown: bool) -> None:
        _, ids = self.texts.gettext, self.ids
        amount = self.texts.money(due.due)
        self.title(_("Not paid yet"))
        ids.headline.text = _("Pay {amount} at the counter").format(amount=amount)
        ids.detail.text = _("Say your number there. We start to cook when it is paid.")
        if due.slip:
            ids.qr.content = due.slip
        self._render_balance(due.balance_after, shown=shown)

    def _render_paper(self, paper: PrintJobState | None, *, lost: bool) -> None:
        _, ids = self.texts.gettext, self.ids
        if lost:
            ids.paper_icon.icon = "printer-off"
            ids.paper.text = (
                _("No paper: photograph number and code.")
                if self.has_slip
                else _("There is no paper: please photograph this number.")
            )
        elif paper in (PrintJobState.SENDING, PrintJobState.CONFIRMED):
            ids.paper_icon.icon = "receipt-text"
            ids.paper.text = _("Take your receipt.") if self.paid else _("Take your slip.")
        else:
            ids.paper_icon.icon = "printer"
            ids.paper.text = _("Your receipt is being printed.") if self.paid else _("Your slip is being printed.")


def _paper_is_lost(state: State) -> bool:
    """Nothing will come out, or nobody can say: the number on the screen must do."""
    if state.paper_state in (PrintJobState.SENDING, PrintJobState.CONFIRMED):
        return False
    if state.paper_state in (PrintJobState.UNKNOWN, PrintJobState.SKIPPED):
        return True
    if not works_here(state.devices, DeviceKind.PRINTER):
        return True
    return state.now_s - state.touched_s >= _PRINTER_ANSWERS_WITHIN_S


load_kv(__file__)
