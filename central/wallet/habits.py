"""How much of a balance to set aside where: the rule, without the database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LATEST_ORDERS = 40
USUAL_TERMINALS = 2
ORDERS_FOR_A_HABIT = 2


@dataclass(frozen=True, slots=True)
class Habit:
    """Where a member usually eats, the most usual terminal first, and the most that a meal cost them lately."""

    terminal_ids: tuple[str, ...]
    meal_minor: int


def habit_of(newest_first: Sequence[tuple[str, int]]) -> Habit:
    """The habit in a member's latest orders: (terminal id, total in minor units), newest first."""
    latest = newest_first[:LATEST_ORDERS]
    counts = Counter(terminal_id for terminal_id, _ in latest)  # keeps the order of first sight among equals
    usual = [terminal_id for terminal_id, n in counts.most_common(USUAL_TERMINALS) if n >= ORDERS_FOR_A_HABIT]
    return Habit(tuple(usual), max((total for _, total in latest), default=0))


def amounts_to_set_aside(
    habit: Habit, free_minor: int, held_minor: Mapping[str, int], limit_minor: int
) -> dict[str, int]:
    """What to add at each usual terminal, in minor units, only where half of what it should hold is used. Each should
    hold a meal, the most usual one first, for half a meal pays nowhere; what is left then fills them up to
    `limit_minor`."""
    left = free_minor + sum(held_minor.get(terminal_id, 0) for terminal_id in habit.terminal_ids)
    wanted: dict[str, int] = dict.fromkeys(habit.terminal_ids, 0)
    for most in (min(habit.meal_minor, limit_minor), limit_minor):
        for terminal_id in habit.terminal_ids:
            more = min(most - wanted[terminal_id], left)
            wanted[terminal_id] += more
            left -= more
    added: dict[str, int] = {}
    for terminal_id, minor in wanted.items():
        held = held_minor.get(terminal_id, 0)
        amount = min(minor - held, free_minor - sum(added.values()))
        if held * 2 <= minor and amount > 0:
            added[terminal_id] = amount
    return added
