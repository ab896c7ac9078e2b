"""Consent to a face: who gives it, for how long, and what ends it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.errors import DomainError
from kiosk.domain.face_consent import (
    MAX_TERM,
    ConsentError,
    ConsentGiver,
    ConsentPurpose,
    FaceConsent,
    FaceDeletion,
    check_renewal,
)
from kiosk.domain.ids import FaceConsentId, FaceDeletionId, MemberId

NOON = datetime(2026, 9, 1, 4, tzinfo=UTC)
CONSENT = FaceConsent(
    FaceConsentId(UUID(int=1)),
    MemberId("m-1"),
    "2026-1",
    "zh",
    (ConsentPurpose.PAYING,),
    under_14=False,
    given_by=ConsentGiver.MEMBER,
    given_at=NOON,
    until=NOON + timedelta(days=365),
)
moments = st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
deletions = st.none() | st.uuids().map(FaceDeletionId)


@given(
    under_14=st.booleans(), given_by=st.sampled_from(ConsentGiver), guardian=st.sampled_from(["", "王芳", " ", "a\n"])
)
def test_under_14_a_guardian_who_is_named_and_else_nobody_but_the_member(
    under_14: bool, given_by: ConsentGiver, guardian: str
) -> None:
    allowed = (under_14, given_by, guardian) in {
        (True, ConsentGiver.GUARDIAN, "王芳"),
        (False, ConsentGiver.MEMBER, ""),
    }
    try:
        replace(CONSENT, under_14=under_14, given_by=given_by, guardian=guardian)
    except DomainError:
        assert not allowed
    else:
        assert allowed


@given(given_at=moments, term=st.timedeltas(timedelta(days=-900), timedelta(days=900)))
def test_a_consent_ends_and_not_too_late(given_at: datetime, term: timedelta) -> None:
    if timedelta(0) < term <= MAX_TERM:
        replace(CONSENT, given_at=given_at, until=given_at + term)
    else:
        with pytest.raises(ConsentError):
            replace(CONSENT, given_at=given_at, until=given_at + term)


@given(now=moments)
def test_it_holds_from_its_day_to_its_end_and_never_by_a_clock_that_is_set_back(now: datetime) -> None:
    holds = CONSENT.holds_at(now)
    assert holds == (NOON - timedelta(days=1) <= now < CONSENT.until)
    assert CONSENT.allows(ConsentPurpose.PAYING, now) == holds
    assert not CONSENT.allows(ConsentPurpose.ORDERING, now), "not what it was given for"


@given(after=deletions, newest=deletions)
def test_a_deletion_that_was_not_known_voids_it(after: FaceDeletionId | None, newest: FaceDeletionId | None) -> None:
    consent = replace(CONSENT, after=after)
    assert not consent.is_void(None)
    assert not consent.is_void(after)
    if newest is not None:
        assert consent.is_void(newest) == (newest != after)


@given(more=st.timedeltas(timedelta(days=-30), timedelta(days=30)), after=deletions)
def test_a_renewal_ends_later_and_no_deletion_came_between(more: timedelta, after: FaceDeletionId | None) -> None:
    later = replace(CONSENT, id=FaceConsentId(uuid4()), until=CONSENT.until + more, after=after)
    if more > timedelta(0) and after is None:
        check_renewal(CONSENT, later)
    else:
        with pytest.raises(ConsentError):
            check_renewal(CONSENT, later)


def test_a_renewal_is_another_consent_of_the_same_member() -> None:
    later = replace(CONSENT, until=CONSENT.until + timedelta(days=1))
    with pytest.raises(ConsentError):
        check_renewal(CONSENT, later)
    with pytest.raises(ConsentError):
        check_renewal(CONSENT, replace(later, id=FaceConsentId(uuid4()), member_id=MemberId("m-2")))


@pytest.mark.parametrize(
    "changed",
    [
        {"purposes": ()},
        {"purposes": (ConsentPurpose.PAYING, ConsentPurpose.PAYING)},
        {"text_version": ""},
        {"language": "x" * 11},
        {"staff": "a\x00"},
        {"given_at": NOON.replace(tzinfo=None)},
    ],
)
def test_what_is_no_consent(changed: dict[str, object]) -> None:
    with pytest.raises(DomainError):
        replace(CONSENT, **changed)  # type: ignore[arg-type]


def test_a_deletion_is_by_somebody_and_at_a_moment() -> None:
    with pytest.raises(ConsentError):
        FaceDeletion(FaceDeletionId(uuid4()), MemberId("m-1"), NOON.replace(tzinfo=None))
    with pytest.raises(DomainError):
        FaceDeletion(FaceDeletionId(uuid4()), MemberId("m-1"), NOON, staff="\n")
