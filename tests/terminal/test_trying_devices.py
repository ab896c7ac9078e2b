"""A whole terminal with simulated devices, tried from the admin screen's effects: counts, a test page, the live
picture, by the permission alone and written down; and where faces are not recognised, no camera."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.back_room import BackRoom
from kiosk.domain.face import Fault
from kiosk.domain.ids import StaffId
from kiosk.domain.staff import Role, Staff
from kiosk.screens.admin_flow import events as ev
from kiosk.screens.admin_flow import health_state as hs
from kiosk.screens.bridge import Bridge
from kiosk.screens.effects import EffectRunner
from kiosk.services.events import (
    CameraSeen,
    CameraWatching,
    DeviceHealthChanged,
    DeviceState,
    PrintJobChanged,
    PrintJobState,
)
from kiosk.services.ports.devices import Counted
from kiosk.services.printer_check import PageSent
from kiosk.settings import load_settings
from tests.devices.support import eventually, free_tcp_port, stays

SETTINGS = """
[terminal]
name = "Terminal 1"
state_dir = "{folder}"
[central]
url = "http://127.0.0.1:9"
[[printer]]
name = "receipts"
port = "tcp://127.0.0.1:{printer}"
[camera]
source = "http://127.0.0.1:{camera}/"
[[simulator]]
name = "paper"
device = "escpos"
port = "tcp://127.0.0.1:{printer}"
[[simulator]]
name = "camera"
device = "mjpeg"
port = "tcp://127.0.0.1:{camera}"
"""
WITHIN_S = 60
VISIT, TASK = 3, -3000
TECHNICIAN = Staff(StaffId("staff-9"), "x", frozenset({Role.TECHNICIAN}))
COUNTER = Staff(StaffId("staff-8"), "x", frozenset({Role.COUNTER}))


class Terminal:
    def __init__(self, folder: Path, more: str) -> None:
        config = folder / "terminal.toml"
        text = SETTINGS.format(folder=folder, printer=free_tcp_port(), camera=free_tcp_port())
        config.write_text(text + more, encoding="utf-8")
        self.bridge = Bridge()
        self.room = BackRoom(load_settings(config), config, self.bridge, None)
        self.effects = EffectRunner(self.room.wait_for, self.bridge.publish, lambda _kind: None)
        self.heard: list[Any] = []

    def hears(self, what: Callable[[Any], bool]) -> Any:
        """The first such event, from now on or heard before."""
        ends_s = time.monotonic() + WITHIN_S
        while True:
            self.heard += self.bridge.drain()
            if found := [event for event in self.heard if what(event)]:
                return found[0]
            assert time.monotonic() < ends_s, self.heard
            time.sleep(0.01)

    def acts(self) -> list[str]:
        with self.room.wait_for().store.transaction() as tx:
            return [str(entry.action) for entry in [tx.audit.newest()] if entry is not None]


@pytest.fixture
def started(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Terminal]:
    terminal = Terminal(tmp_path, request.param)
    terminal.room.start()
    yield terminal
    terminal.effects.stop()
    terminal.room.stop()


def is_ready(name: str) -> Callable[[Any], bool]:
    return lambda event: (
        isinstance(event, DeviceHealthChanged) and (event.health.name, event.health.state) == (name, DeviceState.READY)
    )


@pytest.mark.parametrize("started", ["[face]\n"], indirect=True)
def test_devices_are_tried(started: Terminal) -> None:
    started.hears(is_ready("receipts"))
    prints_a_page(started)
    shows_the_picture(started)
    looks_at_the_devices(started)
    refuses_who_may_not(started)


def prints_a_page(started: Terminal) -> None:
    started.effects(hs.PrintTestPage(VISIT, TECHNICIAN, "receipts", "zh"))
    answered = started.hears(lambda event: isinstance(event, hs.PageAnswered))
    assert isinstance(answered.outcome, PageSent)
    job_id = answered.outcome.job_id
    started.hears(lambda e: isinstance(e, PrintJobChanged) and (e.job_id, e.state) == (job_id, PrintJobState.CONFIRMED))
    assert started.acts() == ["test_page_printed"]


def shows_the_picture(started: Terminal) -> None:
    started.effects(hs.ShowCamera(VISIT, TECHNICIAN, TASK))
    started.hears(lambda event: event == hs.CameraAnswered(VISIT, TASK, has_desk=True))
    started.hears(lambda event: event == CameraWatching("face-camera", is_on=True))
    started.hears(lambda event: isinstance(event, CameraSeen) and event.fault in (None, *Fault))
    assert started.bridge.preview.newest is not None
    assert started.acts() == ["camera_shown"]
    started.effects(hs.LetCameraGo(VISIT, TASK))
    started.hears(lambda event: event == CameraWatching("face-camera", is_on=False))
    assert started.bridge.preview.newest is None


def looks_at_the_devices(started: Terminal) -> None:
    started.effects(hs.LookAtDevices(VISIT, TECHNICIAN))
    seen = started.hears(lambda event: isinstance(event, hs.DevicesLooked)).seen
    assert seen.reports["receipts"].counts[Counted.PAPERS_PRINTED] == 1
    assert seen.reports["receipts"].worked_at >= seen.since
    assert seen.reports["face-camera"].counts[Counted.LOOKS] == 1
    assert seen.reports["face-camera"].counts[Counted.PICTURES_TAKEN] >= 1


def refuses_who_may_not(started: Terminal) -> None:
    for effect in (hs.ShowCamera(VISIT, COUNTER, TASK), hs.PrintTestPage(VISIT, COUNTER, "receipts", "zh")):
        started.effects(effect)
        failed = ev.EffectFailed(VISIT, effect, ev.Failure.NOT_PERMITTED)
        started.hears(lambda event, failed=failed: event == failed)


@pytest.mark.parametrize("started", [""], indirect=True)
def test_a_camera_that_nobody_uses_is_not_opened(started: Terminal) -> None:
    started.hears(is_ready("face-camera"))
    started.effects(hs.ShowCamera(VISIT, TECHNICIAN, TASK))
    started.hears(lambda event: event == hs.CameraAnswered(VISIT, TASK, has_desk=False))
    started.effects(hs.LetCameraGo(VISIT, TASK))
    assert not [event for event in started.bridge.drain() if isinstance(event, CameraWatching)]


@pytest.mark.parametrize("started", ["[face]\n"], indirect=True)
def test_left_before_it_began_the_camera_does_not_stay_on(started: Terminal) -> None:
    """One thread runs both: however quickly somebody leaves, letting go comes behind the beginning."""
    started.effects(hs.ShowCamera(VISIT, TECHNICIAN, TASK))
    started.effects(hs.LetCameraGo(VISIT, TASK))
    started.hears(lambda event: isinstance(event, hs.CameraAnswered))
    eventually(lambda: not is_on(started), "the light goes out")
    stays(lambda: not is_on(started), 1.0)


def is_on(started: Terminal) -> bool:
    """By the newest that was said of the camera's light."""
    started.heard += started.bridge.drain()
    said = [event.is_on for event in started.heard if isinstance(event, CameraWatching)]
    return bool(said) and said[-1]
