"""Is my face really to be deleted?"""

from __future__ import annotations

from kiosk.screens.flow import account_events as acc
from kiosk.screens.flow.state import State
from kiosk.screens.kv import load_kv
from kiosk.screens.screen import KioskScreen


class ForgetFaceSheet(KioskScreen):
    """What deleting does, before it is done."""

    def keep(self) -> None:
        self.dispatch_flow(acc.ForgetFaceAnswered(is_meant=False))

    def forget(self) -> None:
        self.dispatch_flow(acc.ForgetFaceAnswered(is_meant=True))

    def render(self, state: State) -> None:
        if state.account is None or not self.changed("all", state.account.forgetting, state.account.was_here):
            return
        _, ids, forgetting = self.texts.gettext, self.ids, state.account.forgetting
        ids.heading.text = _("Delete your face?")
        here = _(
            "Its key is destroyed at this terminal at once, and at the others as soon as they hear of it. "
            "This cannot be taken back; you can enrol anew later. Your card works as always."
        )
        elsewhere = _(
            "None is kept at this terminal. If there is one at others, its key is destroyed there as soon as they "
            "hear of it. This cannot be taken back; you can enrol anew later. Your card works as always."
        )
        ids.what.text = here if state.account.was_here else elsewhere
        ids.forget.text = _("One moment please") if forgetting else _("Delete my face")
        ids.keep.text = _("Keep it")
        ids.forget.disabled = ids.keep.disabled = forgetting


load_kv(__file__)
