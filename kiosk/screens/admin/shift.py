"""The shift of now: open or not, and what can be done."""

from __future__ import annotations

from kivy.properties import BooleanProperty

from kiosk.domain.money import Money
from kiosk.screens.admin.screen import AdminScreen
from kiosk.screens.admin.shift_words import moment_words, told_words
from kiosk.screens.admin_flow import shift_acts as act
from kiosk.screens.admin_flow.shift_state import Shift
from kiosk.screens.admin_flow.state import AdminState
from kiosk.screens.kv import load_kv


class ShiftScreen(AdminScreen):
    """Nothing of what should be in the drawer: it is counted blind."""

    is_open = BooleanProperty(defaultvalue=False)

    def title(self, _state: AdminState) -> str:
        return self.texts.gettext("Shift")

    def notice_words(self, about: object) -> str:
        return told_words(about, self.texts)  # type: ignore[arg-type]

    def render(self, state: AdminState) -> None:
        mine = state.open
        if not isinstance(mine, Shift) or not self.changed("all", mine.now, mine.waiting):
            return
        _, ids, now = self.texts.gettext, self.ids, mine.now
        self.is_open = is_open = now is not None and now.opening is not None
        handles_cash = now is not None and now.handles_cash
        ids.icon.icon = "lock-outline" if handles_cash and not is_open else "cash-register"
        ids.headline.text, ids.detail.text = self._words(mine)
        ids.checked.text = self._checked_words(mine)
        number = now.next_number if now else 0
        ids.next.text = _("The next report is Z{number}.").format(number=number) if number else ""
        ids.main.text = self._main_words(mine)
        ids.main.disabled = now is None or mine.waiting
        ids.cash.text = _("Cash in or out")
        ids.reports.text = _("Z reports")
        ids.reports.disabled = mine.waiting

    def _words(self, mine: Shift) -> tuple[str, str]:
        _ = self.texts.gettext
        if mine.now is None:
            return _("One moment"), ""
        if mine.now.opening is not None:
            since = _("Since {time} · {staff}")
            opening = mine.now.opening
            return _("Shift open"), since.format(time=moment_words(opening.opened_at), staff=mine.now.opened_by)
        if not mine.now.handles_cash:
            return _("No cash here"), _("Closing the day prints the Z report.")
        return _("No shift is open"), _("Count the float in the drawer to open one.")

    def _checked_words(self, mine: Shift) -> str:
        checked = mine.now.being_checked if mine.now else None
        if checked is None or not checked.count:
            return ""
        words = self.texts.gettext("Payments being checked: {amount}. They belong to the shift in which they end.")
        return words.format(amount=self.texts.money(Money(checked.amount_minor)))

    def _main_words(self, mine: Shift) -> str:
        _ = self.texts.gettext
        if mine.waiting or mine.now is None:
            return _("One moment")
        if not mine.now.handles_cash:
            return _("Close the day")
        return _("Count and close") if mine.now.opening is not None else _("Count and open")

    # --- touches ---

    def go(self) -> None:
        self.dispatch_flow(act.NextTouched())

    def move_cash(self) -> None:
        self.dispatch_flow(act.CashTouched())

    def show_reports(self) -> None:
        self.dispatch_flow(act.ReportsTouched())


load_kv(__file__)
