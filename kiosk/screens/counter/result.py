"""Paid or not, over the whole screen, to be seen from the end of the queue; and what can be done next."""

from __future__ import annotations

import math

from kiosk.domain.money import Money
from kiosk.screens.counter.last_sale import undo_button_text, undo_left_s
from kiosk.screens.counter.screen import CounterScreen
from kiosk.screens.counter.words import verdict_words
from kiosk.screens.counter_flow import events as ev
from kiosk.screens.counter_flow.state import PayMethod, State
from kiosk.screens.flow import events as common
from kiosk.screens.kv import load_kv
from kiosk.services.collected import Collected
from kiosk.services.outcomes import NotCharged, Paid


class CounterResultScreen(CounterScreen):
    """After a good end the sale can be undone; after a bad one another card, or cash, may still pay."""

    charged_nothing = False
    undoable = False
    _undo: ev.UndoTouched | None = None

    def on_kv_post(self, _base_widget: object) -> None:
        self._actions = list(reversed(self.ids.actions.children))  # kv forgets a widget that stands nowhere

    def render(self, state: State) -> None:
        if state.sale.outcome is None:
            return
        if self.changed("outcome", state.sale.outcome, state.sale.payer_name, state.open_by_key):
            words = verdict_words(state, self.texts)
            verdict = self.ids.verdict
            verdict.kind, verdict.headline, verdict.amount = words.kind, words.headline, words.amount
            verdict.detail = words.detail
            self.charged_nothing = isinstance(state.sale.outcome, NotCharged)
        if self.changed("balance", state.sale.outcome, state.sale.balance_shown):
            self._render_balance(state)
        if self.changed("actions", state.sale.outcome, undo_left_s(state), self._left_s(state)):
            self._render_actions(state)

    def _render_balance(self, state: State) -> None:
        _, balance = self.texts.gettext, self.ids.balance
        outcome, shown = state.sale.outcome, state.sale.balance_shown
        after: Money | None = outcome.balance_after if isinstance(outcome, Paid | Collected) else None
        balance.offered = after is not None
        balance.label, balance.shown = _("Balance after"), shown
        balance.amount = self.texts.money(after) if after is not None and shown else ""

    def _render_actions(self, state: State) -> None:
        _, ids = self.texts.gettext, self.ids
        last = state.undoable[0] if state.undoable else None
        self.undoable = last is not None and state.order is not None and last.order.id == state.order.id
        self._undo = ev.UndoTouched(last.order.id) if last is not None and self.undoable else None
        ids.undo.text = undo_button_text(undo_left_s(state), self.texts)
        ids.cash.text, ids.back_to.text = _("Cash"), _("Back to the sale")
        left_s = self._left_s(state)
        self._offer_actions()
        next_one = _("Next customer")
        ids.done.text = f"{next_one} ({left_s})" if left_s else next_one

    def _offer_actions(self) -> None:
        """Side by side, only what can be touched."""
        undo, back_to, cash, balance, done = self._actions
        offered = [undo] if self.undoable else []
        offered += [back_to, cash] if self.charged_nothing else []
        offered += [balance] if balance.offered else []
        offered.append(done)
        row = self.ids.actions
        if list(reversed(row.children)) != offered:
            row.clear_widgets()
            for action in offered:
                row.add_widget(action)

    def _left_s(self, state: State) -> int:
        """Seconds until it gives way by itself; 0: it waits for a touch."""
        if state.order is None or state.change is not None:
            return 0
        return max(0, math.ceil(state.rules.result_s - (state.now_s - state.touched_s)))

    # --- touches ---

    def done(self) -> None:
        self.dispatch_flow(common.DoneTouched())

    def undo(self) -> None:
        if self._undo is not None:
            self.dispatch_flow(self._undo)

    def take_cash(self) -> None:
        self.dispatch_flow(ev.MethodTouched(PayMethod.CASH))

    def go_back(self) -> None:
        self.dispatch_flow(common.BackTouched())

    def touch_balance(self) -> None:
        self.dispatch_flow(common.BalanceTouched())


load_kv(__file__)
