"""One value of a good message replaced by a hostile one, at every place and by each: taken, refused or put into
quarantine, but never a fault, and no money or stock moves that should not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from kiosk.sync import wire
from tests.central.sales import counter_order, new_id, sale, yuan
from tests.central.support import Central, Terminal

PUSHED_AT_ONCE = 100
MARK = "\ue000here\ue000"
# JSON as text, so that there can be things that no encoder writes.
HOSTILE = [
    "null",
    str(2**63),
    "9" * 400,
    '"\\u0000"',
    '"' + "x" * 20_000 + '"',
    '"0001-01-01T00:00:00+14:00"',
    "[" * 900 + "]" * 900,
    '{"minor":1,"minor":-1}',
]
MORE_HOSTILE = [
    "[]",
    '""',
    "-1",
    "0",
    "1.5",
    "1e400",
    str(2**31),
    str(-(2**63) - 1),
    '"\\u202e99.9"',
    '"9999-12-31T23:59:60Z"',
    '"00000000-0000-0000-0000-000000000000"',
    '{"minor":1000000000001,"currency":"CNY"}',
    '{"minor":1,"currency":"\\u0000\\u0000\\u0000"}',
]
EACH = pytest.mark.parametrize(
    "hostile",
    [*HOSTILE, *(pytest.param(text, marks=pytest.mark.prove) for text in MORE_HOSTILE)],
    ids=lambda text: text[:12].encode("unicode_escape").decode(),
)
# No JSON at all: the whole request is refused.
NOT_JSON = ["NaN", "Infinity", '"\\ud800"', "'x'", "01", "1_000", '"\x00"', '"\n"', "undefined", "// x\n1"]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something stands in it, containers too."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from places(inner, (*path, key))


def spoilt(good: bytes, hostile: str) -> Iterator[str]:
    """The message with that value at each of its places in turn."""
    for path in places(json.loads(good)):
        if not path:
            continue
        message = json.loads(good)
        inner = message
        for key in path[:-1]:
            inner = inner[key]
        inner[path[-1]] = MARK
        yield json.dumps(message, ensure_ascii=False).replace(f'"{MARK}"', hostile)


def pushed(terminal: Terminal, bodies: list[str]) -> wire.PushReply:
    return terminal.push(*(wire.PushedEvent(new_id(), msgspec.Raw(body.encode())) for body in bodies))


@EACH
def test_events(central: Central, terminal: Terminal, hostile: str) -> None:
    """Of a sale the money may be booked once at most."""
    member, request_id = central.add_member("50.00"), new_id()
    good_sale = wire.encode(sale(terminal, request_id, terminal.grant(member, "5.00", request_id), "5.00"))
    others = wire.encode(wire.GrantReleased(new_id())), wire.encode(wire.GrantClosed(new_id(), 1))
    bodies = [body for good in (good_sale, *others) for body in spoilt(good, hostile)]
    for start in range(0, len(bodies), PUSHED_AT_ONCE):
        pushed(terminal, bodies[start : start + PUSHED_AT_ONCE])
    assert terminal.sent == len(bodies)  # all are in: booked or in quarantine
    account = central.account(member)
    assert account.booked in (yuan("50.00"), yuan("45.00"))
    assert account.free == yuan("45.00")
    assert terminal.push(counter_order(terminal, "1.00")).quarantined == ()
    central.staff_get("/v1/orders?limit=500")
    central.staff_get("/v1/quarantine?limit=500")
    terminal.newest()


@EACH
def test_requests(central: Central, terminal: Terminal, hostile: str) -> None:
    member = central.add_member("50.00")
    request = wire.encode(wire.GrantRequest(new_id(), member.card_uid, yuan("5.00"), (new_id(),)))
    batch = wire.encode(wire.PushBatch(1, (wire.PushedEvent(new_id(), msgspec.Raw(b"{}")),)))
    for path, message in (("/v1/grants", request), ("/v1/push", batch)):
        for body in spoilt(message, hostile):
            answer = terminal.send("POST", path, body.encode())
            assert answer.status_code in (200, 400, 409), (body[:200], answer.text)
            assert answer.status_code == 200 or answer.json()["detail"]
    account = central.account(member)
    assert account.booked == yuan("50.00")
    assert account.free + account.held == yuan("50.00")


@pytest.mark.parametrize("text", NOT_JSON)
def test_what_is_no_json_is_refused_whole(central: Central, terminal: Terminal, text: str) -> None:
    for body in spoilt(wire.encode(wire.GrantClosed(new_id(), 1)), text):
        batch = f'{{"first_seq":1,"events":[{{"id":"{new_id()}","body":{body}}}]}}'
        answer = terminal.send("POST", "/v1/push", batch.encode())
        assert answer.status_code == 400, (body, answer.text)
    assert terminal.push(counter_order(terminal, "5.00")) == wire.PushReply(1)


def test_a_key_that_stands_twice_counts_once(central: Central, terminal: Terminal) -> None:
    """As every reader of JSON here: the last one holds, for the signature covers the bytes and not what they mean."""
    member, request_id = central.add_member("50.00"), new_id()
    fields = f'"request_id":"{request_id}","card_uid":"{member.card_uid}"'
    body = f'{{{fields},"amount":{{"minor":100}},"amount":{{"minor":200}}}}'
    assert terminal.send("POST", "/v1/grants", body.encode()).status_code == 200
    assert central.free(member) == yuan("48.00")
