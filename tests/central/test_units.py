"""Points and coupons: granted with the money in one call, spent in their own unit, never twice and never beyond."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.wallet import ledger
from central.wallet.write_offs import ask_write_off, confirm_write_off
from kiosk.domain.ids import GrantId, PaymentId
from kiosk.domain.money import Money
from kiosk.domain.payment import PaymentMethod, PaymentPart, PaymentState
from kiosk.domain.unit import coupon_unit
from kiosk.domain.wallet import Spend
from kiosk.sync import wire
from tests.central.sales import new_id, paid_order, yuan
from tests.central.support import Central, Terminal
from tests.central.test_invariant import SLOW
from tests.central.units import ask, balance_part, booked, earn, give_coupon, points, sold, told

PTS, COUPON = PaymentMethod.POINTS, PaymentMethod.COUPON


def test_money_points_and_a_coupon_pay_one_order(central: Central, terminal: Terminal) -> None:
    member = central.add_member("50.00")
    earn(central, member, 350)
    coupon = give_coupon(central, member)
    before = {name: booked(central, name) for name in (ledger.SALES, ledger.POINTS_COST, ledger.COUPON_DISCOUNTS)}
    one = Money(1, coupon_unit(coupon.id))
    request_id, reply = ask(terminal, member, "4.00", points(300), one)
    assert (reply.free_after, len(reply.further)) == (yuan("46.00"), 2)
    held = told(terminal, member)
    assert (held.balance, held.points, held.coupons) == (yuan("46.00"), 50, ())
    parts = balance_part("4.00"), PaymentPart(PTS, yuan("3.00"), points(300)), PaymentPart(COUPON, yuan("5.00"), one)
    event = replace_points(sold(terminal, request_id, reply, *parts), 4)
    assert terminal.push(event).quarantined == ()
    account = central.account(member)
    assert (account.booked, account.held, account.points, account.points_held) == (yuan("46.00"), Money(0), 54, 0)
    after = {name: booked(central, name) - was for name, was in before.items()}
    assert after == {ledger.SALES: 1200, ledger.POINTS_COST: -300, ledger.COUPON_DISCOUNTS: -500}
    assert booked(central, one.currency) == 0
    assert told(terminal, member).coupons == ()


def replace_points(event: wire.OrderRecorded, earned: int) -> wire.OrderRecorded:
    return msgspec.structs.replace(event, points=earned)


def test_a_rest_at_the_counter_is_not_booked(central: Central, terminal: Terminal) -> None:
    member = central.add_member("5.00")
    request_id, reply = ask(terminal, member, "5.00")
    sales = booked(central, ledger.SALES)
    counter = PaymentPart(PaymentMethod.COUNTER, yuan("7.00"))
    assert terminal.push(sold(terminal, request_id, reply, balance_part("5.00"), counter)).quarantined == ()
    assert booked(central, ledger.SALES) - sales == 500
    assert central.staff_get("/v1/orders?limit=1")[0]["state"] == "awaiting_payment"


@pytest.mark.parametrize("lacks", ["points", "coupon", "money"])
def test_all_of_it_or_nothing(central: Central, terminal: Terminal, lacks: str) -> None:
    member, other = central.add_member("50.00"), central.add_member("50.00")
    earn(central, member, 100)
    coupon = give_coupon(central, other if lacks == "coupon" else member)
    money = "50.01" if lacks == "money" else "1.00"
    further = points(101 if lacks == "points" else 100), Money(1, coupon_unit(coupon.id))
    _, reply = ask(terminal, member, money, *further)
    refusals = {"points": "points_insufficient", "coupon": "coupon_not_valid", "money": "insufficient"}
    assert (reply.grant_id, reply.further, reply.refusal) == (None, (), refusals[lacks])
    account = central.account(member)
    assert (account.held, account.points_held) == (Money(0), 0)


def test_the_same_request_gets_the_same_grants(central: Central, terminal: Terminal) -> None:
    member = central.add_member()
    earn(central, member, 100)
    request_id, first = ask(terminal, member, "0", points(60))
    assert ask(terminal, member, "0", points(60), request_id=request_id)[1] == first
    changed = wire.GrantRequest(request_id, member.card_uid, yuan("0"), (), (points(61),))
    assert terminal.send("POST", "/v1/grants", wire.encode(changed)).status_code == 409
    assert central.account(member).points_held == 60


def test_a_release_frees_every_unit_once(central: Central, terminal: Terminal) -> None:
    member = central.add_member("20.00")
    earn(central, member, 100)
    coupon = give_coupon(central, member)
    one = Money(1, coupon_unit(coupon.id))
    request_id, _ = ask(terminal, member, "9.00", points(100), one)
    for _ in range(2):
        terminal.push(wire.GrantReleased(request_id))
    account = central.account(member)
    assert (account.free, account.free_points, account.points_held) == (yuan("20.00"), 100, 0)
    assert told(terminal, member).coupons == (coupon,)
    assert ask(terminal, member, "9.00", points(100), one, request_id=request_id)[1].refusal == "abandoned"


def test_two_terminals_race_for_one_coupon(central: Central) -> None:
    member = central.add_member()
    one = Money(1, coupon_unit(give_coupon(central, member).id))
    terminals = [central.enrol() for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        replies = [r.result()[1] for r in [threads.submit(ask, t, member, "1.00", one) for t in terminals]]
    assert sorted(r.refusal or "" for r in replies) == ["", *["coupon_not_valid"] * 3]


def test_a_coupon_has_its_time(central: Central, terminal: Terminal) -> None:
    member = central.add_member()
    coupon = give_coupon(central, member, ends="2050")
    central.clock.offset = timedelta(days=365 * 40)
    try:
        assert ask(terminal, member, "1.00", Money(1, coupon_unit(coupon.id)))[1].refusal == "coupon_not_valid"
    finally:
        central.clock.offset = timedelta()


def test_a_late_spend_of_a_coupon_that_was_written_off(central: Central, terminal: Terminal) -> None:
    """The member has had it back and may have used it: the canteen bears the second."""
    member = central.add_member()
    coupon = give_coupon(central, member)
    one = Money(1, coupon_unit(coupon.id))
    request_id, reply = ask(terminal, member, "0", one)
    grant_id = reply.further[0]
    central.parts.transactions.write(lambda tx: ask_write_off(tx, grant_id, "a"))
    central.parts.transactions.write(lambda tx: confirm_write_off(tx, grant_id, "b"))
    assert told(terminal, member).coupons == (coupon,)
    lost = booked(central, ledger.COUPONS_LOST)
    part = PaymentPart(COUPON, yuan("5.00"), one)
    counter = PaymentPart(PaymentMethod.COUNTER, yuan("3.00"))
    assert terminal.push(sold(terminal, request_id, reply, part, counter)).quarantined == ()
    assert booked(central, ledger.COUPONS_LOST) == lost - 1
    assert booked(central, one.currency) == 1


# --- what does not fit is refused and changes nothing ---


def swap_units(event: wire.OrderRecorded) -> wire.OrderRecorded:
    """The points are spent under the money's grant, and the money under the points'."""
    money, pts = event.spends
    return msgspec.structs.replace(
        event,
        spends=(
            wire.SpendRecord(replace(money.spend, grant_id=pts.spend.grant_id), 1),
            wire.SpendRecord(replace(pts.spend, grant_id=money.spend.grant_id), 1),
        ),
    )


def one_spend_less(event: wire.OrderRecorded) -> wire.OrderRecorded:
    return msgspec.structs.replace(event, spends=event.spends[:1])


def counter_with_states_of_paid(event: wire.OrderRecorded) -> wire.OrderRecorded:
    return msgspec.structs.replace(event, payment=replace(event.payment, state=PaymentState.DUE))


def points_for_points(event: wire.OrderRecorded) -> wire.OrderRecorded:
    return msgspec.structs.replace(event, points=301)


WRONG: dict[str, Callable[[wire.OrderRecorded], wire.OrderRecorded]] = {
    "another unit than its grant": swap_units,
    "not what the payment's parts say": one_spend_less,
    "paid, but the payment is not": counter_with_states_of_paid,
    "the points are out of bounds": points_for_points,
}


@pytest.mark.parametrize("reason", WRONG)
def test_payments_that_do_not_fit(central: Central, terminal: Terminal, reason: str) -> None:
    member = central.add_member()
    earn(central, member, 300)
    request_id, reply = ask(terminal, member, "3.00", points(300))
    event = sold(terminal, request_id, reply, balance_part("3.00"), PaymentPart(PTS, yuan("3.00"), points(300)))
    (quarantined,) = terminal.push(WRONG[reason](event)).quarantined
    assert reason in quarantined.reason
    account = central.account(member)
    assert (account.held, account.points_held) == (yuan("3.00"), 300)


def test_parts_that_do_not_add_up(central: Central, terminal: Terminal) -> None:
    member = central.add_member()
    earn(central, member, 300)
    request_id, reply = ask(terminal, member, "3.00", points(300))
    event = sold(terminal, request_id, reply, balance_part("3.00"), PaymentPart(PTS, yuan("3.00"), points(300)))
    message = msgspec.json.decode(wire.encode(event))
    message["payment"]["parts"][1]["value"]["minor"] -= 1
    (quarantined,) = terminal.push(wire.PushedEvent(new_id(), msgspec.Raw(msgspec.json.encode(message)))).quarantined
    assert "do not add up" in quarantined.reason


def test_a_coupon_takes_no_more_off_than_it_may(central: Central, terminal: Terminal) -> None:
    member = central.add_member()
    one = Money(1, coupon_unit(give_coupon(central, member).id))
    request_id, reply = ask(terminal, member, "6.00", one)
    event = sold(terminal, request_id, reply, balance_part("6.00"), PaymentPart(COUPON, yuan("5.01"), one))
    assert "not worth that much" in terminal.push(event).quarantined[0].reason


@pytest.mark.parametrize(
    "further",
    [
        (points(0),),
        (points(-1),),
        (points(1), points(2)),
        (Money(1, "EUR"),),
        (yuan("1"),),
        (Money(2, "COUPON:" + "a" * 36),),
        (points(1), Money(1, "COUPON:" + "a" * 36), Money(1, "COUPON:" + "b" * 36)),
    ],
    ids=str,
)
def test_further_amounts_that_make_no_sense(central: Central, terminal: Terminal, further: tuple[Money, ...]) -> None:
    request = wire.GrantRequest(new_id(), central.add_member().card_uid, yuan("1.00"), (), further)
    assert terminal.send("POST", "/v1/grants", wire.encode(request)).status_code == 400


def test_an_earlier_version_asks_for_money_alone_and_pays_with_it(central: Central, terminal: Terminal) -> None:
    """What protocol 2 sends has neither `further` nor `parts`."""
    member, request_id = central.add_member(), new_id()
    asked = {"request_id": str(request_id), "card_uid": member.card_uid, "amount": {"minor": 900, "currency": "CNY"}}
    response = terminal.send("POST", "/v1/grants", msgspec.json.encode(asked), **{wire.PROTOCOL_HEADER: "2"})
    reply = wire.decode(response.content, wire.GrantReply)
    assert reply.grant_id is not None
    spend = wire.SpendRecord(Spend(GrantId(reply.grant_id), 1, PaymentId(request_id), yuan("9.00")), 1)
    event = msgspec.json.decode(wire.encode(paid_order(terminal, request_id, member.id, "9.00", (spend,))))
    del event["payment"]["parts"]
    body = msgspec.Raw(msgspec.json.encode(event))
    assert terminal.push(wire.PushedEvent(new_id(), body)).quarantined == ()
    assert central.free(member) == yuan("41.00")


# --- any interleaving ---


@SLOW
@given(steps=st.lists(st.tuples(st.integers(0, 1), st.integers(0, 6), st.integers(1, 300)), min_size=6, max_size=30))
def test_after_any_sequence(central: Central, steps: list[tuple[int, int, int]]) -> None:
    """Two terminals ask, sell, release, sell what they released, and upload out of turn: points are never below zero,
    and the coupon pays once."""
    member, terminals = central.add_member("500.00"), [central.enrol(), central.enrol()]
    earn(central, member, 500)
    one = Money(1, coupon_unit(give_coupon(central, member).id))
    asked: list[tuple[Terminal, UUID, wire.GrantReply, tuple[PaymentPart, ...]]] = []
    for which, action, count in steps:
        terminal = terminals[which]
        if action <= 2:
            parts = [balance_part("8.00")]
            if action != 1:
                parts.append(PaymentPart(PTS, Money(count), points(count)))
            if action != 0:
                parts.append(PaymentPart(COUPON, yuan("5.00"), one))
            further = [part.used for part in parts if part.used is not None]
            request_id, reply = ask(terminal, member, "8.00", *further)
            if reply.refusal is None:
                asked.append((terminal, request_id, reply, tuple(parts)))
        elif asked:
            at, request_id, reply, bought = asked[count % len(asked)]
            if action in (3, 5):
                at.push(wire.GrantReleased(request_id))
            if action in (4, 5, 6):
                at.push(sold(at, request_id, reply, *bought))
        account = central.account(member)
        assert account.free_points >= 0
        assert account.points_held >= 0
        assert booked(central, one.currency) in (0, 1)
        assert booked(central, ledger.COUPONS_REDEEMED) >= 0
        assert account.booked == account.free + account.held
