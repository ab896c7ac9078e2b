"""Staff at a kitchen's screen and at a pickup board as they run: programs of their own before a central of its own,
touched with fingers from the hidden corner on."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import pytest

from central.opening import opened
from central.settings import load_settings
from central.staff.pins import hash_pin
from central.staff.service import add_staff
from kiosk.domain.staff import Role
from tests.central.support import enrol_with, wait_until
from tests.end_to_end.remote_screen import RESTARTED
from tests.end_to_end.site import ROOT, Site, run, without_display

WITHIN_S = 30.0
PIN = "4271"
DISH = "red-braised-pork"
SETTINGS = """
[terminal]
name = "x"
role = "{role}"
state_dir = "{folder}/{role}"
[central]
url = "{url}"
[screen]
width = 1280
height = 800
fullscreen = false
sound = false
reduce_motion = true
"""


class Screen:
    """The steered program."""

    def __init__(self, config: Path, log: Path) -> None:
        with log.open("ab") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.end_to_end.remote_screen", str(config)],
                cwd=ROOT,
                env=without_display(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )

    def say(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def ask(self, line: str) -> dict[str, Any]:
        self.say(line)
        assert self.process.stdout is not None
        answer = self.process.stdout.readline()
        assert answer, "the program ended"
        seen: dict[str, Any] = json.loads(answer)
        return seen

    def wait(self, condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        deadline_s = time.monotonic() + WITHIN_S
        while not condition(seen := self.ask("look")):
            assert time.monotonic() < deadline_s, f"{seen}"
            Event().wait(0.05)
        return seen

    def gets_in(self, number: str) -> None:
        """By the hidden gesture, staff number and PIN."""
        self.ask("corner")
        for digit in number + PIN:
            self.ask(f"tap key-{digit}")
        self.ask("tap key-enter")
        self.wait(lambda seen: seen["staff_screen"] == "home")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path)
    try:
        site.central("init")
        site.start_central()
        yield site
    finally:
        site.stop()


def a_member_of_staff(site: Site, role: Role) -> str:
    """Their number."""
    with opened(load_settings(site.central_config)) as parts:
        return parts.transactions.write(lambda tx: add_staff(tx, "刘师傅", [role], hash_pin(PIN)))


@contextmanager
def running(site: Site, role: str) -> Iterator[Screen]:
    config = site.folder / f"{role}.toml"
    url = f"http://127.0.0.1:{load_settings(site.central_config).listen.port}"
    config.write_text(SETTINGS.format(role=role, folder=site.folder, url=url), "utf-8")
    run([sys.executable, "main.py", "--config", str(config), "enrol", site.central("enrol-code").split()[0]])
    screen = Screen(config, site.folder / f"{role}.log")
    with screen.process:
        try:
            yield screen
        finally:
            screen.process.terminate()


@pytest.mark.timeout(240)
def test_a_cook_marks_a_dish_sold_out_at_the_kitchens_screen(site: Site) -> None:
    """Every terminal hears of it; what was done stands in the kitchen's own audit log."""
    number = a_member_of_staff(site, Role.RESTOCK)
    url = f"http://127.0.0.1:{load_settings(site.central_config).listen.port}"
    with running(site, "kitchen") as kitchen, httpx.Client(base_url=url, timeout=30) as http:
        terminal = enrol_with(http, site.central("enrol-code").split()[0])
        kitchen.wait(lambda seen: seen["has_staff"] and seen["has_menu"] and seen["is_up_to_date"])
        kitchen.gets_in(number)
        kitchen.ask("tap section-stock")
        kitchen.wait(lambda seen: seen["has_loaded_stock"])
        kitchen.ask(f"tap mark-{DISH}")
        kitchen.wait(lambda seen: seen["sold_out"] == [DISH])
        wait_until(lambda: terminal.states()["stock", DISH]["sold_out"], WITHIN_S)
        kitchen.ask("tap leave")
        seen = kitchen.wait(lambda seen: seen["staff_screen"] == "" and seen["acts"][-1][0] == "staff_left")
        assert [act for act, _ in seen["acts"]] == ["staff_entered", "dish_sold_out", "staff_left"]
        assert seen["acts"][1][1] == DISH
        kitchen.wait(lambda seen: seen["waiting"] == 0)


@pytest.mark.timeout(240)
def test_a_technician_restarts_a_pickup_board(site: Site) -> None:
    """What waits is seen; there is no menu, and nothing of a till."""
    number = a_member_of_staff(site, Role.TECHNICIAN)
    with running(site, "board") as board:
        board.wait(lambda seen: seen["has_staff"] and seen["is_up_to_date"])
        board.gets_in(number)
        board.ask("tap section-health")
        board.wait(lambda seen: seen["staff_screen"] == "health")
        board.ask("tap back")
        board.ask("tap section-upkeep")
        seen = board.wait(lambda seen: seen["has_looked_at_upkeep"])
        assert (seen["staff_screen"], seen["has_menu"]) == ("upkeep", False)
        board.ask("tap restart")
        board.say("tap confirm")
        assert board.process.wait(WITHIN_S) == RESTARTED
