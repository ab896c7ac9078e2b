"""The earlier Z reports, newest first."""

from __future__ import annotations

from kiosk.domain.ids import ZReportId
from kiosk.screens.admin.parts import AdminRow
from kiosk.screens.admin.screen import AdminScreen
from kiosk.screens.admin.shift_words import difference_words, moment_words, told_words
from kiosk.screens.admin_flow import shift_acts as act
from kiosk.screens.admin_flow.shift_state import Shift
from kiosk.screens.admin_flow.state import AdminState
from kiosk.screens.kv import load_kv


class ShiftReportsScreen(AdminScreen):
    """A row a report, with its difference."""

    def title(self, _state: AdminState) -> str:
        return self.texts.gettext("Z reports")

    def notice_words(self, about: object) -> str:
        return told_words(about, self.texts)  # type: ignore[arg-type]

    def render(self, state: AdminState) -> None:
        mine = state.open
        if not isinstance(mine, Shift) or not self.changed("reports", mine.reports):
            return
        _, rows = self.texts.gettext, self.ids.rows
        rows.clear_widgets()
        self.ids.nothing.text = "" if mine.reports else _("There are no Z reports yet.")
        if mine.reports is None:
            self.ids.nothing.text = _("One moment")
        for listed in mine.reports or ():
            report = listed.report
            value, tone = difference_words(report, self.texts)
            row = AdminRow(test_id=f"report-{report.number}", icon="receipt-text", value=value, tone=tone)
            row.text = f"Z{report.number}"
            row.detail = f"{moment_words(report.closed_at)} · {listed.closed_by}"
            row.fbind("on_release", self._choose, report.id)
            rows.add_widget(row)

    def _choose(self, report_id: ZReportId, _row: AdminRow) -> None:
        self.dispatch_flow(act.ReportChosen(report_id))


load_kv(__file__)
