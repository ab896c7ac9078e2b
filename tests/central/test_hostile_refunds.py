"""A hostile value at each place of a refund, a counter payment and a top-up: booked, or kept in quarantine, never a
fault; and no money moves beyond what a good one would move."""

from __future__ import annotations

import json
from collections.abc import Iterator

import msgspec
import pytest

from kiosk.sync import wire
from tests.central.refunding import cash_top_up_of, counter_payment_of, portions, refund_of
from tests.central.sales import counter_order, new_id, yuan
from tests.central.support import Central, Terminal
from tests.central.test_hostile_values import places

# JSON as text, so that there can be things that no encoder writes.
HOSTILE = (
    "null",
    "-1",
    "0",
    "1.5",
    str(2**31),
    str(2**63),
    "9" * 400,
    "[]",
    '""',
    '"\\u0000"',
    '"\\u202e99.9"',
    '"0001-01-01T00:00:00+14:00"',
    '"00000000-0000-0000-0000-000000000000"',
    '{"minor":1000000000001,"currency":"CNY"}',
    '{"minor":-1,"currency":"CNY"}',
    '{"minor":1,"currency":"EUR"}',
    "[" * 900 + "]" * 900,
)


def spoilt(event: object) -> Iterator[wire.PushedEvent]:
    """The event with each hostile value at each of its places in turn, but for its id: that would be another one."""
    for path in places(json.loads(wire.encode(event))):
        if not path or (len(path) == 2 and path[-1] == "id"):
            continue
        for hostile in HOSTILE:
            message = inner = json.loads(wire.encode(event))
            for key in path[:-1]:
                inner = inner[key]
            inner[path[-1]] = "HERE"
            yield wire.PushedEvent(new_id(), msgspec.Raw(json.dumps(message).replace('"HERE"', hostile).encode()))


@pytest.mark.parametrize("what", ["refund", "counter payment", "top-up"])
def test_hostile_values(central: Central, terminal: Terminal, what: str) -> None:
    member = central.add_member("50.00")
    sold, due = portions(terminal.bought(member, "30.00", points=30), 3), counter_order(terminal, "8.00")
    terminal.push(sold, due)
    event, most = {
        "refund": (refund_of(sold, {0: 2}, restock=True), "40.00"),
        "counter payment": (counter_payment_of(due), "20.00"),
        "top-up": (cash_top_up_of(member.id, "5.00"), "25.00"),
    }[what]
    bodies = list(spoilt(event))
    quarantined = 0
    for start in range(0, len(bodies), 200):
        quarantined += len(terminal.push(*bodies[start : start + 200]).quarantined)
    assert quarantined > len(bodies) * 0.9, "most of it cannot be booked"
    assert central.free(member) <= yuan(most)
    assert central.staff_get(f"/v1/orders/{sold.order.id}")["refunded"]["minor"] <= 2000
