"""`python -m benchmarks [NAME …]`: runs the benchmarks and says how they came out. Without a name: all of them.

Results: out/benchmarks/NAME.json, and of everything that was run a table on standard output and in summary.md.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import commit, face, growth, intake, lane, sale, screen, sync_beside_pouchdb, upload
from benchmarks.results import CannotRun, Circumstances, Result, table, write_json
from kiosk.logs import start_logging
from kiosk.settings import LogSettings

OUT = Path("out/benchmarks")


@dataclass(frozen=True, slots=True)
class Benchmark:
    """`run` may use the folder it is given as it likes."""

    title: str
    run: Callable[[Path], Result]


CONTENTS = {
    "screen": Benchmark("the menu beside Chromium: start, memory, scrolling, taps, idle (4 minutes)", screen.run),
    "sale": Benchmark("card → receipt, screen and central at the whole terminal, 200 sales (3 minutes)", sale.run),
    "commit": Benchmark("commit time of a sale, the store alone (10 seconds)", commit.run),
    "upload": Benchmark("orders a second from the store to central, 5,000 orders (1 minute)", upload.run),
    "sync": Benchmark("store and sync beside PouchDB: push, pull, writes, live (7 minutes)", sync_beside_pouchdb.run),
    "intake": Benchmark("orders a second at central from 20 and 200 terminals (1 minute)", intake.run),
    "face": Benchmark(
        "faces: each stage, first face to name, search beside face_recognition, screen (4 minutes)", face.run
    ),
    "lane": Benchmark("fixed-price lane: 30 students a minute by card, 20 by face (4 minutes)", lane.run),
    "growth": Benchmark("memory over 2,000 orders at the whole terminal (10 minutes)", growth.run),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 0 when everything that was asked for could be measured, whatever came out; 1 when one could not."""
    options = _parser().parse_args(arguments)
    if options.list:
        sys.stdout.writelines(f"{name:8} {benchmark.title}\n" for name, benchmark in CONTENTS.items())
        return 0
    OUT.mkdir(parents=True, exist_ok=True)
    start_logging(LogSettings(), OUT)
    results, status = [], 0
    for name in options.name or CONTENTS:
        try:
            results.append(_run(name))
        except CannotRun as error:
            sys.stdout.write(f"{name}: left out: {error}\n")
            status = 1
    summary = table(results) + "\n"
    (OUT / "summary.md").write_text(summary, encoding="utf-8")
    sys.stdout.write(summary)
    return status


def _run(name: str) -> Result:
    sys.stdout.write(f"{name}: {CONTENTS[name].title}\n")
    sys.stdout.flush()
    folder = OUT / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    before, began_s = Circumstances.now(), time.monotonic()
    result = CONTENTS[name].run(folder.resolve())
    path = write_json(result, before, time.monotonic() - began_s, OUT)
    sys.stdout.write(f"{name}: {time.monotonic() - began_s:.0f} s, {path}\n")
    sys.stdout.flush()
    return result


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measures what the terminal is held to.")
    parser.add_argument("name", nargs="*", choices=[[], *CONTENTS], metavar="NAME", help=", ".join(CONTENTS))
    parser.add_argument("--list", action="store_true", help="say which benchmarks there are")
    return parser


if __name__ == "__main__":
    sys.exit(main())
