"""Memory of the terminal over 2,000 orders: after the first 200, when every cache is filled, and at the end."""

from __future__ import annotations

from pathlib import Path

from benchmarks.results import Figure, Result
from benchmarks.sale import sell

WARM_UP, SALES = 200, 2000
_TIMEOUT_S = 2400
_GROWTH_LIMIT_PERCENT = 5.0


def run(folder: Path) -> Result:
    measured = sell(folder, WARM_UP, SALES, _TIMEOUT_S, "--fast")
    before, after = measured["memory"][0], measured["memory"][-1]
    figures = []
    for kind in ("rss_mb", "pss_mb"):
        name = kind.removesuffix("_mb").upper()
        growth = (after[kind] / before[kind] - 1) * 100
        figures += [
            Figure(f"{name} after {WARM_UP} orders", before[kind], "MB"),
            Figure(f"{name} after {WARM_UP + SALES} orders", after[kind], "MB"),
            Figure(f"growth of {name}", growth, "%", _GROWTH_LIMIT_PERCENT),
        ]
    return Result("growth", figures, {"memory": measured["memory"]})
