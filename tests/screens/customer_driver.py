"""Drives the customer's window in this process; what it shows comes over a real socket, as from the terminal."""

from __future__ import annotations

import os
import socket
import time
from typing import Any

from kiosk.screens.counter_flow.customer import CustomerView
from kiosk.screens.customer_display.app import CustomerDisplayApp
from kiosk.screens.customer_display.message import Message, decode, encode
from kiosk.screens.customer_display.pictures import SharedPictures, SharedPreview
from kiosk.screens.flow.state import View
from kiosk.screens.pictures import PictureLoader
from tests.screens.driver import Driver

WITHIN_S = 10.0
_NORMAL = View("zh")


class CustomerDriver(Driver):
    """`view` is shown first, to customers who read as `read` says; `preview`: what the camera sees."""

    app: Any  # a CustomerDisplayApp

    def __init__(self, view: CustomerView, size: tuple[int, int], read: View = _NORMAL) -> None:
        self.terminal, self._line = socket.socketpair()
        self.preview, self._read = SharedPreview(), read
        super().__init__(view, size)  # type: ignore[arg-type]
        self.tell(view)

    def _make_app(self, state: Any, pictures: PictureLoader) -> CustomerDisplayApp:  # type: ignore[override]
        pictures.stop()
        return CustomerDisplayApp(self._line, self._read, SharedPictures(self.preview.descriptor))

    def _awake(self, state: Any) -> Any:
        return state

    def settle(self, timeout_s: float = 5.0) -> None:
        self.step(2)

    @property
    def shown(self) -> Message:
        message: Message = self.app._message
        return message

    def send(self, data: bytes) -> None:
        self.terminal.sendall(data)

    def tell(self, view: CustomerView) -> None:
        """And wait until it is shown."""
        self.send(encode(view) + b"\n")
        self.until_shown(decode(encode(view)))

    def until_shown(self, message: Message) -> None:
        deadline_s = time.monotonic() + WITHIN_S
        while self.shown != message:
            assert time.monotonic() < deadline_s, "it was not shown"
            self.step()
        self.step(2)

    def close(self) -> None:
        super().close()
        self.terminal.close()
        self._line.close()
        os.close(self.preview.descriptor)
