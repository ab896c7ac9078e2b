"""The Kivy Apps of a kitchen's screen and of a pickup board. Import this only after
kiosk.screens.window.prepare_window."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from typing import TYPE_CHECKING

from kiosk.app import FlowApp
from kiosk.screens import board_flow, kitchen_flow
from kiosk.screens.board.stage import BoardStage
from kiosk.screens.board_flow.state import BoardEffect, BoardEvent
from kiosk.screens.board_flow.state import State as BoardState
from kiosk.screens.flow import events as common
from kiosk.screens.flow.state import View
from kiosk.screens.kitchen.stage import KitchenStage
from kiosk.screens.kitchen_flow.events import KitchenEffect, KitchenEvent
from kiosk.screens.kitchen_flow.state import State as KitchenState

if TYPE_CHECKING:
    from kiosk.screens.admin_flow.state import Terminal


class KitchenApp(FlowApp[KitchenState]):
    """What is to be made."""

    role = "kitchen"

    def flow_step(self, state: KitchenState, event: KitchenEvent) -> tuple[KitchenState, Sequence[KitchenEffect]]:
        return kitchen_flow.step(state, event)

    def make_stage(self) -> KitchenStage:
        return KitchenStage(self.dispatch_flow)

    def view_of(self, state: KitchenState) -> View:
        return state.view

    def under_admin(self, state: KitchenState) -> Terminal | None:
        return state

    def tick(self, now_s: float, local: time) -> common.Tick:
        return common.Tick(now_s, local)

    def touched(self, now_s: float) -> common.Touched:
        return common.Touched(now_s)


class BoardApp(FlowApp[BoardState]):
    """What is ready. Only staff touch it."""

    role = "board"

    def flow_step(self, state: BoardState, event: BoardEvent) -> tuple[BoardState, Sequence[BoardEffect]]:
        return board_flow.step(state, event)

    def make_stage(self) -> BoardStage:
        return BoardStage(self.dispatch_flow)

    def view_of(self, state: BoardState) -> View:
        return state.view

    def under_admin(self, state: BoardState) -> Terminal | None:
        return state

    def tick(self, now_s: float, local: time) -> common.Tick:
        return common.Tick(now_s, local)

    def touched(self, now_s: float) -> common.Touched:
        return common.Touched(now_s)
