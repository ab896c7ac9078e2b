"""The real terminal, opened on its menu: what screen.py starts and compares with the browser.

    python -m benchmarks.menu_app STATE_DIR WIDTH HEIGHT

Everything as in production, up to the store on the disk; no devices and no central, and the customer has just touched
the attract screen. The middle mouse button scrolls the whole list down and up again, as web/scroll.js does.
"""

from __future__ import annotations

import gc
import sys
import time
from datetime import time as wall_time
from pathlib import Path
from typing import Any

from kiosk.logs import start_logging
from kiosk.screens.window import prepare_window
from kiosk.settings import CentralSettings, IdleSettings, ScreenSettings, Settings, TerminalSettings

SCROLL_S = 8.0
_LUNCH = wall_time(12, 0)


def menu_settings(state_dir: Path, width: int, height: int) -> Settings:
    """A terminal that nobody touches stays on the menu."""
    return Settings(
        terminal=TerminalSettings(name="benchmark", state_dir=state_dir, meal_period="lunch"),
        central=CentralSettings(url="http://127.0.0.1:9"),
        screen=ScreenSettings(width=width, height=height, fullscreen=False, sound=False),
        idle=IdleSettings(warn_after_s=86_400),
    )


def main(state_dir: Path, width: int, height: int) -> None:
    gc.disable()  # as kiosk.command_line does
    settings = menu_settings(state_dir, width, height)
    start_logging(settings.log, state_dir)
    prepare_window(settings.screen, state_dir / "kivy")
    from kiosk.bootstrap import first_state, run_terminal
    from kiosk.screens.flow import events as ev
    from kiosk.screens.flow import step
    from kiosk.services.events import CentralLinkChanged, LinkState

    state = first_state(settings)
    now_s = time.monotonic()
    for event in (
        CentralLinkChanged(LinkState.ONLINE),
        ev.Tick(now_s, _LUNCH),
        ev.Touched(now_s),
        ev.OrderingStarted(),
    ):
        state, _ = step(state, event)
    run_terminal(settings, state_dir / "no-such.toml", _Scroller(), state)


class _Scroller:
    """Scrolls when the harness asks for it."""

    def start(self, app: Any, _store: object, _hand: object) -> None:
        _scroll_on_middle_button(app)


def _scroll_on_middle_button(app: Any) -> None:
    from kivy.clock import Clock
    from kivy.core.window import Window

    from kiosk.screens.pace import Pace
    from kiosk.screens.widgets.dish_grid import DishGrid

    pace = Pace()

    def on_mouse_down(_window: object, _x: float, _y: float, button: str, _modifiers: object) -> bool:
        if button != "middle":
            return False
        grid = next(widget for widget in app.root.walk() if isinstance(widget, DishGrid))
        began_s = time.perf_counter()

        def move(_dt: float) -> bool:
            part = min(1.0, (time.perf_counter() - began_s) / SCROLL_S)
            grid.scroll_px = grid.furthest_px * (1 - abs(1 - 2 * part))
            pace.liven()  # as the finger does that scrolls
            return part < 1

        Clock.schedule_interval(move, 0)
        return True

    Window.fbind("on_mouse_down", on_mouse_down)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
