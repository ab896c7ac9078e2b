"""What Kivy must be told before it is imported. Imports Kivy only inside the function."""

from __future__ import annotations

import ctypes
import os
from importlib import import_module
from pathlib import Path

from kiosk.settings import ScreenSettings

STYLE = Path(__file__).resolve().parent / "kivy_style"
FONTS = Path(__file__).resolve().parents[2] / "assets" / "fonts"

_BESIDE_A_TITLE_BAR = 0.92

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
    # SIGTERM is the program's own to answer; SDL would make a request to close of it, which the terminal refuses.
    "SDL_NO_SIGNAL_HANDLERS": "1",
    # "Free" events (the bridge's, a touch's) end the wait for the next frame at once; others keep the frame rate.
    "KIVY_CLOCK": "free_all",
}


def display_size() -> tuple[int, int] | None:
    """Pixels of the X display; None without one."""
    if not os.environ.get("DISPLAY") or os.environ.get("SDL_VIDEODRIVER", "x11") != "x11":
        return None
    try:
        x11 = ctypes.CDLL("libX11.so.6")
    except OSError:
        return None
    x11.XOpenDisplay.restype = ctypes.c_void_p
    display = ctypes.c_void_p(x11.XOpenDisplay(None))
    if not display:
        return None
    size = x11.XDisplayWidth(display, 0), x11.XDisplayHeight(display, 0)
    x11.XCloseDisplay(display)
    return size


def fitted_size(width: int, height: int, display: tuple[int, int] | None) -> tuple[int, int]:
    """The window's size; smaller in the same shape, with room for a title bar, where the display is too small."""
    if display is None or (width <= display[0] and height <= display[1]):
        return width, height
    scale = min(display[0] / width, display[1] / height) * _BESIDE_A_TITLE_BAR
    return round(width * scale), round(height * scale)


def _load_own_style() -> None:
    """Kivy reads the style of all its widgets from its data folder when kivy.lang is imported: let it find ours."""
    import kivy

    data_dir = kivy.kivy_data_dir
    kivy.kivy_data_dir = str(STYLE)
    try:
        import_module("kivy.lang.builder")
    finally:
        kivy.kivy_data_dir = data_dir


def prepare_window(screen: ScreenSettings, home: Path, place: tuple[int, int] | None = None) -> None:
    """Set Kivy's environment and configuration for the process's window. Call once, before anything imports Kivy.

    `home` is a private folder for what Kivy writes. `place`: the window stands, without a frame, with its left top
    corner there, in pixels from the display's left top; None: where the window system puts it.
    """
    os.environ.update(_ENVIRONMENT, KIVY_HOME=str(home))
    from kivy.config import Config

    width, height = fitted_size(screen.width, screen.height, None if screen.fullscreen else display_size())
    regular, bold = (str(FONTS / f"NotoSansSC-{weight}.ttf") for weight in ("Regular", "Bold"))
    fullscreen = int(screen.fullscreen)
    settings: dict[str, dict[str, object]] = {
        "kivy": {
            "exit_on_escape": 0,
            "default_font": repr(["Sans", regular, regular, bold, bold]),
            "window_icon": "",
        },
        "graphics": {
            "width": width,
            "height": height,
            "fullscreen": "auto" if fullscreen else 0,
            "show_cursor": 1 - fullscreen,
            "resizable": 1 - fullscreen,
            "multisamples": 0,
            "vsync": 0,
            "maxfps": 60,
            "allow_screensaver": 0,
        },
    }
    if place is not None:
        settings["graphics"] |= {"position": "custom", "left": place[0], "top": place[1], "borderless": 1}
    for section, values in settings.items():
        for option, value in values.items():
            Config.set(section, option, value)
    _load_own_style()
    # One source of touches: Kivy's own Linux probe would deliver each touch a second time.
    for option, _ in list(Config.items("input")):
        Config.remove_option("input", option)
    Config.set("input", "mouse", "mouse,disable_multitouch")
