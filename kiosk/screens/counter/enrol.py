"""Before a member's face is enrolled: who agrees to it, and whose card it is. The rest are self-service screens."""

from __future__ import annotations

from kivy.properties import BooleanProperty

from kiosk.screens.counter.screen import CounterScreen
from kiosk.screens.counter_flow import events as ev
from kiosk.screens.counter_flow.enrolment_state import Guardian
from kiosk.screens.counter_flow.state import State
from kiosk.screens.kv import load_kv
from kiosk.screens.widgets.number_pad import ERASE


class CounterEnrolScreen(CounterScreen):
    """Nothing is chosen before somebody says who agrees. `under_14`: a guardian, whose phone is typed first; `ready`:
    then the card is tapped."""

    under_14 = BooleanProperty(defaultvalue=False)
    ready = BooleanProperty(defaultvalue=False)

    def render(self, state: State) -> None:
        enrolment = state.enrolment
        if enrolment is None or enrolment.is_begun:
            return
        if not self.changed("all", enrolment.guardian, enrolment.phone):
            return
        _, ids = self.texts.gettext, self.ids
        self.under_14 = enrolment.has_guardian
        self.ready = enrolment.awaits_card
        ids.question.text = _("Who agrees to it?")
        for guardian, word in self._words().items():
            tile = ids[guardian.value]
            tile.text, tile.chosen = word, guardian is enrolment.guardian
            tile.icon = "check-bold" if tile.chosen else ""
        ids.entry.label = _("The guardian's phone number")
        ids.entry.value, ids.entry.empty = enrolment.phone or "–", not enrolment.phone
        if self.ready:
            ids.prompt.text = _("Tap the member's card on the reader")
        elif enrolment.guardian is None:
            ids.prompt.text = _("First say who agrees to it")
        else:
            ids.prompt.text = _("First type the guardian's phone number")
        ids.detail.text = _("Then the member reads the text on this screen, agrees, and looks at the camera.")

    def _words(self) -> dict[Guardian, str]:
        _ = self.texts.gettext
        return {
            Guardian.NOBODY: _("The member, 14 or older"),
            Guardian.MOTHER: _("Mother"),
            Guardian.FATHER: _("Father"),
            Guardian.OTHER: _("Another guardian"),
        }

    # --- touches ---

    def choose(self, name: str) -> None:
        guardian = Guardian(name)
        self.dispatch_flow(ev.GuardianChosen(guardian, self._words()[guardian]))

    def press(self, key: str) -> None:
        self.dispatch_flow(ev.EraseTouched() if key == ERASE else ev.DigitsTyped(key))


load_kv(__file__)
