"""A terminal's store and its calls to central, on a machine that may die at any of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from enum import Enum

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.domain.ids import DishId
from kiosk.services.ports import PortionsAnswer, TerminalIdentity
from kiosk.store.errors import StorageBusy
from kiosk.store.sqlite_store import SqliteStore
from kiosk.store.unit_of_work import UnitOfWork
from kiosk.sync.client import CentralClient
from kiosk.sync.grants import CentralGrants
from kiosk.sync.portions import CentralAllotments
from kiosk.sync.ports import SyncStore
from kiosk.sync.wire import FeedPage
from tests.prove.simulation.acts import Act, Witness
from tests.prove.simulation.network import Line

# How many rows of the feed come at once: all there are, or so few that the next page is asked for ahead.
ROWS_A_PAGE = (5000, 5000, 5000, 50)


class Crashed(BaseException):
    """The terminal's process has ended; no `except Exception` of the product survives that."""


class Death(Enum):
    BEFORE_COMMIT = "before the commit"
    AFTER_COMMIT = "after the commit"
    DISK_BUSY = "the disk does not take it, and the program goes on"


class MortalStore:
    """`death` says how the transaction that begins now ends, if not well; `durable` is told of every act that the
    witness saw in one that did not fail."""

    def __init__(
        self,
        store: SqliteStore,
        death: Callable[[], Death | None],
        witness: Witness,
        durable: Callable[[Act], None],
    ) -> None:
        self._store, self._death, self._witness, self._durable = store, death, witness, durable

    @contextmanager
    def transaction(self) -> Iterator[UnitOfWork]:
        death = self._death()
        self._witness.noted.clear()
        with self._store.transaction() as unit:
            yield unit
            if death is Death.BEFORE_COMMIT:
                raise Crashed
            if death is Death.DISK_BUSY:
                raise StorageBusy("another program has the database")
        for act in self._witness.noted:
            self._durable(act)
        if death is Death.AFTER_COMMIT:
            raise Crashed


class SimulatedClient(CentralClient):
    """The real client over a simulated line."""

    def __init__(self, line: Line, identity: TerminalIdentity, chance: random.Random) -> None:
        self.line = line  # type: ignore[assignment]
        self._identity, self._chance, self._feed_path = identity, chance, "/v1/feed"
        self._key = Ed25519PrivateKey.from_private_bytes(identity.private_key)

    def feed(self, epoch: str, after: int, limit: int, wait_s: int) -> FeedPage:
        return super().feed(epoch, after, min(limit, self._chance.choice(ROWS_A_PAGE)), wait_s)


class SimulatedAllotments(CentralAllotments):
    """The real asking for portions over a simulated line. `answered`: whether central did, the last time; None: it has
    not been asked since that was looked at."""

    def __init__(self, client: CentralClient, store: SyncStore) -> None:
        self._client, self._store = client, store
        self.answered: bool | None = None

    def request_portions(self, missing: Mapping[DishId, int]) -> PortionsAnswer:
        self.answered = False
        answer = super().request_portions(missing)
        self.answered = True
        return answer


class SimulatedGrants(CentralGrants):
    """The real asking for grants over a simulated line. Whether a broken request was quick enough to be sent again is
    drawn, not measured."""

    def __init__(
        self, client: CentralClient, identity: TerminalIdentity, store: SyncStore, chance: random.Random
    ) -> None:
        self._client, self._identity, self._store, self._chance = client, identity, store, chance

    @property
    def _retry_within_s(self) -> float:
        return self._chance.choice((-1.0, 3600.0))

    @_retry_within_s.setter
    def _retry_within_s(self, value: float) -> None: ...
