"""A moment before anything is done: who was recognised (masked), and what will be charged."""

from __future__ import annotations

from kivy.properties import BooleanProperty

from kiosk.screens.flow import events as ev
from kiosk.screens.flow.state import State
from kiosk.screens.kv import load_kv
from kiosk.screens.page_screen import PageScreen


class FaceConfirmScreen(PageScreen):
    """`paying`: money is charged when the count is over; else the member is greeted."""

    paying = BooleanProperty(False)

    # --- touches ---

    def confirm(self) -> None:
        self.dispatch_flow(ev.FaceConfirmed())

    def refuse(self) -> None:
        self.dispatch_flow(ev.BackTouched())

    # --- what is shown ---

    def render(self, state: State) -> None:
        facing = state.facing
        if facing is None or facing.found is None or not self.changed("all", facing):
            return
        _, ids, count = self.texts.gettext, self.ids, facing.left_s
        self.paying = facing.amount is not None
        self.title(_("Pay by face") if self.paying else _("Is that you?"))
        ids.ring.left_s, ids.ring.count_s = count, state.face_policy.confirm_s
        ids.name.text = facing.found.member.masked_name
        ids.amount.text = self.texts.money(facing.amount) if facing.amount is not None else ""
        seconds = self.texts.ngettext("in {n} second", "in {n} seconds", count).format(n=count)
        if self.paying:
            ids.told.text = _("will be charged {when}").format(when=seconds)
            ids.refuse.text, ids.refuse.detail = _("Cancel"), _("That is not me. Nothing is charged then.")
        else:
            ids.told.text = _("Your usual comes {when}").format(when=seconds)
            ids.yes.text = _("Yes, that is me")
            ids.refuse.text, ids.refuse.detail = _("No, that is not me"), ""
        ids.yes.offered = not self.paying


load_kv(__file__)
