"""From any thread to the UI thread: events wait here until the Kivy clock drains them. Imports no Kivy."""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable
from itertools import count
from threading import Lock

from kiosk.screens.flow.events import FlowEvent
from kiosk.services import events as service
from kiosk.services.face_ports import Preview

log = logging.getLogger(__name__)

_CAPACITY = 256
_EACH_COUNTS = (service.CardPresented, service.CodeScanned)
_ONLY_THE_LATEST = (
    service.CentralLinkChanged,
    service.MenuChanged,
    service.StockChanged,
    service.MembersChanged,
    service.FacesChanged,
    service.StaffChanged,
    service.PosingChanged,
    service.StorageStopped,
    service.FaceReadinessChanged,
    service.FaceSeen,
    service.TicketsHeard,
    service.CameraSeen,
)


class Bridge:
    """An EventSink. Of news that replace each other (a device's health, a print job's state, "stock changed") only
    the latest waits, so that nothing but cards and codes can pile up; those beyond the capacity are dropped, which is
    logged. `preview`: pictures go past the events, as only the newest is of use."""

    def __init__(self) -> None:
        self.preview: Preview = Preview()
        self._lock = Lock()
        self._waiting: dict[Hashable, FlowEvent] = {}
        self._numbers = count()
        self._wake: Callable[[], object] | None = None

    def attach(self, wake: Callable[[], object]) -> None:
        """`wake` is called on the publishing thread whenever something begins to wait; it makes the UI thread drain."""
        with self._lock:
            self._wake = wake
            pending = bool(self._waiting)
        if pending:
            wake()

    def detach(self) -> None:
        """The window closes: events wait, nobody is woken."""
        with self._lock:
            self._wake = None

    def publish(self, event: FlowEvent) -> None:
        """Thread-safe; never blocks and never raises."""
        with self._lock:
            if isinstance(event, _EACH_COUNTS) and len(self._waiting) >= _CAPACITY:
                what = "card" if isinstance(event, service.CardPresented) else "code"
                log.warning("%s_dropped_screen_not_answering", what)
                return
            key = self._key(event)
            first = not self._waiting
            self._waiting.pop(key, None)
            self._waiting[key] = event
            wake = self._wake
        if first and wake is not None:
            wake()

    def drain(self) -> tuple[FlowEvent, ...]:
        """Everything that waits, oldest first."""
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        return tuple(waiting.values())

    def _key(self, event: FlowEvent) -> Hashable:
        match event:
            case service.DeviceHealthChanged(health):
                return "health", health.name
            case service.CameraWatching(camera):
                return "camera", camera
            case service.PrintJobChanged():
                return "print job", event.job_id
        if isinstance(event, _ONLY_THE_LATEST):
            return type(event).__name__
        return next(self._numbers)
