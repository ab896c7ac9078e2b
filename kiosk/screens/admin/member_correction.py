"""A balance that is wrong: how much and why, and then a second person's number and PIN."""

from __future__ import annotations

from math import ceil

from kivy.properties import BooleanProperty

from kiosk.domain.member_act import CorrectionReason
from kiosk.screens.admin.members_words import notice_words, reason_words, waiting_words
from kiosk.screens.admin.parts import ReasonKey
from kiosk.screens.admin.screen import AdminScreen
from kiosk.screens.admin_flow import members_events as ev
from kiosk.screens.admin_flow.members_state import Correction, MembersState, members_of
from kiosk.screens.admin_flow.members_touches import corrected_by, may_correct
from kiosk.screens.admin_flow.state import AdminState
from kiosk.screens.kv import load_kv
from kiosk.screens.widgets.number_pad import ENTER, ENTRY_KEYS, ERASE, TILL_KEYS
from kiosk.services.entry import Refusal


class MemberCorrectionScreen(AdminScreen):
    takes = BooleanProperty(defaultvalue=False)
    confirming = BooleanProperty(defaultvalue=False)

    def title(self, _state: AdminState) -> str:
        return self.texts.gettext("Correct the balance")

    def notice_words(self, about: object) -> str:
        return notice_words(about, self.texts)

    def render(self, state: AdminState) -> None:
        members, _, ids = members_of(state), self.texts.gettext, self.ids
        correction, seen = members.detail, members.seen
        if seen is None or not isinstance(correction, Correction):
            return
        left_s = max(0, ceil(correction.wait_until_s - state.now_s))
        if not self.changed("all", members, left_s):
            return
        self.takes, self.confirming = correction.takes, correction.is_confirming
        ids.name.text = seen.masked_name
        ids.balance.text = _("Balance {amount}").format(amount=self.texts.money(seen.balance))
        ids.more.text, ids.less.text = _("Add money"), _("Take money")
        change = self.texts.price_difference(corrected_by(correction, seen))
        ids.shown.text = ("●" * len(correction.entry) or "—") if correction.is_confirming else change
        ids.ask.text, ids.ask.tone = self._asked(members, correction, left_s, change)
        keys = list(ENTRY_KEYS if correction.is_confirming else TILL_KEYS)
        if self.changed("keys", keys):
            ids.pad.keys = keys
        ids.pad.disabled = not (may_correct(state, correction) if correction.is_confirming else members.is_free)
        self._render_reasons(is_open=bool(correction.typed_minor) and members.is_free)

    def _asked(self, members: MembersState, correction: Correction, left_s: int, change: str) -> tuple[str, str]:
        _ = self.texts.gettext
        waiting = waiting_words(members, self.texts)
        if waiting:
            return waiting, "ink_soft"
        if not correction.is_confirming or correction.reason is None:
            ready = _("Why? Touch the reason; then a second person confirms it.")
            return ready if correction.typed_minor else _("Type how much."), "ink_soft"
        if left_s:
            clock = f"{left_s // 60}:{left_s % 60:02}"
            return _("Too many wrong tries. Next try in {time}.").format(time=clock), "negative"
        refused = {
            Refusal.WRONG: _("Number or PIN is wrong."),
            Refusal.LOCKED: _("PINs are locked at this terminal: too many wrong tries. IT can unlock them here."),
        }
        if correction.refusal in refused:
            return refused[correction.refusal], "negative"
        words = _("{change}: {reason}. Somebody else now types their staff number and PIN.")
        return words.format(change=change, reason=reason_words(self.texts)[correction.reason]), "ink"

    def _render_reasons(self, *, is_open: bool) -> None:
        keys, words = self.ids.reasons, reason_words(self.texts)
        if self.changed("reasons", words, self.confirming):
            keys.clear_widgets()
            for reason, text in {} if self.confirming else words.items():
                key = ReasonKey(test_id=f"reason-{reason}", text=text)
                key.fbind("on_release", self._give_reason, reason)
                keys.add_widget(key)
        for key in keys.children:
            key.disabled = not is_open

    # --- touches ---

    def press(self, key: str) -> None:
        if key == ENTER:
            self.dispatch_flow(ev.SecondConfirmed())
        else:
            self.dispatch_flow(ev.CorrectionErased() if key == ERASE else ev.CorrectionTyped(key))

    def choose(self, *, takes: bool) -> None:
        self.dispatch_flow(ev.DirectionChosen(takes))

    def _give_reason(self, reason: CorrectionReason, _key: ReasonKey) -> None:
        self.dispatch_flow(ev.CorrectionReasoned(reason))


load_kv(__file__)
