"""Runs what the flows of a kitchen's screen and of a pickup board want done."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

from kiosk.domain.kitchen import Mark, Ticket
from kiosk.screens.announcer import Announcer
from kiosk.screens.board_flow.state import CallNumber
from kiosk.screens.flow.effects import PlaySound, SoundKind
from kiosk.screens.kitchen_flow.events import MarkKept, MarkNotKept, MarkTicket

log = logging.getLogger(__name__)


class MarksTickets(Protocol):
    """kiosk.services.kitchen.MarkTickets."""

    def mark(self, before: Ticket, mark: Mark) -> None: ...


class KitchenEffects:
    """`marks` is called on a thread of its own and may wait until the services are open; `post` takes an event to the
    app from any thread. Marks are kept in the order in which they were made."""

    def __init__(
        self,
        marks: Callable[[], MarksTickets],
        post: Callable[[Any], None],
        play_sound: Callable[[SoundKind], None],
    ) -> None:
        self._marks = marks
        self._post = post
        self._play_sound = play_sound
        self._keeping = ThreadPoolExecutor(1, "marks")

    def __call__(self, effect: MarkTicket | PlaySound) -> None:
        """Start it and return at once."""
        match effect:
            case PlaySound(kind):
                self._play_sound(kind)
            case MarkTicket(before, mark):
                self._keeping.submit(self._keep, before, mark)

    def stop(self) -> None:
        """Wait for marks that are being kept."""
        self._keeping.shutdown(wait=True)

    def _keep(self, before: Ticket, mark: Mark) -> None:
        try:
            self._marks().mark(before, mark)
        except Exception:
            log.exception("mark_not_kept")
            self._post(MarkNotKept(before))
        else:
            self._post(MarkKept(before, time.monotonic()))


class BoardEffects:
    """Chime and voice; `announcer` None: sound is off in the settings."""

    def __init__(self, announcer: Announcer | None) -> None:
        self._announcer = announcer

    def __call__(self, effect: CallNumber) -> None:
        if self._announcer is not None:
            self._announcer.call(effect.number)

    def stop(self) -> None:
        if self._announcer is not None:
            self._announcer.stop()
