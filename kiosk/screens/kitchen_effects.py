"""Runs what the flows of a kitchen's screen and of a pickup board want done, beside what they have in common with a
self-service terminal's: the admin screen, and at a kitchen the menu with its stock."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

from kiosk.domain.kitchen import Mark, Ticket
from kiosk.screens.admin_door import AdminEffect
from kiosk.screens.announcer import Announcer
from kiosk.screens.board_flow.state import BoardEffect, CallNumber
from kiosk.screens.effects import EffectRunner, Services
from kiosk.screens.flow import effects as fx
from kiosk.screens.kitchen_flow.events import KitchenEffect, MarkKept, MarkNotKept, MarkTicket
from kiosk.services.kitchen import MarkTickets

log = logging.getLogger(__name__)


class KitchenServices(Services, Protocol):
    """What effects are run with at a kitchen's screen."""

    @property
    def mark_tickets(self) -> MarkTickets: ...


class KitchenEffects(EffectRunner):
    """Marks are kept on a thread of their own, in the order in which they were made."""

    def __init__(
        self,
        services: Callable[[], KitchenServices],
        post: Callable[[Any], None],
        play_sound: Callable[[fx.SoundKind], None],
    ) -> None:
        super().__init__(services, post, play_sound)
        self._kitchen = services
        self._keeping = ThreadPoolExecutor(1, "marks")

    def __call__(self, effect: fx.Effect | KitchenEffect | AdminEffect) -> None:
        """Start it and return at once."""
        match effect:
            case MarkTicket(before, mark):
                self._keeping.submit(self._keep, before, mark)
            case _:
                super().__call__(effect)

    def stop(self) -> None:
        """Wait for marks that are being kept, and for what else is in flight."""
        self._keeping.shutdown(wait=True)
        super().stop()

    def _keep(self, before: Ticket, mark: Mark) -> None:
        try:
            self._kitchen().mark_tickets.mark(before, mark)
        except Exception:
            log.exception("mark_not_kept")
            self._post(MarkNotKept(before))
        else:
            self._post(MarkKept(before, time.monotonic()))


class BoardEffects(EffectRunner):
    """Chime and voice; `announcer` None: sound is off in the settings."""

    def __init__(
        self,
        services: Callable[[], Services],
        post: Callable[[Any], None],
        play_sound: Callable[[fx.SoundKind], None],
        announcer: Announcer | None,
    ) -> None:
        super().__init__(services, post, play_sound)
        self._announcer = announcer

    def __call__(self, effect: fx.Effect | BoardEffect | AdminEffect) -> None:
        """Start it and return at once."""
        match effect:
            case CallNumber(number):
                if self._announcer is not None:
                    self._announcer.call(number)
            case _:
                super().__call__(effect)

    def stop(self) -> None:
        if self._announcer is not None:
            self._announcer.stop()
        super().stop()
