"""Who reads the feed by its cursor misses nothing, however many write at the same time and whenever they commit."""

from __future__ import annotations

import itertools
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event
from typing import TypeVar

import pytest
from sqlalchemy import Connection, select, text

from central.database import Database
from central.feed.repository import feed_row, put_rows, take_seqs
from central.transactions import Transaction, Transactions, utc_now
from tests.central.support import Central, running_central
from tests.central.test_process import Serving
from tests.prove.sync.tills import Till, client_of, opened_tills

T = TypeVar("T")
WRITERS, READERS = 8, 2
MOST_ROWS = 18  # of a transaction
HOT_KEYS = [f"AA{i:08X}" for i in range(20)]  # written again and again; every other key is written once
SLOW_OF, SLOW_S = 10, 0.004
WITHIN_S = 600

Seen = dict[tuple[str, str], int]

pytestmark = [pytest.mark.postgresql, pytest.mark.xdist_group("postgresql")]


class SlowNowAndThen(Database):
    """One of SLOW_OF transactions takes its time between its last statement and its commit, as on a busy disk."""

    def __init__(self, database: Database) -> None:
        super().__init__(database._writing, database._reading, database.writers, database.safe)
        self._count = itertools.count(1)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        with super().write() as connection:
            yield connection
            if next(self._count) % SLOW_OF == 0:
                connection.execute(text("SELECT pg_sleep(:s)"), {"s": SLOW_S})


class OwnNumbers(Transactions):
    """Transactions that number the feed's rows without its lock: the naive cursor."""

    def __init__(self, database: Database, draw: Callable[[Database], int]) -> None:
        super().__init__(database, "CNY")
        self._naive, self._draw = database, draw

    def write(self, work: Callable[[Transaction], T]) -> T:
        seq = self._draw(self._naive)
        with self._naive.write() as connection:
            tx = Transaction(connection, "CNY", utc_now(), self._naive.safe)
            result = work(tx)
            rows = enumerate(sorted(tx.changes.cards), start=seq)
            put_rows(connection, [{"kind": "card", "key": key, "seq": n, "body": None} for n, key in rows])
        return result


def from_a_sequence(database: Database) -> int:
    """nextval: it waits for nobody, and is not undone."""
    with database.write() as connection:
        number: int = connection.execute(text("SELECT nextval('naive')")).scalar_one()
        return number


def in_an_early_transaction(database: Database) -> int:
    """The feed's own counter, but committed before the rows are written."""
    with database.write() as connection:
        return take_seqs(connection, MOST_ROWS)


MUTANTS = {"sequence": from_a_sequence, "early transaction": in_an_early_transaction}


def write_rows(transactions: Transactions, count: int, chance: random.Random, keys: Iterator[int]) -> int:
    """How many rows were written: `count` or a few more."""
    written = 0
    while written < count:
        new = {f"{next(keys):010X}" for _ in range(chance.randint(1, MOST_ROWS - 1))}
        hot = {chance.choice(HOT_KEYS)} if chance.random() < 0.2 else set()
        transactions.write(lambda tx, changed=new | hot: tx.changes.cards.update(changed))  # type: ignore[misc]
        written += len(new) + len(hot)
    return written


def read_until(till: Till, url: str, written: Event) -> tuple[Seen, int]:
    """What a reader that polls without a pause has seen of each key at last, and how often it asked."""
    seen: Seen = {}
    epoch, after, polls = "", 0, 0
    deadline_s = time.monotonic() + WITHIN_S
    with client_of(till, url) as client:
        while time.monotonic() < deadline_s:
            all_is_written = written.is_set()  # before the poll, so that the last one comes after the last commit
            page = client.feed(epoch, after, 500, 0)
            assert [row.seq for row in page.rows] == sorted({row.seq for row in page.rows})
            assert not page.rows or page.rows[0].seq > after
            seen.update({(row.kind, row.key): row.seq for row in page.rows})
            epoch, after, polls = page.epoch, page.next_after, polls + 1
            if all_is_written and not page.rows:
                return seen, polls
    raise TimeoutError(f"the feed did not end within {WITHIN_S} s")


def missed(
    central: Central, folder: Path, transactions: Transactions, urls: Sequence[str], rows: int, chance: random.Random
) -> int:
    """How many keys readers do not know in their newest state after WRITERS have written `rows` rows."""
    keys, written = itertools.count(1), Event()
    began_s = time.monotonic()
    with opened_tills(central, folder, READERS) as tills, ThreadPoolExecutor(WRITERS + READERS) as threads:
        reading = [
            threads.submit(read_until, till, url, written)
            for till, url in zip(tills, itertools.cycle(urls), strict=False)
        ]
        writing = [
            threads.submit(write_rows, transactions, rows // WRITERS, random.Random(chance.random()), keys)
            for i in range(WRITERS)
        ]
        try:
            count = sum(writer.result() for writer in writing)
        finally:
            written.set()
        read = [reader.result() for reader in reading]
    stored: Seen = central.parts.transactions.read(
        lambda c: {(row.kind, row.key): row.seq for row in c.execute(select(feed_row))}
    )
    assert len(stored) > rows // 2
    misses = [len(stored.items() - seen.items()) for seen, _ in read]
    polls = sum(polls for _, polls in read)
    sys.stdout.write(
        f"{count} rows by {WRITERS} writers, {polls} polls by {READERS} readers, "
        f"{time.monotonic() - began_s:.1f} s; missed: {misses}\n"
    )
    return sum(misses)


@pytest.fixture
def central_on_postgresql(tmp_path: Path, postgresql_url: Callable[[], str]) -> Iterator[Central]:
    folder = tmp_path / "central"
    folder.mkdir()
    with running_central(folder, postgresql_url()) as central:
        yield central


def test_no_row_is_missed(central_on_postgresql: Central, tmp_path: Path, chance: random.Random) -> None:
    central = central_on_postgresql
    real = Transactions(SlowNowAndThen(central.parts.database), "CNY")
    assert missed(central, tmp_path, real, [central.url], 3000, chance) == 0


@pytest.mark.prove
def test_no_row_of_very_many_is_missed(central_on_postgresql: Central, tmp_path: Path, chance: random.Random) -> None:
    """Read from two central processes that share the database."""
    central = central_on_postgresql
    real = Transactions(SlowNowAndThen(central.parts.database), "CNY")
    with ExitStack() as stack:
        serving = [Serving(central.config) for _ in range(2)]
        for process in serving:
            stack.callback(process.stop)
        urls = [process.url for process in serving]
        assert missed(central, tmp_path, real, urls, 50_000, chance) == 0


@pytest.mark.parametrize("draw", MUTANTS.values(), ids=MUTANTS.keys())
def test_the_naive_cursor_is_caught(
    central_on_postgresql: Central, tmp_path: Path, chance: random.Random, draw: Callable[[Database], int]
) -> None:
    central = central_on_postgresql
    with central.parts.database.write() as connection:
        connection.execute(text(f"CREATE SEQUENCE naive START 1000 INCREMENT {MOST_ROWS}"))
    naive = OwnNumbers(SlowNowAndThen(central.parts.database), draw)
    assert missed(central, tmp_path, naive, [central.url], 3000, chance) > 0
