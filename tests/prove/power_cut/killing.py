"""kill -9 in the middle of a trace, a new start on what the kernel still holds in memory, then a power cut.

What the killed program wrote and did not sync is there for the one that starts next, and is gone with the power unless
that one syncs it before it relies on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

from tests.prove.power_cut.books import connection_of, read_books
from tests.prove.power_cut.checking import stages_of
from tests.prove.power_cut.crash import Disk
from tests.prove.power_cut.recording_vfs import recording
from tests.prove.power_cut.selling import Mutant, Scenario, Till
from tests.prove.power_cut.trace import Created, Event, FileSynced, Resized, Told, Trace, Written


def kill_and_restart(trace: Trace, folder: Path, chance: Random, mutant: Mutant | None) -> Trace:
    """The trace up to a random event, followed by a new start in `folder`, which must be empty. Once open, the new
    program relies on every sale that it finds, and sells on."""
    position = _moment(trace.events, chance)
    disk = Disk(trace.start)
    for event in trace.events[:position]:
        if not isinstance(event, Told):
            disk.apply(event)
    for name, content in disk.without_power_cut().items():
        (folder / name).write_bytes(content)
    with recording(folder) as events:
        till = Till(folder, Scenario(sales=1), events, mutant)
        try:
            found = stages_of(read_books(connection_of(till.store)), trace)
            assert found.fault is None, f"a kill alone did harm: {found.fault}"
            events += [Told(order_id, stage) for order_id, stage in found.stages.items()]
            till.sell()
        finally:
            till.close()
    known = [number for _, number in sorted(disk.numbers().items())]
    after = (_renumbered(event, known) for event in events)
    return replace(
        trace,
        events=(*trace.events[:position], *after),
        begun={**till.begun, **trace.begun},
        whole={**till.whole, **trace.whole},
        cut_from=position,
    )


def _moment(events: Sequence[Event], chance: Random) -> int:
    """Most kills fall into the sync that the program waits for: all is written, and nothing of it is safe."""
    if chance.random() < 0.25:
        return chance.randrange(len(events))
    return chance.choice([after - 1 for after, event in enumerate(events) if isinstance(event, Told)])


def _renumbered(event: Event, known: list[int]) -> Event:
    """The second recording counted its files anew: those that stood already in the order of their names."""
    if not isinstance(event, Created | Written | Resized | FileSynced):
        return event
    new = event.file - len(known)
    return replace(event, file=known[event.file] if new < 0 else 1000 + new)
