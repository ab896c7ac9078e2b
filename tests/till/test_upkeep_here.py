"""A terminal asks a real central about itself: what waits, what was refused, also of a backlog; an older central, one
that is away, and one that does not admit it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from kiosk.domain.ids import StaffId
from kiosk.domain.quarantine import EventKind, QuarantineReason
from kiosk.domain.release import UpdateState
from kiosk.domain.staff import Role, Staff
from kiosk.services.ports import CentralTold
from kiosk.services.upkeep import NotTold, Upkeep
from kiosk.store.key_file import load_key
from kiosk.store.upkeep import SqlStoreUpkeep
from kiosk.sync.upkeep import CentralUpkeepDesk
from kiosk.terminal_disk import TerminalDisk
from tests.central.support import Central, wait_until
from tests.services.fakes import FixedClock
from tests.till.till import MOMENT, Till

TECHNICIAN = Staff(StaffId("staff-1"), "x", frozenset({Role.TECHNICIAN}))
VERSIONS = {"kiosk": "0.1.0"}


class Asks(CentralUpkeepDesk):
    """kiosk.services.ports.CentralUpkeep, without a sync beside it."""

    def last_contact_at(self) -> datetime | None:
        return None


def asked(till: Till, url: str | None = None) -> CentralTold | NotTold:
    address = replace(till.address, url=url) if url else till.address
    desk, path = Asks(address, till.identity), till.folder / "kiosk.db"
    store = SqlStoreUpkeep(path, load_key(till.folder / "kiosk.key", path))
    try:
        upkeep = Upkeep(store, desk, TerminalDisk(till.folder), FixedClock(MOMENT), lambda: VERSIONS, lambda at: at)
        told = upkeep.ask_central(TECHNICIAN)
        if isinstance(told, CentralTold):
            assert upkeep.look(TECHNICIAN).update_state(told) is UpdateState.UNKNOWN
        return told
    finally:
        desk.close()


def test_a_terminal_in_step_has_nothing_to_hear(central: Central, new_till: Callable[[], Till]) -> None:
    till = new_till()
    told = asked(till)
    assert isinstance(told, CentralTold)
    assert (told.is_behind, told.quarantined_count, told.waiting_batches) == (False, 0, 0)
    central.add_member()
    told = asked(till)
    assert isinstance(told, CentralTold)
    assert told.is_behind


@pytest.mark.parametrize("count", [1, 201], ids=["a push", "a backlog"])
def test_what_central_refused_is_told_also_of_a_backlog(new_till: Callable[[], Till], count: int) -> None:
    till = new_till()
    till.takes_order(("rice", 1))
    with till.store.transaction() as tx:
        for _ in range(count):
            tx.outbox.add(b'{"type":"of_tomorrow"}')
    till.uploads()

    def is_booked() -> bool:
        told = asked(till)
        return isinstance(told, CentralTold) and told.quarantined_count == count

    wait_until(is_booked)
    told = asked(till)
    assert isinstance(told, CentralTold)
    newest = told.quarantined[0]
    assert (newest.kind, newest.reason, newest.seq) == (EventKind.OTHER, QuarantineReason.UNREADABLE, count + 1)
    assert abs(newest.received_at - datetime.now(UTC)) < timedelta(minutes=10)


@contextmanager
def answering(status: int, body: bytes) -> Iterator[str]:
    """Somebody at that address who gives each request the same answer."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing on standard error."""

    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


GOOD = b'{"version":"1","protocol":3,"oldest_protocol":1%s}'
LONG = b"x" * 41
RECORD = b'{"incarnation":1,"seq":1,"type":"a","reason":"b","received_ms":%d}'
ANSWERS = {
    "older": (404, b'{"detail":"Not Found"}', NotTold.REFUSED),
    "not admitted": (403, b'{"detail":"revoked"}', NotTold.REFUSED),
    "in trouble": (503, b"", NotTold.UNREACHABLE),
    "no message": (200, b"[]", NotTold.UNREACHABLE),
    "a text too long": (200, GOOD % (b',"release":"' + LONG + b'"'), NotTold.UNREACHABLE),
    "a text that cannot be shown": (200, GOOD % rb',"release":"a\u001b[2J"', NotTold.UNREACHABLE),
    "too many": (200, GOOD % (b',"quarantined":[' + b",".join([RECORD % 1] * 21) + b"]"), NotTold.UNREACHABLE),
    "no moment": (200, GOOD % (b',"quarantined":[' + RECORD % 10**17 + b"]"), NotTold.UNREACHABLE),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_any_other_answer_is_said_as_none(new_till: Callable[[], Till], name: str) -> None:
    status, body, expected = ANSWERS[name]
    till = new_till()
    with answering(status, body) as url:
        assert asked(till, url) is expected


def test_a_newer_centrals_words_are_read_as_far_as_they_are_known(new_till: Callable[[], Till]) -> None:
    till, more = new_till(), b',"quarantined_count":1,"of_tomorrow":[1],"quarantined":[' + RECORD % 1 + b"]"
    with answering(200, GOOD % more) as url:
        told = asked(till, url)
    assert isinstance(told, CentralTold)
    assert (told.quarantined[0].kind, told.quarantined[0].reason) == (EventKind.OTHER, QuarantineReason.REFUSED)


def test_nobody_there(new_till: Callable[[], Till]) -> None:
    assert asked(new_till(), "http://127.0.0.1:9") is NotTold.UNREACHABLE
