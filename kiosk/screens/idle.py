"""Nobody touches: a count, "more time", "I'm done". Lies over whatever screen it is about."""

from __future__ import annotations

from kivy.properties import NumericProperty

from kiosk.screens.flow import events as ev
from kiosk.screens.flow.state import State
from kiosk.screens.kv import load_kv
from kiosk.screens.screen import KioskScreen


class IdleOverlay(KioskScreen):
    """`left_s` of `count_s` seconds are left; the ring shows the same."""

    left_s = NumericProperty(15)
    count_s = NumericProperty(15)

    def more_time(self) -> None:
        self.dispatch_flow(ev.MoreTimeTouched())

    def leave(self) -> None:
        self.dispatch_flow(ev.CancelTouched())

    def render(self, state: State) -> None:
        if state.idle_left_s is None:
            return
        _, ids = self.texts.gettext, self.ids
        self.left_s, self.count_s = state.idle_left_s, state.idle.count_s
        if not self.changed("all", state.idle_left_s, bool(state.session.cart.lines)):
            return
        ids.question.text = _("Are you still there?")
        consequence = (
            self.texts.ngettext(
                "Your order will be cleared in {n} second.", "Your order will be cleared in {n} seconds.", self.left_s
            )
            if state.session.cart.lines
            else self.texts.ngettext(
                "The screen will be cleared in {n} second.", "The screen will be cleared in {n} seconds.", self.left_s
            )
        )
        ids.consequence.text = consequence.format(n=self.left_s)
        ids.more.text, ids.leave.text = _("More time"), _("I am done")


load_kv(__file__)
