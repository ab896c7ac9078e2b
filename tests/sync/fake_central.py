"""A small central for tests: a real HTTP server on a real socket that speaks the wire, and misbehaves on demand."""

from __future__ import annotations

import base64
import gzip
import re
import ssl
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Event, Thread
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kiosk.domain.ids import MemberId, TerminalId
from kiosk.domain.money import Money
from kiosk.services.ports import TerminalIdentity
from kiosk.sync.line import CentralAddress
from kiosk.sync.wire import (
    GONE,
    PROTOCOL,
    PROTOCOL_HEADER,
    Announcement,
    AnnouncementReply,
    Enrolled,
    EnrolRequest,
    FeedPage,
    FeedRow,
    GrantReply,
    GrantRequest,
    PushBatch,
    PushReply,
    Quarantined,
    decode,
    encode,
    signed_bytes,
    unpack_batch,
)

_AUTHORIZATION = re.compile(r'Kiosk terminal="([^"]+)",incarnation="(\d+)",signature="([^"]+)"')
WAIT_LIMIT_S = 20.0


class Fault(Enum):
    CUT = "close the connection before anything is done"
    LOSE_REPLY = "do it, then close the connection without a reply"
    HALF_REPLY = "do it, then close the connection in the middle of the reply"
    REPEAT = "do it twice, as when a proxy sends the request again"
    DRIP = "do it, then send the reply a byte at a time"
    HOLD = "wait for `released` before doing it"


@dataclass(frozen=True, slots=True)
class Raw:
    """This reply instead of a proper one; nothing is done."""

    status: int = 200
    body: bytes = b"<html>log in to the network first</html>"
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Request:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class _Terminal:
    public_key: bytes
    last_seq: int = 0


@dataclass(slots=True)
class State:
    """What this central knows; tests read and set it under `changed`."""

    epoch: str = "epoch-1"
    rows: list[FeedRow] = field(default_factory=list)
    terminals: dict[tuple[str, int], _Terminal] = field(default_factory=dict)
    events: dict[UUID, bytes] = field(default_factory=dict)
    order_of_events: list[UUID] = field(default_factory=list)
    announcements: list[Announcement] = field(default_factory=list)
    grants: dict[UUID, GrantReply] = field(default_factory=dict)
    free: Money = field(default_factory=lambda: Money(10_000))
    poison: bytes = b"\x00never"
    cut_polls_after_s: float | None = None
    requests: list[Request] = field(default_factory=list)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that breaks off is what these tests are about."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class FakeCentral:
    """Use as a context manager. `faults[path]` is a queue: each request to that path takes one, None being none."""

    def __init__(self, certificate: ssl.SSLContext | None = None) -> None:
        self.state = State()
        self.changed = Condition()
        self.released = Event()
        self.faults: dict[str, deque[Fault | Raw | None]] = {
            p: deque()
            for p in ("/v1/push", "/v1/backlog", "/v1/grants", "/v1/feed", "/v1/enrol", "/v1/announce", "/v1/audit")
        }
        handler = type("Handler", (_Handler,), {"central": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        self._scheme = "http"
        if certificate is not None:
            self._server.socket = certificate.wrap_socket(self._server.socket, server_side=True)
            self._scheme = "https"
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.stopping = False

    def __enter__(self) -> FakeCentral:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self.changed:
            self.stopping = True
            self.changed.notify_all()
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def address(self, timeout_s: float = 2.0) -> CentralAddress:
        host, port = self._server.server_address[:2]
        return CentralAddress(f"{self._scheme}://{host!s}:{port}", timeout_s)

    def terminal(self, terminal_id: str = "t-1", incarnation: int = 1) -> TerminalIdentity:
        """An enrolled terminal's identity."""
        key = Ed25519PrivateKey.generate()
        self.state.terminals[terminal_id, incarnation] = _Terminal(key.public_key().public_bytes_raw())
        return TerminalIdentity(TerminalId(terminal_id), incarnation, "A", "第一食堂", key.private_bytes_raw())

    def publish(self, kind: str, key: str, value: object | None) -> None:
        """Put the newest state of a thing on the feed."""
        with self.changed:
            seq = self.state.rows[-1].seq + 1 if self.state.rows else 1
            kept = [row for row in self.state.rows if (row.kind, row.key) != (kind, key)]
            body = GONE if value is None else msgspec.Raw(encode(value))
            self.state.rows = [*kept, FeedRow(seq, kind, key, body)]
            self.changed.notify_all()

    def last_seq(self, terminal_id: str = "t-1", incarnation: int = 1) -> int:
        return self.state.terminals[terminal_id, incarnation].last_seq

    def requests_to(self, path: str) -> list[Request]:
        with self.changed:
            return [r for r in self.state.requests if urlsplit(r.path).path == path]

    # --- what each call does ---

    def enrol(self, _: Any, body: bytes, __: str) -> object:
        request = decode(body, EnrolRequest)
        with self.changed:
            self.state.terminals["t-9", 1] = _Terminal(base64.b64decode(request.public_key))
        return Enrolled("t-9", 1, "C", "第一食堂")

    def grant(self, _: Any, body: bytes, __: str) -> object:
        request = decode(body, GrantRequest)
        with self.changed:
            if request.request_id not in self.state.grants:
                self.state.grants[request.request_id] = self._new_grant(request)
            return self.state.grants[request.request_id]

    def _new_grant(self, request: GrantRequest) -> GrantReply:
        if request.card_uid == "00":
            return GrantReply(refusal="card_unknown")
        if request.amount > self.state.free:
            return GrantReply(refusal="insufficient", free=self.state.free)
        self.state.free -= request.amount
        grant_id, further = uuid4() if request.amount else None, tuple(uuid4() for _ in request.further)
        seals = tuple(f"seal of {grant_id}" for grant_id in further)
        return GrantReply(grant_id, MemberId("m-1"), self.state.free, further=further, further_seals=seals)

    def push(self, who: tuple[str, int], body: bytes, _: str) -> object:
        return self._take(who, decode(body, PushBatch))

    def backlog(self, who: tuple[str, int], body: bytes, _: str) -> object:
        return self._take(who, unpack_batch(body))

    def _take(self, who: tuple[str, int], batch: PushBatch) -> object:
        quarantined = []
        with self.changed:
            terminal = self.state.terminals[who]
            for seq, event in enumerate(batch.events, start=batch.first_seq):
                if seq > terminal.last_seq + 1:
                    break
                raw = bytes(event.body)
                assert self.state.events.setdefault(event.id, raw) == raw, "the same id with another body"
                if self.state.poison in raw:
                    quarantined.append(Quarantined(seq, "poison"))
                if seq == terminal.last_seq + 1:
                    terminal.last_seq = seq
                    self.state.order_of_events.append(event.id)
            self.changed.notify_all()
            return PushReply(terminal.last_seq, tuple(quarantined))

    def announce(self, who: tuple[str, int], body: bytes, _: str) -> object:
        announcement = decode(body, Announcement)
        with self.changed:
            self.state.announcements.append(announcement)
            return AnnouncementReply(self.state.terminals[who].last_seq)

    def feed(self, _: Any, __: bytes, query: str) -> object | None:
        asked = {key: values[0] for key, values in parse_qs(query, keep_blank_values=True).items()}
        limit, wait_s = int(asked["limit"]), float(asked["wait_s"])
        with self.changed:
            longest_s = min(wait_s, self.state.cut_polls_after_s or WAIT_LIMIT_S)
            self.changed.wait_for(lambda: self.stopping or self._page_of(asked, limit) is not None, longest_s)
            found = self._page_of(asked, limit)
            if found is None and longest_s < wait_s and not self.stopping:
                return None  # cut off while it waited
            return found or FeedPage(self.state.epoch, (), int(asked["after"]), more=False)

    def _page_of(self, asked: dict[str, str], limit: int) -> FeedPage | None:
        same = asked["epoch"] == self.state.epoch
        after = int(asked["after"]) if same else 0
        rows = [row for row in self.state.rows if row.seq > after]
        if not rows and same:
            return None
        page = tuple(rows[:limit])
        return FeedPage(self.state.epoch, page, page[-1].seq if page else 0, more=len(rows) > limit)


class _Handler(BaseHTTPRequestHandler):
    central: FakeCentral
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
        pass

    def _serve(self) -> None:
        central = self.central
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with central.changed:
            central.state.requests.append(Request(self.path, dict(self.headers.items()), body))
            queue = central.faults[url.path]
            fault = queue.popleft() if queue else None
            central.changed.notify_all()
        if fault is Fault.CUT:
            self.close_connection = True
            return
        if isinstance(fault, Raw):
            self._reply(fault.status, fault.body, dict(fault.headers))
            return
        if fault is Fault.HOLD:
            central.released.wait(WAIT_LIMIT_S)
        who = None
        if url.path != "/v1/enrol":
            who = self._who(body)
            if who is None:
                self._reply(401, b"{}", {})
                return
        self._do(url.path, url.query, who, body, fault)

    def _do(self, path: str, query: str, who: Any, body: bytes, fault: Fault | None) -> None:
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        calls: dict[str, Callable[[Any, bytes, str], object]] = {
            "/v1/enrol": self.central.enrol,
            "/v1/grants": self.central.grant,
            "/v1/push": self.central.push,
            "/v1/backlog": self.central.backlog,
            "/v1/feed": self.central.feed,
            "/v1/announce": self.central.announce,
        }
        reply = encode(calls[path](who, body, query))
        if fault is Fault.REPEAT:
            reply = encode(calls[path](who, body, query))
        if fault is Fault.LOSE_REPLY or reply == b"null":
            self.close_connection = True
            return
        self._reply(200, reply, {}, fault)

    def _reply(self, status: int, body: bytes, headers: dict[str, str], fault: Fault | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if fault is Fault.HALF_REPLY:
            self.wfile.write(body[: len(body) // 2])
            self.close_connection = True
        elif fault is Fault.DRIP:
            for i in range(len(body)):
                self.wfile.write(body[i : i + 1])
                if self.central.released.wait(0.1):
                    return
        else:
            self.wfile.write(body)

    def _who(self, body: bytes) -> tuple[str, int] | None:
        """The signing terminal, if the signature is right and over exactly what was received."""
        match = _AUTHORIZATION.fullmatch(self.headers.get("Authorization", ""))
        if match is None or self.headers.get(PROTOCOL_HEADER) != str(PROTOCOL):
            return None
        who = match[1], int(match[2])
        known = self.central.state.terminals.get(who)
        if known is None:
            return None
        signed = signed_bytes(self.command, self.path, *who, body)
        try:
            Ed25519PublicKey.from_public_bytes(known.public_key).verify(base64.b64decode(match[3]), signed)
        except InvalidSignature:
            return None
        return who


def until(condition: Callable[[], object], timeout_s: float = 10.0) -> None:
    """Poll until it holds; fails the test when it does not in time."""
    deadline_s = time.monotonic() + timeout_s
    pause = Event()
    while not condition():
        assert time.monotonic() < deadline_s, "it did not happen in time"
        pause.wait(0.005)
