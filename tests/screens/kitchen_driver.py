"""Drives the apps of a kitchen's screen and of a pickup board in this process, as Driver does the self-service
terminal's."""

from __future__ import annotations

from typing import Any

from kiosk.kitchen_app import BoardApp, KitchenApp
from kiosk.screens.pictures import PictureLoader
from tests.screens.driver import Driver
from tests.screens.moments import at_moment


class KitchenDriver(Driver):
    """Of a kitchen's screen."""

    app: Any
    app_class: Any = KitchenApp

    def _make_app(self, state: Any, pictures: PictureLoader) -> Any:
        return self.app_class(state, self.effects.append, self.bridge, pictures, self.clock, lambda: self.local)

    def _blank(self, state: Any) -> Any:
        return type(state)()

    def _awake(self, state: Any) -> Any:
        """The same by the app's clock."""
        return at_moment(state, self.clock.now_s)


class BoardDriver(KitchenDriver):
    """Of a pickup board."""

    app_class = BoardApp
