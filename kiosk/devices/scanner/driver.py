"""Scanners: bytes of a serial line in, CodeScanned out. What was read is never logged: it may be a code that pays."""

from __future__ import annotations

import logging
import time
from abc import abstractmethod
from typing import ClassVar

from kiosk.devices.base import LineDevice
from kiosk.devices.scanner.protocol import GM65_TRIGGER, BadCode, CodeFramer, CodeRead, ScannerMessage, Triggered
from kiosk.devices.transport import DeviceFault, Transport
from kiosk.services.events import CodeScanned, DeviceKind, DeviceProblem, DeviceState, EventSink
from kiosk.services.ports.devices import Counted
from kiosk.settings.devices import ScannerSettings

LISTEN_S = 60.0
CUT_AFTER_S = 0.3
"""Silence inside a code that has a terminator after which it counts as cut."""
GARBLED_AFTER = 4
"""So many unsound codes in a row are no accident: wrong baud rate, wrong terminator, bad cable."""
WRITE_TIMEOUT_S = 1.0
TRIGGERED_WITHIN_S = 0.5
SCANS_FOR_S = 5.0
"""How long a GM65 looks for a code when it was triggered, as it comes."""
SILENT_TRIGGERS = 3

log = logging.getLogger(__name__)


class Scanner(LineDevice):
    """What the families share: framing, a code that is held before it, and noticing that nothing sound arrives."""

    kind: ClassVar[DeviceKind] = DeviceKind.SCANNER

    def __init__(self, settings: ScannerSettings, events: EventSink, *, simulated: bool) -> None:
        super().__init__(settings.name, settings.port, settings.baud, events, simulated=simulated)
        self._settings = settings
        self._quiet_s = settings.idle_gap_s if settings.terminator == "none" else CUT_AFTER_S
        self._last: tuple[str, float] = ("", 0.0)
        self._bad_codes = 0

    @abstractmethod
    def _session(self, transport: Transport) -> None: ...

    def _framer(self) -> CodeFramer:
        of = self._settings
        return CodeFramer(of.terminator, of.prefix, has_aim_id=of.aim_id)

    def _listen(self, transport: Transport, framer: CodeFramer, timeout_s: float) -> list[ScannerMessage]:
        """What came, of which codes are published; nothing within `timeout_s` is no message."""
        data = transport.read(min(timeout_s, self._quiet_s) if framer.has_begun else timeout_s)
        received_s = time.monotonic()
        messages = framer.feed(data) if data else framer.flush()
        for message in messages:
            if isinstance(message, BadCode):
                self._count_bad(message)
                continue
            self._bad_codes = 0
            self._set_health(DeviceState.READY)
            if isinstance(message, CodeRead) and self._is_new(message.text, received_s):
                self._diary.count(Counted.CODES_READ)
                self._events.publish(CodeScanned(self.name, message.text, received_s))
        return messages

    def _is_new(self, text: str, now_s: float) -> bool:
        """A code that is held before the scanner is read over and over."""
        before, at_s = self._last
        self._last = text, now_s
        return text != before or now_s - at_s >= self._settings.debounce_s

    def _count_bad(self, message: BadCode) -> None:
        self._bad_codes += 1
        self._diary.count(Counted.UNSOUND)
        log.debug("bad_code", extra={"device": self.name, "reason": message.reason})
        if self._bad_codes >= GARBLED_AFTER and self.health.state is DeviceState.READY:
            self._set_health(DeviceState.DEGRADED, DeviceProblem.GARBLED)


class ListeningScanner(Scanner):
    """One that reads by itself: with a trigger of its own, or always."""

    def _session(self, transport: Transport) -> None:
        framer = self._framer()
        self._set_health(DeviceState.READY)
        while True:
            self._listen(transport, framer, LISTEN_S)


class TriggeredScanner(Scanner):
    """A GM65 that is told to look, again and again: one that is gone is noticed by its silence."""

    def _session(self, transport: Transport) -> None:
        framer = self._framer()
        silent = 0
        while True:
            transport.write(GM65_TRIGGER, WRITE_TIMEOUT_S)
            silent = 0 if self._looks(transport, framer) else silent + 1
            if silent >= SILENT_TRIGGERS:
                raise DeviceFault(DeviceProblem.NO_ANSWER, f"{SILENT_TRIGGERS} triggers without an answer")

    def _looks(self, transport: Transport, framer: CodeFramer) -> bool:
        """Until it has read a code or looked for long enough; False when it does not answer the trigger."""
        has_answered = False
        ends_s = time.monotonic() + TRIGGERED_WITHIN_S
        while (left_s := ends_s - time.monotonic()) > 0:
            messages = self._listen(transport, framer, left_s)
            if any(isinstance(message, CodeRead) for message in messages):
                return True
            if any(isinstance(message, Triggered) for message in messages):
                has_answered = True
                ends_s = time.monotonic() + SCANS_FOR_S
        return has_answered


_FAMILIES: dict[str, type[Scanner]] = {"serial": ListeningScanner, "gm65": TriggeredScanner}


def build_scanner(settings: ScannerSettings, events: EventSink, simulated: bool) -> Scanner:
    """The scanner named in the settings, not started. `settings.driver` has been checked by load_settings."""
    return _FAMILIES[settings.driver](settings, events, simulated=simulated)
