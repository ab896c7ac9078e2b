"""A central server that really runs, and a terminal that speaks to it in real bytes."""

from __future__ import annotations

import base64
import itertools
import ssl
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import httpx
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from central.app import create_app
from central.database import opened_database
from central.members.service import import_members
from central.opening import Parts, initialise, opened
from central.schema import upgrade_schema
from central.server import Server
from central.settings import load_settings
from central.state_dir import create_database_key, create_state_dir
from central.wallet.accounts import Account, read_accounts
from kiosk.domain.money import Money
from kiosk.sync import wire
from tests.central.sales import new_id, pushed_event, sale, yuan

T = TypeVar("T")

_numbers = itertools.count(1)
MEMBERS_HEADER = "member_id,name,unit,card_uids,blocked_card_uids,balance,credit_line\n"

SETTINGS = """
[canteen]
name = "第一食堂"
[server]
state_dir = "{state_dir}"
[pre_grants]
limit_minor = {limit_minor}
[listen]
port = 0
{more}
"""


class MovableClock:
    """The present, moved by what a test asks."""

    def __init__(self) -> None:
        self.offset = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.offset


@dataclass(frozen=True)
class Diner:
    id: str
    card_uid: str


@dataclass
class Central:
    """A running server and what it is made of."""

    url: str
    parts: Parts
    config: Path
    clock: MovableClock
    folder: Path
    http: httpx.Client

    def enrol(self, replaces: str | None = None, role: str = "order") -> Terminal:
        code = self.parts.transactions.write(lambda tx: self.parts.desk.make_code(tx, replaces))
        return enrol_with(self.http, code, role)

    def post_enrol(self, code: str, key: Ed25519PrivateKey) -> httpx.Response:
        return post_json(self.http, "/v1/enrol", enrol_request(code, key))

    def staff_get(self, path: str) -> Any:
        headers = {"Authorization": f"Bearer {self.parts.api_token}"}
        response = self.http.get(path, headers=headers)
        assert response.status_code == 200, response.text
        return response.json()

    def quarantine(self, terminal: Terminal) -> list[dict[str, Any]]:
        """That terminal's events in quarantine, newest first."""
        found = self.staff_get("/v1/quarantine?limit=500")
        return [row for row in found if row["terminal_letter"] == terminal.enrolled.letter]

    def add_member(self, balance: str = "50.00", credit_line: str = "", *, card_blocked: bool = False) -> Diner:
        number = next(_numbers)
        member = Diner(f"m{number:05}", f"{number:010X}")
        cards = f",{member.card_uid}" if card_blocked else f"{member.card_uid},"
        self.import_members(f"{member.id},王小{number},甲班,{cards},{balance},{credit_line}\n")
        return member

    def import_members(self, rows: str) -> None:
        path = self.folder / f"members-{next(_numbers)}.csv"
        path.write_text(MEMBERS_HEADER + rows, encoding="utf-8")
        self.parts.transactions.write(lambda tx: import_members(tx, path, {}))

    def account(self, member: Diner) -> Account:
        return self.parts.transactions.read(lambda c: read_accounts(c, [member.id], "CNY"))[member.id]

    def free(self, member: Diner) -> Money:
        return self.account(member).free


def post_json(http: httpx.Client, path: str, message: object) -> httpx.Response:
    """Post a message (or bytes) that nobody has signed."""
    body = message if isinstance(message, bytes) else wire.encode(message)
    headers = {"Content-Type": "application/json", wire.PROTOCOL_HEADER: str(wire.PROTOCOL)}
    return http.post(path, content=body, headers=headers)


def enrol_request(code: str, key: Ed25519PrivateKey, role: str = "order") -> wire.EnrolRequest:
    return wire.EnrolRequest(code, base64.b64encode(key.public_key().public_bytes_raw()).decode(), "终端", role)


def enrol_with(http: httpx.Client, code: str, role: str = "order") -> Terminal:
    key = Ed25519PrivateKey.generate()
    response = post_json(http, "/v1/enrol", enrol_request(code, key, role))
    assert response.status_code == 200, response.text
    return Terminal(http, key, wire.decode(response.content, wire.Enrolled))


class Terminal:
    """An enrolled terminal with its outbox."""

    def __init__(self, http: httpx.Client, key: Ed25519PrivateKey, enrolled: wire.Enrolled) -> None:
        self.http = http
        self.key = key
        self.enrolled = enrolled
        self.id = enrolled.terminal_id
        self.sent = 0
        self._counter = itertools.count(1)

    def authorization(self, method: str, target: str, body: bytes) -> str:
        signed = wire.signed_bytes(method, target, self.id, self.enrolled.incarnation, body)
        signature = base64.b64encode(self.key.sign(signed)).decode()
        return f'Kiosk terminal="{self.id}",incarnation="{self.enrolled.incarnation}",signature="{signature}"'

    def send(self, method: str, target: str, body: bytes = b"", **headers: str) -> httpx.Response:
        sent = {
            wire.PROTOCOL_HEADER: str(wire.PROTOCOL),
            "Authorization": self.authorization(method, target, body),
        } | ({"Content-Type": "application/json"} if body else {})
        return self.http.request(method, target, content=body, headers=sent | headers)

    def ask(self, method: str, target: str, message: object, reply: type[T]) -> T:
        body = b"" if message is None else wire.encode(message)
        response = self.send(method, target, body)
        assert response.status_code == 200, response.text
        return wire.decode(response.content, reply)

    def grant(
        self, member: Diner, amount: str, request_id: UUID | None = None, abandons: tuple[UUID, ...] = ()
    ) -> wire.GrantReply:
        request = wire.GrantRequest(request_id or new_id(), member.card_uid, yuan(amount), abandons)
        return self.ask("POST", "/v1/grants", request, wire.GrantReply)

    def push(self, *events: object, first_seq: int | None = None) -> wire.PushReply:
        """Push events (messages, or ready PushedEvents) as the next ones, or from `first_seq` on."""
        pushed = tuple(e if isinstance(e, wire.PushedEvent) else pushed_event(e) for e in events)
        batch = wire.PushBatch(self.sent + 1 if first_seq is None else first_seq, pushed)
        reply = self.ask("POST", "/v1/push", batch, wire.PushReply)
        self.sent = max(self.sent, reply.last_seq)
        return reply

    def feed(self, epoch: str = "", after: int = 0, limit: int = 5000, wait_s: float = 0) -> wire.FeedPage:
        target = f"/v1/feed?epoch={epoch}&after={after}&limit={limit}&wait_s={wait_s}"
        return self.ask("GET", target, None, wire.FeedPage)

    def newest(self) -> tuple[str, int]:
        """The feed's epoch and its end."""
        page = self.feed()
        while page.more:
            page = self.feed(page.epoch, page.next_after)
        return page.epoch, page.next_after

    def states(self, epoch: str = "", after: int = 0) -> dict[tuple[str, str], Any]:
        """What the feed says now of each thing that changed after the cursor, as plain JSON."""
        found: dict[tuple[str, str], Any] = {}
        more = True
        while more:
            page = self.feed(epoch, after)
            found |= {(row.kind, row.key): msgspec.json.decode(row.body) for row in page.rows}
            epoch, after, more = page.epoch, page.next_after, page.more
        return found

    def number(self) -> str:
        return f"{self.enrolled.letter}{next(self._counter):03}"

    def bought(self, member: Diner, price: str, dish: str = "rice", points: int = 0) -> wire.OrderRecorded:
        """A sale under a fresh grant of exactly the price."""
        request_id = new_id()
        reply = self.grant(member, price, request_id)
        assert reply.grant_id is not None, reply
        return sale(self, request_id, reply, price, dish, points)


def write_settings(
    folder: Path, database_url: str | None = None, more: str = "", pre_grant_limit_minor: int = 0
) -> Path:
    """A settings file for a server whose state is in `folder`. Most tests count what is free to the cent: no pre-grant
    comes in between."""
    if database_url is not None:
        more += f'\n[database]\nurl = "{database_url}"\n'
    path = folder / "central.toml"
    path.write_text(
        SETTINGS.format(state_dir=folder / "state", more=more, limit_minor=pre_grant_limit_minor), encoding="utf-8"
    )
    return path


@cache
def _empty_database() -> dict[str, bytes]:
    """The files of a database that has all tables and no content: making the tables takes a fifth of a second."""
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(write_settings(Path(folder)))
        state_dir = settings.server.state_dir
        create_state_dir(state_dir)
        create_database_key(state_dir)
        with opened_database(settings) as database:
            upgrade_schema(database)
        return {path.name: path.read_bytes() for path in state_dir.iterdir()}


def _lay_empty_database(state_dir: Path) -> None:
    create_state_dir(state_dir)
    for name, content in _empty_database().items():
        (state_dir / name).write_bytes(content)
        (state_dir / name).chmod(0o600)


@contextmanager
def made_central(
    folder: Path, database_url: str | None = None, more: str = "", pre_grant_limit_minor: int = 0
) -> Iterator[tuple[Path, Parts, MovableClock]]:
    """The settings file and the parts of a fresh central that nobody serves."""
    config = write_settings(folder, database_url, more, pre_grant_limit_minor)
    settings = load_settings(config)
    if database_url is None and not settings.server.state_dir.exists():
        _lay_empty_database(settings.server.state_dir)
    initialise(settings, lambda _: None)
    clock = MovableClock()
    with opened(settings, clock) as parts:
        yield config, parts, clock


@contextmanager
def running_central(
    folder: Path,
    database_url: str | None = None,
    more: str = "",
    verify: ssl.SSLContext | None = None,
    pre_grant_limit_minor: int = 0,
    served_with: Callable[[Parts], Parts] = lambda parts: parts,
) -> Iterator[Central]:
    """A fresh server on a free port, in a thread of this process. `more` goes behind the settings' [listen]; `verify`
    is what to trust when it speaks TLS; `served_with` puts other parts in the place of real ones."""
    urls: list[str] = []
    ready = threading.Event()

    def on_ready(url: str) -> None:
        urls.append(url)
        ready.set()

    with made_central(folder, database_url, more, pre_grant_limit_minor) as (config, parts, clock):
        server = Server(create_app(served_with(parts)), load_settings(config).listen, parts.waiters, on_ready)
        thread = threading.Thread(target=server.listen_and_serve, name="central")
        thread.start()
        try:
            assert ready.wait(20), "central did not start"
            with httpx.Client(
                base_url=urls[0], timeout=wire.MAX_WAIT_S + 10, verify=verify or False, trust_env=False
            ) as http:
                yield Central(urls[0], parts, config, clock, folder, http)
        finally:
            server.should_exit = True
            thread.join(20)
            assert not thread.is_alive(), "central did not stop"


def wait_until(holds: Callable[[], bool], timeout_s: float = 10, every_s: float = 0.01) -> None:
    deadline_s = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < deadline_s, "it did not happen in time"
        time.sleep(every_s)
