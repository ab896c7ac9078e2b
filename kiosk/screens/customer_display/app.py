"""The customer's window: shows the newest message that came, says each second that it lives, ends with the terminal.

Import this only after kiosk.screens.window.prepare_window.
"""

from __future__ import annotations

import logging
import socket
import threading
from dataclasses import replace
from typing import Any

from kivy.app import App
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.properties import ObjectProperty

from kiosk.screens.counter_flow.customer import CustomerShows
from kiosk.screens.customer_display.message import BadMessage, Message, decode
from kiosk.screens.customer_display.pictures import SharedPictures
from kiosk.screens.customer_display.screen import CustomerScreen
from kiosk.screens.customer_display.stream import LineReader
from kiosk.screens.flow.state import View
from kiosk.screens.pace import Pace
from kiosk.screens.texts import texts_for
from kiosk.screens.theme import Look

log = logging.getLogger(__name__)

ALIVE_EVERY_S = 1.0
_READ_BYTES = 4096


class CustomerDisplayApp(App):
    """`line`: the socket to the terminal. Messages that are none are left out, and the last good one stays. `view`: how
    customers read here, in its language until the terminal says another. `preview`: what the camera sees (kv:
    `app.preview`); None: there is no camera."""

    look = ObjectProperty(Look(), rebind=True)  # kv rules bind to app.look.…

    def __init__(self, line: socket.socket, view: View, preview: SharedPictures | None = None) -> None:
        super().__init__()
        self.preview = preview
        self._line = line
        self._view = view
        self._lock = threading.Lock()
        self._newest: Message | None = None
        self._message = Message(language=view.language, shows=CustomerShows.WELCOME)
        self._pace = Pace()
        self._stopped = False
        self._screen: Any = None  # once built

    def build(self) -> CustomerScreen:
        Window.fbind("size", self._on_window_size)
        self._screen = CustomerScreen()
        self._show()
        return self._screen

    def on_start(self) -> None:
        self._pace.start()
        threading.Thread(target=self._read, name="terminal", daemon=True).start()
        Clock.schedule_interval(self._say_alive, ALIVE_EVERY_S)

    def on_stop(self) -> None:
        self._stopped = True
        self._pace.stop()
        Window.funbind("size", self._on_window_size)

    def open_settings(self, *_: object) -> bool:
        """No settings panel on a public screen."""
        return False

    def _read(self) -> None:
        """On its own thread until the terminal is gone; only the newest message waits."""
        reader = LineReader()
        try:
            while data := self._line.recv(_READ_BYTES):
                for text in reader.feed(data):
                    self._take(text)
        except OSError:
            log.exception("terminal_line_failed")
        if not self._stopped:
            Clock.schedule_once_free(lambda _dt: self.stop(), 0)

    def _take(self, text: bytes) -> None:
        try:
            message = decode(text)
        except BadMessage as error:
            log.warning("bad_message", extra={"reason": str(error)})
            return
        with self._lock:
            is_first, self._newest = self._newest is None, message
        if is_first:
            Clock.schedule_once_free(self._show_newest, 0)

    def _show_newest(self, _dt: float) -> None:
        with self._lock:
            newest, self._newest = self._newest, None
        if newest is not None:
            self._message = newest
            self._pace.liven()
            self._show()

    def _show(self) -> None:
        width, height = (int(side) for side in Window.size)
        look = Look(width, height, replace(self._view, language=self._message.language))
        if look != self.look:
            self.look = look
        Window.clearcolor = self.look.color.background
        self._screen.show(self._message, texts_for(self._message.language))

    def _say_alive(self, _dt: float) -> None:
        """Also that it draws: this runs on the thread that does."""
        try:
            self._line.send(b".", socket.MSG_DONTWAIT)
        except OSError:  # nobody reads: the terminal is gone, as the other thread finds out
            pass

    def _on_window_size(self, *_: object) -> None:
        self._show()
