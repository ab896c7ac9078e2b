"""What the tests of the flow by face share: a visitor at a terminal whose camera and engine work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from uuid import UUID

from kiosk.domain.face import Agreed, Judgement
from kiosk.domain.face_consent import ConsentPurpose
from kiosk.domain.ids import FaceConsentId
from kiosk.domain.member import Member
from kiosk.domain.money import Money
from kiosk.domain.payer import ByFace
from kiosk.screens.flow import effects as fx
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.face_state import Facing
from kiosk.services import events as service
from kiosk.services.events import DeviceHealth, DeviceHealthChanged, DeviceKind, DeviceProblem, DeviceState
from kiosk.services.face_events import FaceReadiness
from kiosk.services.identify import Identified
from tests.flow.canteen import MEMBER, Visitor

CONSENT = FaceConsentId(UUID(int=77))
FACE = ByFace(MEMBER.id, CONSENT)
CONFIRM_S = 2


def by_face(member: Member = MEMBER) -> Identified:
    return Identified(member, ByFace(member.id, CONSENT), Money(0))


def works(
    visitor: Visitor,
    *,
    camera: DeviceState = DeviceState.READY,
    problem: DeviceProblem = DeviceProblem.NONE,
    is_ready: bool = True,
) -> Visitor:
    """Camera and engine do, and somebody is enrolled."""
    visitor.happens(
        DeviceHealthChanged(DeviceHealth("face-camera", DeviceKind.CAMERA, camera, problem)),
        service.FaceReadinessChanged(FaceReadiness(is_ready, frozenset(ConsentPurpose))),
    )
    visitor.effects.clear()
    return visitor


def facing(visitor: Visitor) -> Facing:
    assert visitor.state.facing is not None
    return visitor.state.facing


def looks(visitor: Visitor) -> list[fx.LookForFace]:
    return [effect for effect in visitor.effects if isinstance(effect, fx.LookForFace)]


def stopped(visitor: Visitor) -> list[int]:
    return [effect.task for effect in visitor.effects if isinstance(effect, fx.StopFace)]


def payments(visitor: Visitor) -> list[fx.PayByFace]:
    return [effect for effect in visitor.effects if isinstance(effect, fx.PayByFace)]


def is_judged(visitor: Visitor, judgement: Judgement, *, turned: bool = False) -> None:
    visitor.happens(service.FaceJudged(facing(visitor).task, judgement, turned))


def is_recognised(visitor: Visitor, member: Member = MEMBER, *, turned: bool = False) -> None:
    """The desk names that member, and the store knows them."""
    is_judged(visitor, Agreed(member.id), turned=turned)
    visitor.happens(ev.FaceIdentified(visitor.state.session.id, facing(visitor).task, by_face(member)))


@contextmanager
def nothing_is_charged(visitor: Visitor) -> Iterator[None]:
    before = len(payments(visitor)) + len(visitor.asked_payments)
    yield
    assert len(payments(visitor)) + len(visitor.asked_payments) == before


def at_home(visitor: Visitor, **policy: object) -> Visitor:
    """With that policy of the terminal."""
    visitor.state = replace(visitor.state, face_policy=replace(visitor.state.face_policy, **policy))
    return visitor
