"""Counting the drawer, blind: notes and coins by denomination, or one sum; and the last question before closing."""

from __future__ import annotations

from dataclasses import replace

from kivy.properties import NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.domain.money import Money
from kiosk.domain.shift import DENOMINATIONS_MINOR, ShiftError
from kiosk.screens.admin.parts import ConfirmSheet
from kiosk.screens.admin.screen import AdminScreen
from kiosk.screens.admin.shift_words import told_words
from kiosk.screens.admin_flow import shift_acts as act
from kiosk.screens.admin_flow.shift_state import Counting, Shift
from kiosk.screens.admin_flow.state import AdminState
from kiosk.screens.kv import load_kv
from kiosk.screens.widgets.pressable import Pressable


class DenominationKey(Pressable, BoxLayout):
    """How many of one note or coin; `active`: the digits go here."""

    value_text = StringProperty("")
    number_text = StringProperty("")
    number = NumericProperty(0)
    active = NumericProperty(0)


class ShiftCountScreen(AdminScreen):
    """Of what should be there it knows nothing."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._keys: dict[int, DenominationKey] = {}
        self._sheet: ConfirmSheet | None = None

    def title(self, state: AdminState) -> str:
        mine = state.open
        is_open = isinstance(mine, Shift) and mine.now is not None and mine.now.opening is not None
        return self.texts.gettext("Count the drawer") if is_open else self.texts.gettext("Count the float")

    def notice_words(self, about: object) -> str:
        return told_words(about, self.texts)  # type: ignore[arg-type]

    def render(self, state: AdminState) -> None:
        mine = state.open
        if not isinstance(mine, Shift):
            return
        if not self.changed("all", _seen(mine.counting), mine.waiting, mine.now, mine.doubtful):
            return
        _, ids, counting = self.texts.gettext, self.ids, mine.counting
        self._render_keys(counting)
        ids.hint.text = _("Type the sum that is in the drawer.") if counting.as_sum else ""
        ids.total_label.text = _("Counted in the drawer")
        ids.total.text, is_possible = self._total(counting)
        ids.as_sum.text = _("By notes and coins") if counting.as_sum else _("Type the sum")
        is_closing = mine.now is not None and mine.now.opening is not None
        ids.go.text = _("One moment") if mine.waiting else _("Close the shift") if is_closing else _("Open the shift")
        ids.go.disabled = mine.waiting or not is_possible
        self._render_sheet(mine)

    def left(self) -> None:
        self._close_sheet()

    def _total(self, counting: Counting) -> tuple[str, bool]:
        try:
            return self.texts.money(counting.count().total), True
        except ShiftError:
            return self.texts.gettext("Too much"), False

    def _render_keys(self, counting: Counting) -> None:
        grid = self.ids.denominations
        if counting.as_sum:
            grid.clear_widgets()
            self._keys.clear()
            return
        for value_minor in DENOMINATIONS_MINOR:
            key = self._keys.get(value_minor)
            if key is None:
                key = self._keys[value_minor] = DenominationKey(test_id=f"piece-{value_minor}")
                key.fbind("on_release", self._choose, value_minor)
                grid.add_widget(key)
            key.value_text = self.texts.money(Money(value_minor)).removesuffix(".00")
            number = key.number = counting.number_of(value_minor)
            key.number_text = f"× {number}" if number else "—"
            key.active = int(value_minor == counting.at_minor)

    def _render_sheet(self, mine: Shift) -> None:
        if not mine.counting.confirming:
            self._close_sheet()
            return
        if self._sheet is None:
            self._sheet = ConfirmSheet()
            self._sheet.bind(
                on_confirm=lambda *_: self.dispatch_flow(act.ClosingConfirmed()),
                on_dismiss=lambda *_: self.dispatch_flow(act.ClosingDismissed()),
            )
            self.add_widget(self._sheet)
        _ = self.texts.gettext
        words = _("{amount} is in the drawer. The report cannot be changed afterwards.")
        self._sheet.title = _("Close the shift?")
        self._sheet.detail = words.format(amount=self._total(mine.counting)[0])
        self._sheet.confirm_text = _("One moment") if mine.waiting else _("Close and print")
        self._sheet.cancel_text = _("Count again")

    def _close_sheet(self) -> None:
        if self._sheet is not None:
            self.remove_widget(self._sheet)
            self._sheet = None

    # --- touches ---

    def press(self, key: str) -> None:
        self.dispatch_flow(act.KeyTouched(key))

    def toggle(self) -> None:
        self.dispatch_flow(act.CountedAsSumTouched())

    def go(self) -> None:
        self.dispatch_flow(act.CountConfirmed())

    def _choose(self, value_minor: int, _key: DenominationKey) -> None:
        self.dispatch_flow(act.DenominationChosen(value_minor))


def _seen(counting: Counting) -> Counting:
    return replace(counting, touched_s=0.0)


load_kv(__file__)
