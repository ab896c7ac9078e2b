"""Pre-grants: set aside where a member usually eats, spent there, given back when asked, written off by two people."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from central.errors import CentralError
from central.members.service import block_member
from central.transactions import TransactionThreads
from central.wallet.ledger import LOSSES, ledger_posting
from central.wallet.pre_granter import PreGranter
from central.wallet.pre_grants import PreGrantRule, issue
from central.wallet.write_offs import ask_write_off, confirm_write_off
from kiosk.domain.ids import GrantId, PaymentId
from kiosk.domain.money import Money
from kiosk.domain.wallet import Spend
from kiosk.sync import wire
from tests.central.sales import new_id, paid_order, yuan
from tests.central.support import Central, Diner, Terminal

RULE = PreGrantRule(limit_minor=3000, terminal_cap_minor=1_000_000)


def eats(terminal: Terminal, member: Diner, times: int = 2) -> None:
    for _ in range(times):
        terminal.push(terminal.bought(member, "1.00"))


def set_aside(central: Central, member: Diner, rule: PreGrantRule = RULE) -> int:
    return central.parts.transactions.write(lambda tx: issue(tx, rule, [member.id]))


def held_at(terminal: Terminal) -> dict[UUID, dict[str, Any]]:
    """The pre-grants that its feed shows, by id."""
    found = {key: body for (kind, key), body in terminal.states().items() if kind == "grant"}
    return {UUID(key): body for key, body in found.items() if body is not None}


def one_at(terminal: Terminal) -> tuple[UUID, dict[str, Any]]:
    (found,) = held_at(terminal).items()
    return found


def spent(
    terminal: Terminal, member: Diner, grant_id: UUID, number: int, price: str, close_after: int | None = None
) -> wire.OrderRecorded:
    payment_id = PaymentId(new_id())
    record = wire.SpendRecord(Spend(GrantId(grant_id), number, payment_id, yuan(price)), close_after)
    return paid_order(terminal, payment_id, member.id, price, (record,))


@pytest.fixture
def usual(central: Central, terminal: Terminal) -> Diner:
    """Somebody who eats at `terminal`, with 48.00 left."""
    terminal.feed()  # it says that it understands pre-grants
    member = central.add_member("50.00")
    eats(terminal, member)
    return member


def test_only_the_usual_terminal_is_given_the_grant(central: Central, terminal: Terminal, usual: Diner) -> None:
    other = central.enrol()
    assert set_aside(central, usual) == 1
    _, grant = one_at(terminal)
    assert (grant["member_id"], grant["amount"]["minor"], grant["incarnation"]) == (usual.id, 3000, 1)
    assert held_at(other) == {}
    account = central.account(usual)
    assert (account.free, account.pre_granted, account.spendable) == (yuan("18.00"), yuan("30.00"), yuan("48.00"))
    assert terminal.states()["member", usual.id]["balance"]["minor"] == 4800
    assert set_aside(central, usual) == 0  # it is there already


def test_a_terminal_of_the_version_before_is_given_none(central: Central, usual: Diner, terminal: Terminal) -> None:
    old, member = central.enrol(), central.add_member("50.00")
    assert old.send("GET", "/v1/feed", **{wire.PROTOCOL_HEADER: "1"}).status_code == 200
    eats(old, member)
    assert set_aside(central, member) == 0
    set_aside(central, usual)
    rows = terminal.send("GET", "/v1/feed?limit=5000", **{wire.PROTOCOL_HEADER: "1"})
    assert "grant" not in {row.kind for row in wire.decode(rows.content, wire.FeedPage).rows}


def test_the_most_usual_terminal_comes_first(central: Central, terminal: Terminal, usual: Diner) -> None:
    other = central.enrol()
    other.feed()
    eats(other, usual, 6)  # 42.00 are left
    set_aside(central, usual)
    assert one_at(other)[1]["amount"]["minor"] == 3000
    assert one_at(terminal)[1]["amount"]["minor"] == 1200


def test_spends_are_booked_and_what_is_used_up_is_closed(central: Central, terminal: Terminal, usual: Diner) -> None:
    set_aside(central, usual)
    grant_id, _ = one_at(terminal)
    terminal.push(spent(terminal, usual, grant_id, 1, "12.50"))
    account = central.account(usual)
    assert (account.booked, account.pre_granted, account.free) == (yuan("35.50"), yuan("17.50"), yuan("18.00"))
    terminal.push(spent(terminal, usual, grant_id, 2, "17.50", close_after=2))
    assert (central.account(usual).booked, central.account(usual).held) == (yuan("18.00"), Money(0))
    assert held_at(terminal) == {}
    again = terminal.push(spent(terminal, usual, grant_id, 3, "0.50"))
    assert "closed" in again.quarantined[0].reason


def test_it_is_filled_up_when_half_is_used(central: Central, terminal: Terminal, usual: Diner) -> None:
    set_aside(central, usual)
    grant_id, _ = one_at(terminal)
    terminal.push(spent(terminal, usual, grant_id, 1, "14.00"))
    assert set_aside(central, usual) == 0
    terminal.push(spent(terminal, usual, grant_id, 2, "2.00"))
    assert set_aside(central, usual) == 1
    assert central.account(usual).pre_granted == yuan("30.00")


def test_closing_frees_the_rest_when_all_spends_are_in(central: Central, terminal: Terminal, usual: Diner) -> None:
    set_aside(central, usual)
    grant_id, _ = one_at(terminal)
    missing = spent(terminal, usual, grant_id, 1, "10.00")
    terminal.push(wire.GrantClosed(grant_id, 1))
    assert central.account(usual).pre_granted == yuan("30.00")
    terminal.push(missing)
    account = central.account(usual)
    assert (account.booked, account.held) == (yuan("38.00"), Money(0))
    terminal.push(wire.GrantClosed(grant_id, 1))  # again: nothing happens
    assert central.account(usual) == account


def test_a_closing_that_forgets_spends_is_kept_aside(central: Central, terminal: Terminal, usual: Diner) -> None:
    set_aside(central, usual)
    grant_id, _ = one_at(terminal)
    terminal.push(spent(terminal, usual, grant_id, 1, "10.00"))
    assert terminal.push(wire.GrantClosed(grant_id, 0)).quarantined
    assert central.enrol().push(wire.GrantClosed(grant_id, 1)).quarantined
    assert central.account(usual).pre_granted == yuan("20.00")


@contextmanager
def gives_back(terminal: Terminal) -> Iterator[None]:
    """Answers recalls as a terminal does that is online."""
    stop = threading.Event()

    def answer() -> None:
        while not stop.wait(0.02):
            for grant_id, grant in held_at(terminal).items():
                if grant.get("recalled"):
                    terminal.push(wire.GrantClosed(grant_id, 0))

    thread = threading.Thread(target=answer)
    thread.start()
    yield
    stop.set()
    thread.join(20)


def test_what_is_needed_elsewhere_comes_back(central: Central, terminal: Terminal, usual: Diner) -> None:
    set_aside(central, usual)
    with gives_back(terminal):
        reply = central.enrol().grant(usual, "40.00")
    assert reply.free_after == yuan("8.00")
    assert central.account(usual).pre_granted == Money(0)


def test_what_does_not_come_back_in_time_is_named(central: Central, terminal: Terminal, usual: Diner) -> None:
    set_aside(central, usual)
    other, request_id = central.enrol(), new_id()
    reply = other.grant(usual, "40.00", request_id)
    expected = wire.GrantReply(refusal="insufficient", free=yuan("48.00"), held_elsewhere=yuan("30.00"))
    assert reply == expected
    terminal.push(wire.GrantClosed(one_at(terminal)[0], 0))
    assert other.grant(usual, "40.00", request_id) == expected  # what was answered stays
    assert other.grant(usual, "40.00").grant_id is not None


def test_what_nobody_has_is_refused_at_once(central: Central, terminal: Terminal, usual: Diner) -> None:
    set_aside(central, usual)
    refused = wire.GrantReply(refusal="insufficient", free=yuan("48.00"))
    assert central.enrol().grant(usual, "48.01") == refused
    assert terminal.grant(usual, "18.01") == refused  # it asks for what is missing beside its own
    assert not one_at(terminal)[1].get("recalled")


def test_a_terminal_holds_no_more_than_its_cap(central: Central, terminal: Terminal, usual: Diner) -> None:
    second = central.add_member("50.00")
    eats(terminal, second)
    rule = PreGrantRule(3000, 5999)
    assert central.parts.transactions.write(lambda tx: issue(tx, rule, [usual.id, second.id])) == 1
    roomy = PreGrantRule(3000, 6000)
    assert set_aside(central, second, roomy) + set_aside(central, usual, roomy) == 1


def test_no_limit_no_habit_no_pre_grant(central: Central, terminal: Terminal, usual: Diner) -> None:
    assert set_aside(central, usual, PreGrantRule(0, 1_000_000)) == 0
    guest = central.add_member("50.00")
    eats(terminal, guest, 1)
    assert set_aside(central, guest) == 0


def test_a_blocked_member_s_money_is_asked_back(central: Central, terminal: Terminal, usual: Diner) -> None:
    set_aside(central, usual)
    central.parts.transactions.write(lambda tx: block_member(tx, usual.id, is_blocked=True))
    grant_id, grant = one_at(terminal)
    assert grant["recalled"]
    terminal.push(wire.GrantClosed(grant_id, 0))
    assert set_aside(central, usual) == 0


def test_two_people_write_off_and_late_sales_are_the_canteen_s_loss(
    central: Central, terminal: Terminal, usual: Diner
) -> None:
    set_aside(central, usual)
    grant_id, _ = one_at(terminal)
    write = central.parts.transactions.write
    with pytest.raises(Exception, match="nobody has asked"):
        write(lambda tx: confirm_write_off(tx, grant_id, "Wang"))
    write(lambda tx: ask_write_off(tx, grant_id, "Li"))
    with pytest.raises(Exception, match="two people"):
        write(lambda tx: confirm_write_off(tx, grant_id, " li "))
    for nobody in ("", " ", "x" * 61):
        with pytest.raises(CentralError, match="name"):
            write(lambda tx, name=nobody: confirm_write_off(tx, grant_id, name))
    assert central.account(usual).pre_granted == yuan("30.00")
    write(lambda tx: confirm_write_off(tx, grant_id, "Wang"))
    assert central.free(usual) == yuan("48.00")
    assert terminal.states()["grant", str(grant_id)] is None
    losses_minor = _booked_minor(central, LOSSES)
    assert terminal.push(spent(terminal, usual, grant_id, 1, "30.00")).quarantined == ()
    assert central.free(usual) == yuan("48.00")
    assert _booked_minor(central, LOSSES) == losses_minor - 3000
    with pytest.raises(Exception, match="closed"):
        write(lambda tx: ask_write_off(tx, grant_id, "Li"))


def test_an_unknown_grant_is_nobody_s(central: Central, terminal: Terminal, usual: Diner) -> None:
    assert terminal.push(wire.GrantClosed(uuid4(), 0)).quarantined
    assert terminal.push(spent(terminal, usual, uuid4(), 1, "1.00")).quarantined


def test_the_server_sets_aside_by_itself(own_eager_central: Central) -> None:
    terminal = own_eager_central.enrol()
    epoch, after = terminal.newest()
    member = own_eager_central.add_member("50.00")
    eats(terminal, member)
    for _ in range(20):
        page = terminal.feed(epoch, after, wait_s=2)
        after = page.next_after
        if any(row.kind == "grant" for row in page.rows):
            return
    raise AssertionError("no pre-grant came")


def test_everybody_is_looked_at_when_the_server_starts(own_central: Central) -> None:
    terminal = own_central.enrol()
    terminal.feed()
    members = [own_central.add_member("50.00") for _ in range(3)]
    for member in members:
        eats(terminal, member)

    async def run() -> None:
        threads = TransactionThreads(own_central.parts.transactions, 1)
        running = asyncio.create_task(PreGranter(RULE).run(threads))
        deadline_s = time.monotonic() + 20
        while len(await asyncio.to_thread(held_at, terminal)) < len(members):
            assert time.monotonic() < deadline_s, "not everybody was looked at"
            await asyncio.sleep(0.05)
        running.cancel()
        threads.close()

    asyncio.run(run())


def _booked_minor(central: Central, account: str) -> int:
    total = select(func.coalesce(func.sum(ledger_posting.c.amount_minor), 0)).where(ledger_posting.c.account == account)
    return int(central.parts.transactions.read(lambda c: c.execute(total).scalar_one()))
