"""What Kivy must be told before it is imported. Imports Kivy only inside the function."""

from __future__ import annotations

import os
from pathlib import Path

from kiosk.settings import ScreenSettings

FONTS = Path(__file__).resolve().parents[2] / "assets" / "fonts"

_ENVIRONMENT = {
    "KIVY_WINDOW": "sdl2",
    "KIVY_TEXT": "sdl2",
    "KIVY_NO_ARGS": "1",
    "KIVY_NO_CONFIG": "1",
    "KIVY_NO_ENV_CONFIG": "1",
    "KIVY_NO_FILELOG": "1",
    # Kivy's records go to Python's logging, which the program has set up, and stderr stays ours.
    "KIVY_LOG_MODE": "PYTHON",
    "KIVY_METRICS_DENSITY": "1",
    "KIVY_METRICS_FONTSCALE": "1",
    "KIVY_DPI": "96",
    # "Free" events (the bridge's, a touch's) end the wait for the next frame at once; others keep the frame rate.
    "KIVY_CLOCK": "free_all",
}


def prepare_window(screen: ScreenSettings, home: Path) -> None:
    """Set Kivy's environment and configuration for the terminal's window. Call once, before anything imports Kivy.

    `home` is a private folder for what Kivy writes.
    """
    os.environ.update(_ENVIRONMENT, KIVY_HOME=str(home))
    from kivy.config import Config

    regular, bold = (str(FONTS / f"NotoSansSC-{weight}.ttf") for weight in ("Regular", "Bold"))
    fullscreen = int(screen.fullscreen)
    settings: dict[str, dict[str, object]] = {
        "kivy": {
            "exit_on_escape": 0,
            "default_font": repr(["Sans", regular, regular, bold, bold]),
            "window_icon": "",
        },
        "graphics": {
            "width": screen.width,
            "height": screen.height,
            "fullscreen": "auto" if fullscreen else 0,
            "show_cursor": 1 - fullscreen,
            "resizable": 1 - fullscreen,
            "multisamples": 0,
            "vsync": 0,
            "maxfps": 60,
            "allow_screensaver": 0,
        },
    }
    for section, values in settings.items():
        for option, value in values.items():
            Config.set(section, option, value)
    # One source of touches: Kivy's own Linux probe would deliver each touch a second time.
    for option, _ in list(Config.items("input")):
        Config.remove_option("input", option)
    Config.set("input", "mouse", "mouse,disable_multitouch")
