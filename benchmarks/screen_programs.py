"""The two programs that are compared: started, weighed and ended as process trees."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.bench_menu import benchmark_menu, put_menu
from benchmarks.menu_app import menu_settings
from benchmarks.programs import process_tree, tree_cpu_s, tree_pss_mb
from benchmarks.web_page import write_page
from kiosk.terminal_store import open_terminal_store

END_WITHIN_S = 2.0
# --no-sandbox as root needs it; software drawing as here, where there is no graphics card. The rest keeps Chromium
# from doing what a kiosk does not want: bubbles, translation, phoning home.
_CHROMIUM = [
    "chromium", "--kiosk", "--no-sandbox", "--disable-gpu", "--no-first-run", "--no-default-browser-check",
    "--disable-features=Translate", "--disable-component-update", "--disable-background-networking", "--disable-sync",
    "--disable-session-crashed-bubble", "--hide-crash-restore-bubble", "--password-store=basic", "--lang=zh-CN",
    "--window-position=0,0",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Program:
    """`command` is what starts it in a window of that width and height."""

    name: str
    command: Callable[[int, int], list[str]]


def terminal(folder: Path) -> Program:
    """The terminal with the menu in its store under `folder`."""
    store = open_terminal_store(menu_settings(folder, 1080, 1920))
    try:
        put_menu(store, benchmark_menu())
    finally:
        store.close()
    return Program("terminal", lambda w, h: [sys.executable, "-m", "benchmarks.menu_app", str(folder), str(w), str(h)])


def chromium(folder: Path) -> Program:
    """Chromium with the same menu as a page; its profile under `folder` is kept from start to start."""
    page = write_page(folder / "page", benchmark_menu())
    profile = f"--user-data-dir={folder / 'profile'}"
    return Program("chromium", lambda w, h: [*_CHROMIUM, profile, f"--window-size={w},{h}", page.as_uri()])


class Running:
    """A started program with everything that it started."""

    def __init__(self, program: Program, display: str, width: int, height: int, log: Path) -> None:
        self.began_s = time.perf_counter()
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                program.command(width, height),
                env={**os.environ, "DISPLAY": display},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    def pss_mb(self) -> float:
        return tree_pss_mb(self._process.pid)

    def cpu_s(self) -> float:
        """Processor time used so far."""
        return tree_cpu_s(self._process.pid)

    def end(self) -> None:
        processes = process_tree(self._process.pid)
        self._process.terminate()
        _, alive = psutil.wait_procs(processes, timeout=END_WITHIN_S)
        for process in alive:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self._process.wait(END_WITHIN_S)
