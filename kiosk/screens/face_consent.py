"""The text of the consent, whole, with a yes and a no that are equally large."""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.flow import account_events as acc
from kiosk.screens.flow import sharing
from kiosk.screens.flow.account_state import Enrolling
from kiosk.screens.flow.state import State
from kiosk.screens.kv import load_kv
from kiosk.screens.page_screen import PageScreen
from kiosk.screens.widgets.labels import TextBlock
from kiosk.screens.widgets.pressable import Pressable


class SharingTick(Pressable, BoxLayout):
    """A box to tick, what for, and a line of what that means."""

    text = StringProperty("")
    note = StringProperty("")
    active = BooleanProperty(defaultvalue=False)


class FaceConsentScreen(PageScreen):
    """Shows the text in the language of the moment: that is the one that is agreed to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._tick = SharingTick(test_id="consent-sharing")
        self._tick.bind(on_release=lambda _tick: self.dispatch_flow(acc.SharingTouched()))

    def answer(self, *, agrees: bool) -> None:
        self.dispatch_flow(acc.ConsentAnswered(agrees=agrees))

    def left(self) -> None:
        """The next one reads from the top."""
        self.ids.area.scroll_to(0)

    def render(self, state: State) -> None:
        enrolling = state.enrolling
        if enrolling is None:
            return
        ticked = (sharing.is_asked(state), sharing.is_ticked(state), sharing.was_agreed(state))
        if not self.changed("all", enrolling.text, enrolling.waiting, enrolling.by_staff, ticked):
            return
        _, ids = self.texts.gettext, self.ids
        self._render_text(enrolling)
        self._render_tick(state, waiting=enrolling.waiting)
        ids.who.text = self._who(enrolling)
        ids.no.text, ids.yes.text = _("I do not agree"), _("I agree")
        ids.no.disabled = enrolling.waiting
        ids.yes.disabled = enrolling.waiting or enrolling.text is None

    def _render_text(self, enrolling: Enrolling) -> None:
        """A label a paragraph: one of the whole text may be higher than what the graphics chip can take."""
        page = enrolling.text.page(self.texts.language) if enrolling.text else None
        self.title(page.title if page else self.texts.gettext("One moment please"))
        if not self.differs("text", self.look, page):
            return
        self.ids.paragraphs.clear_widgets()
        for paragraph in page.body.split("\n\n") if page else ():
            heading, _, rest = paragraph.partition("\n")
            if rest:
                self.ids.paragraphs.add_widget(TextBlock(text=heading, role="label", bold=True))
            self.ids.paragraphs.add_widget(TextBlock(text=rest or heading, role="label"))

    def _render_tick(self, state: State, *, waiting: bool) -> None:
        """Beside the text and not in it: a yes of its own, which "I agree" does not give."""
        _, tick, more = self.texts.gettext, self._tick, self.ids.more
        was_agreed = sharing.was_agreed(state)
        tick.active, tick.disabled = sharing.is_ticked(state), waiting or was_agreed
        tick.text = _("Also recognise me at this canteen's other terminals")
        tick.note = _("They then keep your face template too, encrypted. Left empty, nothing else changes.")
        if was_agreed:
            tick.note = _("You have agreed to this already. Deleting your face takes it back.")
        if sharing.is_asked(state) and tick.parent is None:
            more.add_widget(tick, index=len(more.children))
        elif not sharing.is_asked(state):
            more.remove_widget(tick)

    def _who(self, enrolling: Enrolling) -> str:
        """Where staff are there: who agrees, and who saw it."""
        if enrolling.by_staff is None:
            return ""
        if enrolling.guardian:
            sentence = self.texts.gettext("{guardian} agrees as parent or guardian. Staff: {staff}")
            return sentence.format(guardian=enrolling.guardian, staff=enrolling.staff)
        return self.texts.gettext("Staff: {staff}").format(staff=enrolling.staff)


load_kv(__file__)
