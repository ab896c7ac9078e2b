"""A terminal whose settings name [face] and [camera]: the desk starts after the devices, looks through the (simulated)
camera when it is asked to, and the light goes off behind it; without them nothing of it is there."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest

from kiosk.back_room import BackRoom
from kiosk.check import check_everything
from kiosk.domain.face import Fault
from kiosk.domain.face_consent import ConsentPurpose
from kiosk.screens.bridge import Bridge
from kiosk.screens.effects import EffectRunner
from kiosk.screens.flow import effects as fx
from kiosk.services.events import CameraWatching, FaceReadinessChanged, FacesChanged, FaceSeen
from kiosk.services.face_events import FaceProblem, FaceReadiness
from kiosk.services.face_ports import LookRequest
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
WITHIN_S = 60


class Terminal:
    def __init__(self, folder: Path, more: str) -> None:
        config = folder / "terminal.toml"
        config.write_text(SETTINGS.format(folder=folder, port=free_tcp_port()) + more, encoding="utf-8")
        self.bridge = Bridge()
        self.room = BackRoom(load_settings(config), config, self.bridge, None)
        self.effects = EffectRunner(self.room.wait_for, self.bridge.publish, lambda _kind: None)
        self.heard: list[object] = []

    def hears(self, what: Callable[[object], bool]) -> None:
        ends_s = time.monotonic() + WITHIN_S
        while not any(what(event) for event in self.heard):
            assert time.monotonic() < ends_s, self.heard
            self.heard += self.bridge.drain()
            time.sleep(0.01)


@pytest.fixture
def started(tmp_path: Path, request: pytest.FixtureRequest) -> object:
    terminal = Terminal(tmp_path, request.param)
    terminal.room.start()
    yield terminal
    terminal.effects.stop()
    terminal.room.stop()


@pytest.mark.parametrize("started", ["[face]\n"], indirect=True)
def test_a_look_turns_the_camera_on_and_its_end_off(started: Terminal) -> None:
    assert started.bridge.preview.newest is None
    started.effects(fx.LookForFace(LookRequest(1, ConsentPurpose.ORDERING, turn=False, within_s=30)))
    started.hears(lambda event: event == CameraWatching("face-camera", is_on=True))
    started.hears(lambda event: event == FaceSeen(1, Fault.NO_FACE))  # the simulator's test picture
    assert started.bridge.preview.newest is not None
    started.effects(fx.LoadFaces())
    started.effects(fx.StopFace(1))
    started.hears(lambda event: event == CameraWatching("face-camera", is_on=False))
    assert started.bridge.preview.newest is None


@pytest.mark.parametrize("started", [""], indirect=True)
def test_without_the_section_there_is_no_desk(started: Terminal) -> None:
    assert started.room.wait_for().face is None
    started.effects(fx.LookForFace(LookRequest(1, ConsentPurpose.ORDERING, turn=False, within_s=30)))
    started.effects(fx.StopFace(1))
    started.effects(fx.LoadFaces())
    assert not any(isinstance(event, FacesChanged | CameraWatching) for event in started.bridge.drain())


def said(folder: Path, more: str) -> str:
    """By `check`, of faces."""
    config, report = folder / "terminal.toml", StringIO()
    config.write_text(SETTINGS.format(folder=folder, port=free_tcp_port()) + more, encoding="utf-8")
    check_everything(load_settings(config), config, report)
    return report.getvalue().partition("Faces\n")[2].partition("Central\n")[0]


def test_check_says_what_of_faces_works(tmp_path: Path) -> None:
    assert "nobody is recognised, cards work" in said(tmp_path, "")
    works = said(tmp_path, "[face]\n")
    assert "works   model dlib (resnet-v1): loaded" in works
    assert "works   model sface (2021dec-int8bq): loaded" in works
    assert "0 members may be recognised here for ordering, 0 for paying" in works
    assert "BROKEN" in said(tmp_path, with_model(tmp_path / "none.onnx"))
    (tmp_path / "nonsense.onnx").write_bytes(b"\x08\x07nonsense" * 100)
    nonsense = said(tmp_path, with_model(tmp_path / "nonsense.onnx"))
    assert re.search(r"BROKEN  model better \([0-9a-f]{16}\): error: .+", nonsense), nonsense


def with_model(file: Path) -> str:
    limits = "limits.better = { distance = 0.4, margin = 0.1 }\n"
    return f'[[face.model]]\nname = "better"\nfile = "{file}"\n[[face.step]]\nenrolled = 9\n{limits}'


def test_a_model_that_is_none_is_told_and_nobody_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / "nonsense.onnx").write_bytes(b"\x08\x07nonsense" * 100)
    terminal = Terminal(tmp_path, with_model(tmp_path / "nonsense.onnx"))
    terminal.room.start()
    try:
        told = FaceReadinessChanged(FaceReadiness(problem=FaceProblem.MODELS))
        terminal.hears(lambda event: event == told)
    finally:
        terminal.effects.stop()
        terminal.room.stop()
