"""A Z report as its paper has it; printed again as a copy, corrected by an entry beside it."""

from __future__ import annotations

from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.domain.receipt import Align, Columns, Element, Paper, Rule, Text, TextSize
from kiosk.domain.staff import Permission
from kiosk.screens.admin.screen import AdminScreen
from kiosk.screens.admin.shift_words import difference_words, told_words
from kiosk.screens.admin_flow import shift_acts as act
from kiosk.screens.admin_flow.shift_state import Shift
from kiosk.screens.admin_flow.state import AdminState
from kiosk.screens.kv import load_kv
from kiosk.screens.widgets import TextBlock


class PaperColumns(BoxLayout):
    """Something and its figure."""

    left_text = StringProperty("")
    right_text = StringProperty("")
    strong = BooleanProperty(defaultvalue=False)


class PaperText(TextBlock):
    """A line of it."""


class PaperRule(Widget):
    """A line across it."""


class ShiftReportScreen(AdminScreen):
    """What is read here stands on the paper word for word."""

    def title(self, state: AdminState) -> str:
        mine = state.open
        number = mine.shown.report.number if isinstance(mine, Shift) and mine.shown else ""
        return self.texts.gettext("Z report {number}").format(number=number)

    def notice_words(self, about: object) -> str:
        return told_words(about, self.texts)  # type: ignore[arg-type]

    def render(self, state: AdminState) -> None:
        mine = state.open
        if not isinstance(mine, Shift) or mine.shown is None or not self.changed("all", mine.shown, mine.waiting):
            return
        _, ids = self.texts.gettext, self.ids
        if self.changed("paper", mine.shown):
            self._render_paper(mine.shown.paper)
        has_cash = mine.shown.report.difference_minor is not None
        ids.difference_label.text = _("Difference") if has_cash else ""
        ids.difference.text, ids.difference.tone = difference_words(mine.shown.report, self.texts)
        ids.copy_key.text = _("Print a copy")
        ids.copy_key.disabled = mine.waiting
        may_correct = has_cash and state.staff is not None and state.staff.may(Permission.CORRECT_SHIFTS)
        ids.correct_key.text = _("Correct")
        ids.correct_key.opacity, ids.correct_key.disabled = (1, mine.waiting) if may_correct else (0, True)

    def _render_paper(self, paper: Paper) -> None:
        rows = self.ids.rows
        rows.clear_widgets()
        for widget in filter(None, map(_widget, paper.elements)):
            rows.add_widget(widget)
        self.ids.scroll.to_top()

    # --- touches ---

    def print_copy(self) -> None:
        self.dispatch_flow(act.CopyTouched())

    def correct(self) -> None:
        self.dispatch_flow(act.CorrectTouched())


def _widget(element: Element) -> Widget | None:
    match element:
        case Columns():
            indent = " " * 2 * element.indent
            return PaperColumns(left_text=indent + element.left, right_text=element.right, strong=element.bold)
        case Text():
            role = "body" if element.size is TextSize.NORMAL else "title"
            halign = "center" if element.align is Align.CENTER else "left"
            return PaperText(text=element.text, role=role, bold=element.bold, halign=halign)
        case Rule():
            return PaperRule()
    return None


load_kv(__file__)
