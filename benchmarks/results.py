"""A benchmark's result: figures with what they are held to, written as JSON and as a table."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import numpy as np


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number, and `beside`, that of the program it is compared with, where there is one. `limit` is what
    it is held to: at most so much, with `at_least` at least; where a `ratio` is given, the ratio is held to it."""

    what: str
    value: float
    unit: str
    limit: float | None = None
    at_least: bool = False
    beside: float | None = None
    ratio: float | None = None

    @property
    def holds(self) -> bool | None:
        if self.limit is None:
            return None
        held = self.value if self.ratio is None else self.ratio
        return held >= self.limit if self.at_least else held <= self.limit

    def cells(self) -> tuple[str, ...]:
        """A row of the table."""
        return (
            self.what,
            f"{_number(self.value)} {self.unit}",
            "" if self.beside is None else f"{_number(self.beside)} {self.unit}",
            "" if self.ratio is None else _number(self.ratio),
            self._held_to(),
            {None: "", True: "yes", False: "NO"}[self.holds],
        )

    def _held_to(self) -> str:
        if self.limit is None:
            return ""
        limit = f"{'≥' if self.at_least else '≤'} {_number(self.limit)}"
        return f"{limit} {self.unit}" if self.ratio is None else f"ratio {limit}"


@dataclass(frozen=True, slots=True)
class Result:
    """`details`: the samples behind the figures, for whoever wants to look closer."""

    name: str
    figures: Sequence[Figure]
    details: Mapping[str, object] = field(default_factory=dict)


class CannotRun(Exception):
    """Something that this benchmark compares with is not here; says what."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Where and when: figures of another machine, or of a busy one, are other figures."""

    date: str
    machine: str
    cores: int
    python: str
    load: tuple[float, float, float]

    @classmethod
    def now(cls) -> Circumstances:
        load = tuple(round(value, 2) for value in os.getloadavg())
        date = datetime.now(UTC).isoformat(timespec="seconds")
        return cls(date, _processor(), os.cpu_count() or 1, platform.python_version(), (load[0], load[1], load[2]))


def write_json(result: Result, before: Circumstances, seconds: float, folder: Path) -> Path:
    """`folder`/NAME.json. `before`: the circumstances when it began; the load at the end is partly its own."""
    content = {
        "name": result.name,
        "command": f"python -m benchmarks {result.name}",
        "circumstances": asdict(before),
        "load_at_end": Circumstances.now().load,
        "seconds": round(seconds, 1),
        "figures": [{**asdict(figure), "holds": figure.holds} for figure in result.figures],
        "details": result.details,
    }
    path = folder / f"{result.name}.json"
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def table(results: Iterable[Result]) -> str:
    """Markdown that reads as text too."""
    rows: list[tuple[str, ...]] = [("what", "measured", "beside it", "ratio", "held to", "holds")]
    for result in results:
        rows += [(f"**{result.name}**", "", "", "", "", ""), *(figure.cells() for figure in result.figures)]
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = [" | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    lines.insert(1, " | ".join("-" * width for width in widths))
    return "\n".join(f"| {line} |" for line in lines)


def spread(samples: Sequence[float]) -> dict[str, float]:
    """Median, 99th percentile and the extremes."""
    p99 = float(np.percentile(samples, 99))
    values = {"median": median(samples), "p99": p99, "min": min(samples), "max": max(samples), "n": len(samples)}
    return {name: round(value, 3) for name, value in values.items()}


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
