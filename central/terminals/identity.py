"""Who a terminal is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Terminal:
    """A terminal in its present incarnation: how often it was enrolled. `letter` begins its order numbers. `protocol`
    is the newest that it was known to speak before this request."""

    id: str
    incarnation: int
    letter: str
    name: str
    protocol: int
