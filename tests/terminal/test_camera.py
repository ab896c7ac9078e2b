"""A terminal whose settings name a camera: the screen hears of it, and of its simulator."""

from __future__ import annotations

import time
from pathlib import Path

from kiosk.back_room import BackRoom
from kiosk.screens.bridge import Bridge
from kiosk.services.events import DeviceHealth, DeviceHealthChanged, DeviceKind, DeviceState
from kiosk.settings import load_settings
from tests.devices.support import free_tcp_port

SETTINGS = """
[terminal]
name = "Terminal 1"
state_dir = "{folder}"
[central]
url = "http://127.0.0.1:9"
[camera]
source = "http://127.0.0.1:{port}/"
[[simulator]]
name = "camera"
device = "mjpeg"
port = "tcp://127.0.0.1:{port}"
"""
WITHIN_S = 20


def test_the_screens_hear_of_the_camera(tmp_path: Path) -> None:
    config = tmp_path / "terminal.toml"
    config.write_text(SETTINGS.format(folder=tmp_path, port=free_tcp_port()), encoding="utf-8")
    bridge, heard = Bridge(), list[DeviceHealth]()
    room = BackRoom(load_settings(config), config, bridge, None)
    room.start()
    try:
        ends_s = time.monotonic() + WITHIN_S
        while not heard or heard[-1].state is not DeviceState.READY:
            assert time.monotonic() < ends_s, heard
            heard += [event.health for event in bridge.drain() if isinstance(event, DeviceHealthChanged)]
            time.sleep(0.01)
    finally:
        room.stop()
    assert heard[-1] == DeviceHealth("face-camera", DeviceKind.CAMERA, DeviceState.READY, simulated=True)
