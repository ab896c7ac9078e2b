"""The counter terminal as it runs: its demonstration on a virtual display, the customer's window beside it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.end_to_end.site import ROOT, free_port
from tests.end_to_end.virtual_display import VirtualDisplay

STAFF, CUSTOMER = (1280, 800), (1024, 600)
Colour = tuple[int, int, int]
GREEN, RED, WHITE = (0x2C, 0x73, 0x50), (0xA4, 0x26, 0x2C), (0xFF, 0xFF, 0xFF)
PICTURES = ROOT / "out" / "pictures"
WITHIN_S = 60.0
# As main.py plays it, but where somebody could look.
PLAYS = """
import sys
from pathlib import Path
from kiosk.command_line import _with_window
from kiosk.counter_demonstration import CounterDemonstration
from kiosk.settings import load_settings

config, out = Path(sys.argv[1]), Path(sys.argv[2])
settings = load_settings(config)
demonstration = CounterDemonstration(settings, out, sys.stdout)
status = _with_window(settings, config, demonstration)
sys.exit(status or not demonstration.succeeded)
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The demonstration's own settings, with folders and ports of this test."""
    central_port, printer_port = str(free_port()), str(free_port())

    def adapted(name: str) -> Path:
        text = (ROOT / "config" / name).read_text("utf-8")
        text = text.replace("out/demo", str(tmp_path)).replace("8710", central_port).replace("9811", printer_port)
        text = text.replace("config/demo-central.toml", str(tmp_path / "demo-central.toml"))
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return path

    adapted("demo-central.toml")
    return adapted("demo-counter.toml")


@pytest.mark.timeout(240)
def test_the_demonstration_with_the_customers_window(config: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with VirtualDisplay(tmp_path, STAFF[0] + CUSTOMER[0], STAFF[1]) as display:
        environment = {**os.environ, "DISPLAY": display.name}
        environment.pop("SDL_VIDEODRIVER", None)
        with subprocess.Popen(
            [sys.executable, "-c", PLAYS, str(config), str(out)],
            cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        ) as terminal:  # fmt: skip
            said = watch(terminal, display, config)
        assert terminal.returncode == 0, "".join(said) + log(tmp_path)
    for step in (
        "refused, nothing charged",
        "sold",
        "drawer has sprung open",
        "customer 5 has paid",
        "undone",
        "Done.",
    ):
        assert any(step in line for line in said), step
    assert not children_of_window(config), "the customer's window ends with the terminal"
    for personal in ("62E3086CED", "王小明", "王*明"):
        assert personal not in log(tmp_path)


def watch(terminal: subprocess.Popen[str], display: VirtualDisplay, config: Path) -> list[str]:
    """What the demonstration says, with pictures of both windows; the customer's window dies in the middle."""
    said: list[str] = []
    killed = 0
    PICTURES.mkdir(parents=True, exist_ok=True)
    assert terminal.stdout is not None
    for line in terminal.stdout:
        said.append(line)
        if "refused, nothing charged" in line:
            wait_until_shown(display, RED, "the customer sees that it was not paid", "refused")
        elif "order A001" in line:
            wait_until_shown(display, GREEN, "the customer sees that it was paid", "paid")
        elif "2. A dish" in line:
            killed = children_of_window(config)[0]
            os.kill(killed, signal.SIGKILL)
        elif "customer 5 has paid" in line:
            wait_until_shown(display, GREEN, "a new window shows what the first one would", "lane")
    assert killed
    return said


def wait_until_shown(display: VirtualDisplay, colour: Colour, what: str, name: str) -> None:
    """The customer's part has that ground with the white sign on it."""
    deadline_s = time.monotonic() + WITHIN_S
    while True:
        pixels = display.pixels()
        part = pixels[: CUSTOMER[1], STAFF[0] :]
        if share(part, colour) > 0.5 and share(part, WHITE) > 0.05:
            break
        assert time.monotonic() < deadline_s, f"not in time: {what}"
        time.sleep(0.02)  # gives the processor away; the condition decides
    Image.fromarray(pixels).save(PICTURES / f"counter-both-{name}.png")


def share(part: np.ndarray, colour: Colour) -> float:  # type: ignore[type-arg]
    return float(np.all(np.abs(part.astype(int) - colour) < 8, axis=2).mean())


def children_of_window(config: Path) -> list[int]:
    """The processes of the customer's window with these settings."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if b"kiosk.screens.customer_display" in command and str(config).encode() in command:
            found.append(int(folder.name))
    return found


def log(folder: Path) -> str:
    return "".join(p.read_text("utf-8", "replace") for p in (folder / "counter" / "logs").glob("*.log"))
