"""Who a terminal is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SELLING_ROLES = frozenset({"order", "counter"})
KITCHEN_ROLES = frozenset({"kitchen", "board"})
"""Central tells these of the kitchen's tickets and, of the feed, what FEED_KINDS says: neither members nor money."""
STOCK_ROLES = SELLING_ROLES | {"kitchen"}
"""Here staff look after stock and ingredients."""
FEED_KINDS: Mapping[str, tuple[str, ...]] = {"kitchen": ("menu", "staff", "stock"), "board": ("staff",)}
"""What those that sell nothing are told of the feed, by role: what their admin screen needs."""


@dataclass(frozen=True, slots=True)
class Terminal:
    """A terminal in its present incarnation: how often it was enrolled. `letter` begins its order numbers. `protocol`
    is the newest that it was known to speak before this request. `is_announced`: since the last restore it has told
    what it holds; `given_up_to`: grants up to that incarnation are written off, as staff gave it up. `role`: what it
    was enrolled as."""

    id: str
    incarnation: int
    letter: str
    name: str
    protocol: int
    is_announced: bool = True
    given_up_to: int = 0
    role: str = "order"
