"""Restarting from the staff's screen, in real processes: not during a payment; else the program ends in order, says so
by its exit status, and whoever supervises it starts it again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from central.staff.pins import hash_pin
from kiosk.command_line import START_AGAIN
from kiosk.domain.audit import Act, parse_entry
from kiosk.domain.ids import StaffId
from kiosk.domain.staff import Role, Staff
from kiosk.services.ports import StaffEntry
from kiosk.settings import load_settings
from kiosk.terminal_store import open_terminal_store
from tests.end_to_end.site import ROOT, free_port

TECHNICIAN = Staff(StaffId("staff-7"), "机务", frozenset({Role.TECHNICIAN}))
NUMBER, PIN = "13", "750412"
SETTINGS = """
[terminal]
name = "1"
state_dir = "{folder}/state"
[central]
url = "http://127.0.0.1:{port}"
timeout_s = 0.5
[screen]
width = 648
height = 1152
fullscreen = false
sound = false
"""
# The first run restarts by touches; a payment is begun before, and ends behind the first try. The second run only ends.
PLAYS = """
import sys, threading, time
from dataclasses import replace
from pathlib import Path
from kiosk.command_line import _with_window
from kiosk.domain.payer import ByCard
from kiosk.domain.payment import PaymentState
from kiosk.screens.admin_flow.upkeep_state import RestartHindered
from kiosk.settings import load_settings
from tests.store.sales import CARD_UID, draft, intended

config, runs = Path(sys.argv[1]), Path(sys.argv[2])
is_first = not runs.exists()
runs.open("a").write("run\\n")

class Plays:
    def start(self, app, store, hand):
        self.app, self.store, self.hand = app, store, hand
        threading.Thread(target=self.play if is_first else hand.close_window, daemon=True).start()

    def play(self):
        payment = intended(draft())
        with self.store.transaction() as tx:
            tx.payments.add(payment, ByCard(CARD_UID))
        for _ in range(5):
            self.hand.tap("staff-corner")
        for digit in sys.argv[3]:
            self.hand.tap(f"key-{digit}")
        for name in ("key-enter", "section-upkeep", "restart", "confirm"):
            self.hand.tap(name)
        self.until(lambda: isinstance(getattr(self.app.admin.state.notice, "about", None), RestartHindered))
        print("refused during a payment", flush=True)
        with self.store.transaction() as tx:
            tx.payments.settle(payment.to(PaymentState.NOT_CHARGED))
        for name in ("restart", "confirm"):
            self.hand.tap(name)

    def until(self, holds):
        deadline_s = time.monotonic() + 20
        while not holds():
            if time.monotonic() > deadline_s:
                raise TimeoutError
            threading.Event().wait(0.02)

sys.exit(_with_window(load_settings(config), config, Plays()))
"""


def run_of_the_makefile(command: str) -> str:
    """The line of `make run`, with another command in place of the terminal's."""
    (line,) = [
        line for line in (ROOT / "Makefile").read_text("utf-8").splitlines() if "until $(PYTHON) main.py" in line
    ]
    return line.strip().removeprefix("@").replace("$(PYTHON) main.py $(ARGS)", command).replace("$$", "$")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A terminal whose central is away, and where a technician works."""
    path = tmp_path / "terminal.toml"
    path.write_text(SETTINGS.format(folder=tmp_path, port=free_port()), "utf-8")
    store = open_terminal_store(load_settings(path))
    with store.transaction() as tx:
        tx.staff.hear("e", TECHNICIAN.id, StaffEntry(TECHNICIAN, NUMBER, hash_pin(PIN)), ())
    store.close()
    return path


@pytest.mark.timeout(240)
def test_a_restart_by_touches(config: Path, tmp_path: Path) -> None:
    (tmp_path / "plays.py").write_text(PLAYS)
    runs = tmp_path / "runs"
    command = " ".join([sys.executable, *map(str, (tmp_path / "plays.py", config, runs)), NUMBER + PIN])
    done = subprocess.run(
        ["/bin/bash", "-c", run_of_the_makefile(command)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "SDL_VIDEODRIVER": "offscreen"},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "refused during a payment" in done.stdout, done.stdout + done.stderr
    assert runs.read_text().count("run") == 2, done.stderr
    acts = [act for act in written(config) if act in (Act.STARTED, Act.RESTART_ASKED, Act.STOPPED)]
    assert acts == [Act.STARTED, Act.RESTART_ASKED, Act.STOPPED, Act.STARTED, Act.STOPPED]


def written(config: Path) -> list[str]:
    store = open_terminal_store(load_settings(config))
    try:
        with store.transaction() as tx:
            found = tx.audit.open_log()
            assert found is not None
            return [parse_entry(entry.body).action for entry in tx.audit.entries_after(found[0], 0, 100)]
    finally:
        store.close()


@pytest.mark.parametrize("status", [0, 1, 2])
def test_any_other_end_is_an_end(status: int) -> None:
    done = subprocess.run(["/bin/bash", "-c", run_of_the_makefile(f"bash -c 'exit {status}'")], check=False, timeout=20)
    assert done.returncode == status


@pytest.mark.parametrize("unit", ["canteen-kiosk", "canteen-counter"])
def test_the_units_know_the_exit_status(unit: str) -> None:
    lines = (ROOT / "config" / "systemd" / f"{unit}.service").read_text("utf-8").splitlines()
    assert "Restart=always" in lines
    assert f"SuccessExitStatus={START_AGAIN}" in lines
