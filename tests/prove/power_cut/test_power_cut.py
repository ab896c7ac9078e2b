"""The power goes while the terminal sells: every sale that the program was told of is there and whole at the next
start, nothing is there by halves, and the database opens. crash.py says what a power cut may do to the files."""

from __future__ import annotations

import multiprocessing
import os
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.store.database import connect
from tests.prove.in_memory import pages_without_hmac
from tests.prove.power_cut.books import PARTS
from tests.prove.power_cut.checking import DATABASE, PAGE_BYTES, Fault, NextStart, fault_of
from tests.prove.power_cut.crash import Disk
from tests.prove.power_cut.proof import Tally, prove
from tests.prove.power_cut.selling import BUSY, FIRST_START, KILLED, OWN_LIMIT, Mutant, Scenario, record
from tests.prove.power_cut.trace import Created, FileSynced, FolderSynced, Stage, Told, Trace, Unlinked, Written

SMALL = ((BUSY, 225), (OWN_LIMIT, 25), (KILLED, 40), (FIRST_START, 10))
# What takes long to record is recorded seldom: a log of its full length, a first start with all its migrations.
LARGE_JOBS = (((OWN_LIMIT, 400), (FIRST_START, 50)),) * 4 + (((BUSY, 4610), (KILLED, 300)),) * 20


@pytest.fixture
def seed() -> int:
    seed = int(os.environ.get("SEED", random.SystemRandom().randrange(10**6)))
    sys.stdout.write(f"seed {seed}\n")
    return seed


def prove_all(seed: int, job: tuple[tuple[Scenario, int], ...], keep_in: Path) -> Tally:
    tally = Tally()
    for scenario, images in job:
        tally.add(prove(seed, images, scenario, keep_in=keep_in))
    return tally


@pytest.fixture
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For images with a fault: on a disk, to be looked at afterwards."""
    return tmp_path_factory.mktemp("kept")


def test_nothing_told_is_lost(seed: int, kept: Path) -> None:
    tally = prove_all(seed, SMALL, kept)
    sys.stdout.write(f"{tally}\n")
    assert tally.images == 300
    assert not tally.faults, tally.examples


@pytest.mark.prove
def test_nothing_told_is_lost_in_100_000_images(seed: int, kept: Path) -> None:
    tally = Tally()
    processors = len(os.sched_getaffinity(0))
    with ProcessPoolExecutor(processors, mp_context=multiprocessing.get_context("spawn")) as pool:
        jobs = [pool.submit(prove_all, seed + number, job, kept) for number, job in enumerate(LARGE_JOBS)]
        for job in jobs:
            tally.add(job.result())
    sys.stdout.write(f"{tally}\n")
    assert tally.images == 100_000
    assert not tally.faults, tally.examples


@pytest.mark.parametrize(
    ("mutant", "scenario", "images", "fault"),
    [
        (Mutant.SYNCHRONOUS_NORMAL, BUSY, 100, Fault.LOST),
        (Mutant.SYNCHRONOUS_OFF, BUSY, 100, Fault.DAMAGED),
        (Mutant.JOURNAL_DELETE, BUSY, 100, Fault.LOST),
        (Mutant.FOLDER_NEVER_SYNCED, BUSY, 100, Fault.LOST),
        (Mutant.SALE_IN_TWO_TRANSACTIONS, BUSY, 100, Fault.HALF),
        (Mutant.START_NOT_MADE_DURABLE, KILLED, 200, Fault.LOST),
    ],
)
def test_mutants_are_caught(mutant: Mutant, scenario: Scenario, images: int, fault: Fault, seed: int) -> None:
    """The same proof over a store with a planted bug finds the harm that it does."""
    tally = prove(seed, images, scenario, mutant=mutant)
    sys.stdout.write(f"{mutant}: {tally}\n")
    assert tally.faults[fault]


# --- the harness itself: each of its parts can fail ---


@pytest.fixture
def sold(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Trace, dict[str, bytes]]]:
    """Three sales, and the files as they stand after the store was closed."""
    with pages_without_hmac():
        trace = record(tmp_path_factory.mktemp("sold"), Scenario(sales=3))
        disk = Disk(trace.start)
        for event in trace.events:
            if not isinstance(event, Told):
                disk.apply(event)
        yield trace, disk.without_power_cut()


def test_the_recorded_sales_are_whole_sales(sold: tuple[Trace, dict[str, bytes]]) -> None:
    trace, _ = sold
    assert len(trace.whole) == 3
    for rows in trace.whole.values():
        parts = Counter(row[0] for row in rows)
        assert parts.keys() == PARTS
        assert parts.pop("print_jobs") == 2
        assert parts.pop("stock_movements") >= 1
        assert set(parts.values()) == {1}
    assert [[row[0] for row in rows] for rows in trace.begun.values()] == [["payments"]] * 3


def _overwrite_sector(folder: Path) -> None:
    with (folder / "kiosk.db").open("r+b") as file:
        file.seek(5 * 4096 + 512)
        file.write(bytes(512))


def _execute(statement: str) -> Callable[[Path], None]:
    def execute(folder: Path) -> None:
        connection = connect(folder / "kiosk.db", (folder / "kiosk.key").read_bytes())
        connection.execute(statement)
        connection.close()

    return execute


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (lambda folder: None, None),
        (_overwrite_sector, Fault.DAMAGED),
        (_execute("DELETE FROM print_jobs WHERE position = 4"), Fault.HALF),
        (_execute("UPDATE spends SET amount_minor = amount_minor - 1"), Fault.HALF),
        (_execute("INSERT INTO outbox (id, uuid, body) VALUES (9, 'x', '{}')"), Fault.HALF),
        (_execute("UPDATE order_counters SET last = last - 1"), Fault.DAMAGED),
    ],
    ids=["untouched", "torn sector", "no ticket", "other amount", "event of no sale", "number given twice"],
)
def test_the_checker_sees_what_is_wrong(
    spoil: Callable[[Path], None], fault: Fault | None, sold: tuple[Trace, dict[str, bytes]], tmp_path: Path
) -> None:
    trace, files = sold
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    spoil(tmp_path)
    image = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    if spoil is not _overwrite_sector:  # SQLite wrote these pages
        trace = replace(trace, start=image)
    found = fault_of(NextStart(trace, tmp_path).open(image, sell_on=True), dict.fromkeys(trace.whole, Stage.WHOLE))
    assert (found and found[0]) == fault


def test_a_torn_page_is_found_wherever_it_is(sold: tuple[Trace, dict[str, bytes]], tmp_path: Path) -> None:
    """One sector of one page from before the sales, or never written: also where SQLite's check takes no notice."""
    trace, files = sold
    start, database = NextStart(trace, tmp_path), files[DATABASE]
    for offset in range(0, len(database), PAGE_BYTES):
        old = trace.start[DATABASE][offset + 2048 : offset + 2560] or bytes(512)
        torn = database[: offset + 2048] + old + database[offset + 2560 :]
        found = fault_of(start.open(files | {DATABASE: torn}), {})
        assert (found is None) == (torn == database), f"page {offset // PAGE_BYTES + 1}"
        assert found is None or found[0] is not Fault.LOST


def test_the_checker_misses_sales_that_were_told(sold: tuple[Trace, dict[str, bytes]], tmp_path: Path) -> None:
    trace, _ = sold
    order_id = next(iter(trace.whole))
    before_all = NextStart(trace, tmp_path).open(trace.start)
    assert fault_of(before_all, {}) is None
    assert fault_of(before_all, {order_id: Stage.BEGUN}) == (
        Fault.LOST,
        f"{order_id} was told to be BEGUN and is ABSENT",
    )


def test_what_a_power_cut_may_do(seed: int) -> None:
    """One synced write, then one over two sectors in a new file and the end of an old one: each outcome turns up, and
    what was synced never goes."""
    chance = random.Random(seed)
    disk = Disk({"old": b"o"})
    new = 1
    for event in (Created(new, "new"), Written(new, 0, b"a" * 1024), FileSynced(new)):
        disk.apply(event)
    assert {_shape(disk, chance) for _ in range(100)} == {("o", None), ("o", "aa")}
    disk.apply(FolderSynced())
    assert {_shape(disk, chance) for _ in range(100)} == {("o", "aa")}
    for event in (Written(new, 0, b"b" * 1024), Unlinked("old")):
        disk.apply(event)
    assert {_shape(disk, chance) for _ in range(5000)} == {  # the rarest: one in a hundred
        (there, content) for there in ("o", None) for content in ("aa", "ab", "ba", "bb")
    }
    for event in (FileSynced(new), FolderSynced()):
        disk.apply(event)
    assert {_shape(disk, chance) for _ in range(100)} == {(None, "bb")}


def _shape(disk: Disk, chance: random.Random) -> tuple[str | None, str | None]:
    """The old file, and the first byte of each sector of the new one."""
    image = disk.after_power_cut(chance)
    old, new = image.get("old"), image.get("new")
    return None if old is None else old.decode(), None if new is None else new[::512].decode()
