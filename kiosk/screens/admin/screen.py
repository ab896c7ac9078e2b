"""What every screen of the admin screen is."""

from __future__ import annotations

from kiosk.screens.admin_flow.state import AdminState
from kiosk.screens.screen import FlowScreen


class AdminScreen(FlowScreen[AdminState]):
    """One of the admin screen's. What can be touched is at least `theme.TOUCH_UNITS` high: 15 mm on 15.6 inches."""

    def title(self, _state: AdminState) -> str:
        """What the bar says."""
        raise NotImplementedError

    def notice_words(self, about: object) -> str:
        """What an act did, of the notices that its own steps make (steps.noticed)."""
        raise NotImplementedError
