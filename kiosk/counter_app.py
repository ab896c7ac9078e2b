"""The counter terminal's Kivy App. Import this only after kiosk.screens.window.prepare_window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import time
from typing import TYPE_CHECKING, Any

from kiosk.app import FlowApp
from kiosk.screens.counter.stage import PREPARED, CounterStage
from kiosk.screens.counter_flow import effects as fx
from kiosk.screens.counter_flow import events as ev
from kiosk.screens.counter_flow import step
from kiosk.screens.counter_flow.customer import CustomerView, customer_view
from kiosk.screens.counter_flow.state import State
from kiosk.screens.flow import events as common
from kiosk.screens.flow.state import View

if TYPE_CHECKING:
    from kiosk.screens.admin_flow.state import Terminal


class CounterApp(FlowApp[State]):
    """The staff's side. `tell_customer` takes what the customer's window is to show, whenever that changes."""

    role = "counter"
    prepared = PREPARED

    def __init__(self, *args: Any, tell_customer: Callable[[CustomerView], None] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._tell_customer = tell_customer
        self._told: CustomerView | None = None

    def flow_step(self, state: State, event: ev.CounterEvent) -> tuple[State, Sequence[fx.Effect]]:
        return step(state, event)

    def make_stage(self) -> CounterStage:
        return CounterStage(self.dispatch_flow, self.art)

    def view_of(self, state: State) -> View:
        return state.view

    def under_admin(self, state: State) -> Terminal | None:
        return state if state.is_quiet else None

    def tick(self, now_s: float, local: time) -> common.Tick:
        return common.Tick(now_s, local)

    def touched(self, now_s: float) -> common.Touched:
        return common.Touched(now_s)

    def _show(self) -> None:
        super()._show()
        if self._tell_customer is None:
            return
        view = customer_view(self.state)
        if view != self._told:
            self._told = view
            self._tell_customer(view)
