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
    """Either a verdict over the whole window, or the sum with what to do. While pictures are taken of the customer they
    see them (`sees_self`), with the light, as large as the window allows: the sum then stands over its lines. `counts`:
    they were recognised, and the seconds to say no run down."""

    ended = BooleanProperty(defaultvalue=False)
    can_tap = BooleanProperty(defaultvalue=False)
    can_look = BooleanProperty(defaultvalue=False)
    sees_self = BooleanProperty(defaultvalue=False)
    guided = BooleanProperty(defaultvalue=False)
    counts = BooleanProperty(defaultvalue=False)
    hinted = BooleanProperty(defaultvalue=False)
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
        self.counts = message.shows is CustomerShows.CONFIRM
        ids.ring.left_s, ids.ring.count_s = message.left_s, message.confirm_s
        ids.detail.text, ids.prompt.text = detail, prompt_words(message, texts)
        self._show_sum(
            headline, "" if message.amount_minor is None else texts.money(message.money(message.amount_minor))
        )
        self._show_lines(message, texts)

    def _show_sum(self, headline: str, amount: str) -> None:
        """In the middle, or beside the customer's picture."""
        ids, aside = self.ids, self.sees_self and bool(amount)
        ids.headline.text, ids.amount.text = ("", "") if aside else (headline, amount)
        ids.headline_aside.text, ids.amount_aside.text = (headline, amount) if aside else ("", "")

    def _show_preview(self, message: Message) -> None:
        ids, posing, look = self.ids, message.posing, message.look
        ids.preview.active = self.sees_self
        self.guided = self.sees_self and (posing is not None or (look is not None and look.stage is not None))
        if posing is not None:
            aside = posing.asked not in (None, EnrolmentPose.AHEAD)
            ids.guide.towards = str(posing.asked) if aside else ""
            ids.guide.taken, ids.guide.poses = posing.taken, len(EnrolmentPose)
        elif look is not None:
            ids.guide.towards = str(look.direction or "")
            ids.guide.taken, ids.guide.poses = look.seen.turns_done, look.turns

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
