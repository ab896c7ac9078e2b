"""Destroying by themselves the faces whose consent ended long ago.

A clock must decide here, and clocks jump by years. So two must agree: this machine's, and central's as it stands in
what this terminal has last witnessed of central's audit log, which central's key has signed. One clock alone, however
wrong, destroys nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from kiosk.domain.audit import Act
from kiosk.domain.clock import Clock
from kiosk.domain.face_consent import FaceConsent
from kiosk.services.audit import TERMINAL, Audit
from kiosk.services.events import EventSink, FacesChanged
from kiosk.services.ports import EventEncoder, OutboxSignal, Store, Transaction

_AT_ONCE = 200


class EndedFaces:
    """`keep`: for how long a consent that has ended can be renewed."""

    def __init__(
        self,
        store: Store,
        encoder: EventEncoder,
        outbox_signal: OutboxSignal,
        events: EventSink,
        clock: Clock,
        keep: timedelta,
    ) -> None:
        self._store = store
        self._encoder = encoder
        self._outbox_signal = outbox_signal
        self._events = events
        self._clock = clock
        self._keep = keep
        self._audit = Audit(clock)

    def destroy(self) -> int:
        """To be called at a start and each day; returns how many. A handful a transaction: sales go on between them.
        Raises StorageFailed."""
        after, count = "", 0
        while True:
            with self._store.transaction() as tx:
                agreed = self._agreed(tx)
                consents = tx.faces.consents_after(after, _AT_ONCE) if agreed else ()
                over = [consent for consent in consents if agreed and consent.until + self._keep <= agreed]
                for consent in over:
                    self._destroy(tx, consent)
            count += len(over)
            if len(consents) < _AT_ONCE:
                break
            after = consents[-1].member_id
        if count:
            self._outbox_signal.wake()
            self._events.publish(FacesChanged())
        return count

    def _agreed(self, tx: Transaction) -> datetime | None:
        """So late it is at least by both clocks; None where central has not signed anything yet."""
        at_central = tx.audit.witnessed_at()
        return None if at_central is None else min(self._clock.now(), at_central)

    def _destroy(self, tx: Transaction, consent: FaceConsent) -> None:
        tx.faces.destroy(consent.member_id)
        tx.outbox.add(self._encoder.face_destroyed(consent.id))
        self._audit.record(tx, TERMINAL, Act.FACE_ENDED, consent.member_id, consent=consent.id)
