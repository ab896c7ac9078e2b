"""The screens in this process: one window that draws for real without a display, one fresh app a test."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from kiosk.screens.window import prepare_window
from kiosk.settings import ScreenSettings

# Before anything imports Kivy: test modules import it when they are collected.
if "kivy" in sys.modules:
    raise pytest.UsageError(
        "Kivy was imported too soon: a test collected before tests/screens imports a module with widgets"
    )
os.environ["SDL_VIDEODRIVER"] = "offscreen"
# As large as any size a test asks for: the window without a display shrinks, but it does not grow.
prepare_window(ScreenSettings(width=1920, height=1920, fullscreen=False), Path(tempfile.mkdtemp(prefix="kivy-home-")))

if TYPE_CHECKING:
    from kiosk.screens.counter_flow.state import State as CounterState
    from kiosk.screens.flow.state import State
    from tests.screens.counter_driver import CounterDriver
    from tests.screens.driver import Driver

D = TypeVar("D", bound="Driver")

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One process has one window: with xdist, all of these go to the same worker."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("ui"))


@pytest.fixture(scope="session")
def kept() -> Iterator[list["Driver"]]:
    """The app that `kept_app` goes on with, if one is open."""
    drivers: list[Driver] = []
    yield drivers
    close(drivers)


@pytest.fixture
def open_app(kept: list["Driver"]) -> Iterator[Callable[..., "Driver"]]:
    """Opens the app on a state: `open_app(state, size=(1080, 1920))`; closed after the test."""
    from tests.screens.driver import Driver

    close(kept)
    drivers: list[Driver] = []

    def opened(*args: object, **kwargs: object) -> Driver:
        drivers.append(Driver(*args, **kwargs))  # type: ignore[arg-type]
        return drivers[-1]

    yield opened
    close(drivers)


@pytest.fixture
def kept_app(kept: list["Driver"]) -> Callable[..., "Driver"]:
    """The same for tests that need no fresh app: goes on with the one of the test before, which is much faster."""
    from tests.screens.driver import NOON, UPRIGHT, Driver

    def opened(state: "State", size: tuple[int, int] = UPRIGHT, *, local: time = NOON) -> Driver:
        return go_on(kept, Driver, state, size, local)

    return opened


@pytest.fixture
def kept_counter(kept: list["Driver"]) -> Callable[..., "CounterDriver"]:
    """The same for the counter terminal."""
    from tests.screens.counter_driver import CounterDriver
    from tests.screens.driver import LYING, NOON

    def opened(state: "CounterState", size: tuple[int, int] = LYING) -> CounterDriver:
        return go_on(kept, CounterDriver, state, size, NOON)

    return opened


@pytest.fixture
def kept_of(kept: list["Driver"]) -> Callable[[type[Any]], Callable[..., Any]]:
    """The same for whatever a driver is for: `kept_of(BoardDriver)(state, size=(1920, 1080))`."""
    from tests.screens.driver import LYING, NOON

    def of(driver: type[Any]) -> Callable[..., Any]:
        return lambda state, size=LYING: go_on(kept, driver, state, size, NOON)

    return of


def go_on(kept: list["Driver"], driver: type[D], state: Any, size: tuple[int, int], local: time) -> D:
    """With the app that is open, or another one where that is not of this kind and size."""
    if kept and type(kept[0]) is driver and kept[0].size == size:
        kept[0].go_on(state, local)
    else:
        close(kept)
        kept.append(driver(state, size, local=local))
    return kept[0]


def close(drivers: list["Driver"]) -> None:
    while drivers:
        drivers.pop().close()
