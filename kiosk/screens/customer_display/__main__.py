"""`python -m kiosk.screens.customer_display --config FILE`: the terminal starts it with a socket as standard input."""

from __future__ import annotations

import argparse
import socket
import sys
from pathlib import Path

import msgspec

from kiosk.core_dumps import prevent_core_dumps
from kiosk.logs import start_logging
from kiosk.screens.customer_display.pictures import SharedPictures
from kiosk.screens.flow.state import TextSize, View
from kiosk.screens.window import prepare_window
from kiosk.settings import load_settings


def main() -> int:
    """Until the terminal closes the socket."""
    parser = argparse.ArgumentParser(description="The customer's window of a counter terminal.")
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--pictures", type=int, metavar="DESCRIPTOR", help="of the memory with the camera's pictures")
    arguments = parser.parse_args()
    prevent_core_dumps()
    settings = load_settings(arguments.config)
    counter, state_dir = settings.counter, settings.terminal.state_dir
    start_logging(settings.log, state_dir, "customer-display")
    screen = msgspec.structs.replace(
        settings.screen, width=counter.customer_width, height=counter.customer_height, fullscreen=False
    )
    prepare_window(screen, state_dir / "kivy-customer", (counter.customer_left, counter.customer_top))
    from kiosk.screens.customer_display.app import CustomerDisplayApp

    pictures = None if arguments.pictures is None else SharedPictures(arguments.pictures)
    with socket.socket(fileno=sys.stdin.fileno()) as line:
        size = TextSize(counter.customer_text_size)
        view = View(settings.screen.language, size, high_contrast=counter.customer_high_contrast)
        CustomerDisplayApp(line, view, pictures).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
