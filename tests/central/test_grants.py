"""POST /v1/grants: who gets how much, once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from central.members.service import block_member
from central.wallet.service import Refusal
from kiosk.domain.money import Money
from kiosk.services import ports
from kiosk.sync import wire
from tests.central.sales import new_id, sale, yuan
from tests.central.support import Central, Diner, Terminal


def test_a_grant_holds_exactly_the_amount(central: Central, terminal: Terminal) -> None:
    member = central.add_member("50.00")
    reply = terminal.grant(member, "12.50")
    assert reply.grant_id is not None
    assert (reply.member_id, reply.free_after) == (member.id, yuan("37.50"))
    assert central.free(member) == yuan("37.50")


def test_the_same_request_gets_the_same_answer_for_ever(central: Central, terminal: Terminal) -> None:
    member, request_id = central.add_member("50.00"), new_id()
    first = terminal.grant(member, "30.00", request_id)
    terminal.grant(member, "20.00")
    assert terminal.grant(member, "30.00", request_id) == first
    terminal.push(sale(terminal, request_id, first, "30.00"))
    assert terminal.grant(member, "30.00", request_id) == first
    assert central.free(member) == yuan("0")


def test_a_refusal_stays_a_refusal(central: Central, terminal: Terminal) -> None:
    member, request_id = central.add_member("5.00"), new_id()
    refused = terminal.grant(member, "6.00", request_id)
    assert refused == wire.GrantReply(refusal="insufficient", free=yuan("5.00"))
    central.import_members(f"{central.add_member().id},改名,甲班,,,0,\n")  # something else happens
    assert terminal.grant(member, "6.00", request_id) == refused


@pytest.mark.parametrize("change", ["amount", "card", "terminal"])
def test_one_id_is_one_request(central: Central, terminal: Terminal, change: str) -> None:
    member, other, request_id = central.add_member(), central.add_member(), new_id()
    terminal.grant(member, "10.00", request_id)
    asking = central.enrol() if change == "terminal" else terminal
    request = wire.GrantRequest(
        request_id,
        other.card_uid if change == "card" else member.card_uid,
        yuan("11.00" if change == "amount" else "10.00"),
    )
    response = asking.send("POST", "/v1/grants", wire.encode(request))
    assert response.status_code == 409
    assert central.free(member) == yuan("40.00")


def test_whom_nothing_is_granted(central: Central, terminal: Terminal) -> None:
    unknown = Diner("nobody", "FFFFFFFFFF")
    assert terminal.grant(unknown, "1.00").refusal == "card_unknown"
    lost = central.add_member(card_blocked=True)
    assert terminal.grant(lost, "1.00").refusal == "card_blocked"
    blocked = central.add_member()
    central.parts.transactions.write(lambda tx: block_member(tx, blocked.id, is_blocked=True))
    assert terminal.grant(blocked, "1.00").refusal == "member_blocked"
    central.parts.transactions.write(lambda tx: block_member(tx, blocked.id, is_blocked=False))
    assert terminal.grant(blocked, "1.00").grant_id is not None


def test_the_refusals_are_those_that_terminals_know() -> None:
    assert {r.value for r in Refusal} == {r.value for r in ports.Refusal}


def test_a_credit_line_may_be_used(central: Central, terminal: Terminal) -> None:
    member = central.add_member("1.00", credit_line="9.00")
    assert terminal.grant(member, "10.01").free == yuan("10.00")
    assert terminal.grant(member, "10.00").free_after == yuan("0")


def test_abandoned_requests_are_closed_first(central: Central, terminal: Terminal) -> None:
    member, lost = central.add_member("20.00"), new_id()
    assert terminal.grant(member, "20.00", lost).grant_id is not None
    assert terminal.grant(member, "20.00").refusal == "insufficient"
    assert terminal.grant(member, "20.00", abandons=(lost, new_id())).free_after == yuan("0")


def test_a_request_abandoned_before_it_arrived_is_refused(central: Central, terminal: Terminal) -> None:
    member, late = central.add_member("20.00"), new_id()
    terminal.grant(member, "1.00", abandons=(late,))
    assert terminal.grant(member, "10.00", late) == wire.GrantReply(refusal="abandoned")
    assert central.free(member) == yuan("19.00")


def test_nobody_abandons_for_another(central: Central, terminal: Terminal) -> None:
    member, request_id = central.add_member("20.00"), new_id()
    terminal.grant(member, "20.00", request_id)
    assert central.enrol().grant(member, "1.00", abandons=(request_id,)).refusal == "insufficient"


def test_what_was_spent_cannot_be_abandoned(central: Central, terminal: Terminal) -> None:
    member, request_id = central.add_member("20.00"), new_id()
    reply = terminal.grant(member, "15.00", request_id)
    terminal.push(sale(terminal, request_id, reply, "15.00"))
    assert terminal.grant(member, "6.00", abandons=(request_id,)).free == yuan("5.00")


@pytest.mark.parametrize(
    ("amount", "abandons"),
    [(Money(0), ()), (Money(-100), ()), (Money(100, "EUR"), ()), (Money(100), tuple(new_id() for _ in range(101)))],
    ids=["nothing", "negative", "foreign", "too many abandons"],
)
def test_requests_that_make_no_sense(
    central: Central, terminal: Terminal, amount: Money, abandons: tuple[object, ...]
) -> None:
    member = central.add_member()
    request = wire.GrantRequest(new_id(), member.card_uid, amount, abandons)  # type: ignore[arg-type]
    assert terminal.send("POST", "/v1/grants", wire.encode(request)).status_code == 400
    assert central.free(member) == yuan("50.00")


def test_terminals_that_race_for_a_balance_never_get_more_than_there_is(central: Central) -> None:
    member = central.add_member("10.00")
    terminals = [central.enrol() for _ in range(4)]
    with ThreadPoolExecutor(8) as threads:
        asked = [threads.submit(terminals[i % 4].grant, member, "3.00") for i in range(12)]
        issued = [a.result() for a in asked if a.result().grant_id is not None]
    assert len(issued) == 3
    assert central.free(member) == yuan("1.00")


def test_the_same_request_many_times_at_once_is_one_grant(central: Central, terminal: Terminal) -> None:
    member, request_id = central.add_member("10.00"), new_id()
    with ThreadPoolExecutor(6) as threads:
        replies = [r.result() for r in [threads.submit(terminal.grant, member, "3.00", request_id) for _ in range(6)]]
    assert len(set(map(wire.encode, replies))) == 1
    assert central.free(member) == yuan("7.00")


def test_grant_and_its_release_at_once_end_without_a_hold(central: Central, terminal: Terminal) -> None:
    """Whichever comes first, the money is free afterwards."""
    member = central.add_member("10.00")
    with ThreadPoolExecutor(4) as threads:
        for _ in range(5):
            request_id = new_id()
            granting = threads.submit(terminal.grant, member, "10.00", request_id)
            releasing = threads.submit(terminal.grant, member, "99.00", abandons=(request_id,))
            assert granting.result().refusal in (None, "abandoned")
            assert releasing.result().refusal == "insufficient"
            assert central.free(member) == yuan("10.00")


def test_transactions_that_stand_in_each_others_way_are_run_again(central: Central, terminal: Terminal) -> None:
    """Each of two requests holds the member whom the other needs next: the database ends one, and it begins anew."""
    rounds, members = 3, [central.add_member("99.00"), central.add_member("99.00")]

    def change_over(member: Diner, abandoned: UUID) -> wire.GrantReply:
        return terminal.grant(member, "1.00", abandons=(abandoned,))

    with ThreadPoolExecutor(2) as threads:
        for _ in range(rounds):
            held = [new_id(), new_id()]
            for member, request_id in zip(members, held, strict=True):
                terminal.grant(member, "2.00", request_id)
            asked = [threads.submit(change_over, *crossed) for crossed in zip(members, reversed(held), strict=True)]
            assert all(a.result(30).grant_id for a in asked)
    assert [central.free(member) for member in members] == [yuan("96.00")] * 2
