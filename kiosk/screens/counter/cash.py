"""What was handed over in cash, and what goes back."""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty

from kiosk.domain.counter import likely_sums
from kiosk.domain.money import Money
from kiosk.screens.counter.screen import CounterScreen
from kiosk.screens.counter.words import change_words
from kiosk.screens.counter_flow import events as ev
from kiosk.screens.counter_flow.bill import typed
from kiosk.screens.counter_flow.state import State
from kiosk.screens.kv import load_kv
from kiosk.screens.widgets import PushButton
from kiosk.screens.widgets.number_pad import ERASE


class NoteKey(PushButton):
    """A sum that is likely to be handed over."""


class CounterCashScreen(CounterScreen):
    """From the left: what is due and what goes back, likely sums, keys."""

    enough = BooleanProperty(defaultvalue=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._sums: tuple[Money, ...] = ()

    def render(self, state: State) -> None:
        if state.paying is None:
            return
        if self.changed("sums", state.paying.amount):
            self._render_sums(state.paying.amount)
        if self.changed("amounts", state.paying, state.keyed_minor):
            self._render_amounts(state.paying.amount, typed(state), in_flight=state.paying.in_flight)

    def _render_sums(self, due: Money) -> None:
        self._sums = (due, *likely_sums(due))
        column = self.ids.sums
        column.clear_widgets()
        for number, amount in enumerate(self._sums):
            text = self.texts.gettext("Exactly {amount}") if number == 0 else "{amount}"
            key = NoteKey(test_id=f"sum-{number}", text=text.format(amount=self.texts.money(amount)))
            key.fbind("on_release", self._choose, number)
            column.add_widget(key)

    def _render_amounts(self, due: Money, received: Money, *, in_flight: bool) -> None:
        _, ids, money = self.texts.gettext, self.ids, self.texts.money
        self.enough = bool(received) and not (received - due).is_negative and not in_flight
        ids.due_label.text, ids.due.text = _("To pay"), money(due)
        ids.change_label.text, ids.change.text = change_words(due, received, self.texts)
        ids.change.tone = "positive" if self.enough else "ink_soft"
        ids.entry.label, ids.entry.value, ids.entry.empty = _("Received"), money(received), not received
        ids.take.text = _("Cash taken") if not in_flight else _("One moment")

    # --- touches ---

    def press(self, key: str) -> None:
        self.dispatch_flow(ev.EraseTouched() if key == ERASE else ev.DigitsTyped(key))

    def take(self) -> None:
        self.dispatch_flow(ev.CashTaken())

    def _choose(self, number: int, _key: NoteKey) -> None:
        self.dispatch_flow(ev.ReceivedChosen(self._sums[number]))


load_kv(__file__)
