"""Planted bugs of ingredients, by name: the real central with one thing wrong. Each must be found by a day that the
real one passes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from central.ingredients import act_repository, acts, folding, repository, using
from central.ingredients.folding import KEEP, fold_day
from central.ingredients.using import RecipeBooks
from central.orders import refunds, sales
from central.push import service as push
from kiosk.domain.ids import StaffId
from kiosk.domain.ingredient import IngredientId, IngredientRefusal, count, delivery, opposite
from kiosk.domain.staff import Role, Staff
from tests.central.cooking_with import COOK, NOBODY, PORK, STEW, act_id, ask, cook_with, left, level_in, sold
from tests.central.refunding import refund_of
from tests.central.sales import pushed_event
from tests.central.support import Central

MEAT = IngredientId(PORK)


def a_day(central: Central) -> None:
    """Sales, some of before new recipes came, told twice; refunds, a delivery, two counts, old sales put together."""
    cook_with(central)
    terminal, other = central.enrol(), central.enrol()
    early = sold(terminal, STEW)
    cook_with(central, pork_g=200)
    late, eaten = sold(terminal, STEW), sold(terminal, STEW)
    events = [pushed_event(one) for one in (early, late, eaten)]
    terminal.push(*events)
    terminal.push(*events, first_seq=1)
    other.push(*events)
    assert left(central)[0] == -550_000
    cook_with(central, pork_g=300)
    terminal.push(refund_of(early, restock=True), refund_of(eaten))
    assert left(central)[0] == -400_000

    came = delivery(act_id(), MEAT, 1_000_000)
    for _ in range(2):
        assert not ask(terminal, came).refusal
    shown = level_in(ask(terminal), PORK)
    assert shown.left_milli == 600_000
    terminal.push(sold(terminal, STEW))
    assert not ask(terminal, count(act_id(), shown, 500_000)).refusal
    assert ask(other, count(act_id(), shown, 500_000)).refusal == IngredientRefusal.COUNTED_SINCE
    assert left(central)[0] == 200_000
    assert not ask(terminal, opposite(came, act_id())).refusal
    assert ask(terminal, opposite(came, act_id())).refusal == IngredientRefusal.UNDONE
    assert ask(terminal, delivery(act_id(), MEAT, 5), NOBODY).refusal == IngredientRefusal.NOT_PERMITTED
    before = left(central)
    assert before[0] == -800_000
    central.clock.offset = KEEP + timedelta(days=1)
    while central.parts.transactions.write(fold_day):
        pass
    assert left(central) == before


def test_a_day(own_central: Central) -> None:
    a_day(own_central)


@contextmanager
def _instead(owner: Any, name: str, other: Any) -> Iterator[None]:
    kept = getattr(owner, name)
    setattr(owner, name, other)
    try:
        yield
    finally:
        setattr(owner, name, kept)


def newest_recipes_for_all() -> Any:
    """What was sold before new recipes came uses the new ones."""
    return _instead(RecipeBooks, "at", lambda books, _moment: books.since[0][1] if books.since else None)


def given_back_by_the_newest_recipes() -> Any:
    def book_given_back(tx: Any, book: int | None, movements: Any) -> None:
        newest = using.recipe_books(tx.connection).since[0][1]
        using.book_given_back(tx, book and newest, movements)

    return _instead(refunds, "book_given_back", book_given_back)


def refunds_give_nothing_back() -> Any:
    return _instead(refunds, "book_given_back", lambda *_: None)


def sales_use_nothing() -> Any:
    return _instead(sales, "book_sold", lambda *_: None)


def used_when_told_not_when_booked() -> Any:
    """An event that was dealt with under another number uses again."""
    take_in = push._take_in

    def again(tx: Any, fresh: Sequence[Any]) -> None:
        take_in(tx, fresh)
        events = [push.wire.decode_event(one.pushed.body) for one in fresh]
        books = using.recipe_books(tx.connection)
        known = [e for e in events if isinstance(e, push.OrderRecorded) and e.order.id in seen]
        using.book_sold(tx, [(books.at(e.order.created_at), m) for e in known for m in e.movements])
        seen.update(e.order.id for e in events if isinstance(e, push.OrderRecorded))

    seen: set[Any] = set()
    return _instead(push, "_take_in", again)


def acts_are_booked_again() -> Any:
    return _instead(acts.act_repository, "find_act", lambda _connection, _id: None)


def counts_add_up() -> Any:
    """Two that had not heard of each other correct the same twice."""
    return _instead(acts, "_refusal_of_count", lambda _tx, _act: None)


def a_count_sets() -> Any:
    """What was sold while somebody counted is forgotten."""
    add = repository.add_act_movement

    def add_act_movement(connection: Any, ingredient_id: Any, milli: int, kind: str, act: Any, now: Any) -> None:
        made = [500_000 - repository.left(connection)[ingredient_id] if kind == "count" else milli]
        add(connection, ingredient_id, made[0], kind, act, now)

    return _instead(repository, "add_act_movement", add_act_movement)


def undone_again_and_again() -> Any:
    return _instead(act_repository, "is_undone", lambda _connection, _id: False)


def staff_as_the_terminal_says() -> Any:
    return _instead(acts, "staff_here", lambda _connection, _id: Staff(StaffId(COOK), "x", frozenset(Role)))


def old_sales_are_thrown_away() -> Any:
    return _instead(folding.repository, "add_rows", lambda *_, **__: None)


MUTANTS: tuple[Callable[[], Any], ...] = (
    newest_recipes_for_all,
    given_back_by_the_newest_recipes,
    refunds_give_nothing_back,
    sales_use_nothing,
    used_when_told_not_when_booked,
    acts_are_booked_again,
    counts_add_up,
    a_count_sets,
    undone_again_and_again,
    staff_as_the_terminal_says,
    old_sales_are_thrown_away,
)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_planted_bugs_are_found(own_central: Central, mutant: Callable[[], Any]) -> None:
    with mutant(), pytest.raises(AssertionError):
        a_day(own_central)
