"""Drives the apps of a kitchen's screen and of a pickup board in this process, as Driver does the self-service
terminal's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from kiosk.kitchen_app import BoardApp, KitchenApp
from kiosk.screens.board_flow.state import State as BoardState
from kiosk.screens.kitchen_flow.state import State as KitchenState
from kiosk.screens.pictures import PictureLoader
from kiosk.services.kitchen_events import HeardTicket
from tests.screens.driver import Driver


class KitchenDriver(Driver):
    """Of a kitchen's screen."""

    app: Any
    app_class: Any = KitchenApp

    def _make_app(self, state: Any, pictures: PictureLoader) -> Any:
        return self.app_class(state, self.effects.append, self.bridge, pictures, self.clock, lambda: self.local)

    def _blank(self, state: Any) -> Any:
        return type(state)()

    def _awake(self, state: Any) -> Any:
        """The same moment by the app's clock."""
        by_s = self.clock.now_s - state.now_s

        def moved(heard: HeardTicket) -> HeardTicket:
            ready_s = None if heard.ready_s is None else heard.ready_s + by_s
            return replace(heard, placed_s=heard.placed_s + by_s, ready_s=ready_s)

        heard_s = None if state.heard_s is None else state.heard_s + by_s
        state = replace(state, now_s=self.clock.now_s, heard_s=heard_s)
        if isinstance(state, BoardState):
            return replace(state, tickets=tuple(map(moved, state.tickets)))
        assert isinstance(state, KitchenState)
        notice = state.notice and replace(state.notice, until_s=state.notice.until_s + by_s)
        return replace(state, heard=tuple(map(moved, state.heard)), notice=notice)


class BoardDriver(KitchenDriver):
    """Of a pickup board."""

    app_class = BoardApp
