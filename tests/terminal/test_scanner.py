"""A terminal whose settings name a scanner: the screen hears of it, of its simulator, and of what was scanned."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.back_room import BackRoom
from kiosk.check import check_everything
from kiosk.configfile import ConfigFileError
from kiosk.devices.bench.client import BenchClient
from kiosk.devices.bench.messages import control_socket_path
from kiosk.screens.bridge import Bridge
from kiosk.services.events import CodeScanned, DeviceHealth, DeviceHealthChanged, DeviceKind, DeviceState, Event
from kiosk.settings import load_settings

SETTINGS = """
[terminal]
name = "Terminal 1"
state_dir = "{folder}"
[central]
url = "http://127.0.0.1:9"
[[scanner]]
name = "slips"
port = "{folder}/scanner"
terminator = "crlf"
[[simulator]]
name = "scanner"
device = "scanner"
port = "{folder}/scanner"
"""
WITHIN_S = 20


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "terminal.toml"
    path.write_text(SETTINGS.format(folder=tmp_path), encoding="utf-8")
    return path


def test_the_screens_hear_of_the_scanner_and_of_what_it_reads(config: Path) -> None:
    settings, bridge, heard = load_settings(config), Bridge(), list[Event]()
    room = BackRoom(settings, config, bridge, None)
    room.start()

    def until(holds: Callable[[], bool]) -> None:
        ends_s = time.monotonic() + WITHIN_S
        while not holds():
            assert time.monotonic() < ends_s, heard
            heard.extend(bridge.drain())
            time.sleep(0.01)

    def health() -> list[DeviceHealth]:
        return [event.health for event in heard if isinstance(event, DeviceHealthChanged)]

    try:
        until(lambda: bool(health()) and health()[-1].state is DeviceState.READY)
        with BenchClient(control_socket_path(settings)) as bench:
            bench.scan("KS1:A B")
        until(lambda: any(isinstance(event, CodeScanned) for event in heard))
    finally:
        room.stop()
    assert health()[-1] == DeviceHealth("slips", DeviceKind.SCANNER, DeviceState.READY, simulated=True)
    (scanned,) = [event for event in heard if isinstance(event, CodeScanned)]
    assert (scanned.scanner, scanned.text) == ("slips", "KS1:A B")


def test_check_says_whether_it_can_be_opened(config: Path) -> None:
    report = io.StringIO()
    check_everything(load_settings(config), config, report)
    assert "scanner at" in report.getvalue()
    assert "BROKEN  slips (serial at" in report.getvalue()
    assert "(its simulator is not running)" in report.getvalue()


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('terminator = "crlf"', 'terminator = "tab"', "scanner[0].terminator"),
        ('terminator = "crlf"', 'driver = "laser"', "scanner[0].driver: unknown device driver 'laser'"),
        ('terminator = "crlf"', 'prefix = "a b"', "scanner[0].prefix"),
        ('device = "scanner"', 'device = "serial"', "simulator[0].device"),
    ],
)
def test_settings_that_cannot_be(config: Path, before: str, after: str, said: str) -> None:
    config.write_text(config.read_text("utf-8").replace(before, after), encoding="utf-8")
    with pytest.raises(ConfigFileError, match="(?s)" + said.replace("[", r"\[").replace("]", r"\]")):
        load_settings(config)
