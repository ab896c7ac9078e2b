"""In which order the long proofs run, and where their files are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.prove.in_memory import folder_in_memory

# pytest-xdist hands tests out in this order, and one ahead to each process: what comes third waits behind the first.
LONGEST_FIRST = (
    "test_both_sides_agree_over_very_many_orders",
    "test_nothing_told_is_lost_in_100_000_images",
    "test_a_central_that_stops_at_poison_for_a_second_is_caught",
    "test_never_below_the_credit_line_in_10_000_trials",
    "test_nothing_missing_and_nothing_twice_of_very_many",
    "test_nothing_is_lost_or_doubled_in_2000_kills",
    "test_no_row_of_very_many_is_missed",
    "test_every_order_shown_as_paid_is_there_once",
    "test_twenty_terminals_and_five_thousand_members",
    "test_nothing_is_lost_or_doubled_by_processes_that_are_not_forked",
    "test_the_other_orders_do_not_wait_for_poison",
    "test_everything_holds_in_every_state",
)


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """In memory, instead of pytest's: a disk that is asked to write a hundred thousand times makes the proofs wait
    longer than they compute, and what it does to them is proved by the power cuts."""
    with folder_in_memory() as folder:
        yield folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    name = item.name.split("[")[0]
    is_long = item.get_closest_marker("prove") is not None and name in LONGEST_FIRST
    return LONGEST_FIRST.index(name) if is_long else len(LONGEST_FIRST)
