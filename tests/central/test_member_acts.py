"""What staff at terminals do for members: their diet; and whoever asks, whatever is asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from sqlalchemy import select

from central.deleting.service import delete_member
from kiosk.domain.diet import NO_DIET, DietProfile
from kiosk.domain.dish import Allergen, DietTag
from kiosk.domain.ids import StaffId
from kiosk.domain.member_act import (
    BindCard,
    ChangeDiet,
    CorrectBalance,
    CorrectionReason,
    MemberActError,
    MemberActRefusal,
)
from kiosk.domain.money import Money
from kiosk.sync import wire
from tests.central.member_acting import (
    COUNTER,
    MANAGER,
    act,
    block_of,
    cards_at,
    correction,
    new_card,
    newest_act,
    staff,
)
from tests.central.sales import yuan
from tests.central.support import Central, Diner, Terminal
from tests.central.test_hostile_values import HOSTILE, MARK, NOT_JSON, places

__all__ = ["staff"]  # a fixture


def test_diet_is_told_to_every_terminal_and_can_be_taken_back(central: Central, terminal: Terminal) -> None:
    of, other = central.add_member(), central.enrol()
    diet = DietProfile(frozenset({Allergen.PEANUT, Allergen.EGG}), frozenset({DietTag.HALAL}), no_spicy=True)
    assert act(terminal, of, ChangeDiet(diet)).diet == diet
    assert msgspec.convert(other.states()["member", of.id]["diet"], DietProfile) == diet
    assert act(terminal, of, ChangeDiet(diet), COUNTER).refusal == MemberActRefusal.NOT_PERMITTED
    assert "peanut" not in str(newest_act(central, "diet_changed")), "the log is for ever"
    assert act(terminal, of, ChangeDiet(NO_DIET)).diet == NO_DIET
    assert "diet" not in other.states()["member", of.id] or not other.states()["member", of.id]["diet"]["avoids"]


def test_a_member_who_is_gone(central: Central, terminal: Terminal) -> None:
    of, fresh = central.add_member("0"), new_card()
    act(terminal, of, BindCard(fresh, instead=False))
    central.parts.transactions.write(lambda tx: delete_member(tx, of.id, "Li", "left"))
    for change in (BindCard(new_card(), instead=False), correction("5.00"), ChangeDiet(NO_DIET)):
        assert act(terminal, of, change).refusal == MemberActRefusal.MEMBER_UNKNOWN
        assert act(terminal, Diner("nobody", ""), change).refusal == MemberActRefusal.MEMBER_UNKNOWN
    assert terminal.push(block_of(of, fresh)).quarantined == ()
    from central.members.act_repository import member_act

    with central.parts.database.read() as connection:
        kept = connection.scalars(select(member_act.c.card_uid).where(member_act.c.member_id == of.id)).all()
    assert kept == [None]
    assert act(terminal, central.add_member(), BindCard(fresh, instead=False)).refusal == "", "the card is free again"


@pytest.mark.parametrize("role", ["kitchen", "board"])
def test_terminals_that_sell_nothing_may_not(central: Central, role: str) -> None:
    request = wire.MemberActRequest(uuid4(), MANAGER, central.add_member().id, correct=correction("5.00"))
    cooking = central.enrol(role=role)
    assert cooking.send("POST", "/v1/member-acts", wire.encode(request)).status_code == 403
    of = central.add_member()
    assert cooking.push(block_of(of)).quarantined
    assert cards_at(central.enrol())[of.card_uid][1] == "active"


def test_a_key_that_is_no_terminals(central: Central, terminal: Terminal) -> None:
    request = wire.encode(wire.MemberActRequest(uuid4(), MANAGER, "x", correct=correction("5.00")))
    stranger = central.enrol()
    stranger.key, stranger.id = terminal.key, stranger.id
    assert stranger.send("POST", "/v1/member-acts", request).status_code == 401


GOOD = {
    "bind": wire.MemberActRequest(uuid4(), MANAGER, "x", bind=BindCard("0A0B0C0D", instead=True)),
    "correct": wire.MemberActRequest(uuid4(), MANAGER, "x", correct=correction("5.00")),
    "diet": wire.MemberActRequest(
        uuid4(), MANAGER, "x", diet=ChangeDiet(DietProfile(frozenset({Allergen.EGG}), frozenset({DietTag.HALAL})))
    ),
}


@pytest.mark.parametrize("name", GOOD)
def test_hostile_values_at_every_place(central: Central, terminal: Terminal, name: str) -> None:
    of = central.add_member("50.00")
    plain = json.loads(wire.encode(msgspec.structs.replace(GOOD[name], member_id=of.id)))
    for body in hostile_bodies(plain):
        response = terminal.send("POST", "/v1/member-acts", body)
        assert response.status_code in (200, 400, 409, 413), (response.status_code, body[:200])
    assert central.free(of) in (yuan("50.00"), yuan("49.99"), yuan("55.00")), "one act at most, of -1 or as it was"


def hostile_bodies(plain: dict[str, Any]) -> Iterator[bytes]:
    for path in places(plain):
        for text in [*HOSTILE, *NOT_JSON, '""', "[]", "-1", '"\\ud83d"', "true"]:
            marked = json.loads(json.dumps(plain))
            inner: Any = marked
            for key in path[:-1]:
                inner = inner[key]
            if path:
                inner[path[-1]] = MARK
                whole = json.dumps(marked).replace(json.dumps(MARK), text)
            else:
                whole = text
            yield whole.encode("utf-8", "surrogatepass")


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"correct": correction("5.00"), "diet": ChangeDiet(NO_DIET)},
        {"correct": replace(correction("5.00"), amount=Money(500, "EUR"))},
        {"staff": "", "diet": ChangeDiet(NO_DIET)},
        {"staff": "a\nb", "diet": ChangeDiet(NO_DIET)},
        {"member_id": "x" * 41, "diet": ChangeDiet(NO_DIET)},
    ],
)
def test_what_makes_no_sense(terminal: Terminal, fields: dict[str, Any]) -> None:
    request = {"act_id": uuid4(), "staff": MANAGER, "member_id": "x"} | fields
    response = terminal.send("POST", "/v1/member-acts", wire.encode(wire.MemberActRequest(**request)))
    assert response.status_code == 400


def test_values_that_are_none() -> None:
    for amount in (Money(0), Money(1_000_001), Money(-1_000_001)):
        with pytest.raises(MemberActError):
            CorrectBalance(amount, CorrectionReason.OTHER, StaffId("s"))
    for uid in ("", "0A0B0C", "0a0b0c0d", "0A0B0C0D0", "XX" * 4, "00" * 11):
        with pytest.raises(MemberActError):
            BindCard(uid, instead=True)


def test_the_school_s_list_is_read_as_before(central: Central) -> None:
    """A card that no terminal has touched goes where the file says."""
    of, another = central.add_member(), central.add_member()
    central.import_members(f"{another.id},王,乙班,{of.card_uid},,50.00,\n")
    assert cards_at(central.enrol())[of.card_uid] == (another.id, "active")
