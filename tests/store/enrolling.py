"""Faces for tests: consents, and templates whose bytes are found again wherever they lie in the clear."""

from __future__ import annotations

import struct
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from kiosk.domain.face_consent import ConsentGiver, ConsentPurpose, FaceConsent, FaceDeletion
from kiosk.domain.face_template import FaceTemplate, ModelVectors
from kiosk.domain.ids import FaceConsentId, FaceDeletionId, MemberId
from tests.store.sales import MEMBER, NOON

MODELS = {"sface": "2021dec", "dlib": "v1"}
MARK = struct.pack("<8f", *(1234.5 + i for i in range(8)))
"""Stands in every vector of `template`."""


def consent(member_id: MemberId = MEMBER.id, after: FaceDeletionId | None = None, days: int = 365) -> FaceConsent:
    return FaceConsent(
        FaceConsentId(uuid4()),
        member_id,
        "2026-1",
        "zh",
        (ConsentPurpose.ORDERING, ConsentPurpose.PAYING),
        under_14=False,
        given_by=ConsentGiver.MEMBER,
        given_at=NOON,
        until=NOON + timedelta(days=days),
        after=after,
    )


def template(poses: int = 5, first: float = 0.0) -> FaceTemplate:
    """`first` tells one from another."""
    vectors = tuple(struct.pack("<2f", first, pose) + MARK * 15 for pose in range(poses))
    return FaceTemplate(tuple(ModelVectors(model, version, vectors) for model, version in MODELS.items()))


def deletion(member_id: MemberId = MEMBER.id) -> FaceDeletion:
    return FaceDeletion(FaceDeletionId(uuid4()), member_id, NOON)


def renewed(old: FaceConsent) -> FaceConsent:
    return replace(old, id=FaceConsentId(uuid4()), until=old.until + timedelta(days=10))
