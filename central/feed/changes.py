"""What a transaction changed and terminals must hear of."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID


@dataclass(slots=True)
class Changes:
    """Keys to publish again: the menu, members by id, cards by UID, stock by dish, pre-grants by id, deletions of faces
    by member, terminals by id, collected orders by the payment that was due. `last_seq`: the number of the last row
    that was published of them."""

    menu: bool = False
    members: set[str] = field(default_factory=set)
    cards: set[str] = field(default_factory=set)
    dishes: set[str] = field(default_factory=set)
    pre_grants: set[UUID] = field(default_factory=set)
    faces: set[str] = field(default_factory=set)
    terminals: set[str] = field(default_factory=set)
    collected: set[UUID] = field(default_factory=set)
    last_seq: int = 0

    @property
    def count(self) -> int:
        return (
            self.menu + len(self.members) + len(self.cards) + len(self.dishes) + len(self.pre_grants) + len(self.faces)
            + len(self.terminals) + len(self.collected)
        )  # fmt: skip

    def add(self, other: Changes) -> None:
        self.menu = self.menu or other.menu
        self.members |= other.members
        self.cards |= other.cards
        self.dishes |= other.dishes
        self.pre_grants |= other.pre_grants
        self.faces |= other.faces
        self.terminals |= other.terminals
        self.collected |= other.collected
