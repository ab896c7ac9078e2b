"""What every screen of the counter is."""

from __future__ import annotations

from kiosk.screens.counter_flow.state import State
from kiosk.screens.screen import FlowScreen


class CounterScreen(FlowScreen[State]):
    """One of the counter terminal's, for its staff."""
