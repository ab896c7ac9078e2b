"""What the flow wants done of faces: steer the desk, and look up whose face it is. Each call may wait for the store."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol

from kiosk.domain.clock import Clock
from kiosk.screens.flow import effects as fx
from kiosk.screens.flow import events as ev
from kiosk.services.face_ports import FaceDesk
from kiosk.services.identify import Identified, identify_face, whose_digits
from kiosk.services.ports import StorageFailed, Store

FaceEffect = fx.LookForFace | fx.TakePoses | fx.StopFace | fx.LoadFaces | fx.IdentifyFace | fx.IdentifyByDigits

log = logging.getLogger(__name__)


class FaceServices(Protocol):
    """What there is where faces are recognised."""

    @property
    def desk(self) -> FaceDesk: ...


class Services(Protocol):
    """`face`: None where nobody is recognised."""

    @property
    def store(self) -> Store: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def face(self) -> FaceServices | None: ...


class FaceEffects:
    """For one thread, so that a look is never stopped before it was begun."""

    def __init__(self, services: Callable[[], Services]) -> None:
        self._services = services

    def run(self, effect: FaceEffect) -> ev.FlowEvent | None:
        match effect:
            case fx.IdentifyFace() | fx.IdentifyByDigits():
                return ev.FaceIdentified(effect.session_id, effect.task, self._identify(effect))
        face = self._services().face
        if face is not None:
            _steer(face.desk, effect)
        return None

    def _identify(self, effect: fx.IdentifyFace | fx.IdentifyByDigits) -> Identified | None:
        services = self._services()
        try:
            if isinstance(effect, fx.IdentifyFace):
                return identify_face(services.store, effect.member_id, services.clock.now())
            member_id = whose_digits(services.store, effect.candidates, effect.digits)
            return None if member_id is None else identify_face(services.store, member_id, services.clock.now())
        except StorageFailed:
            log.exception("identify_failed")
            return None


def _steer(desk: FaceDesk, effect: fx.LookForFace | fx.TakePoses | fx.StopFace | fx.LoadFaces) -> None:
    match effect:
        case fx.LookForFace(request):
            desk.look(request)
        case fx.TakePoses(task):
            desk.take_poses(task)
        case fx.StopFace(task):
            desk.stop_task(task)
        case fx.LoadFaces():
            desk.reload()
