"""Drives the counter terminal's app in this process, as Driver does the self-service terminal's."""

from __future__ import annotations

from typing import Any

from kiosk.counter_app import CounterApp
from kiosk.screens.counter_flow.customer import CustomerView
from kiosk.screens.counter_flow.state import Sale, State
from kiosk.screens.pictures import PictureLoader
from tests.screens.driver import Driver


class CounterDriver(Driver):
    """`told`: what the customer's window was to show, one after the other."""

    app: Any  # a CounterApp

    def _make_app(self, state: State, pictures: PictureLoader) -> CounterApp:  # type: ignore[override]
        self.told: list[CustomerView] = []
        return CounterApp(
            state,
            self.effects.append,
            self.bridge,
            pictures,
            self.clock,
            lambda: self.local,
            tell_customer=self.told.append,
        )

    def _blank(self, state: State) -> State:  # type: ignore[override]
        return State(Sale(0), menu=state.menu)
