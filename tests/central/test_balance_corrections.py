"""A balance is corrected by two people, once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest

from central.staff.repository import add_staff, change_staff
from central.wallet import ledger
from central.wallet.pre_grants import PreGrantRule, issue
from kiosk.domain.member_act import (
    MemberActRefusal,
)
from kiosk.sync import wire
from tests.central.member_acting import COUNTER, LEFT, MANAGER, SECOND, act, correction, newest_act, staff
from tests.central.sales import yuan
from tests.central.support import Central, Terminal
from tests.central.test_refunds import account_minor

__all__ = ["staff"]  # a fixture


def test_two_people_correct_a_balance_once(central: Central, terminal: Terminal) -> None:
    of, act_id, before = central.add_member("50.00"), uuid4(), account_minor(central, ledger.CORRECTIONS)
    reply = act(terminal, of, correction("-12.50"), act_id=act_id)
    assert (reply.refusal, reply.before, reply.after) == ("", yuan("50.00"), yuan("37.50"))
    assert act(terminal, of, correction("-12.50"), act_id=act_id) == reply
    assert act(terminal, of, correction("-12.49"), act_id=act_id).refusal == MemberActRefusal.OTHER_ACT
    assert central.free(of) == yuan("37.50")
    assert account_minor(central, ledger.CORRECTIONS) == before + 1250
    assert terminal.states()["member", of.id]["balance"]["minor"] == 3750
    entry = newest_act(central, "balance_corrected")
    details = dict(entry.details)
    assert (entry.actor, entry.subject, details["confirmed_by"]) == (MANAGER, of.id, SECOND)
    told = details["before_minor"], details["after_minor"], details["amount_minor"], details["reason"]
    assert told == ("5000", "3750", "-1250", "wrong_top_up")
    assert act(terminal, of, correction("0.01")).after == yuan("37.51")


@pytest.mark.parametrize(
    ("asks", "confirms", "refusal"),
    [
        (MANAGER, MANAGER, MemberActRefusal.SAME_PERSON),
        (MANAGER, COUNTER, MemberActRefusal.NOT_PERMITTED),
        (COUNTER, SECOND, MemberActRefusal.NOT_PERMITTED),
        (MANAGER, "nobody", MemberActRefusal.NOT_PERMITTED),
        (LEFT, SECOND, MemberActRefusal.NOT_PERMITTED),
        (MANAGER, LEFT, MemberActRefusal.NOT_PERMITTED),
    ],
)
def test_it_takes_two_who_may(
    central: Central, terminal: Terminal, asks: str, confirms: str, refusal: MemberActRefusal
) -> None:
    of = central.add_member("50.00")
    assert act(terminal, of, correction("5.00", confirms), asks).refusal == refusal
    assert central.free(of) == yuan("50.00")


def test_who_was_removed_a_moment_ago_confirms_nothing(central: Central, terminal: Terminal) -> None:
    of, write = central.add_member("50.00"), central.parts.transactions.write
    gone = f"s-{uuid4().hex[:8]}"
    row = {"id": gone, "name": "x", "number": "999", "roles": "manager", "pin_hash": ""}
    write(lambda tx: add_staff(tx.connection, row | {"created_at": tx.now}))
    assert act(terminal, of, correction("5.00", gone)).refusal == ""
    write(lambda tx: change_staff(tx.connection, gone, {"number": None, "roles": ""}))
    assert act(terminal, of, correction("5.00", gone)).refusal == MemberActRefusal.NOT_PERMITTED
    assert central.free(of) == yuan("55.00")


def test_within_bounds_and_never_below_the_credit_line(central: Central, terminal: Terminal) -> None:
    of = central.add_member("50.00", credit_line="10.00")
    reply = act(terminal, of, correction("200.01"))
    assert (reply.refusal, reply.limit) == (MemberActRefusal.TOO_MUCH, yuan("200.00"))
    reply = act(terminal, of, correction("-60.01"))
    assert (reply.refusal, reply.after, reply.held) == (MemberActRefusal.BELOW_CREDIT_LINE, yuan("60.00"), yuan("0"))
    terminal.grant(of, "20.00")
    assert act(terminal, of, correction("-40.01")).refusal == MemberActRefusal.BELOW_CREDIT_LINE
    assert act(terminal, of, correction("-40.00")).refusal == ""
    assert central.free(of) == yuan("0")


def test_what_is_set_aside_is_asked_back_before_it_is_refused(central: Central, terminal: Terminal) -> None:
    of, write = central.add_member("100.00"), central.parts.transactions.write
    terminal.feed()  # it says that it understands what is set aside
    for _ in range(2):
        terminal.push(terminal.bought(of, "1.00"))
    write(lambda tx: issue(tx, PreGrantRule(limit_minor=4000, terminal_cap_minor=10**9), [of.id]))
    held = central.account(of).pre_granted
    assert held
    reply = act(terminal, of, correction("-98.00"))
    assert (reply.refusal, reply.held) == (MemberActRefusal.BELOW_CREDIT_LINE, held)
    (grant,) = [body for (kind, _), body in terminal.states().items() if kind == "grant" and body["member_id"] == of.id]
    assert grant["recalled"]
    pool = ThreadPoolExecutor(1)
    with pool:
        asked = pool.submit(act, terminal, of, correction("-98.00"))
        terminal.push(wire.GrantClosed(UUID(grant["id"]), 0))
        assert asked.result().refusal == ""
    assert central.free(of) == yuan("0")
