"""A whole small canteen of real processes: central, the simulated devices' bench, and terminals started beside them.

The terminal's settings name only ports, as for real devices; the bench on the other end is a foreign program.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

from kiosk.devices.bench.client import BenchClient
from kiosk.devices.bench.messages import control_socket_path
from kiosk.settings import load_settings

ROOT = Path(__file__).resolve().parents[2]
MEMBER, MEMBER_CARD = "20230101", "62E3086CED"
READY_WITHIN_S = 30


class Site:
    """Start it, use it, stop it. Everything lives in `folder`."""

    def __init__(self, folder: Path, width: int = 648, height: int = 1152) -> None:
        self.folder = folder
        port, printer_port = free_port(), free_port()
        self.central_config = folder / "central.toml"
        self.central_config.write_text(_CENTRAL.format(folder=folder, port=port, demo=ROOT / "config/demo"))
        ports = {
            "reader": folder / "reader",
            "receipts": f"tcp://127.0.0.1:{printer_port}",
            "kitchen": folder / "kitchen",
        }
        terminal = _TERMINAL.format(folder=folder, port=port, width=width, height=height, **ports)
        self.terminal_config = folder / "terminal.toml"
        self.terminal_config.write_text(terminal)
        self.bench_config = folder / "bench.toml"
        self.bench_config.write_text(terminal + _SIMULATORS.format(**ports))
        self._processes: list[subprocess.Popen[str]] = []

    def start(self) -> None:
        """Central with the demonstration canteen, the bench, and an enrolled terminal (not running)."""
        self.central("init")
        self.start_central()
        self._spawn(["-m", "kiosk.devices.bench", "serve", "--config", str(self.bench_config)], "ready")
        code = self.central("enrol-code").split()[0]
        run([sys.executable, "main.py", "--config", str(self.terminal_config), "enrol", code])

    def start_central(self) -> None:
        self._central = self._spawn(["-m", "central", "serve", "--config", str(self.central_config)], "listening")

    def stop_central(self) -> None:
        self._central.terminate()
        self._central.wait(READY_WITHIN_S)

    def stop(self) -> None:
        for process in reversed(self._processes):
            process.terminate()
        for process in self._processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)
            if process.stdout is not None:
                process.stdout.close()

    def central(self, command: str, *arguments: str) -> str:
        """One of central's commands; what it wrote."""
        return run([sys.executable, "-m", "central", command, "--config", str(self.central_config), *arguments])

    def orders_at_central(self) -> list[dict[str, Any]]:
        orders: list[dict[str, Any]] = json.loads(self.central("orders", "--json", "--limit", "100000"))
        return orders

    def bench(self) -> BenchClient:
        return BenchClient(control_socket_path(load_settings(self.bench_config)))

    def _spawn(self, arguments: list[str], ready_word: str) -> subprocess.Popen[str]:
        with (self.folder / "processes.log").open("ab") as errors:
            process = subprocess.Popen(
                [sys.executable, *arguments], cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True
            )
        self._processes.append(process)
        assert process.stdout is not None
        line = process.stdout.readline()
        assert ready_word in line, f"{arguments}: {line!r}; {(self.folder / 'processes.log').read_text()[-500:]}"
        return process


def run(command: list[str]) -> str:
    """Standard output of a command that must succeed."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=READY_WITHIN_S, check=False)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


def without_display() -> dict[str, str]:
    """The environment of a terminal that renders into memory."""
    return {**os.environ, "SDL_VIDEODRIVER": "offscreen", "PYTHONPATH": str(ROOT)}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


_CENTRAL = """
[canteen]
name = "示范食堂"

[server]
state_dir = "{folder}/central"

[listen]
port = {port}

[first_content]
menu = "{demo}/menu.toml"
members = "{demo}/members.csv"
"""

_TERMINAL = """
[terminal]
name = "测试终端"
state_dir = "{folder}/terminal"
meal_period = "lunch"

[central]
url = "http://127.0.0.1:{port}"

[screen]
width = {width}
height = {height}
fullscreen = false
sound = false
reduce_motion = true

[[card_reader]]
name = "campus-card"
driver = "rdm6300"
port = "{reader}"
debounce_s = 0.5

[[printer]]
name = "receipts"
port = "{receipts}"
use = ["customer"]

[[printer]]
name = "kitchen"
port = "{kitchen}"
use = ["kitchen"]
"""

_SIMULATORS = """
[[simulator]]
name = "reader"
device = "rdm6300"
port = "{reader}"

[[simulator]]
name = "receipts"
device = "escpos"
port = "{receipts}"

[[simulator]]
name = "kitchen"
device = "escpos"
port = "{kitchen}"
baud = 115200
"""
