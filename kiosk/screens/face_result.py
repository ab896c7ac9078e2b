"""How enrolling, renewing or deleting a face ended: what happened, what is kept, what to do next."""

from __future__ import annotations

from kivy.properties import OptionProperty

from kiosk.screens.enrolment_end_words import EndWords, FaceWay, end_words, forgotten_words
from kiosk.screens.flow import account_events as acc
from kiosk.screens.flow.account_state import Account
from kiosk.screens.flow.enrolling import may_try
from kiosk.screens.flow.events import FlowEvent
from kiosk.screens.flow.state import State
from kiosk.screens.kv import load_kv
from kiosk.screens.page_screen import PageScreen
from kiosk.screens.widgets.action_tile import ActionTile

_ICONS = {
    FaceWay.TRY: "face-recognition",
    FaceWay.AGAIN: "refresh",
    FaceWay.DONE: "check-bold",
    FaceWay.FORGET_AGAIN: "refresh",
}
_EVENTS: dict[FaceWay, FlowEvent] = {
    FaceWay.TRY: acc.TryFaceTouched(),
    FaceWay.AGAIN: acc.EnrolFaceTouched(),
    FaceWay.DONE: acc.FaceResultRead(),
    FaceWay.FORGET_AGAIN: acc.ForgetFaceAnswered(is_meant=True),
}


class FaceResultScreen(PageScreen):
    """`end`: done, stopped, or nothing failed but something else comes first."""

    end = OptionProperty("good", options=["good", "bad", "calm"])

    def take(self, way: FaceWay) -> None:
        """A way out was touched."""
        self.dispatch_flow(_EVENTS[way])

    def render(self, state: State) -> None:
        forgetting = state.account is not None and state.account.forgetting
        words = self._words(state)
        can_try = may_try(state)
        if words is None or not self.changed("all", words, forgetting, can_try):
            return
        _, ids = self.texts.gettext, self.ids
        self.end = "good" if words.good else "calm" if words.calm else "bad"
        by_staff = state.enrolling is not None and state.enrolling.by_staff is not None
        self.title(_("Enrol my face") if by_staff else _("My account"))
        ids.emblem.icon = words.icon
        ids.happened.text, ids.advice.text = words.happened, words.advice
        self._render_ways([way for way in words.ways if can_try or way is not FaceWay.TRY], disabled=forgetting)

    def _render_ways(self, ways: list[FaceWay], *, disabled: bool) -> None:
        _ = self.texts.gettext
        labels = {
            FaceWay.TRY: _("Try it now"),
            FaceWay.AGAIN: _("Try it again"),
            FaceWay.DONE: _("Finish"),
            FaceWay.FORGET_AGAIN: _("Try it again"),
        }
        self.ids.ways.clear_widgets()
        for number, way in enumerate(ways):
            tile = ActionTile(kind="secondary" if number else "primary", icon=_ICONS[way], test_id=f"way-{way}")
            tile.text, tile.disabled = labels[way], disabled
            tile.bind(on_release=lambda _tile, chosen=way: self.take(chosen))
            self.ids.ways.add_widget(tile)

    def _words(self, state: State) -> EndWords | None:
        enrolling, account = state.enrolling, state.account
        if enrolling is not None and enrolling.end is not None:
            name = state.session.customer.member.masked_name if state.session.customer else ""
            return end_words(enrolling.end, name, self.texts, renewed=enrolling.renews)
        if isinstance(account, Account) and account.forgotten is not None:
            return forgotten_words(account.forgotten, state.link, self.texts, was_here=account.was_here)
        return None


load_kv(__file__)
