"""The root of the board's widgets: what is being made, what is ready, and whether that is up to date."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kivy.properties import StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout

from kiosk.screens.admin_door import AdminOpened
from kiosk.screens.board.panel import NumberPanel
from kiosk.screens.board_flow.state import State, shown_numbers
from kiosk.screens.kv import load_kv
from kiosk.screens.texts import Texts
from kiosk.screens.theme import Look
from kiosk.screens.widgets.hidden_corner import HiddenCorner

_PREPARING_SHARE = 0.4


class StaleSign(BoxLayout):
    """Over the whole width, with the words, while what the board shows may not be true any more."""

    text = StringProperty("")


class StaffCorner(HiddenCorner):
    """Here staff get in."""


class BoardStage(FloatLayout):
    """Lying: being made at the left, ready at the right. Upright: ready above. What is touched goes to `dispatch`:
    nothing that a customer would."""

    def __init__(self, dispatch: Callable[[Any], None]) -> None:
        super().__init__()
        self.stale = StaleSign()
        self.preparing = NumberPanel(kind="preparing", test_id="preparing")
        self.ready = NumberPanel(kind="ready", test_id="ready")
        self.body = BoxLayout()
        frame = BoxLayout(orientation="vertical", pos_hint={"x": 0, "y": 0})
        frame.add_widget(self.stale)
        frame.add_widget(self.body)
        self.add_widget(frame)
        self.add_widget(StaffCorner(on_gesture=lambda _corner: dispatch(AdminOpened())))
        self._state: State | None = None
        self._shown: object = None

    def show(self, state: State, look: Look, texts: Texts) -> None:
        """Bring what is seen in line with the state."""
        self._state = state
        self._arrange(look)
        self.stale.text = _stale_words(state, texts)
        _ = texts.gettext
        self.preparing.title, self.ready.title = _("Being made"), _("Ready, please collect")
        self.preparing.nothing, self.ready.nothing = _("No orders are being made"), _("Nothing is ready yet")
        self.ready.new_text = _("New")
        self._show_numbers()

    def prepare(self, *_: object) -> None:
        """Everything is there from the beginning."""

    def _arrange(self, look: Look) -> None:
        if self._shown == look:
            return
        self._shown = look
        self.body.orientation = "horizontal" if look.lying else "vertical"
        self.body.padding = self.body.spacing = look.u(24)
        self.body.clear_widgets()
        first, second = (self.preparing, self.ready) if look.lying else (self.ready, self.preparing)
        for panel in (first, second):
            share = _PREPARING_SHARE if panel is self.preparing else 1 - _PREPARING_SHARE
            panel.size_hint = (share, 1) if look.lying else (1, share)
            self.body.add_widget(panel)

    def _show_numbers(self) -> None:
        if self._state is None:
            return
        numbers = shown_numbers(self._state)
        self.preparing.show(numbers.preparing, self._state.now_s)
        self.ready.show(numbers.ready, self._state.now_s)


def _stale_words(state: State, texts: Texts) -> str:
    if state.is_up_to_date:
        return ""
    if state.heard_s is None:
        return texts.gettext("Connecting. The numbers will come.")
    minutes = int((state.now_s - state.heard_s) // 60)
    if minutes < 1:
        return texts.gettext("Not up to date: please ask at the counter")
    for_minutes = texts.ngettext(
        "Not up to date for {n} minute: please ask at the counter",
        "Not up to date for {n} minutes: please ask at the counter",
        minutes,
    )
    return for_minutes.format(n=minutes)


load_kv(__file__)
