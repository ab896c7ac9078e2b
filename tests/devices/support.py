"""What the device tests share: an event sink that can be waited on, bare ports, and a hosted bench."""

from __future__ import annotations

import asyncio
import os
import pty
import socket
import threading
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from kiosk.devices.bench.client import BenchClient
from kiosk.devices.bench.host import Bench
from kiosk.devices.bench.messages import control_socket_path
from kiosk.services.events import (
    CardPresented,
    DeviceHealth,
    DeviceHealthChanged,
    DeviceProblem,
    DeviceState,
    Event,
)
from kiosk.settings import CentralSettings, Settings, TerminalSettings
from kiosk.settings.devices import PrinterSettings, SimulatorSettings

DEADLINE_S = 8.0
NOBODY = 65_534


def eventually(condition: Callable[[], bool], what: str, deadline_s: float = DEADLINE_S) -> None:
    """Poll until it holds."""
    ends_s = time.monotonic() + deadline_s
    while not condition():
        assert time.monotonic() < ends_s, f"not within {deadline_s} s: {what}"
        time.sleep(0.002)


def stays(condition: Callable[[], bool], for_s: float) -> None:
    """It holds now and for that long: for what must not happen."""
    ends_s = time.monotonic() + for_s
    while time.monotonic() < ends_s:
        assert condition()
        time.sleep(0.005)


class Events:
    """An EventSink that keeps everything."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._all: list[Event] = []

    def publish(self, event: Event) -> None:
        with self._lock:
            self._all.append(event)

    @property
    def all(self) -> list[Event]:
        with self._lock:
            return list(self._all)

    @property
    def cards(self) -> list[CardPresented]:
        return [event for event in self.all if isinstance(event, CardPresented)]

    @property
    def uids(self) -> list[str]:
        return [card.uid for card in self.cards]

    @property
    def health(self) -> list[DeviceHealth]:
        return [event.health for event in self.all if isinstance(event, DeviceHealthChanged)]

    def await_health(self, state: DeviceState, problem: DeviceProblem = DeviceProblem.NONE) -> None:
        """Until the last health published is this one."""
        eventually(
            lambda: bool(self.health) and (self.health[-1].state, self.health[-1].problem) == (state, problem),
            f"{state} {problem}",
        )

    def await_cards(self, count: int) -> list[CardPresented]:
        eventually(lambda: len(self.cards) >= count, f"{count} cards")
        return self.cards


class Pty:
    """The far end of a serial line, linked at `path`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        path.unlink(missing_ok=True)
        path.symlink_to(os.ttyname(self._slave))

    def send(self, data: bytes) -> None:
        os.write(self.master, data)

    def read(self, n_bytes: int) -> bytes:
        return os.read(self.master, n_bytes)

    def unplug(self) -> None:
        self.path.unlink(missing_ok=True)
        os.close(self.master)
        os.close(self._slave)
        self.master = self._slave = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.master >= 0:
            self.unplug()


@contextmanager
def as_nobody() -> Iterator[None]:
    """Root may open anything: be somebody else meanwhile. Whoever is not root stays who they are."""
    was_root = os.geteuid() == 0
    if was_root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if was_root:
            os.seteuid(0)


def free_tcp_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def settings_with(
    state_dir: Path, simulators: tuple[SimulatorSettings, ...], printers: tuple[PrinterSettings, ...] = ()
) -> Settings:
    return Settings(
        terminal=TerminalSettings(name="T1", state_dir=state_dir),
        central=CentralSettings(url="http://127.0.0.1:1"),
        simulator=simulators,
        printer=printers,
    )


@contextmanager
def hosted_bench(settings: Settings) -> Iterator[BenchClient]:
    """The settings' simulators, hosted by a thread of this process."""
    is_up = threading.Event()
    failures: list[BaseException] = []
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def serve() -> None:
        bench = Bench(settings)
        try:
            await bench.start()
            is_up.set()
            await stop.wait()
        finally:
            await bench.stop()

    def run() -> None:
        try:
            loop.run_until_complete(serve())
        except BaseException as error:  # noqa: BLE001 - handed to the test
            failures.append(error)
        finally:
            is_up.set()
            loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert is_up.wait(DEADLINE_S)
    if failures:
        raise failures[0]
    try:
        with BenchClient(control_socket_path(settings)) as client:
            yield client
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(DEADLINE_S)
    assert not failures
