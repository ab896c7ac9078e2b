"""The rule by which money is set aside."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from central.wallet.habits import top_ups, usual_terminals

TERMINALS = st.sampled_from("ABC")


@given(st.lists(TERMINALS, max_size=30))
def test_the_two_most_frequent_of_the_latest_orders(orders: list[str]) -> None:
    usual = usual_terminals(orders)
    latest = orders[:20]
    assert usual == {terminal: latest.count(terminal) for terminal in usual}
    assert len(usual) <= 2
    assert all(n >= 2 for n in usual.values())
    for other in set(latest) - usual.keys():
        assert latest.count(other) < 2 or (len(usual) == 2 and latest.count(other) <= min(usual.values()))


def test_the_newest_habit_among_equals() -> None:
    assert list(usual_terminals(["C", "B", "A", "A", "B", "C"])) == ["C", "B"]


@given(
    st.dictionaries(TERMINALS, st.integers(2, 20), min_size=1, max_size=2),
    st.integers(0, 10_000),
    st.dictionaries(TERMINALS, st.integers(0, 4000)),
    st.integers(1, 5000),
)
def test_never_more_than_there_is_nor_than_the_limit(
    usual: dict[str, int], free: int, held: dict[str, int], limit: int
) -> None:
    added = top_ups(usual, free, held, limit)
    assert sum(added.values()) <= free
    assert added.keys() <= usual.keys()
    for terminal, minor in added.items():
        assert minor > 0
        assert held.get(terminal, 0) + minor <= limit
        assert held.get(terminal, 0) <= minor or sum(added.values()) == free  # half of it was used


def test_shares_follow_the_orders() -> None:
    assert top_ups({"A": 15, "B": 5}, 4000, {}, 10_000) == {"A": 3000, "B": 1000}
    assert top_ups({"A": 15, "B": 5}, 4000, {}, 2000) == {"A": 2000, "B": 1000}
    assert top_ups({"A": 2}, 1000, {"A": 1001}, 5000) == {}
