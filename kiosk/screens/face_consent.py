"""The text of the consent, whole, with a yes and a no that are equally large."""

from __future__ import annotations

from kiosk.screens.flow import account_events as acc
from kiosk.screens.flow.account_state import Enrolling
from kiosk.screens.flow.state import State
from kiosk.screens.kv import load_kv
from kiosk.screens.page_screen import PageScreen
from kiosk.screens.widgets.labels import TextBlock


class FaceConsentScreen(PageScreen):
    """Shows the text in the language of the moment: that is the one that is agreed to."""

    def answer(self, *, agrees: bool) -> None:
        self.dispatch_flow(acc.ConsentAnswered(agrees=agrees))

    def left(self) -> None:
        """The next one reads from the top."""
        self.ids.area.scroll_to(0)

    def render(self, state: State) -> None:
        enrolling = state.enrolling
        if enrolling is None:
            return
        shown = (enrolling.text, enrolling.waiting, enrolling.by_staff)
        if not self.changed("all", *shown):
            return
        _, ids = self.texts.gettext, self.ids
        self._render_text(enrolling)
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

    def _who(self, enrolling: Enrolling) -> str:
        """Where staff are there: who agrees, and who saw it."""
        if enrolling.by_staff is None:
            return ""
        if enrolling.guardian:
            sentence = self.texts.gettext("{guardian} agrees as parent or guardian. Staff: {staff}")
            return sentence.format(guardian=enrolling.guardian, staff=enrolling.staff)
        return self.texts.gettext("Staff: {staff}").format(staff=enrolling.staff)


load_kv(__file__)
