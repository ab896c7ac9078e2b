"""Waiting for the customer's card or face, or for the answer to a payment."""

from __future__ import annotations

from kivy.properties import BooleanProperty

from kiosk.screens.counter.screen import CounterScreen
from kiosk.screens.counter_flow import events as ev
from kiosk.screens.counter_flow.state import Paying, PayMethod, State
from kiosk.screens.flow import events as common
from kiosk.screens.kv import load_kv


class CounterPayingScreen(CounterScreen):
    """`waiting`: a card may be tapped, and where `takes_faces` a face shown. Else the answer is awaited."""

    waiting = BooleanProperty(defaultvalue=True)
    takes_faces = BooleanProperty(defaultvalue=False)

    def render(self, state: State) -> None:
        if state.paying is None:
            return
        if not self.changed("all", state.paying, state.rules.takes_faces, state.cameras_on):
            return
        _, ids = self.texts.gettext, self.ids
        self.waiting = not state.paying.in_flight
        self.takes_faces = state.rules.takes_faces
        ids.label.text = _("To pay")
        ids.amount.text = self.texts.money(state.paying.amount)
        ids.cash.text, ids.cash.detail = _("Cash"), _("Key what is handed over; the change is shown")
        ids.back_to.text, ids.back_to.detail = _("Back"), _("The sale is kept; nothing was charged")
        if self.waiting:
            ids.headline.text = _("Card or face") if self.takes_faces else _("Card, please")
            ids.detail.text = (
                _("The customer taps the card, or looks at the camera.")
                if self.takes_faces
                else _("The customer taps the card on the reader.")
            )
        else:
            ids.headline.text = _("One moment")
            ids.detail.text = self._awaited(state.paying)

    def _awaited(self, paying: Paying) -> str:
        _ = self.texts.gettext
        if paying.method is PayMethod.CASH:
            return _("The sale is being written down.")
        if paying.card_end:
            return _("Card …{end} is being charged. Please do not tap again.").format(end=paying.card_end)
        return _("Being charged. Please do not tap again.")

    # --- touches ---

    def take_cash(self) -> None:
        self.dispatch_flow(ev.MethodTouched(PayMethod.CASH))

    def go_back(self) -> None:
        self.dispatch_flow(common.BackTouched())


load_kv(__file__)
