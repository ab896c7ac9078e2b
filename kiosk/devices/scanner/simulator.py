"""Simulated scanners: the real ones' bytes at the other end of a line. They run on the line's asyncio loop."""

from __future__ import annotations

from kiosk.devices.scanner.protocol import GM65_TRIGGER, GM65_TRIGGERED, MAX_CODE_BYTES, Terminator, encode
from kiosk.devices.simulated_line import SimulatedLine


class SimulatedScanner:
    """Reads whatever code is held before it. As settings of a real one: `terminator`, `prefix`, `aim_id`."""

    def __init__(self, terminator: Terminator = "cr", prefix: str = "", aim_id: str = "") -> None:
        self._line: SimulatedLine | None = None
        self._set_up = (terminator, prefix, aim_id)

    def attached(self, line: SimulatedLine) -> None:
        self._line = line

    def detached(self) -> None:
        self._line = None

    def received(self, data: bytes) -> None:
        """It reads by itself."""

    def scan(self, text: str) -> None:
        """Raises ValueError for a code that no scanner would read."""
        if not 1 <= len(text.encode()) <= MAX_CODE_BYTES:
            raise ValueError(f"a code has 1 to {MAX_CODE_BYTES} bytes")
        self._send(encode(text, *self._set_up))

    def _send(self, data: bytes) -> None:
        if self._line is not None:
            self._line.send(data)


class SimulatedGm65(SimulatedScanner):
    """Looks when it is told to; a code that is held before it until then waits for that."""

    def __init__(self, terminator: Terminator = "cr", prefix: str = "", aim_id: str = "") -> None:
        super().__init__(terminator, prefix, aim_id)
        self._heard = bytearray()
        self._held = ""
        self._is_looking = False

    def received(self, data: bytes) -> None:
        self._heard += data
        while GM65_TRIGGER in self._heard:
            del self._heard[: self._heard.index(GM65_TRIGGER) + len(GM65_TRIGGER)]
            self._send(GM65_TRIGGERED)
            self._is_looking = True
            self._read()
        del self._heard[: -len(GM65_TRIGGER)]

    def scan(self, text: str) -> None:
        if not 1 <= len(text.encode()) <= MAX_CODE_BYTES:
            raise ValueError(f"a code has 1 to {MAX_CODE_BYTES} bytes")
        self._held = text
        self._read()

    def detached(self) -> None:
        super().detached()
        self._is_looking = False
        self._heard.clear()

    def _read(self) -> None:
        if self._held and self._is_looking:
            held, self._held, self._is_looking = self._held, "", False
            super().scan(held)
