"""Is the member 14 or older? Under 14 somebody else has to agree."""

from __future__ import annotations

from kiosk.screens.flow import account_events as acc
from kiosk.screens.flow.state import State
from kiosk.screens.kv import load_kv
from kiosk.screens.page_screen import PageScreen


class FaceAgeScreen(PageScreen):
    """Two answers of one size."""

    def answer(self, *, under_14: bool) -> None:
        self.dispatch_flow(acc.AgeAnswered(under_14=under_14))

    def render(self, state: State) -> None:
        if not self.changed("all"):
            return
        _, ids = self.texts.gettext, self.ids
        self.title(_("Enrol my face"))
        ids.question.text = _("How old are you?")
        ids.why.text = _("Under 14 a parent or guardian has to agree. Only your answer is kept.")
        ids.older.text, ids.younger.text = _("14 or older"), _("Under 14")


load_kv(__file__)
