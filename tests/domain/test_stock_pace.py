"""How fast dishes go, what runs out, and what to cook next."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.ids import DishId, StockActId
from kiosk.domain.stock import StockLevels
from kiosk.domain.stock_pace import MAX_SEEN, MIN_TAKEN, MIN_WATCHED_S, WINDOW_S, DishPace, Outlook, cook_next, outlooks

NOODLES, RICE, SOUP, TEA = (DishId(name) for name in ("noodles", "rice", "soup", "tea"))
COUNT = StockActId(UUID(int=1))


def watched(*levels: int, every_s: float = 60.0) -> DishPace:
    pace = DishPace()
    for i, portions in enumerate(levels):
        pace.see(i * every_s, portions, None)
    return pace


def test_portions_a_minute_and_how_long_they_last() -> None:
    pace = watched(50, 48, 46, 44, 42, 40)
    assert pace.a_minute(300.0) == 2.0
    assert Outlook(RICE, 24, 2.0).minutes_left == 12.0
    assert Outlook(RICE, 24, 2.0).is_low
    assert not Outlook(RICE, 31, 2.0).is_low
    assert not Outlook(RICE, 24, 2.0, sold_out=True).is_low, "it is sold out already"
    assert Outlook(RICE, 24).minutes_left is None
    assert Outlook(RICE, None, 2.0).minutes_left is None
    assert Outlook(RICE, -2, 2.0, sold_out=True).minutes_left == 0.0


def test_too_little_was_seen_to_say() -> None:
    assert watched(50, 40, every_s=30.0).a_minute(60.0) is None, "a rush of a minute is no pace"
    assert watched(50, 48, every_s=300.0).a_minute(600.0) is None, "two portions neither"
    assert DishPace().a_minute(1000.0) is None


def test_restocks_and_counts_are_not_sales() -> None:
    pace = watched(50, 47, 67, 64, 61)
    assert pace.a_minute(300.0) == 9 / 5
    pace.see(300.0, 30, COUNT)
    assert pace.a_minute(300.0) == 9 / 5, "what a count corrected was gone before"
    pace.see(360.0, 27, COUNT)
    assert pace.a_minute(360.0) == 12 / 6


def test_the_pace_is_that_of_the_last_minutes() -> None:
    pace = watched(100, 90, 80, 70)
    assert pace.a_minute(180.0) == 10.0
    assert pace.a_minute(180.0 + WINDOW_S + 1) is None, "the meal is over"


@given(st.lists(st.tuples(st.floats(0, 120), st.integers(-50, 50)), max_size=2 * MAX_SEEN))
def test_whatever_is_seen_the_pace_is_bounded_and_sensible(steps: list[tuple[float, int]]) -> None:
    pace, now_s, portions, taken = DishPace(), 0.0, 1000, 0
    pace.see(now_s, portions, None)
    for pause_s, change in steps:
        now_s, portions = now_s + pause_s, portions + change
        taken += max(0, -change)
        pace.see(now_s, portions, None)
    found = pace.a_minute(now_s)
    if found is None:
        assert now_s < MIN_WATCHED_S or taken < MIN_TAKEN or now_s > WINDOW_S
    else:
        assert 0 < found <= taken * 60.0 / MIN_WATCHED_S


def test_what_the_kitchen_cooks_next() -> None:
    levels = StockLevels({NOODLES: 30, RICE: 10, SOUP: 0, TEA: 5}, frozenset({TEA}))
    paces = {NOODLES: 1.0, RICE: 2.0, SOUP: 0.5, TEA: 3.0}
    dishes = outlooks(levels, paces, [NOODLES, RICE, SOUP, TEA, DishId("not counted")])
    assert [dish.dish_id for dish in cook_next(dishes)] == [SOUP, RICE, NOODLES]
    also_gone = Outlook(DishId("bun"), 0, 4.0, sold_out=True)
    assert [dish.dish_id for dish in cook_next([*dishes, also_gone])][:2] == ["bun", SOUP], "what goes fastest first"
