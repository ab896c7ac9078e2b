"""What the customer reads: how much, what to do now, and how it ended."""

from __future__ import annotations

from kivy.properties import BooleanProperty, ListProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout

from kiosk.domain.enrolment_poses import EnrolmentPose
from kiosk.screens.counter_flow.customer import CustomerShows
from kiosk.screens.customer_display.message import Message
from kiosk.screens.customer_display.words import VERDICTS, detail_words, headline_words, prompt_words, verdict_amount
from kiosk.screens.kv import load_kv
from kiosk.screens.texts import Texts
from kiosk.screens.words import camera_light

_ICONS = {
    CustomerShows.WELCOME: "silverware-fork-knife",
    CustomerShows.CONFIRM: "account",
    CustomerShows.CHARGING: "timer-sand",
    CustomerShows.FACE: "account",
    CustomerShows.CASH: "cash",
    CustomerShows.ASK_STAFF: "help-circle-outline",
    CustomerShows.CLOSED: "lock-outline",
}


class BillRow(BoxLayout):
    """A line of the sale."""

    name = StringProperty("")
    total = StringProperty("")


class CustomerScreen(FloatLayout):
    """Either a verdict over the whole window, or the sum with what to do; while pictures are taken of the customer they
    see them (`sees_self`), with the light."""

    ended = BooleanProperty(defaultvalue=False)
    can_tap = BooleanProperty(defaultvalue=False)
    can_look = BooleanProperty(defaultvalue=False)
    sees_self = BooleanProperty(defaultvalue=False)
    hinted = BooleanProperty(defaultvalue=False)
    poses = BooleanProperty(defaultvalue=False)
    camera_text = StringProperty("")
    small_print = StringProperty("")
    icon = StringProperty("")
    rows = ListProperty()

    def show(self, message: Message, texts: Texts) -> None:
        """Bring what is seen in line with it."""
        ids, kind = self.ids, VERDICTS.get(message.shows)
        self.ended = kind is not None
        pays = message.shows is CustomerShows.PAY
        self.can_tap, self.can_look = pays and message.can_tap, pays and message.can_look
        self.poses = message.shows is CustomerShows.FACE
        self.sees_self = message.camera_on and not self.ended
        self.hinted = (self.can_tap or self.can_look) and not self.sees_self
        self._show_preview(message)
        self.icon = "" if self.sees_self else _ICONS.get(message.shows, "")
        self.camera_text = camera_light(texts) if message.camera_on else ""
        self.small_print = texts.gettext("Demonstration: simulated devices") if message.simulated else ""
        headline, detail = headline_words(message, texts), detail_words(message, texts)
        if kind is not None:
            verdict = ids.verdict
            verdict.kind, verdict.headline, verdict.detail = kind, headline, detail
            verdict.amount = verdict_amount(message, texts)
            return
        ids.headline.text, ids.detail.text = headline, detail
        ids.prompt.text = prompt_words(message, texts)
        ids.amount.text = "" if message.amount_minor is None else texts.money(message.money(message.amount_minor))
        self._show_lines(message, texts)

    def _show_preview(self, message: Message) -> None:
        ids = self.ids
        ids.preview.active = self.sees_self
        ids.guide.opacity = 1 if message.is_posing or message.stage is not None else 0
        if message.is_posing:
            aside = message.pose not in (None, EnrolmentPose.AHEAD)
            ids.guide.towards = str(message.pose) if aside else ""
            ids.guide.taken, ids.guide.poses = message.poses_taken, len(EnrolmentPose)
        else:
            ids.guide.towards = str(message.direction or "")
            ids.guide.taken, ids.guide.poses = message.seen.turns_done, message.turns

    def _show_lines(self, message: Message, texts: Texts) -> None:
        rows = [(line.name, texts.money(message.money(line.total_minor))) for line in message.lines]
        if message.more_lines:
            more = texts.ngettext("{n} more before these", "{n} more before these", message.more_lines)
            rows.insert(0, (more.format(n=message.more_lines), ""))
        if rows != self.rows:
            self.rows = rows
            self.ids.lines.clear_widgets()
            for name, total in rows:
                self.ids.lines.add_widget(BillRow(name=name, total=total))


load_kv(__file__)
