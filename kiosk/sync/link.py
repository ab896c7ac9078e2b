"""Is central there? Put together from what push and pull meet, told when it changes, logged once each way."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from threading import Lock

from kiosk.services.events import CentralLinkChanged, EventSink, LinkState

log = logging.getLogger(__name__)


class CentralLink:
    """Online only while neither side's last exchange failed."""

    def __init__(self, events: EventSink) -> None:
        self._events = events
        self._lock = Lock()
        self._sides: dict[str, LinkState] = {}
        self._state: LinkState | None = None
        self._met_at: datetime | None = None

    def met_at(self) -> datetime | None:
        """When an exchange last went well, by this machine's clock (UTC); None: none since the start."""
        with self._lock:
            return self._met_at

    def report(self, side: str, state: LinkState, reason: str = "") -> None:
        """What the last exchange of `side` (push, pull) met."""
        with self._lock:
            if state is LinkState.ONLINE:
                self._met_at = datetime.now(UTC)
            self._sides[side] = state
            together = next(
                s for s in (LinkState.REFUSED, LinkState.OFFLINE, LinkState.ONLINE) if s in self._sides.values()
            )
            if together == self._state:
                return
            self._state = together
            log.info("central_link_changed", extra={"state": together.value, "side": side, "reason": reason})
            self._events.publish(CentralLinkChanged(together))
