"""The terminal's connection to central, from before its enrolment on: services hold this one object.

What speaks HTTP is imported when it is needed: importing it takes a good part of what the first frame takes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.domain.ids import PaymentId
from kiosk.domain.money import Money
from kiosk.domain.payer import Payer
from kiosk.services.events import EventSink
from kiosk.services.ports import CentralRefused, GrantIssued, GrantRefused, TerminalIdentity
from kiosk.settings import CentralSettings
from kiosk.sync.ports import SyncStore

if TYPE_CHECKING:
    from kiosk.sync.grants import CentralGrants
    from kiosk.sync.line import CentralAddress
    from kiosk.sync.worker import SyncWorker


def address_of(settings: CentralSettings) -> CentralAddress:
    from kiosk.sync.line import CentralAddress

    return CentralAddress(settings.url, settings.timeout_s, settings.ca_file)


class CentralConnection:
    """kiosk.services.ports.Central and OutboxSignal. Not enrolled, it refuses grants; what is sold waits in the
    outbox."""

    def __init__(self) -> None:
        self._grants: CentralGrants | None = None
        self._worker: SyncWorker | None = None

    def connect(
        self, settings: CentralSettings, identity: TerminalIdentity, store: SyncStore, events: EventSink
    ) -> None:
        """Start to push and pull as that terminal. Raises CentralAddressError."""
        from kiosk.sync.grants import CentralGrants
        from kiosk.sync.worker import SyncWorker

        address = address_of(settings)
        self._grants = CentralGrants(address, identity, store)
        self._worker = SyncWorker(store, address, identity, events, settings.poll_wait_s)
        self._worker.start()

    def request_grant(
        self,
        request_id: PaymentId,
        payer: Payer,
        amount: Money,
        abandons: tuple[PaymentId, ...],
        further: tuple[Money, ...] = (),
    ) -> GrantIssued | GrantRefused:
        if self._grants is None:
            raise CentralRefused("this terminal is not enrolled")
        return self._grants.request_grant(request_id, payer, amount, abandons, further)

    def wake(self) -> None:
        if self._worker is not None:
            self._worker.wake()

    def stop(self) -> None:
        if self._worker is not None:
            self._worker.stop()
        if self._grants is not None:
            self._grants.close()
