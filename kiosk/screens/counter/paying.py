"""Waiting for the customer's card or face, or for the answer to a payment."""

from __future__ import annotations

from kivy.properties import BooleanProperty

from kiosk.screens.counter.face_part import LookWords, look_words
from kiosk.screens.counter.screen import CounterScreen
from kiosk.screens.counter_flow import events as ev
from kiosk.screens.counter_flow.facing import can_look
from kiosk.screens.counter_flow.state import Paying, PayMethod, State
from kiosk.screens.flow import events as common
from kiosk.screens.flow.face_state import Facing
from kiosk.screens.kv import load_kv


class CounterPayingScreen(CounterScreen):
    """`waiting`: a card may be tapped, and where there is a camera a face shown. Else the answer is awaited."""

    waiting = BooleanProperty(defaultvalue=True)

    def render(self, state: State) -> None:
        if state.paying is None:
            return
        if not self.changed("all", state.paying, state.facing, state.cameras_on, can_look(state)):
            return
        _, ids = self.texts.gettext, self.ids
        self.waiting = not state.paying.in_flight
        ids.face.show(state, self.texts)
        ids.label.text = _("To pay")
        ids.amount.text = self.texts.money(state.paying.amount)
        ids.cash.text, ids.cash.detail = _("Cash"), _("Key what is handed over; the change is shown")
        ids.back_to.text, ids.back_to.detail = _("Back"), _("The sale is kept; nothing was charged")
        self._render_again(state.facing)
        if not self.waiting:
            ids.headline.text, ids.detail.text = _("One moment"), self._awaited(state.paying)
            return
        words = look_words(state, self.texts) or self._hint(can_look(state))
        ids.headline.text, ids.detail.text = words.headline, words.detail

    def left(self) -> None:
        self.ids.face.leave()
        self._shown.clear()  # shown again, it looks again

    def _hint(self, takes_faces: bool) -> LookWords:
        _ = self.texts.gettext
        if takes_faces:
            return LookWords(_("Card or face"), _("The customer taps the card, or looks at the camera."))
        return LookWords(_("Card, please"), _("The customer taps the card on the reader."))

    def _render_again(self, facing: Facing | None) -> None:
        """Somebody else was recognised, or nobody."""
        _, again = self.texts.gettext, self.ids.anew
        found = facing is not None and facing.found is not None
        again.offered = found or (facing is not None and facing.trouble is not None)
        again.text = _("That is somebody else") if found else _("Look again")
        again.detail = _("Nothing is charged; the camera looks anew") if found else ""

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

    def look_again(self) -> None:
        self.dispatch_flow(common.FaceTryAgainTouched())

    def go_back(self) -> None:
        self.dispatch_flow(common.BackTouched())


load_kv(__file__)
