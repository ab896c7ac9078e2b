"""Looking after a terminal, on a real database: what waits, what it takes, is it whole, when will it be full."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from kiosk.domain.audit import Act
from kiosk.domain.ids import StaffId
from kiosk.domain.payer import ByCard
from kiosk.domain.room import RoomSample, full_in_days
from kiosk.domain.staff import NotPermitted, Role, Staff
from kiosk.services.audit import Audit
from kiosk.services.events import PrintJobState, RestartWanted
from kiosk.services.ports import CentralTold, CentralUnreachable, Integrity, StorageFailed, Transaction
from kiosk.services.restarting import Hindrance, Restarting
from kiosk.services.upkeep import NotTold, Upkeep
from kiosk.store.key_file import load_key
from kiosk.store.sqlite_store import SqliteStore
from kiosk.store.upkeep import SqlStoreUpkeep
from kiosk.sync.wire import GrantReleased, OrderRecorded, encode
from kiosk.terminal_disk import TerminalDisk
from tests.services.fakes import EventLog, FixedClock
from tests.store.sales import CARD_UID, draft, intended, new_store, sell

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
TECHNICIAN = Staff(StaffId("staff-1"), "x", frozenset({Role.TECHNICIAN}))
GIGABYTE = 1_000_000_000


class AwayCentral:
    def ask_upkeep(self, epoch: str, after: int) -> CentralTold:
        raise CentralUnreachable("away")

    def last_contact_at(self) -> datetime | None:
        return None


def beside(folder: Path) -> SqlStoreUpkeep:
    path = folder / "kiosk.db"
    return SqlStoreUpkeep(path, load_key(folder / "kiosk.key", path))


def upkeep(folder: Path) -> Upkeep:
    versions = {"kiosk": "0.1.0"}
    return Upkeep(
        beside(folder), AwayCentral(), TerminalDisk(folder), FixedClock(NOON), lambda: versions, lambda at: at
    )


def test_what_waits_and_since_when(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    look = upkeep(tmp_path)
    assert look.look(TECHNICIAN).position.waiting == 0
    order = draft()
    with store.transaction() as tx:
        tx.outbox.add(encode(GrantReleased(uuid4())))
        tx.outbox.add(encode(OrderRecorded(order, intended(order), ())))
    seen = look.look(TECHNICIAN)
    assert (seen.position.waiting, seen.position.orders_waiting) == (2, 1)
    assert seen.position.oldest_at is not None
    assert abs(datetime.now(UTC) - seen.position.oldest_at) < timedelta(minutes=5)
    with store.transaction() as tx:
        tx.outbox.acknowledge(seen.position.waiting)
    assert look.look(TECHNICIAN).position.waiting == 0
    assert look.ask_central(TECHNICIAN) is NotTold.UNREACHABLE
    store.close()


def test_what_it_takes_and_which_versions(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "terminal.log.1").write_bytes(b"x" * 77)
    seen = upkeep(tmp_path).look(TECHNICIAN)
    assert seen.database_bytes == (tmp_path / "kiosk.db").stat().st_size
    assert (seen.log_bytes, seen.full_in_days, seen.last_backup_at) == (77, None, None)
    assert {"sqlite", "sqlcipher", "schema"} <= seen.versions.keys()
    with store.transaction() as tx:
        Audit(FixedClock(NOON)).record(tx, "os-uid:1", Act.BACKED_UP)
        Audit(FixedClock(NOON + timedelta(hours=1))).record(tx, "os-uid:1", Act.RESTORED, reason="backed_up")
    assert upkeep(tmp_path).look(TECHNICIAN).last_backup_at == NOON
    store.close()


def test_a_whole_database_is_whole_and_a_damaged_one_damaged(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    for _ in range(20):
        sell(store)
    assert upkeep(tmp_path).check_database(TECHNICIAN) is Integrity.WHOLE
    store.close()
    path = tmp_path / "kiosk.db"
    whole = path.read_bytes()
    spoiled = bytearray(whole)
    for page in range(8, len(whole) // 4096):
        spoiled[page * 4096 + 100 : page * 4096 + 200] = bytes(100)
    path.write_bytes(bytes(spoiled))
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    assert beside(tmp_path).check(within_s=10.0) is Integrity.DAMAGED


# --- room ---


@pytest.mark.parametrize(
    ("samples", "free_gb", "days"),
    [
        ([], 10, None),
        ([(0.5, 11)], 10, None),  # half a day says nothing
        ([(1, 11)], 10, 10),
        ([(10, 20)], 10, 10),
        ([(10, 20), (1, 18)], 10, 10),  # over the longest span
        ([(31, 100), (10, 20)], 10, 10),  # what is too old is left out
        ([(5, 10)], 10, None),
        ([(5, 4)], 10, None),  # somebody has made room
        ([(-5, 20)], 10, None),  # the clock was set back
        ([(10, 10.05)], 10, None),  # years
        ([(1, 1)], 0, 0),
    ],
)
def test_when_the_disk_will_be_full(samples: list[tuple[float, float]], free_gb: int, days: int | None) -> None:
    noted = [RoomSample(NOON - timedelta(days=ago), int(gb * GIGABYTE)) for ago, gb in samples]
    assert full_in_days(noted, RoomSample(NOON, free_gb * GIGABYTE)) == days


def test_room_is_noted_once_a_day_and_not_for_ever(tmp_path: Path) -> None:
    disk = TerminalDisk(tmp_path)
    for hour in range(24 * 40):
        disk.note_room(NOON + timedelta(hours=hour))
    samples = disk.room_samples()
    assert 28 <= len(samples) <= 32
    assert [sample.at for sample in samples] == sorted({sample.at for sample in samples})
    (tmp_path / "free-room.json").write_bytes(b"\xff{")
    assert disk.room_samples() == ()
    disk.note_room(NOON)
    assert len(disk.room_samples()) == 1


# --- restarting ---


class HeedsNothing(Restarting):
    """A planted bug: it restarts in the middle of a payment."""

    def _hindrance(self, tx: Transaction) -> Hindrance | None:
        return None


def restarts_during_a_payment(folder: Path, make: type[Restarting]) -> bool:
    store = new_store(folder)
    heard = EventLog()
    begin_payment(store)
    ended = make(store, Audit(FixedClock(NOON)), heard).restart(TECHNICIAN)
    store.close()
    assert (ended is None) == (heard.events == [RestartWanted()])
    return ended is None


def begin_payment(store: SqliteStore) -> None:
    """Written down, central is being asked for it."""
    with store.transaction() as tx:
        tx.payments.add(intended(draft()), ByCard(CARD_UID))


def test_it_does_not_restart_while_a_payment_is_under_way(tmp_path: Path) -> None:
    assert not restarts_during_a_payment(tmp_path, Restarting)


def test_the_planted_bug_is_caught(tmp_path: Path) -> None:
    assert restarts_during_a_payment(tmp_path, HeedsNothing)


def test_a_restart_is_written_down_before_it_is_asked_for(tmp_path: Path) -> None:
    store, heard = new_store(tmp_path), EventLog()
    restarting = Restarting(store, Audit(FixedClock(NOON)), heard)
    with pytest.raises(NotPermitted):
        restarting.restart(Staff(StaffId("staff-2"), "x", frozenset({Role.COUNTER})))
    assert heard.events == []
    assert restarting.restart(TECHNICIAN) is None
    assert heard.events == [RestartWanted()]
    with store.transaction() as tx:
        newest = tx.audit.newest()
    assert newest is not None
    assert (newest.actor, newest.action) == ("staff-1", Act.RESTART_ASKED)
    store.close()


class FailedOnce:
    """A store whose disk has refused: it works again when it is opened anew."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store
        self.is_opened_anew = False

    def transaction(self) -> AbstractContextManager[Transaction]:
        if not self.is_opened_anew:
            raise StorageFailed("the disk is full")
        return self._store.transaction()

    def reopen(self) -> None:
        self.is_opened_anew = True


class StillFull(FailedOnce):
    def reopen(self) -> None:
        raise StorageFailed("the disk is full")


def test_where_room_was_made_a_failed_store_is_no_hindrance(tmp_path: Path) -> None:
    store, heard, audit = new_store(tmp_path), EventLog(), Audit(FixedClock(NOON))
    with pytest.raises(StorageFailed):
        Restarting(StillFull(store), audit, heard).restart(TECHNICIAN)
    assert heard.events == []
    assert Restarting(FailedOnce(store), audit, heard).restart(TECHNICIAN) is None
    assert heard.events == [RestartWanted()]
    with store.transaction() as tx:
        tx.payments.add(intended(draft()), ByCard(CARD_UID))
    assert Restarting(FailedOnce(store), audit, heard).restart(TECHNICIAN) is Hindrance.PAYMENT
    store.close()


def test_what_is_being_printed_is_waited_for(tmp_path: Path) -> None:
    store, heard = new_store(tmp_path), EventLog()
    restarting = Restarting(store, Audit(FixedClock(NOON)), heard)
    sell(store)
    with store.transaction() as tx:
        job = tx.print_jobs.in_state(PrintJobState.QUEUED)[0].id
        tx.print_jobs.set_state(job, PrintJobState.SENDING)
    assert restarting.restart(TECHNICIAN) is Hindrance.PRINTING
    with store.transaction() as tx:
        tx.print_jobs.set_state(job, PrintJobState.CONFIRMED)
    assert restarting.restart(TECHNICIAN) is None
    store.close()
