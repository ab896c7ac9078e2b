"""A terminal one version older than central keeps working: what terminals of protocol 2 said (data/protocol_2, recorded
before protocol 3 began) is decided as it was then, and the replies are what such a terminal understands."""

from __future__ import annotations

import base64
import gzip
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from central.members.service import block_member, import_members
from central.menu.service import import_menu
from kiosk.sync import wire
from tests.central.data.protocol_2 import messages
from tests.central.support import Central, Terminal, running_central, wait_until

KEPT = Path(__file__).parent / "data" / "protocol_2"
RECORDED_AT = datetime(2026, 11, 22, 9, 24, tzinfo=UTC)
PRE_GRANT_LIMIT_MINOR = 3000
REPLIES: dict[str, type] = {
    "/v1/enrol": messages.Enrolled,
    "/v1/grants": messages.GrantReply,
    "/v1/push": messages.PushReply,
    "/v1/feed": messages.FeedPage,
}

States = dict[tuple[str, str], Any]


class Exchange(msgspec.Struct, frozen=True):
    """A request as it came, and what it was answered. `body` is as sent, in base64."""

    terminal: str
    method: str
    target: str
    headers: dict[str, str]
    body: str
    status: int
    reply: msgspec.Raw

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def sent(self) -> bytes:
        return base64.b64decode(self.body)

    @property
    def text(self) -> str:
        """The body as the terminal composed it."""
        packed = self.headers.get("content-encoding") == "gzip"
        return (gzip.decompress(self.sent) if packed else self.sent).decode()

    def replied(self) -> Any:
        return msgspec.json.decode(self.reply, type=REPLIES[self.path])


def recorded() -> list[Exchange]:
    lines = (KEPT / "exchanges.jsonl").read_bytes().splitlines()
    return [msgspec.json.decode(line, type=Exchange) for line in lines]


def keys() -> dict[str, Ed25519PrivateKey]:
    kept = json.loads((KEPT / "terminals.json").read_text())
    return {name: Ed25519PrivateKey.from_private_bytes(bytes.fromhex(key)) for name, key in kept.items()}


def state_of(row: messages.FeedRow) -> Any:
    """A row's body as a terminal of protocol 2 reads it, less the moment at which central wrote it."""
    if row.body == b"null":
        return None
    body = msgspec.json.decode(row.body, type=messages.BODIES[row.kind])
    return msgspec.structs.replace(body, balance_at=RECORDED_AT) if isinstance(body, messages.Member) else body


def states_of(page: messages.FeedPage) -> States:
    """By kind and key; pre-grants by member, as their ids are central's to choose. Kinds it does not know it skips."""
    found: States = {}
    for row in page.rows:
        if row.kind in messages.BODIES:
            state = state_of(row)
            key = state.member_id if row.kind == "grant" and state else row.key
            found[row.kind, key] = state
    return found


class Replay:
    """The recorded terminals before a central of today. What central itself chose then (ids, its epoch) is put in the
    place of what it chooses now, so requests are signed anew."""

    def __init__(self, central: Central) -> None:
        self._central = central
        self._ids: dict[str, str] = {}
        self._terminals: dict[str, Terminal] = {}
        self._then: dict[str, States] = {"A": {}, "B": {}}
        self._now: dict[str, States] = {"A": {}, "B": {}}
        self._cursors = {"A": ("", 0), "B": ("", 0)}

    def meet(self, exchange: Exchange) -> None:
        if exchange.path == "/v1/feed":
            self._read(exchange)
            return
        answer = self._send(exchange)
        assert answer.status_code == exchange.status, (exchange, answer.text)
        if exchange.status != 200:
            assert answer.json()["detail"]
            return
        then, now = exchange.replied(), msgspec.json.decode(answer.content, type=REPLIES[exchange.path])
        if exchange.path == "/v1/enrol":
            self._enrolled(exchange, then, now)
        else:
            self._same(then, now)

    def _send(self, exchange: Exchange) -> httpx.Response:
        body = self._translated(exchange.text).encode()
        if exchange.path == "/v1/enrol":
            headers = {"Content-Type": "application/json", wire.PROTOCOL_HEADER: "2"}
            return self._central.http.post(exchange.path, content=body, headers=headers)
        more = {wire.PROTOCOL_HEADER: "2"}
        if "content-encoding" in exchange.headers:
            body, more = gzip.compress(body, mtime=0), more | {"Content-Encoding": "gzip"}
        return self._terminals[exchange.terminal].send(exchange.method, exchange.target, body, **more)

    def _translated(self, text: str) -> str:
        for then, now in self._ids.items():
            text = text.replace(then, now)
        return text

    def _enrolled(self, exchange: Exchange, then: messages.Enrolled, now: messages.Enrolled) -> None:
        assert (now.letter, now.canteen_name) == (then.letter, then.canteen_name)
        enrolled = wire.Enrolled(now.terminal_id, now.incarnation, now.letter, now.canteen_name)
        self._terminals[exchange.terminal] = Terminal(self._central.http, keys()[exchange.terminal], enrolled)

    def _same(self, then: Any, now: Any) -> None:
        if isinstance(then, messages.GrantReply) and then.grant_id and now.grant_id:
            self._ids[str(then.grant_id)] = str(now.grant_id)
            now = msgspec.structs.replace(now, grant_id=then.grant_id)
        assert now == then

    def _read(self, exchange: Exchange) -> None:
        """Poll until it knows what the recorded terminal knew after this page, and no more than that."""
        name, page = exchange.terminal, exchange.replied()
        self._then[name] |= states_of(page)
        if page.more:
            return
        wait_until(lambda: self._poll(exchange) and self._known(self._now[name]) == self._known(self._then[name]), 15)
        for (kind, key), then in self._then[name].items():
            if kind == "grant" and then is not None:
                self._ids[str(then.id)] = str(self._now[name][kind, key].id)

    def _poll(self, exchange: Exchange) -> bool:
        name = exchange.terminal
        epoch, after = self._cursors[name]
        target = f"/v1/feed?epoch={epoch}&after={after}&limit=1000&wait_s=1"
        answer = self._terminals[name].send("GET", target, **{wire.PROTOCOL_HEADER: "2"})
        page = msgspec.json.decode(answer.content, type=messages.FeedPage)
        self._now[name] |= states_of(page)
        self._cursors[name] = page.epoch, page.next_after
        return not page.more

    def _known(self, states: States) -> States:
        """Less what central chose: a pre-grant's id, and the incarnation that it numbers."""
        return {
            key: (state.member_id, state.amount, state.recalled) if isinstance(state, messages.GrantRecord) else state
            for key, state in states.items()
        }


def test_every_kind_of_message_was_recorded() -> None:
    exchanges = recorded()
    assert {e.path for e in exchanges} == set(REPLIES)
    pushed = " ".join(e.text for e in exchanges if e.path == "/v1/push")
    assert all(f'"type":"{kind}"' in pushed for kind in ("order_recorded", "grant_released", "grant_closed"))
    refusals = {e.replied().refusal for e in exchanges if e.path == "/v1/grants" and e.status == 200}
    assert refusals == {None, *messages.Refusal}
    kinds = {kind for e in exchanges if e.path == "/v1/feed" for kind, _ in states_of(e.replied())}
    assert kinds == set(messages.BODIES)


def test_central_decides_as_it_did_and_says_so_in_the_words_of_protocol_2(tmp_path: Path) -> None:
    with running_central(tmp_path, pre_grant_limit_minor=PRE_GRANT_LIMIT_MINOR) as central:
        write = central.parts.transactions.write
        write(lambda tx: import_menu(tx, KEPT / "menu.toml"))
        write(lambda tx: import_members(tx, KEPT / "members.csv", {}))
        write(lambda tx: block_member(tx, "m-blocked", is_blocked=True))
        replay = Replay(central)
        codes = {json.loads(e.text)["code"] for e in recorded() if e.path == "/v1/enrol" and e.status == 200}
        replay._ids = {code: write(central.parts.desk.make_code) for code in codes}
        for exchange in recorded():
            replay.meet(exchange)


@contextmanager
def running_kept_central(folder: Path) -> Iterator[Central]:
    """The recorded central itself, as it was left, under today's code."""
    state = folder / "state"
    state.mkdir(mode=0o700)
    for name in ("central.db", "central.key", "api-token"):
        shutil.copy(KEPT / name, state / name)
        (state / name).chmod(0o600)
    with running_central(folder) as central:
        yield central


def test_what_comes_again_signature_and_all_changes_nothing(tmp_path: Path) -> None:
    """A terminal that heard no reply sends the same bytes once more, to a central that was upgraded meanwhile."""
    with running_kept_central(tmp_path) as central:
        central.clock.offset = RECORDED_AT - datetime.now(UTC)  # its enrolment codes are still valid
        repeat_all(central)


def repeat_all(central: Central) -> None:
    exchanges = recorded()
    pushes = [e for e in exchanges if e.path == "/v1/push"]
    ends = {name: max(e.replied().last_seq for e in pushes if e.terminal == name) for name in "AB"}
    asked = [json.loads(e.text) for e in exchanges if e.path == "/v1/grants"]
    given_up = {request_id for request in asked for request_id in request["abandons"]}
    before = central.staff_get("/v1/orders"), central.staff_get("/v1/quarantine")
    for exchange in exchanges:
        answer = central.http.request(exchange.method, exchange.target, content=exchange.sent, headers=exchange.headers)
        assert answer.status_code == exchange.status, (exchange, answer.text)
        if exchange.status != 200:
            continue
        then, now = exchange.replied(), msgspec.json.decode(answer.content, type=REPLIES[exchange.path])
        if isinstance(then, messages.PushReply):
            assert now == msgspec.structs.replace(then, last_seq=ends[exchange.terminal])
        elif isinstance(then, messages.GrantReply) and json.loads(exchange.text)["request_id"] in given_up:
            assert now == messages.GrantReply(refusal=messages.Refusal.ABANDONED)
        elif not isinstance(then, messages.FeedPage):
            assert now == then
    assert (central.staff_get("/v1/orders"), central.staff_get("/v1/quarantine")) == before
