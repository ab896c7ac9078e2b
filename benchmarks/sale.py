"""A sale by card at the whole terminal: reader, store, central, printers and screen on this machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.results import Figure, Result, spread
from benchmarks.sale_site import make_site
from benchmarks.virtual_screen import VirtualScreen

WARM_UP, SALES = 20, 200
_TIMEOUT_S = 600
_LIMITS_MS = {"first byte at printer receipts": (50.0, 150.0)}
_IDLE_LIMIT = 3.0


def run(folder: Path) -> Result:
    """From the card frame's last byte; the first byte at the printer comes after the sale was committed."""
    measured = sell(folder, WARM_UP, SALES, _TIMEOUT_S)
    figures, details = [], {}
    for what in measured["sales"][0]:
        samples = [sale[what] for sale in measured["sales"]]
        at_median, at_p99 = _LIMITS_MS.get(what, (None, None))
        details[what] = spread(samples)
        figures.append(Figure(f"card → {what}, median", details[what]["median"], "ms", at_median))
        figures.append(Figure(f"card → {what}, p99", details[what]["p99"], "ms", at_p99))
    for where, percent in measured["idle_percent_of_a_core"].items():
        figures.append(Figure(f"idle with all devices and central, {where}", percent, "% of a core", _IDLE_LIMIT))
    figures.append(Figure("memory (PSS) of the terminal after the sales", measured["memory"][-1]["pss_mb"], "MB"))
    return Result("sale", figures, {**details, **measured})


def sell(folder: Path, warm_up: int, sales: int, timeout_s: float, *options: str) -> dict[str, Any]:
    """Runs the terminal under a virtual screen until it has sold so often; what it measured."""
    make_site(folder)
    out = folder / "measured.json"
    command = [
        sys.executable,
        "-m",
        "benchmarks.sale_terminal",
        str(folder),
        str(warm_up),
        str(sales),
        str(out),
        *options,
    ]
    with VirtualScreen(folder / "frame-buffer", 1080, 1920) as screen, (folder / "terminal.log").open("wb") as log:
        environment = {**os.environ, "DISPLAY": screen.name}
        subprocess.run(command, env=environment, stdout=log, stderr=log, timeout=timeout_s, check=False)
    if not out.exists():
        raise RuntimeError(f"the terminal ended early; see {folder}/terminal.log")
    measured: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    if "failed" in measured:
        raise RuntimeError(f"the terminal: {measured['failed']}; see {folder}/terminal.log")
    return measured
