"""The camera's picture, live, for staff who set it up: what it sees and whether that will do. No picture is kept."""

from __future__ import annotations

from kiosk.domain.audit import Act
from kiosk.domain.clock import Clock
from kiosk.domain.staff import Permission, Staff
from kiosk.services.audit import Audit
from kiosk.services.face_ports import FaceDesk
from kiosk.services.ports import Store


class CameraCheck:
    """`desk`: whose camera it is; None where faces are not recognised, and so no camera is ever used."""

    def __init__(self, store: Store, desk: FaceDesk | None, clock: Clock) -> None:
        self._store = store
        self._desk = desk
        self._audit = Audit(clock)

    def show(self, by: Staff, task: int) -> bool:
        """Begin; False: there is no desk. What it sees is published as CameraSeen, under that number. Raises
        NotPermitted, StorageFailed."""
        by.require(Permission.TEST_DEVICES)
        if self._desk is None:
            return False
        with self._store.transaction() as tx:
            self._audit.record(tx, by.id, Act.CAMERA_SHOWN)
        self._desk.show(task)
        return True

    def let_go(self, task: int) -> None:
        """Nobody looks any more. It takes no permission: whoever looked may have lost theirs."""
        if self._desk is not None:
            self._desk.stop_task(task)
