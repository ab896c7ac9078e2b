"""Records what terminals of protocol 2 and their central said to each other, and keeps the databases they left behind.

It was run once, in a checkout of the last commit before protocol 3, with that commit's own code on both sides:

    git worktree add ../v2 6ca7de2 && cd ../v2
    PYTHONPATH=. python …/tests/central/data/protocol_2/record.py …/tests/central/data/protocol_2 …/tests/store/data

Writes exchanges.jsonl: one line a request with its reply, in order, as the server met them; central.db with
its secrets; and for the store's tests protocol_2.sqlite and its key, a terminal cut off from central with sales that it
has not uploaded.
"""

from __future__ import annotations

import base64
import gzip
import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from record_terminal import leave_a_terminal

from central.members.service import block_member, import_members
from central.menu.service import import_menu
from kiosk.domain.ids import GrantId, PaymentId
from kiosk.domain.wallet import Spend
from kiosk.sync import wire
from tests.central.sales import counter_order, new_id, paid_order, pushed_event, sale, yuan
from tests.central.support import Central, Diner, Terminal, enrol_request, post_json, running_central
from tests.prove.sync.mutants import serving

HERE = Path(__file__).parent
NAMES = "habit", "poor", "lost", "credit", "gone", "kept", "blocked"
HABIT, POOR, LOST, CREDIT, GONE, KEPT, BLOCKED = (Diner(f"m-{name}", f"A{i}" * 5) for i, name in enumerate(NAMES, 1))
KEPT_HEADERS = ("authorization", "content-type", "content-encoding", "x-kiosk-protocol")


class Recorder:
    """Central's application, with each exchange written down."""

    def __init__(self) -> None:
        self.exchanges: list[dict[str, Any]] = []
        self.terminal = ""

    def __call__(self, app: Any) -> Any:
        async def recording(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] != "http":
                return await app(scope, receive, send)
            sent, answered = bytearray(), bytearray()
            terminal, status, packed = self.terminal, 0, False

            async def hear() -> Any:
                message = await receive()
                sent.extend(message.get("body", b""))
                return message

            async def say(message: Any) -> None:
                nonlocal status, packed
                if message["type"] == "http.response.start":
                    status = message["status"]
                    packed = (b"content-encoding", b"gzip") in message["headers"]
                else:
                    answered.extend(message.get("body", b""))
                    if not message.get("more_body"):
                        reply = gzip.decompress(answered) if packed else bytes(answered)
                        self._keep(terminal, scope, bytes(sent), status, reply)
                await send(message)

            return await app(scope, hear, say)

        return recording

    def _keep(self, terminal: str, scope: Any, body: bytes, status: int, reply: bytes) -> None:
        query = scope["query_string"].decode()
        self.exchanges.append(
            {
                "terminal": terminal,
                "method": scope["method"],
                "target": scope["raw_path"].decode() + (f"?{query}" if query else ""),
                "headers": {k.decode(): v.decode() for k, v in scope["headers"] if k.decode() in KEPT_HEADERS},
                "body": base64.b64encode(body).decode(),
                "status": status,
                "reply": json.loads(reply),
            }
        )


class Recorded:
    """A terminal whose every exchange is written down."""

    def __init__(self, recorder: Recorder, http: httpx.Client, name: str, code: str) -> None:
        self._recorder, self._http, self.name = recorder, http, name
        recorder.terminal = name
        self.key = Ed25519PrivateKey.generate()
        post_json(http, "/v1/enrol", enrol_request("0000-0000", self.key))  # mistyped
        answer = post_json(http, "/v1/enrol", enrol_request(code, self.key))
        self.speaks = Terminal(http, self.key, wire.decode(answer.content, wire.Enrolled))
        self._cursor = ("", 0)

    def grant(self, member: Diner, amount: str, **more: Any) -> wire.GrantReply:
        self._recorder.terminal = self.name
        return self.speaks.grant(member, amount, **more)

    def refused(self, request: object) -> None:
        self._recorder.terminal = self.name
        assert self.speaks.send("POST", "/v1/grants", wire.encode(request)).status_code in (400, 409)

    def push(self, *events: object, first_seq: int | None = None, packed: bool = False) -> None:
        self._recorder.terminal = self.name
        pushed = tuple(e if isinstance(e, wire.PushedEvent) else pushed_event(e) for e in events)
        body = wire.encode(wire.PushBatch(first_seq or self.speaks.sent + 1, pushed))
        more = {"Content-Encoding": "gzip"} if packed else {}
        answer = self.speaks.send("POST", "/v1/push", gzip.compress(body, mtime=0) if packed else body, **more)
        self.speaks.sent = max(self.speaks.sent, wire.decode(answer.content, wire.PushReply).last_seq)

    def read(self, until: Callable[[wire.FeedRow], bool] = lambda _: True, wait_s: int = 0) -> wire.FeedRow | None:
        """Pages of two rows, as a long poll once asked to wait, until that row comes or there are no more."""
        self._recorder.terminal = self.name
        while True:
            page = self.speaks.feed(*self._cursor, limit=2 if not self._cursor[1] else 1000, wait_s=wait_s)
            self._cursor = page.epoch, page.next_after
            for row in page.rows:
                if wait_s and until(row):
                    return row
            if not page.more and (not wait_s or not page.rows):
                return None


def is_grant(row: wire.FeedRow) -> bool:
    return row.kind == "grant"


def spend_of(grant: wire.GrantRecord, number: int, payment_id: object, price: str) -> wire.SpendRecord:
    return wire.SpendRecord(Spend(GrantId(grant.id), number, PaymentId(payment_id), yuan(price)))


def record(central: Central, recorder: Recorder, http: httpx.Client) -> list[Recorded]:
    """Every call, every kind of event, every refusal."""
    codes = [central.parts.transactions.write(central.parts.desk.make_code) for _ in "AB"]
    a, b = (Recorded(recorder, http, name, code) for name, code in zip("AB", codes, strict=True))
    a.read()
    asked_for_grants(a, b)
    a.push(a.speaks.bought(GONE, "9.00"), counter_order(a.speaks, "12.00", "noodles"), packed=True)
    a.push(wire.GrantReleased(new_id()))
    a.push(counter_order(a.speaks, "1.00"), first_seq=40)  # a gap
    a.push({"type": "unheard_of"}, counter_order(a.speaks, "1.00"))  # one for quarantine
    repeated = pushed_event(counter_order(a.speaks, "2.00"))
    a.push(repeated)
    a.push(repeated, first_seq=a.speaks.sent)
    habits_and_recall(a, b)
    a.read(lambda _: False, wait_s=1)  # until there is nothing new and the time goes by
    b.read()
    return [a, b]


def asked_for_grants(a: Recorded, b: Recorded) -> None:
    first, given_up, too_much = new_id(), new_id(), new_id()
    reply = a.grant(HABIT, "12.00", request_id=first)
    a.grant(HABIT, "12.00", request_id=first)  # the reply was lost
    a.refused(wire.GrantRequest(first, HABIT.card_uid, yuan("13.00")))
    b.refused(wire.GrantRequest(first, HABIT.card_uid, yuan("12.00")))
    a.refused(wire.GrantRequest(new_id(), HABIT.card_uid, yuan("0")))
    a.push(sale(a.speaks, first, reply, "12.00", "noodles", 12))
    a.grant(POOR, "3.01", request_id=too_much)
    a.grant(LOST, "1.00")
    a.grant(BLOCKED, "1.00")
    a.grant(GONE, "8.00", request_id=given_up)
    a.grant(GONE, "20.00", abandons=(given_up, too_much))
    a.grant(GONE, "8.00", request_id=given_up)
    a.grant(Diner("", "FFFFFFFFFF"), "1.00")
    payment_id = new_id()
    credit = a.grant(CREDIT, "25.00", request_id=payment_id)
    a.push(sale(a.speaks, payment_id, credit, "25.00"))
    a.grant(CREDIT, "0.01")


def habits_and_recall(a: Recorded, b: Recorded) -> None:
    """Twice at one terminal is a habit: money is set aside there, spent there, and given back when it is needed."""
    a.push(a.speaks.bought(HABIT, "12.00", "noodles", 12))
    row = a.read(is_grant, wait_s=10)
    assert row is not None
    grant = wire.decode(row.body, wire.GrantRecord)
    payment_id = new_id()
    just_in_time = a.grant(HABIT, "5.00", request_id=payment_id)
    assert just_in_time.grant_id is not None
    rest = wire.SpendRecord(Spend(GrantId(just_in_time.grant_id), 1, PaymentId(payment_id), yuan("5.00")), 1)
    two_grants = spend_of(grant, 1, payment_id, "7.00"), rest
    a.push(paid_order(a.speaks, payment_id, HABIT.id, "12.00", two_grants, "noodles", 12))
    most = yuan("100.00").minor - 3600
    assert b.grant(HABIT, f"{most / 100:.2f}").held_elsewhere  # waits for it in vain
    row = a.read(lambda r: is_grant(r) and wire.decode(r.body, wire.GrantRecord).recalled, wait_s=10)
    assert row is not None
    a.push(wire.GrantClosed(grant.id, 1))
    reply = b.grant(HABIT, f"{most / 100:.2f}", request_id=(spent := new_id()))
    assert reply.grant_id is not None
    b.push(sale(b.speaks, spent, reply, f"{most / 100:.2f}"))
    b.refused(wire.GrantRequest(new_id(), "not a card", yuan("1.00")))


def main() -> None:
    target, store_target = Path(sys.argv[1]), Path(sys.argv[2])
    recorder = Recorder()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with running_central(folder, pre_grant_limit_minor=3000) as central:
            central.parts.transactions.write(lambda tx: import_menu(tx, HERE / "menu.toml"))
            central.parts.transactions.write(lambda tx: import_members(tx, HERE / "members.csv"))
            central.parts.transactions.write(lambda tx: block_member(tx, BLOCKED.id, is_blocked=True))
            with serving(central, central.parts.transactions, recorder) as url, httpx.Client(base_url=url) as http:
                terminals = record(central, recorder, http)
            (folder / "till").mkdir()
            leave_a_terminal(central, folder / "till", KEPT, GONE)
        keys = {t.name: t.key.private_bytes_raw().hex() for t in terminals}
        (target / "terminals.json").write_text(json.dumps(keys) + "\n")
        lines = (json.dumps(exchange, ensure_ascii=False) + "\n" for exchange in recorder.exchanges)
        (target / "exchanges.jsonl").write_text("".join(lines))
        for file in ("central.db", "central.key", "api-token"):
            shutil.copy(folder / "state" / file, target / file)
        for ending, kept in (("db", "sqlite"), ("key", "key")):
            shutil.copy(folder / "till" / f"kiosk.{ending}", store_target / f"protocol_2.{kept}")


if __name__ == "__main__":
    main()
