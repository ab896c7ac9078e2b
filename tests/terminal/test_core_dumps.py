"""Each of our programs is made to abort, where the machine would keep its memory: nothing is kept."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.face.fakes import until

ROOT = Path(__file__).resolve().parents[2]
ANY = ["-c", "import sys; open(sys.argv[1]).read()"]
PROGRAMS = {
    "terminal": [str(ROOT / "main.py"), "--config"],
    "customer's window": ["-m", "kiosk.screens.customer_display", "--config"],
    "calibration": ["-m", "kiosk.face", "calibrate", ".", "--settings"],
    "central": ["-m", "central", "serve", "--config"],
}


def is_dumped(program: Sequence[str], folder: Path) -> bool:
    """Aborted while it reads its settings, which never come."""
    settings = folder / "settings.toml"
    os.mkfifo(settings)
    process = subprocess.Popen(
        [sys.executable, *program, str(settings)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        preexec_fn=_may_dump,  # noqa: PLW1509 - one thread
        stdin=subprocess.DEVNULL,
    )
    line: list[int] = []

    def reads() -> bool:
        try:
            line.append(os.open(settings, os.O_WRONLY | os.O_NONBLOCK))
        except OSError:
            assert process.poll() is None, "it has ended"
        return bool(line)

    try:
        until(reads)
        process.send_signal(signal.SIGABRT)
        _, status = os.waitpid(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    finally:
        process.kill()
        process.wait()
        for open_line in line:
            os.close(open_line)
    assert os.WTERMSIG(status) == signal.SIGABRT
    return os.WCOREDUMP(status) or bool(list(folder.glob("core*")))


def _may_dump() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))


@pytest.fixture
def dumping(tmp_path: Path) -> Path:
    """A folder for a program, on a machine that keeps the memory of those that abort."""
    other = tmp_path / "any program"
    other.mkdir()
    if not is_dumped(ANY, other):
        pytest.skip("this machine keeps no memory of any program")
    folder = tmp_path / "ours"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_a_program_that_aborts_leaves_none_of_its_memory(program: Sequence[str], dumping: Path) -> None:
    assert not is_dumped(program, dumping)


@pytest.mark.parametrize("unit", sorted((ROOT / "config/systemd").glob("*.service")), ids=lambda unit: unit.stem)
def test_nor_does_what_systemd_starts(unit: Path) -> None:
    """Also what stands around ours: the display server sees the camera's picture."""
    assert "\nLimitCORE=1\n" in unit.read_text(encoding="utf-8").partition("[Service]")[2]
