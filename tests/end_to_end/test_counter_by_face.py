"""The counter by face as it runs, on a virtual display with a simulated camera: staff enrol a drawn face by touches,
its member pays by it, the customer sees themselves and the end, and central has the order."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from kiosk.domain.enrolment_poses import EnrolmentPose
from tests.end_to_end.site import ROOT, free_port
from tests.end_to_end.test_counter_terminal import (
    CUSTOMER,
    GREEN,
    PICTURES,
    STAFF,
    WITHIN_S,
    log,
    share,
    wait_until_shown,
)
from tests.end_to_end.virtual_display import VirtualDisplay
from tests.face.posed import drawn_poses

# As main.py would, with a session of this test's own, where somebody could look.
PLAYS = """
import sys
from pathlib import Path
from kiosk.command_line import _with_window
from kiosk.settings import load_settings
from tests.end_to_end.counter_face_session import CounterFaceSession

config, out = Path(sys.argv[1]), Path(sys.argv[2])
settings = load_settings(config)
session = CounterFaceSession(settings, out, sys.stdout)
status = _with_window(settings, config, session)
sys.exit(status or not session.succeeded)
"""
CAMERA = """
[camera]
source = "http://127.0.0.1:{port}/stream"

[face]
{face}
[[simulator]]
name = "camera"
device = "mjpeg"
port = "tcp://127.0.0.1:{port}"
"""
SKIN = (215, 170, 140)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The demonstration's own settings with a camera, with folders and ports of this test."""
    central_port, printer_port = str(free_port()), str(free_port())

    def adapted(name: str, more: str = "") -> Path:
        text = (ROOT / "config" / name).read_text("utf-8")
        text = text.replace("out/demo", str(tmp_path)).replace("8710", central_port).replace("9811", printer_port)
        text = text.replace("config/demo-central.toml", str(tmp_path / "demo-central.toml"))
        path = tmp_path / name
        path.write_text(text + more, "utf-8")
        return path

    adapted("demo-central.toml")
    return adapted("demo-counter.toml", CAMERA.format(port=free_port(), face="look_s = 30\n"))


@pytest.fixture
def poses(tmp_path: Path) -> Path:
    """A picture of each pose, by its name."""
    folder = tmp_path / "poses"
    folder.mkdir()
    for pose, picture in drawn_poses().items():
        cv2.imwrite(str(folder / f"{pose.value}.png"), picture)
    assert len(list(folder.iterdir())) == len(EnrolmentPose)
    return folder


@pytest.mark.timeout(300)
def test_enrolled_by_staff_and_paid_by_face(config: Path, poses: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with VirtualDisplay(tmp_path, STAFF[0] + CUSTOMER[0], STAFF[1]) as display:
        environment = {**os.environ, "DISPLAY": display.name, "POSES": str(poses)}
        environment.pop("SDL_VIDEODRIVER", None)
        said: list[str] = []
        with subprocess.Popen(
            [sys.executable, "-c", PLAYS, str(config), str(out)],
            cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        ) as terminal:  # fmt: skip
            assert terminal.stdout is not None
            for line in terminal.stdout:
                said.append(line)
                if "the camera looks" in line:
                    wait_until_seen(display)
                elif "paid by face" in line:
                    wait_until_shown(display, GREEN, "the customer sees that it was paid", "face-paid")
        assert terminal.returncode == 0, "".join(said) + log(tmp_path)
    for step in ("enrolled", "known again", "paid by face", "central has order"):
        assert any(step in line for line in said), step
    for personal in ("62E3086CED", "王小明", "王*明", "13800001234"):
        assert personal not in log(tmp_path)


def wait_until_seen(display: VirtualDisplay) -> None:
    """On their own window the customer sees the face that the camera sees."""
    deadline_s = time.monotonic() + WITHIN_S
    while True:
        pixels = display.pixels()
        if share(pixels[: CUSTOMER[1], STAFF[0] :], SKIN) > 0.003:
            break
        assert time.monotonic() < deadline_s, "the customer does not see themselves"
        time.sleep(0.1)  # gives the processor away; the condition decides
    PICTURES.mkdir(parents=True, exist_ok=True)
    number = len(list(PICTURES.glob("counter-face-seen-*.png")))
    Image.fromarray(np.asarray(pixels)).save(PICTURES / f"counter-face-seen-{number % 4}.png")
