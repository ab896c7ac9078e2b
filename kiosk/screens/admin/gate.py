"""Getting in: a staff number and its PIN on large keys, or a card."""

from __future__ import annotations

from math import ceil

from kiosk.screens.admin.screen import AdminScreen
from kiosk.screens.admin_flow import events as ev
from kiosk.screens.admin_flow.gate import takes_a_try
from kiosk.screens.admin_flow.state import AdminState
from kiosk.screens.kv import load_kv
from kiosk.screens.widgets.number_pad import ENTER, ENTRY_KEYS, ERASE
from kiosk.services.entry import Refusal


class GateScreen(AdminScreen):
    """Digits are shown as dots: others stand behind."""

    def on_kv_post(self, _base_widget: object) -> None:
        self.ids.pad.keys = list(ENTRY_KEYS)

    def title(self, _state: AdminState) -> str:
        return self.texts.gettext("Staff only")

    def notice_words(self, _about: object) -> str:
        return ""

    def render(self, state: AdminState) -> None:
        gate, _, ids = state.gate, self.texts.gettext, self.ids
        left_s = max(0, ceil(gate.wait_until_s - state.now_s))
        if not self.changed("all", gate, left_s):
            return
        ids.asked.text = _("Your PIN") if gate.card_number else _("Staff number and PIN")
        ids.dots.text = "●" * len(gate.typed) or "—"
        ids.dots.tone = "ink" if gate.typed else "ink_soft"
        ids.told.text, ids.told.tone = self._words(state, left_s)
        ids.pad.disabled = not takes_a_try(state)
        ids.hint.text = _("Or tap your staff card")

    def _words(self, state: AdminState, left_s: int) -> tuple[str, str]:
        _, gate = self.texts.gettext, state.gate
        if gate.checking:
            return _("One moment"), "ink_soft"
        if left_s:
            clock = f"{left_s // 60}:{left_s % 60:02}"
            return _("Too many wrong tries. Next try in {time}.").format(time=clock), "negative"
        told = {
            Refusal.WRONG: _("Number or PIN is wrong."),
            Refusal.WAIT: _("You can try again now."),
            Refusal.LOCKED: _("PINs are locked at this terminal: too many wrong tries. IT can unlock them here."),
            Refusal.CARD_UNKNOWN: _("This is not a staff card."),
            Refusal.STORAGE_FAILED: _("The disk does not answer. Please tell IT."),
        }
        if gate.refusal is not None:
            return told[gate.refusal], "negative"
        return (_("Card recognised: now type your PIN.") if gate.card_number else ""), "ink_soft"

    def press(self, key: str) -> None:
        if key == ENTER:
            self.dispatch_flow(ev.PinConfirmed())
        else:
            self.dispatch_flow(ev.EraseTouched() if key == ERASE else ev.DigitTyped(key))


load_kv(__file__)
