"""What sales use of ingredients: with the order, once, by the recipes of when it was sold; given back where portions
are."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from central.ingredients import repository
from central.ingredients.folding import KEEP, fold_day
from kiosk.domain.cash import CounterResult
from kiosk.sync import wire
from tests.central.cooking_with import EGG, OMELETTE, PLAIN, PORK, STEW, cook_with, known_levels, left, sold
from tests.central.refunding import counter_payment_of, refund_of
from tests.central.sales import counter_order, pushed_event
from tests.central.support import Central, Terminal, wait_until

change = msgspec.structs.replace


@pytest.fixture
def kitchen(central: Central) -> Iterator[Central]:
    cook_with(central)
    yield central
    central.clock.offset = timedelta()


def moved(central: Central, before: tuple[int, int]) -> tuple[int, int]:
    after = left(central)
    return after[0] - before[0], after[1] - before[1]


def test_a_sale_uses_what_its_dishes_do(kitchen: Central, terminal: Terminal) -> None:
    before = left(kitchen)
    assert terminal.push(sold(terminal, STEW, OMELETTE, OMELETTE, PLAIN)).quarantined == ()
    assert moved(kitchen, before) == (-150_000, -4_500)
    assert terminal.push(sold(terminal, PLAIN)).quarantined == ()
    assert moved(kitchen, before) == (-150_000, -4_500)


def test_whatever_comes_again_and_in_whatever_order_is_used_once(kitchen: Central) -> None:
    """Sales of three terminals, in batches that are cut anew, repeated and late."""
    seed = int(os.environ.get("SEED", "20261123"))
    sys.stdout.write(f"SEED={seed}\n")
    chance, before = random.Random(seed), left(kitchen)
    tills = [kitchen.enrol() for _ in range(3)]
    sales = {till.id: [pushed_event(sold(till, STEW, OMELETTE)) for _ in range(40)] for till in tills}
    for _ in range(60):
        till = chance.choice(tills)
        first = chance.randint(1, till.sent + 1)
        till.push(
            *sales[till.id][first - 1 : first - 1 + chance.randint(1, 12)] or [sales[till.id][-1]], first_seq=first
        )
    for till in tills:
        till.push(*sales[till.id], first_seq=1)
        assert till.sent == 40
    assert moved(kitchen, before) == (120 * -150_000, 120 * -2_500)


def test_a_backlog_uses_the_same(kitchen: Central, terminal: Terminal) -> None:
    before = left(kitchen)
    batch = wire.PushBatch(1, tuple(pushed_event(sold(terminal, STEW)) for _ in range(30)))
    packed = wire.pack_batch(batch)
    for _ in range(2):
        answer = terminal.send("POST", "/v1/backlog", packed, **{"Content-Type": wire.PACKED})
        assert answer.status_code == 200, answer.text
    wait_until(lambda: moved(kitchen, before) == (30 * -150_000, 30 * -500))


def test_what_is_refused_uses_nothing_and_keeps_no_other_back(kitchen: Central, terminal: Terminal) -> None:
    before = left(kitchen)
    good, bad = sold(terminal, STEW), sold(terminal, STEW)
    spoiled = change(bad, order=replace(bad.order, number=""))
    reply = terminal.push(good, spoiled, good, sold(terminal, STEW))
    assert [q.seq for q in reply.quarantined] == [2, 3]
    assert moved(kitchen, before)[0] == 2 * -150_000


def test_given_back_where_the_portions_are(kitchen: Central, terminal: Terminal) -> None:
    before = left(kitchen)
    eaten, cold, void = (sold(terminal, STEW) for _ in range(3))
    terminal.push(eaten, cold, void)
    back = refund_of(cold, restock=True)
    assert terminal.push(refund_of(eaten), back, refund_of(void, is_void=True)).quarantined == ()
    assert moved(kitchen, before) == (-150_000, -500), "what was eaten stays used"
    assert terminal.push(back, first_seq=terminal.sent).quarantined, "another event under that number"
    assert moved(kitchen, before) == (-150_000, -500)


def test_an_order_for_the_counter_that_nobody_pays(kitchen: Central, terminal: Terminal) -> None:
    before = left(kitchen)
    due = counter_order(terminal, "8.00", dish=STEW)
    terminal.push(due)
    assert moved(kitchen, before) == (-150_000, -500)
    terminal.push(counter_payment_of(due, CounterResult.CANCELLED))
    assert moved(kitchen, before) == (0, 0)


def test_new_recipes_hold_for_what_is_sold_from_then_on(kitchen: Central, terminal: Terminal) -> None:
    """What was sold without a network before they came uses, and gives back, by the old ones."""
    early = sold(terminal, STEW)
    before = left(kitchen)
    cook_with(kitchen, pork_g=200)
    late = sold(terminal, STEW)
    assert terminal.push(early, late).quarantined == ()
    assert moved(kitchen, before)[0] == -350_000
    cook_with(kitchen, pork_g=300)
    terminal.push(refund_of(early, restock=True), refund_of(late, is_void=True))
    assert moved(kitchen, before) == (0, 0)


def test_a_sale_of_before_all_recipes_uses_the_first(kitchen: Central, terminal: Terminal) -> None:
    """Also when a terminal's clock stands at its beginning."""
    made = sold(terminal, STEW)
    old = change(made, order=replace(made.order, created_at=made.order.created_at.replace(year=1971)))
    before = left(kitchen)
    assert terminal.push(old).quarantined == ()
    assert moved(kitchen, before)[0] < 0


def test_an_order_of_before_there_were_recipes_gives_nothing_back(own_central: Central) -> None:
    terminal = own_central.enrol()
    made = sold(terminal, STEW)
    terminal.push(made)
    cook_with(own_central)
    terminal.push(refund_of(made, restock=True))
    assert left(own_central) == (0, 0)


def test_days_left_are_of_days_on_which_something_was_sold(own_central: Central) -> None:
    cook_with(own_central)
    terminal = own_central.enrol()
    for days_later, portions in ((0, 10), (1, 0), (2, 30)):
        own_central.clock.offset = timedelta(days=days_later)
        terminal.push(*(sold(terminal, STEW) for _ in range(portions))) if portions else None
    level = known_levels(own_central)[PORK]
    assert level.used_a_day_milli == 20 * 150_000
    assert not level.is_known
    assert level.days_left is None
    own_central.clock.offset = timedelta(days=30)
    assert known_levels(own_central)[PORK].used_a_day_milli is None


def test_old_sales_become_a_row_a_day_and_the_sum_stays(kitchen: Central, terminal: Terminal) -> None:
    before, rows = left(kitchen), count_rows(kitchen)
    for _ in range(3):
        terminal.push(sold(terminal, STEW))
    assert count_rows(kitchen) == rows + 6
    kitchen.clock.offset = timedelta(hours=1)
    assert not kitchen.parts.transactions.write(fold_day), "too soon"
    kitchen.clock.offset = KEEP + timedelta(days=2)
    while kitchen.parts.transactions.write(fold_day):
        pass
    assert moved(kitchen, before) == (3 * -150_000, 3 * -500)
    assert count_rows(kitchen) <= 4 * len((PORK, EGG)) * 2


def count_rows(central: Central) -> int:
    since = central.clock() - timedelta(days=1000)

    def of_sales(connection: object) -> int:
        return sum(row.act_id is None for row in repository.movements_since(connection, since))  # type: ignore[arg-type]

    return central.parts.transactions.read(of_sales)
