"""A terminal's store and its calls to central, on a machine that may die at any of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.services.ports import TerminalIdentity
from kiosk.store.errors import StorageBusy
from kiosk.store.sqlite_store import SqliteStore
from kiosk.store.unit_of_work import UnitOfWork
from kiosk.sync.client import CentralClient
from kiosk.sync.grants import CentralGrants
from kiosk.sync.ports import SyncStore
from tests.prove.simulation.network import Line


class Crashed(BaseException):
    """The terminal's process has ended; no `except Exception` of the product survives that."""


class Death(Enum):
    BEFORE_COMMIT = "before the commit"
    AFTER_COMMIT = "after the commit"
    DISK_BUSY = "the disk does not take it, and the program goes on"


class MortalStore:
    """The terminal's store; its machine may die with any transaction."""

    def __init__(self, store: SqliteStore, death: Callable[[], Death | None]) -> None:
        self._store, self._death = store, death

    @contextmanager
    def transaction(self) -> Iterator[UnitOfWork]:
        death = self._death()
        with self._store.transaction() as unit:
            yield unit
            if death is Death.BEFORE_COMMIT:
                raise Crashed
            if death is Death.DISK_BUSY:
                raise StorageBusy("another program has the database")
        if death is Death.AFTER_COMMIT:
            raise Crashed


class SimulatedClient(CentralClient):
    """The real client over a simulated line."""

    def __init__(self, line: Line, identity: TerminalIdentity) -> None:
        self.line = line  # type: ignore[assignment]
        self._identity = identity
        self._key = Ed25519PrivateKey.from_private_bytes(identity.private_key)


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
