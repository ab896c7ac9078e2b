"""Cash that a terminal took for a member: on the balance once."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from central.members.service import block_member
from central.wallet import ledger
from kiosk.domain.cash import MAX_TOP_UP_MINOR
from kiosk.domain.ids import MemberId
from kiosk.domain.money import Money
from kiosk.sync import wire
from tests.central.refunding import cash_top_up_of
from tests.central.sales import pushed_event, yuan
from tests.central.support import Central, Terminal
from tests.central.test_refunds import account_minor

change = msgspec.structs.replace


def test_a_top_up_is_booked_once(central: Central, terminal: Terminal) -> None:
    member = central.add_member("1.00")
    epoch, end = terminal.newest()
    given = cash_top_up_of(member.id, "50.00")
    event = pushed_event(given)
    assert terminal.push(event, given).quarantined == ()
    assert terminal.push(event, first_seq=1).quarantined == ()
    assert central.free(member) == yuan("51.00")
    assert account_minor(central, ledger.cash_account(terminal.id)) == -5000
    assert terminal.states(epoch, end)["member", member.id]["balance"]["minor"] == 5100
    other = change(given, top_up=replace(given.top_up, amount=yuan("60.00")))
    (kept,) = terminal.push(other).quarantined
    assert "another top-up of that id" in kept.reason
    assert central.free(member) == yuan("51.00")


def test_a_blocked_member_gets_what_was_taken(central: Central, terminal: Terminal) -> None:
    member = central.add_member("1.00")
    central.parts.transactions.write(lambda tx: block_member(tx, member.id, is_blocked=True))
    assert terminal.push(cash_top_up_of(member.id, "50.00")).quarantined == ()
    assert central.free(member) == yuan("51.00")


def test_what_cannot_be_booked_is_kept(central: Central, terminal: Terminal) -> None:
    member = central.add_member("1.00")
    given = cash_top_up_of(member.id, "50.00")
    amount = {"minor": MAX_TOP_UP_MINOR + 1, "currency": "CNY"}
    for wrong in (
        change(given, top_up=replace(given.top_up, member_id=MemberId("nobody"))),
        change(given, top_up=replace(given.top_up, amount=Money(5000, "EUR"))),
        change(given, top_up=replace(given.top_up, made_at=given.top_up.made_at.replace(tzinfo=None))),
        _with(given, amount=amount),
        _with(given, amount=amount | {"minor": 0}),
        _with(given, amount=amount | {"minor": -1}),
        _with(given, staff="a\nb"),
        _with(given, staff="a" * 61),
    ):
        assert len(terminal.push(wrong).quarantined) == 1
    assert central.free(member) == yuan("1.00")


def _with(given: wire.CashTopUpRecorded, **fields: object) -> dict[str, object]:
    """As a hostile terminal would write it."""
    plain: dict[str, object] = msgspec.json.decode(wire.encode(given))
    top_up = plain["top_up"]
    assert isinstance(top_up, dict)
    return plain | {"top_up": top_up | fields}
