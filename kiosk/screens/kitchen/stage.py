"""The root of the kitchen screen's widgets: bar, tickets in columns, what to make in all, and what is ready."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from kivy.properties import StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout

from kiosk.domain.kitchen import summed
from kiosk.screens.admin_door import AdminOpened
from kiosk.screens.flow import events as common
from kiosk.screens.flow.state import TextSize
from kiosk.screens.kitchen import card as card_part
from kiosk.screens.kitchen.words import (
    age_words,
    count_words,
    lateness_words,
    notice_words,
    recall_words,
    trouble_words,
)
from kiosk.screens.kitchen_flow.arrangement import (
    CARD_ROWS,
    CardPart,
    Page,
    Room,
    arrange,
    page_shown,
    rows_high,
)
from kiosk.screens.kitchen_flow.events import HandedOutTouched, PageTouched, ReadyTouched, RecallTouched
from kiosk.screens.kitchen_flow.state import NoticeKind, State
from kiosk.screens.kv import load_kv
from kiosk.screens.texts import Texts
from kiosk.screens.theme import Look
from kiosk.screens.widgets.labels import FitText
from kiosk.screens.widgets.push_button import PushButton
from kiosk.screens.words import other_language

_COLUMNS = {True: 4, False: 2}  # lying, upright
_SUM_COLUMNS = {True: 1, False: 2}
_ROLE, _ROW_LEADING = "label", 1.03
_CARD_PADDING_UNITS = 18
_TILE_UNITS = 220
_NEXT_SIZE = {
    TextSize.NORMAL: TextSize.LARGE,
    TextSize.LARGE: TextSize.LARGEST,
    TextSize.LARGEST: TextSize.NORMAL,
}


class SumRow(FitText):
    """ "8 × 红烧肉"."""


class ReadyTile(PushButton):
    """A number that is ready: touched when it is handed out."""


class KitchenStage(FloatLayout):
    """Everything is on one screen; touches go to `dispatch`."""

    title = StringProperty("")
    count_text = StringProperty("")
    count_tone = StringProperty("ink_soft")
    count_icon = StringProperty("")
    clock_text = StringProperty("")
    page_text = StringProperty("")
    recall_text = StringProperty("")
    sum_title = StringProperty("")
    ready_title = StringProperty("")
    trouble = StringProperty("")
    simulated = StringProperty("")
    language_text = StringProperty("")

    def __init__(self, dispatch: Callable[[Any], None]) -> None:
        self._state: State | None = None
        self._last: dict[str, object] = {}
        self._dispatch = dispatch
        self._cards: list[tuple[card_part.TicketCard, CardPart]] = []
        self._pages: tuple[Page, ...] = ((),)
        super().__init__()
        for part in (self.ids.cards, self.ids.ready, self.ids.sums):
            part.bind(size=lambda *_: self._show_again())

    def show(self, state: State, look: Look, texts: Texts) -> None:
        """Bring what is seen in line with the state."""
        self._state, self._look, self._texts = state, look, texts
        self._show_frame(state, texts)
        self._show_cards(state)
        self._show_sums(state)
        self._show_ready(state)

    def prepare(self, *_: object) -> None:
        """Everything is there from the beginning."""

    def _show_again(self) -> None:
        if self._state is not None:
            self.show(self._state, self._look, self._texts)

    # --- the frame ---

    def _show_frame(self, state: State, texts: Texts) -> None:
        _ = texts.gettext
        self.title = state.rules.stall or _("Kitchen")
        self.clock_text = state.local.strftime("%H:%M") if state.local else ""
        self.recall_text = recall_words(state, texts)
        self.ids.recall.disabled = not state.acts
        self.sum_title, self.ready_title = _("To make in all"), _("Ready: touch when it is handed out")
        self.trouble = trouble_words(state, texts)
        names = texts.listed([device.name for device in state.devices.values() if device.simulated])
        template = _("Demonstration: these devices are simulated: {names}")
        self.simulated = template.format(names=names) if names else ""
        self.language_text = other_language(texts).short_name
        self._show_notice(state, texts)

    def _show_notice(self, state: State, texts: Texts) -> None:
        """In the place of the count, so that it covers nothing."""
        notice = state.notice
        bad = (NoticeKind.NOT_KEPT, NoticeKind.SCANNED_UNKNOWN, NoticeKind.SCANNED_READY_BEFORE)
        self.count_text = notice_words(notice, texts) if notice else count_words(state, texts)
        self.count_tone = "ink_soft" if notice is None else "negative" if notice.kind in bad else "positive"
        self.count_icon = "" if notice is None else "alert" if notice.kind in bad else "check-circle"

    # --- the tickets ---

    def _show_cards(self, state: State) -> None:
        """The cards are made anew only when there are others; their ages go on in place."""
        row_px, columns = self._row_px(), _COLUMNS[self._look.lying]
        area = self.ids.cards
        width = (area.width - (columns - 1) * area.spacing) / columns - 2 * self._look.u(_CARD_PADDING_UNITS)
        room = Room(columns, max(CARD_ROWS + 1, int(area.height // row_px)), self._ems(width))
        self._pages = arrange(state, room, self._texts.gettext("Without {option}"))
        number = page_shown(state, self._pages)
        page = self._pages[number]
        if self._changed("cards", page, columns, row_px, self._texts.language):
            self._make_cards(page, columns, row_px)
        for card, part in self._cards:
            lateness = state.lateness(part.heard)
            card.age, card.lateness = age_words(state, part.heard, self._texts), str(lateness)
            card.late_words = lateness_words(lateness, self._texts) if card.state == "preparing" else ""
        several = len(self._pages) > 1
        self.page_text = f"{number + 1}/{len(self._pages)}" if several else ""
        self.ids.page_before.disabled = number == 0
        self.ids.page_after.disabled = number == len(self._pages) - 1

    def _make_cards(self, page: Page, columns: int, row_px: float) -> None:
        area = self.ids.cards
        area.clear_widgets()
        self._cards = []
        for index in range(columns):
            column = BoxLayout(orientation="vertical")
            for part in page[index] if index < len(page) else ():
                card = card_part.TicketCard(row_px=row_px, height=row_px * part.high)
                card.fill(part, self._texts, all_stalls=not (self._state and self._state.rules.stall))
                card.bind(on_touched=partial(self._touched, part))
                column.add_widget(card)
                self._cards.append((card, part))
            column.add_widget(BoxLayout())
            area.add_widget(column)

    def _touched(self, part: CardPart, _card: object) -> None:
        self._dispatch(ReadyTouched(part.heard.ticket.key))

    # --- sums, and what is ready ---

    def _show_sums(self, state: State) -> None:
        """In columns, as many as there is room for."""
        box, look = self.ids.sums, self._look
        columns, row_px = _SUM_COLUMNS[look.lying], self._row_px()
        ems = self._ems((box.width - (columns - 1) * box.spacing) / columns)
        room = max(1, int(box.height // row_px))
        dishes = summed(heard.ticket for heard in state.tickets)
        texts = [f"{dish.quantity} × {self._texts.of(dish.name)}" for dish in dishes]
        if self._changed("sums", texts, columns, room, ems):
            box.clear_widgets()
            left = texts
            for _ in range(columns):
                left = self._add_sums(left, room, ems, is_last=_ == columns - 1)

    def _add_sums(self, texts: list[str], room: int, ems: float, *, is_last: bool) -> list[str]:
        """Another column of them; returns those that are left."""
        column, row_px = BoxLayout(orientation="vertical"), self._row_px()
        while texts and rows_high(texts[0], ems) <= room - (is_last and len(texts) > 1):
            high = rows_high(texts[0], ems)
            column.add_widget(SumRow(text=texts[0], size_hint_y=None, height=high * row_px))
            room, texts = room - high, texts[1:]
        if texts and is_last:
            more = self._texts.gettext("and {n} more").format(n=len(texts))
            column.add_widget(SumRow(text=more, size_hint_y=None, height=row_px))
        column.add_widget(BoxLayout())
        self.ids.sums.add_widget(column)
        return texts

    def _row_px(self) -> float:
        return self._look.line(_ROLE) * _ROW_LEADING

    def _ems(self, width: float) -> float:
        return max(4.0, width / self._look.font(_ROLE))

    def _show_ready(self, state: State) -> None:
        box = self.ids.ready
        room = max(1, int((box.width + box.spacing) // (self._look.u(_TILE_UNITS) + box.spacing)))
        shown = [heard.ticket for heard in state.ready][:room]
        several = len({ticket.number for ticket in shown}) < len(shown)
        names = [f"{t.number} {t.key.stall}" if several else t.number for t in shown]
        if not self._changed("ready", [t.key for t in shown], names):
            return
        box.clear_widgets()
        for ticket, name in zip(shown, names, strict=True):
            tile = ReadyTile(text=name, test_id=f"ready-{ticket.number}", width=self._look.u(_TILE_UNITS))
            tile.bind(on_release=partial(self._handed_out, ticket.key))
            box.add_widget(tile)

    def _handed_out(self, key: Any, _tile: object) -> None:
        self._dispatch(HandedOutTouched(key))

    def _changed(self, name: str, *parts: object) -> bool:
        now = (self._look, *parts)
        if self._last.get(name) == now:
            return False
        self._last[name] = now
        return True

    # --- touches on the bar ---

    def open_admin(self) -> None:
        self._dispatch(AdminOpened())

    def recall(self) -> None:
        self._dispatch(RecallTouched())

    def turn_page(self, by: int) -> None:
        if self._state is not None:
            self._dispatch(PageTouched(page_shown(self._state, self._pages) + by))

    def enlarge(self) -> None:
        if self._state is not None:
            self._dispatch(common.TextSizeChosen(_NEXT_SIZE[self._state.view.text_size]))

    def switch_contrast(self) -> None:
        if self._state is not None:
            self._dispatch(common.ContrastChosen(not self._state.view.high_contrast))

    def switch_language(self) -> None:
        if self._state is not None:
            self._dispatch(common.LanguageChosen("en" if self._state.view.language == "zh" else "zh"))


load_kv(__file__)
