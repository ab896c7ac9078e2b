"""Backlogs: durable with the reply, booked soon after, each event once and in order, and nobody held up."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from central.opening import opened
from central.push import backlog as backlogs
from central.push.repository import senders_waiting
from central.push.service import Batch, receive_all
from central.settings import load_settings
from central.terminals.repository import get_identity
from central.transactions import Transaction
from central.wallet.accounts import read_accounts
from kiosk.sync import wire
from tests.central.sales import counter_order, new_id, pushed_event, yuan
from tests.central.support import Central, Terminal, running_central, wait_until


def send(terminal: Terminal, *events: wire.PushedEvent, first_seq: int = 1) -> wire.PushReply:
    body = wire.pack_batch(wire.PushBatch(first_seq, events))
    response = terminal.send("POST", "/v1/backlog", body, **{"Content-Type": wire.PACKED})
    assert response.status_code == 200, response.text
    return wire.decode(response.content, wire.PushReply)


def store(tx: Transaction, terminal: Terminal, *events: wire.PushedEvent, first_seq: int = 1) -> wire.PushReply:
    packed = wire.pack_batch(wire.PushBatch(first_seq, events))
    return backlogs.store(tx, get_identity(tx.connection, terminal.id), wire.packed_head(packed), packed)


def until_booked(central: Central) -> None:
    wait_until(lambda: not central.parts.transactions.read(senders_waiting))


def test_a_backlog_is_booked_whole(central: Central, terminal: Terminal) -> None:
    member = central.add_member("900.00")
    events = [pushed_event(terminal.bought(member, "1.00", points=1)) for _ in range(230)]
    assert send(terminal, *events) == wire.PushReply(230)
    until_booked(central)
    account = central.account(member)
    assert (account.booked, account.held, account.points) == (yuan("670.00"), yuan("0"), 230)
    assert central.quarantine(terminal) == []


def test_a_backlog_that_comes_again_changes_nothing(central: Central, terminal: Terminal) -> None:
    member = central.add_member("50.00")
    events = [pushed_event(terminal.bought(member, "1.00")) for _ in range(5)]
    for first in (0, 0, 2):
        assert send(terminal, *events[first:], first_seq=first + 1) == wire.PushReply(5)
    until_booked(central)
    assert terminal.push(*events, first_seq=1) == wire.PushReply(5)
    assert central.account(member).booked == yuan("45.00")
    assert central.quarantine(terminal) == []


def test_poison_in_a_backlog_is_quarantined_and_the_rest_booked(central: Central, terminal: Terminal) -> None:
    poison = [wire.PushedEvent(new_id(), msgspec.Raw(body)) for body in (b'"text"', b"no JSON", b"")]
    good = [pushed_event(counter_order(terminal, "1.00")) for _ in range(3)]
    mixed = [event for pair in zip(poison, good, strict=True) for event in pair]
    assert send(terminal, *mixed) == wire.PushReply(6)
    until_booked(central)
    assert [row["seq"] for row in central.quarantine(terminal)] == [5, 3, 1]
    assert len(central.staff_get("/v1/orders?limit=500")) >= 3


def test_after_a_gap_nothing_is_kept(central: Central, terminal: Terminal) -> None:
    assert send(terminal, pushed_event(counter_order(terminal, "1.00")), first_seq=2) == wire.PushReply(0)
    assert not central.parts.transactions.read(senders_waiting)


def test_what_follows_a_backlog_waits_behind_it(central: Central, terminal: Terminal) -> None:
    member = central.add_member("50.00")
    first, second = (pushed_event(terminal.bought(member, "5.00")) for _ in range(2))

    def both(tx: Transaction) -> None:
        """In one transaction, so that nobody books the backlog in between."""
        store(tx, terminal, first)
        identity = get_identity(tx.connection, terminal.id)
        assert receive_all(tx, [Batch(identity, 2, [second])]) == [wire.PushReply(2)]
        account = read_accounts(tx.connection, [member.id], "CNY")[member.id]
        assert (account.booked, account.held) == (yuan("50.00"), yuan("10.00"))  # the grants hold it meanwhile

    central.parts.transactions.write(both)
    assert send(terminal, pushed_event(counter_order(terminal, "1.00")), first_seq=3) == wire.PushReply(3)
    until_booked(central)
    assert central.account(member).booked == yuan("40.00")
    assert central.quarantine(terminal) == []


def test_a_backlog_survives_the_server(tmp_path: Path) -> None:
    """Stored, and the process ended before it was booked: the next one books it."""
    with running_central(tmp_path) as central:
        terminal, member = central.enrol(), central.add_member("50.00")
        event = pushed_event(terminal.bought(member, "5.00"))
        config = central.config
    with opened(load_settings(config)) as parts:
        parts.transactions.write(lambda tx: store(tx, terminal, event))
    with running_central(tmp_path) as central:
        until_booked(central)
        assert central.account(member).booked == yuan("45.00")


def test_a_backlog_of_an_earlier_incarnation_is_booked(central: Central, terminal: Terminal) -> None:
    member = central.add_member("50.00")
    event = pushed_event(terminal.bought(member, "5.00"))
    central.parts.transactions.write(lambda tx: store(tx, terminal, event))
    again = central.enrol(replaces=terminal.enrolled.letter)
    send(again, pushed_event(counter_order(again, "1.00")))
    until_booked(central)
    assert central.account(member).booked == yuan("45.00")
    assert central.quarantine(terminal) == []


def test_a_request_that_a_later_incarnation_gave_up_first_is_released_again(
    central: Central, terminal: Terminal
) -> None:
    """Its release waits to be booked, and the terminal, enrolled anew, does not know that it has arrived."""
    member, request_id = central.add_member("50.00"), new_id()
    release = pushed_event(wire.GrantReleased(request_id))
    central.parts.transactions.write(lambda tx: store(tx, terminal, release))
    again = central.enrol(replaces=terminal.enrolled.letter)
    again.grant(member, "1.00", abandons=(request_id,))
    send(again, pushed_event(counter_order(again, "1.00")))
    until_booked(central)
    assert central.quarantine(terminal) == []


def test_too_much_that_waits_is_not_taken_now(central: Central, terminal: Terminal) -> None:
    events = [pushed_event(counter_order(terminal, "1.00")) for _ in range(backlogs.MAX_WAITING + 1)]

    def fill(tx: Transaction) -> None:
        for number, event in enumerate(events[:-1], start=1):
            store(tx, terminal, event, first_seq=number)
        with pytest.raises(backlogs.BacklogFull):
            store(tx, terminal, events[-1], first_seq=len(events))

    central.parts.transactions.write(fill)
    until_booked(central)
    assert send(terminal, events[-1], first_seq=len(events)) == wire.PushReply(len(events))


@pytest.mark.parametrize("body", [b"", b"{}", b"\x00" * 100], ids=["nothing", "JSON", "zeros"])
def test_bytes_that_are_no_backlog_are_refused(terminal: Terminal, body: bytes) -> None:
    headers = {"Content-Type": wire.PACKED}
    assert terminal.send("POST", "/v1/backlog", body, **headers).status_code == 400


def test_json_is_no_backlog(terminal: Terminal) -> None:
    assert terminal.send("POST", "/v1/backlog", b"{}").status_code == 415
