"""What a transaction changed and terminals must hear of."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID


@dataclass(slots=True)
class Changes:
    """Keys to publish again: the menu, members by id, cards by UID, stock by dish, pre-grants by id, deletions of faces
    by member, letters with faces by id, terminals by id, collected orders by the payment that was due, staff by id,
    allotments by terminal, incarnation and dish. `tickets`: some of the kitchen's have changed, which are numbered with
    the feed's rows and read apart from it (central.kitchen). `last_seq`: the number of the last row that was published
    of them."""

    menu: bool = False
    members: set[str] = field(default_factory=set)
    cards: set[str] = field(default_factory=set)
    dishes: set[str] = field(default_factory=set)
    pre_grants: set[UUID] = field(default_factory=set)
    faces: set[str] = field(default_factory=set)
    face_letters: set[UUID] = field(default_factory=set)
    terminals: set[str] = field(default_factory=set)
    collected: set[UUID] = field(default_factory=set)
    allotments: set[tuple[str, int, str]] = field(default_factory=set)
    tickets: bool = False
    staff: set[str] = field(default_factory=set)
    last_seq: int = 0

    @property
    def count(self) -> int:
        named = len(self.members) + len(self.cards) + len(self.dishes) + len(self.faces) + len(self.terminals)
        by_id = len(self.pre_grants) + len(self.face_letters) + len(self.collected) + len(self.staff)
        return self.menu + self.tickets + named + by_id + len(self.allotments)

    def add(self, other: Changes) -> None:
        self.menu = self.menu or other.menu
        self.tickets = self.tickets or other.tickets
        self.members |= other.members
        self.cards |= other.cards
        self.dishes |= other.dishes
        self.pre_grants |= other.pre_grants
        self.faces |= other.faces
        self.face_letters |= other.face_letters
        self.terminals |= other.terminals
        self.collected |= other.collected
        self.allotments |= other.allotments
        self.staff |= other.staff
