"""The life of a device: one thread owns it, opens it, works, and opens it again when it went away."""

from __future__ import annotations

import logging
import threading
from abc import ABC, abstractmethod
from typing import ClassVar

from kiosk.devices.diary import Diary
from kiosk.devices.transport import DeviceFault, Stopped, Transport, open_transport
from kiosk.devices.wake import Wake
from kiosk.services.events import (
    DeviceHealth,
    DeviceHealthChanged,
    DeviceKind,
    DeviceProblem,
    DeviceState,
    EventSink,
)
from kiosk.services.ports.devices import Counted, DeviceRecord

FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 3.2
STOP_TIMEOUT_S = 3.0

log = logging.getLogger(__name__)


class Device(ABC):
    """A subclass opens its device and works in `_work` until that raises DeviceFault or Stopped.

    Health is published, and logged, when it changes: once when the device goes down, once when it is back.
    """

    kind: ClassVar[DeviceKind]

    def __init__(self, name: str, events: EventSink, *, simulated: bool) -> None:
        self._name = name
        self._events = events
        self._stop = Wake()
        self._health = DeviceHealth(name, self.kind, DeviceState.STARTING, simulated=simulated)
        self._diary = Diary(self.kind)
        self._is_up = False  # it has worked since it was last lost
        self._thread = threading.Thread(target=self._run, name=f"device-{name}", daemon=True)

    @property
    def name(self) -> str:
        return self._name

    @property
    def health(self) -> DeviceHealth:
        return self._health

    def record(self) -> DeviceRecord:
        """kiosk.services.ports.devices.RunningDevice."""
        return self._diary.record(self._health)

    def start(self) -> None:
        """Begin; once. The device need not be there yet."""
        self._thread.start()

    def stop(self, timeout_s: float = STOP_TIMEOUT_S) -> None:
        """End the thread and give the device back; returns when it has ended, at the latest after `timeout_s`."""
        self._stop.set()
        if self._thread.ident is None:
            return
        self._thread.join(timeout_s)
        if self._thread.is_alive():
            log.warning("device_still_stopping", extra={"device": self._name, "waited_s": timeout_s})

    @abstractmethod
    def _work(self) -> None:
        """Open the device and work. Raises DeviceFault when it fails, Stopped when the device is stopped."""

    def _pause(self, pause_s: float) -> None:
        """Wait before the device is tried again; ends at once when the device is stopped."""
        self._stop.wait(pause_s)

    def _set_health(self, state: DeviceState, problem: DeviceProblem = DeviceProblem.NONE) -> None:
        self._is_up |= state in (DeviceState.READY, DeviceState.DEGRADED)
        if (state, problem) == (self._health.state, self._health.problem):
            return
        if problem is not DeviceProblem.NONE:
            self._diary.note_problem(problem)
        self._health = DeviceHealth(self._name, self.kind, state, problem, self._health.simulated)
        log.info("device_health_changed", extra={"device": self._name, "state": state.value, "problem": problem.value})
        self._events.publish(DeviceHealthChanged(self._health))

    def _lost(self, problem: DeviceProblem) -> None:
        if self._is_up:
            self._is_up = False
            self._diary.count(Counted.CONNECTIONS_LOST)
        self._set_health(DeviceState.UNAVAILABLE, problem)

    def _run(self) -> None:
        pause_s = FIRST_PAUSE_S
        while not self._stop.is_set():
            try:
                self._work()
            except Stopped:
                return
            except DeviceFault as fault:
                if self._health.state is not DeviceState.UNAVAILABLE:
                    pause_s = FIRST_PAUSE_S
                    log.warning("device_failed", extra={"device": self._name, "detail": str(fault)})
                self._lost(fault.problem)
            except Exception:
                # A fault of our own must not end the device for good.
                log.exception("device_driver_failed", extra={"device": self._name})
                self._lost(DeviceProblem.NO_ANSWER)
            self._pause(pause_s)
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)


class LineDevice(Device):
    """A device on a serial line or a TCP connection. A subclass works in `_session` on the open port."""

    def __init__(self, name: str, port: str, baud: int, events: EventSink, *, simulated: bool) -> None:
        super().__init__(name, events, simulated=simulated)
        self._port = port
        self._baud = baud

    @abstractmethod
    def _session(self, transport: Transport) -> None:
        """Work on the open port. Raises DeviceFault when it fails, Stopped when the device is stopped."""

    def _work(self) -> None:
        with open_transport(self._port, self._baud, self._stop) as transport:
            self._session(transport)
