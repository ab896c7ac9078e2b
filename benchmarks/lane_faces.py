"""Students who pay by face: the real desk with its engine before a camera that shows a drawn face.

All of them have that one face, so nobody's; whom it stands for is whoever's turn it is. It is looked for among 10,000
templates, as at a large site: the others are made of random numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from types import TracebackType
from typing import Self

import numpy as np

from benchmarks.lane_counter import LaneCounter
from benchmarks.results import CannotRun
from kiosk.domain.face import Agreed
from kiosk.domain.face_consent import ConsentGiver, ConsentPurpose, FaceConsent
from kiosk.domain.face_template import FaceTemplate
from kiosk.domain.ids import MemberId
from kiosk.face import model_files
from kiosk.face.desk import CameraDesk
from kiosk.face.detection import FaceFinder
from kiosk.face.encoding import encode_all
from kiosk.face.engine import make_encoders
from kiosk.face.look import around
from kiosk.face.model_versions import versions_of
from kiosk.face.templates import template_of
from kiosk.opening import FaceServices
from kiosk.services.enrol_face import ConsentForm, EnrolmentRules, FaceEnrolled, FaceEnrolment
from kiosk.services.events import DeviceHealth, DeviceHealthChanged, DeviceKind, DeviceState, Event
from kiosk.services.face_events import FaceJudged
from kiosk.services.faces_of import FacesHere
from kiosk.settings.face import FaceSettings
from tests.face import pictures
from tests.face.booth import PlayedCamera

_DRAWN = MemberId("the drawn face")
_POSES = 3
_OTHERS, _POSES_EACH = 2_000, 5
_NUMBERS = 128


class Students:
    """An EventSink between the desk and the counter. A context manager: the desk works until the end of the block."""

    def __init__(self, counter: LaneCounter, members: list[str]) -> None:
        self._counter = counter
        self._settings = counter.settings.face or FaceSettings()
        self._models = versions_of(self._settings.model)
        self._members = members
        self._turn = 0
        self._nobody, self._face = pictures.background(), pictures.face()
        self.camera = PlayedCamera()
        self.camera.picture = self._nobody
        self._known = {_DRAWN: self._made(), **_others(self._models)}
        services = counter.services
        self._desk = CameraDesk(self._settings, self._usable, self, services.bridge.preview)
        here = FacesHere(services.store, services.clock, self._models)
        counter.services = replace(services, face=FaceServices(self._desk, here, self._models))

    def __enter__(self) -> Self:
        self._desk.start(self.camera)
        self.publish(DeviceHealthChanged(DeviceHealth("face-camera", DeviceKind.CAMERA, DeviceState.READY)))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._desk.stop()

    def enrol(self) -> None:
        """Each with their consent."""
        services = self._counter.services
        parts = services.store, self._counter.encoder, services.central, services.bridge, services.clock
        enrolment = FaceEnrolment(*parts, EnrolmentRules(self._models))
        until = services.clock.now() + timedelta(days=30)
        paying = (ConsentPurpose.PAYING,)
        form = ConsentForm("1", "zh", paying, under_14=False, given_by=ConsentGiver.MEMBER, until=until)
        for member in self._members:
            consent = enrolment.take_consent(MemberId(member), form)
            is_given = isinstance(consent, FaceConsent)
            if not is_given or not isinstance(enrolment.enrol(consent, self._known[_DRAWN], ()), FaceEnrolled):
                raise CannotRun(f"{member} was not enrolled")

    def come(self, number: int) -> None:
        """The next one stands before the camera."""
        self._turn = number
        self.camera.picture = self._face

    def go(self) -> None:
        self.camera.picture = self._nobody

    def publish(self, event: Event) -> None:
        if isinstance(event, FaceJudged) and event.judgement == Agreed(_DRAWN):
            member = MemberId(self._members[self._turn % len(self._members)])
            event = FaceJudged(event.task, Agreed(member), event.turned)
        self._counter.bridge.publish(event)

    def _usable(self, _purpose: ConsentPurpose) -> Mapping[MemberId, FaceTemplate]:
        return self._known

    def _made(self) -> FaceTemplate:
        cut = around(self._face, FaceFinder(model_files.yunet()).find(self._face)[0])
        features = encode_all(make_encoders(self._settings.model), *cut)
        return template_of([features] * _POSES, self._models)


def _others(models: Mapping[str, str]) -> dict[MemberId, FaceTemplate]:
    """Nobody's: vectors of both models as long as SFace's are, which is nobody's distance from the drawn face."""
    numbers = np.random.default_rng(1)
    found = {}
    for number in range(_OTHERS):
        vectors = numbers.normal(size=(_POSES_EACH, _NUMBERS)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        found[MemberId(f"other {number}")] = template_of([dict.fromkeys(models, vector) for vector in vectors], models)
    return found
