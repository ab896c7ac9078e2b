"""What the admin screen says of this terminal beside its devices: what waits for central, room, version, clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from kiosk.domain.clock import Clock
from kiosk.domain.staff import Permission, Staff
from kiosk.services.ports import Store

# Central's clock is shown each quarter of an hour while it can be reached; less than this nobody needs to know.
CLOCK_IS_WRONG_FROM = timedelta(seconds=60)
ROOM_IS_LOW_BYTES = 500_000_000
HOT_FROM_C = 85.0
"""Processors slow themselves down from about 95 °C, and switch off beyond that."""


@dataclass(frozen=True, slots=True)
class TerminalHealth:
    """`waiting`: events that central has not acknowledged. `central_at`: central's clock when it was last shown here,
    None: never. `now`: this terminal's. Both as the canteen's wall time. `free_bytes`: of the disk. `processor_c`:
    degrees; None: not known."""

    version: str
    waiting: int
    central_at: datetime | None
    now: datetime
    free_bytes: int
    processor_c: float | None = None

    @property
    def clock_is_behind(self) -> bool:
        """For certain: central's clock was later already. One that is ahead looks as one whose central is away."""
        return self.central_at is not None and self.central_at - self.now > CLOCK_IS_WRONG_FROM

    @property
    def room_is_low(self) -> bool:
        return self.free_bytes < ROOM_IS_LOW_BYTES

    @property
    def is_hot(self) -> bool:
        return self.processor_c is not None and self.processor_c >= HOT_FROM_C


class HealthCheck:
    """`free_bytes` asks the disk, `processor_c` the processor how hot it is (None: not known); `local` puts a moment
    into the canteen's time."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        version: str,
        free_bytes: Callable[[], int],
        local: Callable[[datetime], datetime],
        processor_c: Callable[[], float | None] = lambda: None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._version = version
        self._free_bytes = free_bytes
        self._local = local
        self._processor_c = processor_c

    def look(self, by: Staff) -> TerminalHealth:
        """Raises NotPermitted, StorageFailed."""
        by.require(Permission.SEE_HEALTH)
        with self._store.transaction() as tx:
            waiting, central_at = tx.outbox.waiting(), tx.audit.witnessed_at()
        shown = self._local(central_at) if central_at else None
        now = self._local(self._clock.now())
        return TerminalHealth(self._version, waiting, shown, now, self._free_bytes(), self._processor_c())
