"""The proof: record sales, cut the power anywhere, look at what is left; again and again."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.prove.in_memory import pages_without_hmac
from tests.prove.power_cut.checking import Fault, Found, NextStart, fault_of
from tests.prove.power_cut.crash import Disk
from tests.prove.power_cut.killing import kill_and_restart
from tests.prove.power_cut.selling import Mutant, Scenario, record
from tests.prove.power_cut.trace import Stage, Told, Trace

MEMORY = Path("/dev/shm")  # noqa: S108 - images only need to be readable once
_KEPT_IMAGES = 3
_SELL_ON_EVERY = 100
_KILLS_OF_A_TRACE = 5


@dataclass(slots=True)
class Tally:
    """`images`: different ones, each opened once. `repeated`: those that had been seen in the same trace already; they
    are not opened again, but judged again, as more may have been told by then."""

    images: int = 0
    repeated: int = 0
    traces: int = 0
    disk_events: int = 0
    faults: Counter[Fault] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        self.images += other.images
        self.repeated += other.repeated
        self.traces += other.traces
        self.disk_events += other.disk_events
        self.faults += other.faults
        self.examples += other.examples

    def __str__(self) -> str:
        found = ", ".join(f"{self.faults[fault]} {fault}" for fault in Fault)
        return (
            f"{self.images} images ({self.repeated} more came twice), {self.traces} traces, "
            f"{self.disk_events} disk events: {found}"
        )


@dataclass(frozen=True, slots=True)
class Cut:
    """The power goes after `position` events of the trace."""

    position: int
    image: Mapping[str, bytes]
    told: Mapping[str, Stage]


def cuts(trace: Trace, count: int, chance: Random) -> Iterator[Cut]:
    """At `count` random places, one in three of them right after the program was told something."""
    anywhere = range(trace.cut_from, len(trace.events) + 1)
    just_told = [after for after in anywhere if after and isinstance(trace.events[after - 1], Told)] or anywhere
    disk, told, position = Disk(trace.start), dict[str, Stage](), 0
    for wanted in sorted(chance.choice(chance.choice((anywhere, anywhere, just_told))) for _ in range(count)):
        for event in trace.events[position:wanted]:
            if isinstance(event, Told):
                told[event.order_id] = max(event.stage, told.get(event.order_id, Stage.ABSENT))
            else:
                disk.apply(event)
        position = wanted
        yield Cut(position, disk.after_power_cut(chance), told)


def prove(
    seed: int,
    images: int,
    scenario: Scenario,
    *,
    mutant: Mutant | None = None,
    keep_in: Path | None = None,
) -> Tally:
    """Until so many different images have been opened. The first faulty ones are left in `keep_in`, with their key.

    The same seed gives the same cuts and the same fates of the writes; keys and identifiers are new in each run.
    """
    chance, tally = Random(seed), Tally()
    pages = nullcontext() if scenario.first_start else pages_without_hmac()
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as name, pages:
        traces = _traces(Path(name), scenario, mutant, chance)
        image_folder = _new_folder(Path(name))
        while tally.images < images:
            trace = next(traces)
            tally.traces += 1
            tally.disk_events += sum(not isinstance(event, Told) for event in trace.events)
            wanted = min(scenario.images, images - tally.images)
            _judge(cuts(trace, wanted, chance), NextStart(trace, image_folder), tally, keep_in)
    return tally


def _traces(folder: Path, scenario: Scenario, mutant: Mutant | None, chance: Random) -> Iterator[Trace]:
    while True:
        trace = record(_new_folder(folder), scenario, mutant)
        if not scenario.killed:
            yield trace
        else:
            for _ in range(_KILLS_OF_A_TRACE):
                yield kill_and_restart(trace, _new_folder(folder), chance, mutant)


def _new_folder(folder: Path) -> Path:
    return Path(tempfile.mkdtemp(dir=folder))


def _judge(chosen: Iterator[Cut], start: NextStart, tally: Tally, keep_in: Path | None) -> None:
    seen: dict[int, Found] = {}
    for cut in chosen:
        seen_as = hash(frozenset(cut.image.items()))
        found = seen.get(seen_as)
        if found is None:
            tally.images += 1
            sell_on = tally.images % _SELL_ON_EVERY == 0 and bool(cut.told)
            found = seen[seen_as] = start.open(cut.image, sell_on=sell_on)
        else:
            tally.repeated += 1
        fault = fault_of(found, cut.told)
        if fault is not None:
            tally.faults[fault[0]] += 1
            if len(tally.examples) < _KEPT_IMAGES:
                tally.examples.append(f"{fault[0]} after event {cut.position}: {fault[1]}{_keep(cut, keep_in)}")


def _keep(cut: Cut, keep_in: Path | None) -> str:
    if keep_in is None:
        return ""
    folder = Path(tempfile.mkdtemp(prefix="image-", dir=keep_in))
    for name, content in cut.image.items():
        (folder / name).write_bytes(content)
    return f" (kept in {folder})"
