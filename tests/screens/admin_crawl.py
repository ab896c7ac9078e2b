"""Every state of the admin screen that touches, cards and codes lead to, found on the real window.

From home on, each state is shown, everything on it is released once, and the flow takes what that says; what it wants
done is answered from `ANSWERS`. A section that is added is found by itself; what its effects are answered with stands
in tests/admin_flow/answers.py.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any

from kiosk.app import KioskApp
from kiosk.domain.ids import StaffId
from kiosk.domain.staff import Role, Staff
from kiosk.screens.admin_door import AdminEffect
from kiosk.screens.admin_flow import menu_of_day_events as menu
from kiosk.screens.admin_flow import step
from kiosk.screens.admin_flow import stock_state as stock
from kiosk.screens.admin_flow.state import AdminState
from kiosk.screens.flow.state import ScreenName, State
from kiosk.screens.pictures import PictureLoader
from kiosk.screens.widgets.pressable import Pressable
from kiosk.services import events as service
from kiosk.services.ports import MenuAtCentral
from tests.admin_flow.answers import ANSWERS as OF_WALKS
from tests.screens import scenes, test_admin_menu_of_day, test_admin_stock
from tests.screens.counter_scenes import DEMO
from tests.screens.driver import Driver
from tests.screens.touching import Control, controls

EVERYBODY = Staff(StaffId("staff-12"), "王师傅", frozenset(Role))
ATTRACT: State = replace(scenes.state(ScreenName.ATTRACT), menu=DEMO, levels=test_admin_stock.LEVELS)
_CARD, _CODE = service.CardPresented("reader", "04A1B2C3D4", 1.0), service.CodeScanned("scanner", "KS1:ABC", 1.0)
_ALIKE = 20  # of keys of one class in one place, more are touched alike: the first and the last
_MOST_A_SCREEN = 7
_DEEP = 3


def _stock_done(effect: Any) -> stock.StockAnswered:
    return stock.StockAnswered(effect.visit, test_admin_stock.SAID[0].end, effect)


def _menu_told(effect: Any) -> menu.MenuTold:
    answer = MenuAtCentral(test_admin_menu_of_day.SOME_OFF, test_admin_menu_of_day.NOW)
    return menu.MenuTold(effect.visit, effect, answer)


ANSWERS = {
    **OF_WALKS,
    stock.LoadStock: lambda effect: stock.StockLoaded(effect.visit, test_admin_stock.KNOWN, test_admin_stock.PACES),
    **dict.fromkeys((stock.RestockDishes, stock.CountDish, stock.WasteDish), _stock_done),
    **dict.fromkeys((stock.MarkSoldOut, stock.BringBack, stock.UndoStockAct), _stock_done),
    **dict.fromkeys((menu.SeeMenu, menu.SwitchItems, menu.ChangePrice), _menu_told),
}


class ListeningApp(KioskApp):
    """`heard`: what the screens said since it was made a list; None: their flow hears it, as ever."""

    heard: list[Any] | None = None

    def dispatch_flow(self, *events: Any) -> None:
        if self.heard is None:
            super().dispatch_flow(*events)
        else:
            self.heard += events


class ListeningDriver(Driver):
    app: ListeningApp

    def _make_app(self, state: State, pictures: PictureLoader) -> ListeningApp:
        return ListeningApp(state, self.effects.append, self.bridge, pictures, self.clock, lambda: self.local)

    def put(self, state: AdminState) -> None:
        """The admin screen shows it."""
        self.app.admin.state = replace(state, now_s=self.clock.now_s, touched_s=self.clock.now_s)
        self.app._show()
        self.step()

    def says(self, control: Control) -> list[Any]:
        """What that control says when it is released."""
        self.app.heard = []
        control.widget.dispatch("on_release")
        heard, self.app.heard = self.app.heard, None
        return heard


class Crawl:
    """`states`: one of each kind, with what can be touched there; `unanswered`: effects that ANSWERS does not know."""

    def __init__(self, ui: ListeningDriver, home: AdminState) -> None:
        self._ui = ui
        self._seen: set[object] = set()
        self._waiting: deque[AdminState] = deque()
        self.states: dict[object, AdminState] = {}
        self.unanswered: set[str] = set()
        self._note(home)
        while self._waiting:
            self._look_at(self._next())
        self.states = dict(sorted(self.states.items(), key=lambda found: found[1].screen))

    @property
    def screens(self) -> set[str]:
        return {state.screen for state in self.states.values()}

    def _next(self) -> AdminState:
        """Of the same screen, if one waits: another one costs ten times as much."""
        shown = self._ui.app.admin.state
        chosen = next((state for state in self._waiting if shown and state.screen == shown.screen), self._waiting[0])
        self._waiting.remove(chosen)
        return chosen

    def _look_at(self, state: AdminState) -> None:
        self._ui.put(state)
        found = controls(self._ui)
        self.states.setdefault((state.screen, state.notice is not None, *sorted(set(map(_kind, found)))), state)
        said = [event for control in _to_touch(found) for event in self._ui.says(control)]
        for event in (*said, _CARD, _CODE):
            self._happens(state, event)

    def _happens(self, state: AdminState, event: object) -> None:
        """What comes of it, before and after it is answered."""
        waiting = [event]
        for _ in range(6):
            if not waiting:
                return
            after, effects = step(state, waiting.pop(0))
            if after is None or after.staff is None:
                return
            state = after
            self._note(state)
            waiting += self._answers(effects)

    def _answers(self, effects: tuple[object, ...]) -> Iterator[object]:
        for effect in effects:
            if type(effect) in ANSWERS:
                yield ANSWERS[type(effect)](effect)
            elif isinstance(effect, AdminEffect):
                self.unanswered.add(type(effect).__name__)

    def _note(self, state: AdminState) -> None:
        """To be looked at, unless one much like it was."""
        alike = state.screen, _likeness(state.open, _DEEP), state.notice and type(state.notice.about)
        of_screen = sum(seen[0] == state.screen for seen in self._seen)  # type: ignore[index]
        if alike not in self._seen and of_screen < _MOST_A_SCREEN:
            self._seen.add(alike)
            self._waiting.append(state)


def _likeness(value: Any, deep: int) -> object:
    """What is there and what is not: not which number, text, dish."""
    if is_dataclass(value) and deep:
        parts = ((field.name, _likeness(getattr(value, field.name), deep - 1)) for field in fields(value))
        return type(value).__name__, *parts
    if isinstance(value, bool | Enum) or value is None:
        return value
    if isinstance(value, Mapping | tuple | frozenset):
        return min(len(value), 2)
    return bool(value)


def _kind(control: Control) -> str:
    """Rows and digits of one place are of one kind."""
    widget = control.widget
    return f"{type(widget).__name__} {type(widget.parent).__name__} {control.box.name.split('-')[0]}"


def _to_touch(found: list[Control]) -> Iterator[Control]:
    """Of many of one kind the first and the last."""
    kinds: dict[str, list[Control]] = {}
    for control in found:
        if isinstance(control.widget, Pressable):
            kinds.setdefault(_kind(control), []).append(control)
    for alike in kinds.values():
        yield from alike if len(alike) <= _ALIKE else (alike[0], alike[-1])
