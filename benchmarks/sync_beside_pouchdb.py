"""The terminal's store and sync beside PouchDB 9 with express-pouchdb: same orders, members and machine, in turn."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median

from benchmarks import sync_live
from benchmarks.commit import disk_sync_ms
from benchmarks.programs import Commanded
from benchmarks.results import Figure, Result, spread
from benchmarks.sync_contenders import Contender, Exchange, Ours, Pouch, node, require_pouchdb
from benchmarks.sync_content import SEPARATE_DOCUMENTS
from benchmarks.sync_live import Latencies
from benchmarks.sync_preparation import payers, prepare_filled, prepare_selling, write_member_documents

ORDERS, MEMBERS, BUYERS = 10_000, 50_000, 2_000
BATCHES = (100, 1000)
PUSHES, PULLS = 3, 2
NO_NEW_ROUND_AFTER_S = 80.0
ONE_WAY_MS = 20.0
WRITES, LIVE = 500, 40
LIVE_LIMIT_MS = 10.0

PUSH, PULL = f"push of {ORDERS:,} orders", f"pull of {MEMBERS:,} members"
FAR = f" over a round trip of {2 * ONE_WAY_MS:.0f} ms"
# How many times better than PouchDB.
_EXCHANGE_LIMITS = {PUSH: {"seconds": 6.0, "megabytes": 8.0}, PULL: {"seconds": 12.0, "megabytes": 3.0}}
_WRITE_LIMIT = 2.0
_UNITS = {"seconds": "s", "megabytes": "MB", "cpu_s": "s"}
_WHAT = {"seconds": "", "megabytes": ", bytes on the wire", "cpu_s": ", processor time of both sides"}

Rounds = Sequence[Mapping[str, Exchange]]
"""Of each round: by contender."""


def run(folder: Path) -> Result:
    """Medians of the rounds. A ratio is the median of the rounds' own: how many times better the terminal was than
    the better of PouchDB's batch sizes in that round."""
    require_pouchdb()
    selling = prepare_selling(folder / "selling", BUYERS, ORDERS, WRITES, LIVE)
    terminal = Ours(folder, selling, prepare_filled(folder / "filled", MEMBERS))
    with Commanded(node("central.mjs", folder / "pouchdb"), folder / "pouchdb.log") as central:
        for name, count in (("members", MEMBERS), ("few-members", BUYERS)):
            write_member_documents(folder / f"{name}.ndjson", count)
            central.ask("fill", name=name, path=str(folder / f"{name}.ndjson"))
        pouches = [Pouch(folder, central, selling, ORDERS, batch) for batch in BATCHES]
        exchanges = _exchanges(terminal, pouches)
        written = _writes(folder, terminal, pouches[0])
        who = payers(BUYERS, LIVE)
        live = sync_live.ours(folder, selling, who)
        live_beside = sync_live.pouchdb(folder, central, selling.more_orders, who, BATCHES[0])
    figures = [
        figure
        for what, rounds in exchanges.items()
        for figure in _exchange_figures(what, rounds, _EXCHANGE_LIMITS.get(what, {}))
    ]
    figures.append(Figure(f"{PUSH}, until all is booked", median(terminal.booked_s), "s"))
    figures += [*_write_figures(written), *_live_figures(live, live_beside)]
    details = {what: [_plain(round_) for round_ in rounds] for what, rounds in exchanges.items()}
    spreads = {"write_ms": _spreads(written), "live_ms": _spreads(live), "live_ms, PouchDB": _spreads(live_beside)}
    return Result("sync", figures, {**details, **spreads})


def _exchanges(terminal: Ours, pouches: Sequence[Pouch]) -> dict[str, Rounds]:
    everyone: list[Contender] = [terminal, *pouches]
    # Over a long way the larger batches are better by all their fewer round trips.
    few_trips: list[Contender] = [terminal, pouches[-1]]
    return {
        PUSH: _in_turn(everyone, PUSHES, lambda one: one.push()),
        PUSH + FAR: _in_turn(few_trips, 1, lambda one: one.push(ONE_WAY_MS)),
        PULL: _in_turn(everyone, PULLS, lambda one: one.pull()),
        PULL + FAR: _in_turn(few_trips, 1, lambda one: one.pull(ONE_WAY_MS)),
    }


def _in_turn(contenders: Sequence[Contender], rounds: int, measure: Callable[[Contender], Exchange]) -> Rounds:
    """So many rounds, fewer on a slow machine, one at least."""
    found: list[Mapping[str, Exchange]] = []
    began_s = time.monotonic()
    while len(found) < rounds and (not found or time.monotonic() - began_s < NO_NEW_ROUND_AFTER_S):
        found.append({one.name: measure(one) for one in contenders})
    return found


def _writes(folder: Path, terminal: Contender, pouch: Contender) -> dict[str, list[float]]:
    """Milliseconds of each durable write, by kind; in turn too."""
    found: dict[str, list[float]] = defaultdict(list)
    for _ in range(PUSHES):
        for one in (terminal, pouch):
            for kind, ms in one.write(WRITES).items():
                found[kind] += ms
        found["disk"] += disk_sync_ms(folder / "sync", WRITES)
    return found


def _exchange_figures(what: str, rounds: Rounds, limits: Mapping[str, float]) -> Iterator[Figure]:
    for name, unit in _UNITS.items():
        own = [getattr(round_[Ours.name], name) for round_ in rounds]
        best = [min(getattr(e, name) for one, e in round_.items() if one != Ours.name) for round_ in rounds]
        ratio = median(theirs / ours for ours, theirs in zip(own, best, strict=True))
        yield Figure(
            what + _WHAT[name], median(own), unit, limits.get(name), at_least=True, beside=median(best), ratio=ratio
        )


def _write_figures(written: Mapping[str, Sequence[float]]) -> Iterator[Figure]:
    a_second = {kind: 1000 / median(ms) for kind, ms in written.items()}
    theirs = a_second["document"]
    for kind in ("by card", "by card, central asked", "for the counter"):
        value = a_second[kind]
        limit = _WRITE_LIMIT if kind == "by card" else None
        yield Figure(f"durable sales {kind}", value, "1/s", limit, at_least=True, beside=theirs, ratio=value / theirs)
    ours = a_second["by card"]
    for kind, how in (("documents together", "in one bulkDocs"), ("documents one by one", "put one by one")):
        what = f"durable sales by card, beside {SEPARATE_DOCUMENTS} documents with its facts {how}"
        yield Figure(what, ours, "1/s", beside=a_second[kind], ratio=ours / a_second[kind])
    yield Figure("for comparison: 4 kB written and synced to this disk", a_second["disk"], "1/s")


def _live_figures(ours: Latencies, beside: Latencies) -> Iterator[Figure]:
    for direction, ms in ours.items():
        own = spread(ms)
        theirs = spread(beside[direction]) if direction in beside else None
        for part, limit in (("median", LIVE_LIMIT_MS), ("p99", None)):
            other = None if theirs is None else theirs[part]
            yield Figure(f"live, {direction}, {part}", own[part], "ms", limit, beside=other)


def _plain(round_: Mapping[str, Exchange]) -> dict[str, dict[str, float]]:
    return {name: {key: round(value, 3) for key, value in asdict(e).items()} for name, e in round_.items()}


def _spreads(samples: Mapping[str, Sequence[float]]) -> dict[str, dict[str, float]]:
    return {what: spread(ms) for what, ms in samples.items()}
