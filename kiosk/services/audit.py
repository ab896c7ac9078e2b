"""Writing down who did what: in the transaction of the act itself, so that neither is there without the other.

Acts of staff and IT and events of security; of sales only those by face,
whose payer showed nothing that stays. Ids only, never a name or a card's number.
"""

from __future__ import annotations

from datetime import timedelta

from kiosk.domain.audit import Act
from kiosk.domain.clock import Clock
from kiosk.services.ports import Transaction

TERMINAL = "terminal"
"""The actor of what the program does by itself."""

# Less than that a clock is set every day by the network's time.
_SET_BACK = timedelta(seconds=60)


class Audit:
    """The audit log of this terminal."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def record(self, tx: Transaction, actor: str, action: str, subject: str = "", **details: object) -> None:
        """Write the act into `tx`: what `actor` (an id) did to `subject` (an id). Bounds: kiosk.domain.audit. A clock
        that was set back since the last entry is written down first. Raises AuditError for values out of bounds."""
        now = self._clock.now()
        newest = tx.audit.newest()
        if newest is not None and newest.at - now > _SET_BACK:
            seconds = int((newest.at - now).total_seconds())
            tx.audit.append(now, TERMINAL, Act.CLOCK_SET_BACK, "", {"seconds": seconds})
        tx.audit.append(now, actor, action, subject, details)
