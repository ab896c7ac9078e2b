"""Waiting for the customer's card or face, or for the answer to a payment."""

from __future__ import annotations

from kivy.properties import BooleanProperty

from kiosk.screens.counter.face_part import LookWords, look_words
from kiosk.screens.counter.screen import CounterScreen
from kiosk.screens.counter_flow import events as ev
from kiosk.screens.counter_flow.facing import can_look
from kiosk.screens.counter_flow.state import Paying, PayMethod, State
from kiosk.screens.flow import events as common
from kiosk.screens.flow.face_state import DIGITS, Facing
from kiosk.screens.kv import load_kv
from kiosk.screens.widgets.number_pad import ERASE


class CounterPayingScreen(CounterScreen):
    """`waiting`: a card may be tapped, and where there is a camera a face shown; else the answer is awaited.
    `confirming`: somebody was recognised, and there are seconds to say that it is somebody else."""

    waiting = BooleanProperty(defaultvalue=True)
    confirming = BooleanProperty(defaultvalue=False)

    def on_kv_post(self, _base_widget: object) -> None:
        self._face, self._digits = self.ids.face.__self__, self.ids.digits.__self__  # one of them stands nowhere

    def render(self, state: State) -> None:
        if state.paying is None:
            return
        if not self.changed("all", state.paying, state.sale.facing, state.cameras_on, can_look(state)):
            return
        _, ids = self.texts.gettext, self.ids
        self.waiting = not state.paying.in_flight
        self._render_left(state)
        ids.label.text = _("To pay")
        ids.amount.text = self.texts.money(state.paying.amount)
        self._render_ways(state.sale.facing)
        if not self.waiting:
            ids.headline.text, ids.detail.text = _("One moment"), self._awaited(state.paying)
            return
        words = look_words(state, self.texts) or self._hint(state)
        ids.headline.text, ids.detail.text = words.headline, words.detail

    def left(self) -> None:
        self._face.leave()
        self._shown.clear()  # shown again, it looks again

    def _hint(self, state: State) -> LookWords:
        _ = self.texts.gettext
        if not state.sale.tries_left:
            return LookWords(_("Card, please"), _("No more tries with digits: take the card, or cash."))
        if can_look(state):
            return LookWords(_("Card or face"), _("The customer taps the card, or looks at the camera."))
        return LookWords(_("Card, please"), _("The customer taps the card on the reader."))

    def _render_left(self, state: State) -> None:
        """The camera's picture, or in doubt the keys for the digits, which are shown as dots: others stand beside."""
        facing, left = state.sale.facing, self.ids.left
        asks = facing is not None and facing.asks_digits
        shown, other = (self._digits, self._face) if asks else (self._face, self._digits)
        if other.parent is not None:
            left.remove_widget(other)
        if shown.parent is None:
            left.add_widget(shown, index=len(left.children))
        if facing is None or not asks:
            self._face.show(state, self.texts)
            return
        self._face.leave()
        self._digits.label = self.texts.gettext("Last four digits of the number on the card")
        self._digits.value = " ".join("●" if i < len(facing.typed) else "○" for i in range(DIGITS))
        self._digits.empty = not facing.typed

    def _render_ways(self, facing: Facing | None) -> None:
        """Somebody else was recognised, or nobody. While it counts down only the one way says more than its name."""
        _, ids = self.texts.gettext, self.ids
        found = self.confirming = facing is not None and facing.found is not None
        ids.anew.offered = facing is not None and not facing.is_looking and not facing.checking
        ids.anew.text = _("That is somebody else") if found else _("Look again")
        ids.anew.detail = _("Nothing is charged; the camera looks anew") if found else ""
        ids.cash.text, ids.back_to.text = _("Cash"), _("Back")
        ids.cash.detail = "" if found else _("Key what is handed over; the change is shown")
        ids.back_to.detail = "" if found else _("The sale is kept; nothing was charged")

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

    def type_digit(self, key: str) -> None:
        self.dispatch_flow(common.DigitTouched(None if key == ERASE else key))

    def look_again(self) -> None:
        self.dispatch_flow(common.FaceTryAgainTouched())

    def go_back(self) -> None:
        self.dispatch_flow(common.BackTouched())


load_kv(__file__)
