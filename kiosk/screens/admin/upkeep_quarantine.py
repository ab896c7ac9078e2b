"""What central has not booked: each with what is wrong, and what to do. By touches, not by dragging."""

from __future__ import annotations

from kivy.properties import BooleanProperty

from kiosk.domain.quarantine import QuarantinedEvent
from kiosk.screens.admin import upkeep_words as words
from kiosk.screens.admin.parts import AdminRow
from kiosk.screens.admin.screen import AdminScreen
from kiosk.screens.admin_flow import upkeep_state as up
from kiosk.screens.admin_flow.state import AdminState
from kiosk.screens.admin_flow.upkeep_state import QUARANTINED_A_PAGE, UpkeepState
from kiosk.screens.kv import load_kv
from kiosk.services.ports import CentralTold
from kiosk.services.upkeep import UpkeepSeen


class QuarantinePage(AdminScreen):
    """Newest first, so many at a time."""

    turns = BooleanProperty(False)

    def title(self, _state: AdminState) -> str:
        return self.texts.gettext("Not booked by central")

    def notice_words(self, about: object) -> str:
        return words.said_words(about, self.texts)

    def render(self, state: AdminState) -> None:
        mine = state.open
        if not isinstance(mine, UpkeepState) or not isinstance(mine.told, CentralTold):
            return
        if mine.seen is None or not self.changed("rows", mine.told, mine.first_shown):
            return
        _, told, first = self.texts.gettext, mine.told, mine.first_shown
        self.ids.told.text = _(
            "Nothing is lost: central keeps each of them, and what was sold stands here. IT looks after them there."
        )
        rows = self.ids.rows
        rows.clear_widgets()
        for event in told.quarantined[first : first + QUARANTINED_A_PAGE]:
            rows.add_widget(self._row(event, mine.seen))
        count = len(told.quarantined)
        self.turns = count > QUARANTINED_A_PAGE
        self.ids.newer.text, self.ids.newer.disabled = _("Newer"), first == 0
        self.ids.older.text, self.ids.older.disabled = _("Older"), first + QUARANTINED_A_PAGE >= count

    def turn(self, *, older: bool) -> None:
        self.dispatch_flow(up.QuarantineTurned(older))

    def _row(self, event: QuarantinedEvent, seen: UpkeepSeen) -> AdminRow:
        what = words.kind_words(event.kind, self.texts)
        row = AdminRow(test_id=f"event-{event.seq}", icon="alert", disabled=True)
        at = words.moment_words(event.received_at.astimezone(seen.now.tzinfo), seen.now)
        row.text = " · ".join(part for part in (what, event.order_number, at) if part)
        row.detail = "\n".join(
            (words.wrong_words(event.reason, self.texts), words.remedy_words(event.reason, self.texts))
        )
        return row


load_kv(__file__)
