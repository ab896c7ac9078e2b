"""The screens in this process: one window that draws for real without a display, one fresh app a test."""

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kiosk.screens.window import prepare_window
from kiosk.settings import ScreenSettings

# Before anything imports Kivy: test modules import it when they are collected.
os.environ["SDL_VIDEODRIVER"] = "offscreen"
# As large as any size a test asks for: the window without a display shrinks, but it does not grow.
prepare_window(ScreenSettings(width=1920, height=1920, fullscreen=False), Path(tempfile.mkdtemp(prefix="kivy-home-")))

if TYPE_CHECKING:
    from tests.screens.driver import Driver

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One process has one window: with xdist, all of these go to the same worker."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("ui"))


@pytest.fixture
def open_app() -> Iterator[Callable[..., "Driver"]]:
    """Opens the app on a state: `open_app(state, size=(1080, 1920))`; closed after the test."""
    from tests.screens.driver import Driver

    drivers: list[Driver] = []

    def opened(*args: object, **kwargs: object) -> Driver:
        drivers.append(Driver(*args, **kwargs))  # type: ignore[arg-type]
        return drivers[-1]

    yield opened
    for driver in drivers:
        driver.close()
