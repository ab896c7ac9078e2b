"""How much of a balance to set aside where: the rule, without the database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

LATEST_ORDERS = 20
USUAL_TERMINALS = 2
ORDERS_FOR_A_HABIT = 2


def usual_terminals(newest_first: Sequence[str]) -> dict[str, int]:
    """The one or two terminals of a member's latest orders (their ids, newest first) that they usually eat at, with the
    number of orders there."""
    counts = Counter(newest_first[:LATEST_ORDERS])  # most_common keeps the order of first sight among equals
    return {terminal: n for terminal, n in counts.most_common(USUAL_TERMINALS) if n >= ORDERS_FOR_A_HABIT}


def top_ups(
    usual: Mapping[str, int], free_minor: int, held_minor: Mapping[str, int], limit_minor: int
) -> dict[str, int]:
    """What to add at each usual terminal, in minor units: their shares of what there is (free or held there already),
    `limit_minor` at most; only where half of that is used."""
    in_all = free_minor + sum(held_minor.get(terminal, 0) for terminal in usual)
    orders = sum(usual.values())
    added: dict[str, int] = {}
    for terminal, n in usual.items():
        wanted, held = min(limit_minor, in_all * n // orders), held_minor.get(terminal, 0)
        amount = min(wanted - held, free_minor - sum(added.values()))
        if held * 2 <= wanted and amount > 0:
            added[terminal] = amount
    return added
