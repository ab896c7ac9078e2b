"""The rule by which money is set aside."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from central.wallet.habits import Habit, amounts_to_set_aside, habit_of

TERMINALS = st.sampled_from("ABC")
HABITS = st.builds(
    lambda terminals, meal: Habit(tuple(terminals), meal),
    st.lists(TERMINALS, max_size=2, unique=True),
    st.integers(0, 3000),
)


@given(st.lists(st.tuples(TERMINALS, st.integers(0, 3000)), max_size=60))
def test_the_two_most_frequent_of_the_latest_orders(orders: list[tuple[str, int]]) -> None:
    habit = habit_of(orders)
    latest = [terminal for terminal, _ in orders[:40]]
    counts = [latest.count(terminal) for terminal in habit.terminal_ids]
    assert len(counts) <= 2
    assert counts == sorted(counts, reverse=True)
    assert all(n >= 2 for n in counts)
    for other in set(latest) - set(habit.terminal_ids):
        assert latest.count(other) < 2 or (len(counts) == 2 and latest.count(other) <= min(counts))
    assert habit.meal_minor == max((total for _, total in orders[:40]), default=0)


def test_the_newest_habit_among_equals() -> None:
    assert habit_of([(t, 1) for t in "CBAABC"]).terminal_ids == ("C", "B")


@given(HABITS, st.integers(0, 10_000), st.dictionaries(TERMINALS, st.integers(0, 4000)), st.integers(1, 5000))
def test_never_more_than_there_is_nor_than_the_limit(habit: Habit, free: int, held: dict[str, int], limit: int) -> None:
    added = amounts_to_set_aside(habit, free, held, limit)
    assert sum(added.values()) <= free
    assert added.keys() <= set(habit.terminal_ids)
    for terminal, minor in added.items():
        assert minor > 0
        assert held.get(terminal, 0) + minor <= limit
        assert held.get(terminal, 0) <= minor or sum(added.values()) == free  # half of it was used


def test_a_meal_at_each_first_and_then_up_to_the_limit() -> None:
    habit = Habit(("A", "B"), 1500)
    assert amounts_to_set_aside(habit, 1000, {}, 4000) == {"A": 1000}
    assert amounts_to_set_aside(habit, 2500, {}, 4000) == {"A": 1500, "B": 1000}
    assert amounts_to_set_aside(habit, 5000, {}, 4000) == {"A": 3500, "B": 1500}
    assert amounts_to_set_aside(habit, 9000, {}, 4000) == {"A": 4000, "B": 4000}
    assert amounts_to_set_aside(habit, 9000, {}, 1200) == {"A": 1200, "B": 1200}
    assert amounts_to_set_aside(habit, 1000, {"A": 1500}, 4000) == {"B": 1000}
    assert amounts_to_set_aside(habit, 1500, {"A": 1500, "B": 1000}, 4000) == {}  # not half of 2500 and 1500 is used
    assert amounts_to_set_aside(habit, 1500, {"A": 700, "B": 0}, 4000) == {"A": 800, "B": 700}
