"""What staff do with ingredients at a terminal: booked at central at once, once, and only by who may."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from sqlalchemy import select

from central.audit.repository import audit_entry
from kiosk.domain.ids import StaffId, TerminalId
from kiosk.domain.ingredient import (
    MAX_ACT_MILLI,
    IngredientAct,
    IngredientActKind,
    IngredientId,
    IngredientLevel,
    IngredientRefusal,
    count,
    delivery,
    opposite,
    waste,
)
from kiosk.domain.staff import Role, Staff
from kiosk.domain.stock_act import WasteReason
from kiosk.services.ingredients import IngredientDesk
from kiosk.services.ports import IngredientsAtCentral, TerminalIdentity
from kiosk.sync import wire
from kiosk.sync.ingredients import CentralIngredients
from kiosk.sync.line import CentralAddress
from tests.central.cooking_with import (
    COOK,
    COUNTER,
    NOBODY,
    PORK,
    STEW,
    act_id,
    ask,
    cook_with,
    left,
    level_in,
    sold,
)
from tests.central.support import Central, Terminal, post_json

MEAT = IngredientId(PORK)


@pytest.fixture
def kitchen(central: Central) -> Iterator[Central]:
    cook_with(central)
    yield central
    central.clock.offset = timedelta()


def pork(terminal: Terminal) -> int:
    return level_in(ask(terminal), PORK).left_milli


def test_delivered_wasted_counted_and_undone(kitchen: Central, terminal: Terminal) -> None:
    before = pork(terminal)
    came = delivery(act_id(), MEAT, 25_000_000)
    for _ in range(2):  # the second time as if no answer had come
        assert not ask(terminal, came).refusal
    assert pork(terminal) == before + 25_000_000
    assert not ask(terminal, waste(act_id(), MEAT, 500_000, WasteReason.SPOILED)).refusal
    shown = level_in(ask(terminal), PORK)
    assert shown.left_milli == before + 24_500_000
    terminal.push(sold(terminal, STEW))
    counted = count(act_id(), shown, 20_000_000)
    assert not ask(terminal, counted).refusal
    assert pork(terminal) == 20_000_000 - 150_000, "what is sold while somebody counts goes on counting"
    undo = opposite(counted, act_id())
    for _ in range(2):
        assert not ask(terminal, undo).refusal
    assert pork(terminal) == before + 24_500_000 - 150_000


def test_of_two_counts_that_had_not_heard_of_each_other_the_later_is_asked_again(
    kitchen: Central, terminal: Terminal
) -> None:
    other, shown = kitchen.enrol(), level_in(ask(terminal), PORK)
    assert not ask(terminal, count(act_id(), shown, 7_000_000)).refusal
    late = ask(other, count(act_id(), shown, 7_000_000))
    assert late.refusal == IngredientRefusal.COUNTED_SINCE
    assert level_in(late, PORK).left_milli == 7_000_000, "and sees what the first has counted"
    assert not ask(other, count(act_id(), level_in(late, PORK), 6_900_000)).refusal
    assert pork(terminal) == 6_900_000


def test_what_cannot_be_undone(kitchen: Central, terminal: Terminal) -> None:
    came = delivery(act_id(), MEAT, 1_000_000)
    first = count(act_id(), level_in(ask(terminal), PORK), 3_000_000)
    ask(terminal, first)
    ask(terminal, count(act_id(), level_in(ask(terminal), PORK), 4_000_000))
    ask(terminal, came)
    undone = opposite(came, act_id())
    ask(terminal, undone)
    before = pork(terminal)
    for again in (
        opposite(first, act_id()),  # counted since
        opposite(came, act_id()),  # undone already
        opposite(delivery(act_id(), MEAT, 5), act_id()),  # never done
        replace(opposite(came, act_id()), milli=-999_999),
        opposite(replace(came, ingredient_id=IngredientId("t-egg")), act_id()),
    ):
        assert ask(terminal, again).refusal == IngredientRefusal.UNDONE
    assert ask(kitchen.enrol(), came).refusal == IngredientRefusal.ID_IN_USE
    assert ask(terminal, replace(came, milli=7)).refusal == IngredientRefusal.ID_IN_USE
    assert pork(terminal) == before


@pytest.mark.parametrize(
    ("staff", "may_see", "may"),
    [
        (COOK, True, set(IngredientActKind)),
        (COUNTER, True, set()),
        (NOBODY, False, set()),
        ("s-not-there", False, set()),
        ("x" * 500, False, set()),
        ("", False, set()),
    ],
)
def test_who_may(kitchen: Central, terminal: Terminal, staff: str, may_see: bool, may: set[IngredientActKind]) -> None:
    """Whatever a terminal says that its staff may."""
    shown, before = level_in(ask(terminal), PORK), pork(terminal)
    assert bool(ask(terminal, staff=staff).levels) is may_see
    acts = [
        delivery(act_id(), MEAT, 1000),
        waste(act_id(), MEAT, 1000, WasteReason.OTHER),
        count(act_id(), shown, shown.left_milli),
    ]
    for act in acts:
        refused = ask(terminal, act, staff).refusal == IngredientRefusal.NOT_PERMITTED
        assert refused is (act.kind not in may)
    assert pork(terminal) == before


def test_unknown_ingredients(kitchen: Central, terminal: Terminal) -> None:
    for name in ("no-such", "t-PORK", "x" * 40, "' OR 1=1 --", "肉"):
        assert ask(terminal, delivery(act_id(), IngredientId(name), 5)).refusal == IngredientRefusal.UNKNOWN


GOOD = delivery(act_id(), MEAT, 1000)
HOSTILE = {
    "nothing": replace(GOOD, milli=0),
    "below zero": replace(GOOD, milli=-1000),
    "too much": replace(GOOD, milli=MAX_ACT_MILLI + 1),
    "beyond all numbers": replace(GOOD, milli=10**40),
    "a reason for a delivery": replace(GOOD, reason=WasteReason.OTHER),
    "a delivery that counts": replace(GOOD, counted_milli=5),
    "waste without a reason": replace(GOOD, kind=IngredientActKind.WASTE, milli=-5),
    "waste that adds": replace(GOOD, kind=IngredientActKind.WASTE, reason=WasteReason.OTHER),
    "a count of nothing": replace(GOOD, kind=IngredientActKind.COUNT),
    "a count that sets": replace(GOOD, kind=IngredientActKind.COUNT, counted_milli=5, known_milli=0, milli=9),
    "a count below zero": replace(GOOD, kind=IngredientActKind.COUNT, counted_milli=-5, known_milli=0, milli=-5),
    "known beyond all": replace(
        GOOD, kind=IngredientActKind.COUNT, counted_milli=0, known_milli=10**30, milli=-(10**30)
    ),
    "an undone undo": opposite(opposite(GOOD, act_id()), act_id()),
    "undoes itself": replace(GOOD, undoes=GOOD.id, milli=-1000),
    "no name": replace(GOOD, ingredient_id=IngredientId("")),
    "a long name": replace(GOOD, ingredient_id=IngredientId("x" * 41)),
    "NUL": replace(GOOD, ingredient_id=IngredientId("t-pork\0")),
}


@pytest.mark.parametrize("act", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_no_act_is_refused_and_moves_nothing(kitchen: Central, terminal: Terminal, act: IngredientAct) -> None:
    before = left(kitchen)
    answer = terminal.send("POST", "/v1/ingredients", wire.encode(wire.IngredientsRequest(COOK, act)))
    assert 400 <= answer.status_code < 500, answer.text
    assert left(kitchen) == before


@pytest.mark.parametrize("staff", ["\0", "x\0y", "", "x" * 10_000, "\u202e"])
def test_an_id_that_nobody_has(kitchen: Central, terminal: Terminal, staff: str) -> None:
    answer = terminal.send("POST", "/v1/ingredients", wire.encode(wire.IngredientsRequest(staff, GOOD)))
    assert (answer.status_code, answer.json()["refusal"]) == (200, IngredientRefusal.NOT_PERMITTED)


def test_bytes_that_are_no_message(kitchen: Central, terminal: Terminal) -> None:
    whole = msgspec.json.decode(wire.encode(wire.IngredientsRequest(COOK, GOOD)))
    for name, value in (
        ("kind", "steal"),
        ("milli", "1"),
        ("milli", 1.5),
        ("milli", None),
        ("id", "7"),
        ("reason", "fun"),
    ):
        body: dict[str, Any] = {**whole, "act": {**whole["act"], name: value}}
        assert terminal.send("POST", "/v1/ingredients", msgspec.json.encode(body)).status_code == 400
    for junk in (b"{", b"[]", b"null", b"\xff", b'{"staff": 5}', b"{" * 10_000):
        assert terminal.send("POST", "/v1/ingredients", junk).status_code == 400
    assert post_json(kitchen.http, "/v1/ingredients", wire.IngredientsRequest(COOK)).status_code == 401, "not signed"


def test_what_is_left_is_the_sum_whatever_is_done_in_whatever_order(kitchen: Central, terminal: Terminal) -> None:
    """Acts and sales at random, some repeated, beside a book of our own."""
    seed = int(os.environ.get("SEED", "20261124"))
    sys.stdout.write(f"SEED={seed}\n")
    chance = random.Random(seed)
    expected, done = pork(terminal), []
    for _ in range(60):
        level = level_in(ask(terminal), PORK)
        assert level.left_milli == expected
        kind = chance.choice(["sale", "undo", "again", "new", "new"])
        if kind == "sale":
            terminal.push(sold(terminal, STEW))
            expected -= 150_000
            continue
        made = an_act(chance, level)
        if kind == "undo" and any(act.undoes is None for act in done):
            made = opposite(chance.choice([act for act in done if act.undoes is None]), act_id())
        elif kind == "again" and done:
            made = chance.choice(done)
        refusal = ask(terminal, made).refusal
        if not refusal and made not in done:
            expected += made.milli
            done.append(made)


def an_act(chance: random.Random, level: IngredientLevel) -> IngredientAct:
    amount = chance.randint(1, 9_000_000)
    kind = chance.choice(list(IngredientActKind))
    if kind is IngredientActKind.DELIVERY:
        return delivery(act_id(), MEAT, amount)
    if kind is IngredientActKind.WASTE:
        return waste(act_id(), MEAT, amount, chance.choice(list(WasteReason)))
    return count(act_id(), level, amount)


def test_each_act_stands_in_the_audit_log_with_before_and_after(kitchen: Central, terminal: Terminal) -> None:
    before = pork(terminal)
    came = delivery(act_id(), MEAT, 2_000_000)
    ask(terminal, came)
    ask(terminal, came)
    with kitchen.parts.database.read() as connection:
        bodies = [bytes(body).decode() for body in connection.scalars(select(audit_entry.c.body))]
    (entry,) = [body for body in bodies if str(came.id) in body]
    for part in ("ingredient_delivered", COOK, PORK, str(before), str(before + 2_000_000)):
        assert part in entry


def test_from_the_terminals_service_to_central(kitchen: Central, terminal: Terminal) -> None:
    told = terminal.enrolled
    key = terminal.key.private_bytes_raw()
    identity = TerminalIdentity(TerminalId(told.terminal_id), told.incarnation, told.letter, "", key)
    at_central = CentralIngredients(CentralAddress(kitchen.url, 10), identity)
    cook, desk = Staff(StaffId(COOK), "刘*", frozenset({Role.RESTOCK})), IngredientDesk(at_central)
    before = pork(terminal)
    seen = desk.deliver(cook, act_id(), MEAT, 3_000_000)
    assert isinstance(seen, IngredientsAtCentral)
    assert seen.refusal is None
    stranger = replace(cook, id=StaffId(str(uuid4())))
    assert desk.see(stranger) == IngredientsAtCentral((), IngredientRefusal.NOT_PERMITTED)
    assert pork(terminal) == before + 3_000_000
    at_central.close()
