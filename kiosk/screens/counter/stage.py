"""The root of the counter's widgets: which screen stands on it for a state, under the bar and the strips."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout

from kiosk.screens.admin_door import AdminOpened
from kiosk.screens.art import Art
from kiosk.screens.counter.bar import CounterBar
from kiosk.screens.counter.screen import CounterScreen
from kiosk.screens.counter.signs import signs, strip_words
from kiosk.screens.counter.words import notice_words
from kiosk.screens.counter_flow import events as ev
from kiosk.screens.counter_flow.after_sale_state import UndoEnd
from kiosk.screens.counter_flow.state import Notice, ScreenName, State
from kiosk.screens.flow import enrolling
from kiosk.screens.flow import events as common
from kiosk.screens.flow.state import TextSize
from kiosk.screens.screen import FlowScreen, KioskScreen
from kiosk.screens.stage import screen_class
from kiosk.screens.texts import Texts
from kiosk.screens.theme import Look
from kiosk.screens.widgets.status_strip import StatusStrip
from kiosk.screens.widgets.toast import Toast
from kiosk.screens.words import other_language

_CLASSES = {
    ScreenName.SALE: ("sale", "CounterSaleScreen"),
    ScreenName.PAYING: ("paying", "CounterPayingScreen"),
    ScreenName.CASH: ("cash", "CounterCashScreen"),
    ScreenName.RESULT: ("result", "CounterResultScreen"),
    ScreenName.LANE: ("lane", "CounterLaneScreen"),
    ScreenName.COLLECT: ("collect", "CounterCollectScreen"),
    ScreenName.ENROL: ("enrol", "CounterEnrolScreen"),
    "weighing": ("weighing", "CounterWeighingSheet"),
    "news": ("news", "CounterNews"),
}
# What the staff are likely to touch first, in that order.
PREPARED = (ScreenName.PAYING, ScreenName.RESULT, ScreenName.CASH, "weighing", ScreenName.COLLECT, ScreenName.LANE)
# Enrolling a face is the same as at a self-service terminal.
_OF_CUSTOMERS = tuple(str(screen) for screen in enrolling.SCREENS)
_LAYERS = ("screen", "sheet", "news")
_TOAST_AT = 0.03
_NEXT_SIZE = {
    TextSize.NORMAL: TextSize.LARGE,
    TextSize.LARGE: TextSize.LARGEST,
    TextSize.LARGEST: TextSize.NORMAL,
}


class CounterStage(BoxLayout):
    """From the top: strips that say what is special here, the bar, the screen; over it a weight being keyed, news that
    must be read, a passing notice. A result takes the bar's room too, and so do the screens that enrol a face. Screens
    are made when first shown and kept."""

    def __init__(self, dispatch: Callable[[Any], None], art: Art) -> None:
        super().__init__(orientation="vertical")
        self._dispatch = dispatch
        self._art = art
        self._made: dict[str, FlowScreen[Any]] = {}
        self._on: dict[str, FlowScreen[Any]] = {}
        self._state: State | None = None
        self.strip = StatusStrip(test_id="simulated-strip")
        self.trouble_strip = StatusStrip(test_id="trouble-strip", icon="alert")
        self.bar = CounterBar()
        self.bar.bind(
            on_way_chosen=lambda _bar, way: self._choose_way(way),
            on_back=lambda _bar: dispatch(common.BackTouched()),
            on_enrol=lambda _bar: dispatch(ev.EnrolmentOpened()),
            on_text_size=lambda _bar: self._enlarge(),
            on_contrast=lambda _bar: self._switch_contrast(),
            on_language=lambda _bar: self._switch_language(),
            on_admin=lambda _bar: dispatch(AdminOpened()),
        )
        self.layers = FloatLayout()
        self.toast = Toast(tone="warning", pos_hint={"center_x": 0.5, "y": _TOAST_AT})
        for part in (self.strip, self.trouble_strip, self.bar, self.layers):
            self.add_widget(part)

    def show(self, state: State, look: Look, texts: Texts) -> None:
        """Bring what is seen in line with the state."""
        self._state = state
        self._show_strips(state, texts)
        self._show_bar(state, texts)
        self._put("screen", _screen_name(state))
        self._put("sheet", "weighing" if state.weighing is not None else None)
        self._put("news", "news" if _has_news(state) else None)
        for screen in self._on.values():
            if state.enrolment is not None and isinstance(screen, KioskScreen):
                screen.show(state.enrolment.flow, look, texts)
            else:
                screen.show(state, look, texts)
        self._show_notice(state, texts)

    def prepare(self, name: str, state: State, look: Look, texts: Texts) -> None:
        """Make a screen before it is needed, at its real size; it shows the state but is not on the stage."""
        if name not in self._made:
            screen = self._screen(name)
            screen.size = self.layers.size
            screen.show(state, look, texts)
            screen.prepare()

    # --- the frame ---

    def _show_strips(self, state: State, texts: Texts) -> None:
        names = texts.listed(state.simulated_devices)
        simulated = texts.gettext("Demonstration: these devices are simulated: {names}").format(names=names)
        self.strip.text = simulated if names else ""
        self.trouble_strip.text = strip_words(state, texts)

    def _show_bar(self, state: State, texts: Texts) -> None:
        _, bar = texts.gettext, self.bar
        is_whole = state.screen is ScreenName.RESULT or _enrols(state)
        if is_whole == (bar.parent is self):
            if is_whole:
                self.remove_widget(bar)
            else:
                self.add_widget(bar, index=1)
        bar.way = "collect" if state.collecting else "lane" if state.lane else "sale"
        bar.sale_text, bar.lane_text, bar.collect_text = _("Sale"), _("Fixed price"), _("Collect")
        titles = {ScreenName.PAYING: _("Charge"), ScreenName.CASH: _("Cash"), ScreenName.ENROL: _("Enrol a face")}
        bar.title = titles.get(state.screen, "")
        bar.waits = state.in_flight
        bar.language_text = other_language(texts).short_name
        bar.signs = signs(state, texts)
        bar.leads_to_admin = state.is_quiet
        bar.enrols = state.rules.face_policy is not None and not bar.title

    def _show_notice(self, state: State, texts: Texts) -> None:
        notice: Notice | None = state.notice.notice if state.notice else None
        self.toast.text = notice_words(notice, texts) if notice else ""
        shown = self.toast.parent is not None
        if notice and not shown:
            self.layers.add_widget(self.toast)
        elif shown and not notice:
            self.layers.remove_widget(self.toast)

    # --- layers ---

    def _put(self, layer: str, name: str | None) -> None:
        """Let the screen `name` stand in that layer, or nothing."""
        before = self._on.get(layer)
        after = self._screen(name) if name else None
        if before is after:
            return
        if before is not None:
            del self._on[layer]
            self.layers.remove_widget(before)
            before.left()
        if after is not None:
            self._on[layer] = after
            above = sum(1 for other in _LAYERS[_LAYERS.index(layer) + 1 :] if other in self._on)
            self.layers.add_widget(after, index=above + (self.toast.parent is not None))

    def _screen(self, name: str) -> FlowScreen[Any]:
        if name not in self._made and name in _OF_CUSTOMERS:
            self._made[name] = screen_class(name)(self._dispatch, self._art)
        elif name not in self._made:
            module, class_name = _CLASSES[name]
            made: type[CounterScreen] = getattr(import_module(f"kiosk.screens.counter.{module}"), class_name)
            self._made[name] = made(self._dispatch, self._art)
        return self._made[name]

    # --- touches on the bar ---

    def _choose_way(self, way: str) -> None:
        state = self._state
        if state is None:
            return
        if way == "lane" and state.lane is None:
            self._dispatch(ev.LaneStarted())
        elif way == "collect" and state.collecting is None:
            self._dispatch(ev.CollectOpened())
        elif way == "sale" and state.lane is not None:
            self._dispatch(ev.LaneStopped())
        elif way == "sale" and state.collecting is not None:
            self._dispatch(common.BackTouched())

    def _enlarge(self) -> None:
        if self._state is not None:
            self._dispatch(common.TextSizeChosen(_NEXT_SIZE[self._state.view.text_size]))

    def _switch_contrast(self) -> None:
        if self._state is not None:
            self._dispatch(common.ContrastChosen(not self._state.view.high_contrast))

    def _switch_language(self) -> None:
        if self._state is not None:
            self._dispatch(common.LanguageChosen("en" if self._state.view.language == "zh" else "zh"))


def _enrols(state: State) -> bool:
    """The self-service terminal's screens are shown."""
    return state.enrolment is not None and state.enrolment.is_begun


def _screen_name(state: State) -> str:
    enrolment = state.enrolment
    return str(enrolment.flow.screen) if enrolment is not None and enrolment.is_begun else str(state.screen)


def _has_news(state: State) -> bool:
    """What was found out waits until no customer is being served."""
    quiet = state.screen in (ScreenName.SALE, ScreenName.LANE, ScreenName.COLLECT) and not state.in_flight
    is_undone = state.undo is not None and state.undo.end in (UndoEnd.UNDONE, UndoEnd.REFUSED)
    return is_undone or (bool(state.found_out) and quiet)
