"""`unlock-admin`: IT at the machine lets PINs be typed again, also beside the running terminal."""

from __future__ import annotations

from kiosk.domain.audit import Act
from kiosk.services.audit import Audit
from kiosk.settings import Settings
from kiosk.system_clock import SystemClock
from kiosk.terminal_store import open_terminal_store, operator


def unlock_admin(settings: Settings) -> None:
    """Forget all wrong tries. Raises CannotOpenStore, StorageFailed."""
    store = open_terminal_store(settings)
    try:
        with store.transaction() as tx:
            tx.staff.forget_all_tries()
            Audit(SystemClock()).record(tx, operator(), Act.PINS_UNLOCKED)
    finally:
        store.close()
