"""Whom else a face that is enrolled here is taken for: asked before its consent is renewed, as others may have been
enrolled since it ended, when nobody was compared with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from kiosk.domain.face_consent import USES, ConsentPurpose
from kiosk.domain.face_template import FaceTemplate
from kiosk.domain.ids import MemberId
from kiosk.settings.face import FaceSettings


class KnowsFaces(Protocol):
    """kiosk.services.faces_of.FacesHere."""

    def template_of(self, member_id: MemberId) -> FaceTemplate | None: ...

    def usable(self, purpose: ConsentPurpose) -> Mapping[MemberId, FaceTemplate]: ...


class LookAlikes:
    """kiosk.services.enrol_face.LookAlikes: with the models and limits of the settings, as at an enrolment."""

    def __init__(self, settings: FaceSettings, here: KnowsFaces) -> None:
        self._settings, self._here = settings, here

    def of(self, member_id: MemberId) -> frozenset[MemberId]:
        # numpy and OpenCV come with these: hardly anybody renews.
        from kiosk.face.engine import measures_of
        from kiosk.face.enrolled import Enrolled
        from kiosk.face.templates import features_of, templates_of

        own = self._here.template_of(member_id)
        if own is None:
            return frozenset()
        poses, measures, limits = features_of(own), measures_of(self._settings.model), self._settings.limits_by_number()
        found = frozenset[MemberId]()
        for purpose in USES:
            others = {other: face for other, face in self._here.usable(purpose).items() if other != member_id}
            enrolled = Enrolled(measures, templates_of(others))
            found |= enrolled.alike(poses, limits.at(enrolled.members))
        return found
