"""What sync needs of the terminal's store. Sync and store never import each other; the store has these shapes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from kiosk.domain.ids import DishId, EventId, GrantId, MemberId
from kiosk.domain.member import Card, Member
from kiosk.domain.menu import Menu
from kiosk.domain.wallet import Grant, GrantUse


class Outbox(Protocol):
    def add(self, body: bytes) -> int:
        """Append one encoded event; returns its sequence number in this incarnation."""
        ...

    def next_batch(self, limit: int, max_bytes: int, skip: int = 0) -> tuple[int, tuple[tuple[EventId, bytes], ...]]:
        """The first sequence number and the oldest waiting events behind the first `skip`: at most `limit` of them and
        at most `max_bytes` of bodies, but always one if one is waiting."""
        ...

    def acknowledge(self, last_seq: int) -> bool:
        """Central has everything up to `last_seq`: forward as a rule, back when central was restored from a backup.
        False, and nothing changed, beyond what was ever written here or before what is still kept."""
        ...


class Feed(Protocol):
    def cursor(self) -> tuple[str, int]:
        """The epoch and the sequence number read up to; ("", 0) before the first page."""
        ...

    def apply_page(
        self,
        *,
        epoch: str,
        next_after: int,
        more: bool,
        menus: Sequence[Menu | None],
        members: Mapping[MemberId, Member | None],
        cards: Mapping[str, Card | None],
        stock: Mapping[DishId, tuple[int | None, bool] | None],
    ) -> None:
        """Store the newest state of each thing named, None being gone, and the cursor. `menus` holds none or the
        newest last; `stock` is (portions or None for not counted, sold out). With the last page (not `more`) of a new
        epoch goes whatever that epoch has not named."""
        ...


class Grants(Protocol):
    def take(self, grant: Grant) -> None:
        """Central has set that aside for this terminal. Known already, it stays as it is: what was spent stands. One of
        an earlier incarnation is taken to be given back, but only by the disk that was that incarnation."""
        ...

    def recall(self, grant_id: GrantId) -> None:
        """Central asks for it back; `give_back` closes it."""
        ...

    def write_off(self, grant_id: GrantId) -> None:
        """Central has closed it itself: no spend may follow, and it is not to be told."""
        ...

    def give_back(self) -> tuple[GrantUse, ...]:
        """Close what central has recalled and what an earlier incarnation held, unless a payment is just using it;
        returns those grants as they were closed."""
        ...


class SyncTransaction(Protocol):
    @property
    def grants(self) -> Grants: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def feed(self) -> Feed: ...


class SyncStore(Protocol):
    def transaction(self) -> AbstractContextManager[SyncTransaction]:
        """As kiosk.services.ports.Store: whole or not at all. Raises StorageFailed."""
        ...
