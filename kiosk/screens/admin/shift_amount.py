"""An amount with a reason: cash put in or taken out, or a correction beside a Z report. A touch on the reason
does it."""

from __future__ import annotations

from kivy.properties import BooleanProperty

from kiosk.screens.admin.parts import ReasonKey
from kiosk.screens.admin.screen import AdminScreen
from kiosk.screens.admin.shift_words import choice_words, reasons, told_words
from kiosk.screens.admin_flow import shift_acts as act
from kiosk.screens.admin_flow.own_reason import OwnReasonTouched
from kiosk.screens.admin_flow.shift_state import CORRECTIONS, Asking, Choice, Shift
from kiosk.screens.admin_flow.state import AdminState
from kiosk.screens.kv import load_kv
from kiosk.screens.widgets.choice_tile import ChoiceTile

_ICONS = {
    Choice.CASH_IN: "plus",
    Choice.CASH_OUT: "minus",
    Choice.COUNTED_MORE: "plus",
    Choice.COUNTED_LESS: "minus",
    Choice.UNNOTED_IN: "plus",
    Choice.UNNOTED_OUT: "minus",
}


class ShiftAmountScreen(AdminScreen):
    """How it is meant, why, how much."""

    typing = BooleanProperty(defaultvalue=False)

    def title(self, state: AdminState) -> str:
        mine = state.open
        is_correction = isinstance(mine, Shift) and mine.asking.choices == CORRECTIONS
        return self.texts.gettext("Correction") if is_correction else self.texts.gettext("Cash in or out")

    def notice_words(self, about: object) -> str:
        return told_words(about, self.texts)  # type: ignore[arg-type]

    def render(self, state: AdminState) -> None:
        mine = state.open
        if not isinstance(mine, Shift) or not self.changed("all", mine.asking, mine.waiting):
            return
        _, ids = self.texts.gettext, self.ids
        self.typing = mine.asking.typed is not None
        if self.changed("choices", mine.asking.choices, mine.asking.choice, self.typing):
            self._render_choices(mine.asking)
        self._render_typing(mine.asking, waits=mine.waiting)
        ids.amount_label.text = _("Amount")
        ids.amount.text = self.texts.money(mine.asking.amount)
        ids.amount.tone = "ink" if mine.asking.amount else "ink_soft"
        ids.why.text = self._question(mine.asking)
        for key in ids.reasons.children:
            key.disabled = not mine.asking.amount or mine.waiting

    def _question(self, asking: Asking) -> str:
        _ = self.texts.gettext
        if self.typing:
            return _("Amount: {amount}").format(amount=self.texts.money(asking.amount))
        return _("Why? A touch does it.") if asking.amount else _("Type the amount first.")

    def _render_typing(self, asking: Asking, *, waits: bool) -> None:
        ids, typed = self.ids, asking.typed or ""
        ids.own.typed, ids.own.hint = typed, self.texts.gettext("Type the reason")
        ids.confirm.text = choice_words(asking.choice, self.texts)
        ids.confirm.disabled = waits or not (self.typing and typed.strip())

    def _render_choices(self, asking: Asking) -> None:
        choices, keys = self.ids.choices, self.ids.reasons
        choices.clear_widgets()
        keys.clear_widgets()
        for choice in asking.choices:
            tile = ChoiceTile(test_id=f"choice-{choice}", text=choice_words(choice, self.texts))
            tile.icon, tile.active = _ICONS[choice], choice is asking.choice
            tile.fbind("on_release", self._choose, choice)
            choices.add_widget(tile)
        if self.typing:
            return
        for number, words in enumerate(reasons(asking.choice, self.texts)):
            key = ReasonKey(test_id=f"reason-{number}", text=words)
            key.fbind("on_release", self._give_reason, words)
            keys.add_widget(key)
        own = ReasonKey(test_id="reason-own", icon="keyboard", text=self.texts.gettext("Another reason"))
        own.fbind("on_release", self._type_reason)
        keys.add_widget(own)

    # --- touches ---

    def press(self, key: str) -> None:
        self.dispatch_flow(act.KeyTouched(key))

    def _choose(self, choice: Choice, _tile: ChoiceTile) -> None:
        self.dispatch_flow(act.ChoiceTouched(choice))

    def confirm_typed(self) -> None:
        self.dispatch_flow(act.ReasonTouched(self.ids.own.typed))

    def _type_reason(self, _key: ReasonKey) -> None:
        self.dispatch_flow(OwnReasonTouched())

    def _give_reason(self, words: str, _key: ReasonKey) -> None:
        self.dispatch_flow(act.ReasonTouched(words))


load_kv(__file__)
