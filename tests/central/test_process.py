"""`python -m central serve` as a process of its own: it says when it listens, and stops when it is asked to."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from pathlib import Path

import httpx
import pytest

from central import cli
from tests.central.support import enrol_with, write_settings

ROOT = Path(__file__).parents[2]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The settings of a server that was made in `tmp_path`."""
    path = write_settings(tmp_path)
    assert cli.main(["init", "--config", str(path)]) == 0
    return path


class Serving:
    """`python -m central serve` as a process of its own."""

    def __init__(self, config: Path) -> None:
        reader, writer = os.pipe()
        command = [sys.executable, "-m", "central", "serve", "--config", str(config), "--ready-fd", str(writer)]
        self.process = subprocess.Popen(
            command, cwd=ROOT, pass_fds=[writer], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        os.close(writer)
        with os.fdopen(reader) as ready:
            self.url = ready.readline().strip()

    def stop(self) -> tuple[int, str, str]:
        self.process.send_signal(signal.SIGTERM)
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out, err


def test_serve_stops_when_asked_and_lets_waiting_polls_go(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    serving = Serving(config)
    try:
        with httpx.Client(base_url=serving.url) as http:
            assert http.get("/v1/health").json()["status"] == "ok"
            assert cli.main(["enrol-code", "--config", str(config)]) == 0
            terminal = enrol_with(http, capsys.readouterr().out.split()[-1])
            epoch, end = terminal.newest()
            with ThreadPoolExecutor(1) as threads:
                waiting = threads.submit(terminal.feed, epoch, end, wait_s=30)
                with pytest.raises(FutureTimeout):
                    waiting.result(0.5)
                began_s = time.monotonic()
                stopped = serving.stop()
                assert waiting.result(1).rows == ()
                assert time.monotonic() - began_s < 5
    finally:
        serving.process.kill()
        serving.process.wait(10)
    assert stopped == (0, "", "")
    log = [json.loads(line) for line in (tmp_path / "state" / "logs" / "central.log").read_text().splitlines()]
    assert {"event", "level", "timestamp"} <= set(log[0])


def test_two_servers_do_not_take_one_port(config: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        text = config.read_text(encoding="utf-8")
        config.write_text(text.replace("port = 0", f"port = {port}"), encoding="utf-8")
        command = [sys.executable, "-m", "central", "serve", "--config", str(config)]
        result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert result.returncode == 1
    assert result.stderr == f"central: cannot listen on 127.0.0.1 port {port}: Address already in use\n"
