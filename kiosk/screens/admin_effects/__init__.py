"""Runs what the admin screen wants done: services that block, on the runner's thread for them, one after the other.

A file a section; each has `RUNS`, which says by an effect's class what to do and gives the answer.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from kiosk.domain.staff import NotPermitted
from kiosk.screens.admin_door import AdminEffect, AdminEvent
from kiosk.screens.admin_effects import gate, health, ingredients, members, menu_of_day, orders, shift, stock, upkeep
from kiosk.screens.admin_effects.services import AdminServices as AdminServices
from kiosk.screens.admin_flow.events import EffectFailed, Failure
from kiosk.services.ports import StorageFailed

log = logging.getLogger(__name__)

Run = Callable[[Any, AdminServices], AdminEvent | None]

_RUNS: Mapping[type[AdminEffect], Run] = {
    **gate.RUNS,
    **stock.RUNS,
    **menu_of_day.RUNS,
    **ingredients.RUNS,
    **orders.RUNS,
    **members.RUNS,
    **health.RUNS,
    **shift.RUNS,
    **upkeep.RUNS,
}


def answered(effect: AdminEffect, services: Callable[[], AdminServices]) -> AdminEvent | None:
    """Do it; blocks. Whatever goes wrong, the screen is told: somebody stands there and waits."""
    try:
        return _RUNS[type(effect)](effect, services())
    except NotPermitted:
        log.warning("not_permitted", extra={"effect": type(effect).__name__})
        return EffectFailed(effect.visit, effect, Failure.NOT_PERMITTED)
    except StorageFailed:
        log.exception("admin_effect_failed")
        return EffectFailed(effect.visit, effect, Failure.STORAGE_FAILED)
    except Exception:
        log.exception("admin_effect_failed")
        return EffectFailed(effect.visit, effect, Failure.FAILED)
