"""What runs behind the screens, on a thread of its own: opened when the first pictures are shown, closed at the end.

Part of the composition root (kiosk.bootstrap). What it imports, it imports late: the store and the drivers take longer
to import than the menu takes to draw.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.domain.menu import Menu
from kiosk.screens.bridge import Bridge
from kiosk.screens.flow import events as ev
from kiosk.services.events import StorageStopped
from kiosk.services.ports import StorageFailed
from kiosk.settings import Settings

if TYPE_CHECKING:
    from kiosk.opening import Services

log = logging.getLogger(__name__)

# The first pictures have the processor to themselves; nobody pays so soon.
OPENS_AFTER_S = 0.3
STOP_WITHIN_S = 60.0
DAILY_S = 86_400.0


class BackRoom:
    """`services` comes true when the store is open, or fails with why it is not. `shown`: the menu on the screen."""

    def __init__(self, settings: Settings, config_path: Path, bridge: Bridge, shown: Menu | None) -> None:
        self.services: Future[Services] = Future()
        self._settings = settings
        self._config_path = config_path
        self._bridge = bridge
        self._shown = shown
        self._stopping = threading.Event()
        # Lives as long as the companions: the kernel ends a child when the *thread* that started it has ended.
        self._thread = threading.Thread(target=self._live, name="back room", daemon=True)

    def start(self) -> None:
        """Returns at once."""
        self._thread.start()

    def wait_for(self) -> Services:
        """The services, waiting for them. Raises what kept them from opening."""
        return self.services.result()

    def when_open(self, begin: Callable[[Services], None], fail: Callable[[], None]) -> None:
        """Call one of them, on this room's thread, once it is known whether the services came. Neither where the disk
        is full or failing: the screens say so, and stay."""

        def known(services: Future[Services]) -> None:
            error = None if services.cancelled() else services.exception()
            if isinstance(error, StorageFailed):
                self._bridge.publish(StorageStopped())
            elif error is not None or services.cancelled():
                fail()
            else:
                begin(services.result())

        self.services.add_done_callback(known)

    def stop_waiting(self) -> None:
        """Never started: nobody waits any longer for services that will not come."""
        if self._thread.ident is None:
            self.services.cancel()

    def stop(self) -> None:
        """Close everything. Raises CannotOpenStore or StorageFailed if that kept the services from opening."""
        self._stopping.set()
        if self._thread.ident is None:
            return
        self._thread.join(STOP_WITHIN_S)
        if not self.services.cancelled() and (error := self.services.exception(timeout=0)) is not None:
            raise error

    def _live(self) -> None:
        self._stopping.wait(OPENS_AFTER_S)
        from kiosk.machinery import Machinery
        from kiosk.opening import build_services

        try:
            services = build_services(self._settings, self._bridge)
        except Exception as error:  # noqa: BLE001 - handed to whoever waits; stop() raises it
            self.services.set_exception(error)
            return
        try:
            self._tell_screens(services)
            machinery = Machinery(self._settings, self._config_path, services)
            machinery.start()
            self.services.set_result(services)
            self._live_on(services)
            machinery.stop()
            self._note_stop(services)
        finally:
            services.store.close()

    def _live_on(self, services: Services) -> None:
        """Until the end; now and each day faces go whose consent ended long ago, and it is noted what room is left."""
        while True:
            try:
                count = services.ended_faces.destroy()
                if count:
                    log.info("ended_faces_destroyed", extra={"count": count})
            except StorageFailed:
                log.exception("ended_faces_not_destroyed")
            services.disk.note_room(services.clock.now())
            if self._stopping.wait(DAILY_S):
                return

    def _note_stop(self, services: Services) -> None:
        from kiosk.services.ports import StorageFailed

        try:
            services.note_stop()
        except StorageFailed:
            log.exception("stop_not_noted")

    def _tell_screens(self, services: Services) -> None:
        """What the store knows beyond the menu that is shown."""
        with services.store.transaction() as tx:
            menu, levels = tx.menus.current(), tx.stock.levels()
        if menu is not None:
            self._bridge.publish(ev.LevelsLoaded(levels) if menu == self._shown else ev.MenuLoaded(menu, levels))
        if services.left_unseen is not None:
            self._bridge.publish(ev.PaymentChecked(services.left_unseen.payment_id, services.left_unseen))
