"""Which of a member's faces stands, whatever order terminals hear of them in."""

from __future__ import annotations

import random
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.face_consent import ConsentError, ConsentPurpose, FaceConsent, check_renewal, check_successor
from kiosk.domain.face_copy import CopyRefusal, refusal_of
from kiosk.domain.ids import FaceConsentId, FaceDeletionId
from tests.store.enrolling import consent, renewed

SHARED = (ConsentPurpose.PAYING, ConsentPurpose.SHARING)
DELETIONS = [None, *(FaceDeletionId(UUID(int=n)) for n in (1, 2, 3))]


def shared(number: int = 1, after: FaceDeletionId | None = None, id_: int | None = None) -> FaceConsent:
    made = replace(consent(after=after), purposes=SHARED, number=number)
    return made if id_ is None else replace(made, id=FaceConsentId(UUID(int=id_)))


numbers = st.integers(1, 3)
offers = st.lists(
    st.tuples(numbers, st.sampled_from(DELETIONS)).map(lambda drawn: shared(drawn[0], drawn[1])), max_size=8
)


def after_hearing(offered: list[FaceConsent], newest: FaceDeletionId | None) -> FaceConsent | None:
    """What a terminal holds that was offered these one after the other."""
    held: FaceConsent | None = None
    for each in offered:
        if refusal_of(each, held, newest) is None:
            held = each
    return held


@given(offers, st.sampled_from(DELETIONS[1:]), st.randoms(use_true_random=False))
def test_all_terminals_end_with_the_same_face_in_whatever_order_they_hear(
    offered: list[FaceConsent], newest: FaceDeletionId, chance: random.Random
) -> None:
    mixed = list(offered)
    chance.shuffle(mixed)
    assert after_hearing(offered, newest) == after_hearing(mixed, newest)


@given(offers, st.sampled_from(DELETIONS[1:]))
def test_what_was_deleted_is_never_held_and_the_newest_of_the_rest_is(
    offered: list[FaceConsent], newest: FaceDeletionId
) -> None:
    standing = [each for each in offered if each.after == newest]
    expected = max(standing, key=lambda each: (each.number, each.id)) if standing else None
    assert after_hearing(offered, newest) == expected


@given(offers)
def test_what_was_taken_is_taken_again_without_change(offered: list[FaceConsent]) -> None:
    held = after_hearing(offered, None)
    if held is not None:
        assert refusal_of(held, held, None) is None
        assert after_hearing([*offered, held], None) == held


def test_why_a_copy_is_refused() -> None:
    deletion = FaceDeletionId(UUID(int=1))
    assert refusal_of(consent(), None, None) is CopyRefusal.NOT_SHARED
    assert refusal_of(shared(), None, deletion) is CopyRefusal.VOID
    assert refusal_of(shared(1), shared(2), None) is CopyRefusal.OLDER
    assert refusal_of(shared(1, id_=1), shared(1, id_=2), None) is CopyRefusal.OLDER
    assert refusal_of(shared(1, id_=2), shared(1, id_=1), None) is None
    assert refusal_of(shared(2), shared(1), None) is None
    assert refusal_of(shared(1, after=deletion), shared(5), None) is None, "given after a deletion not heard of here"


def test_sharing_alone_is_for_nothing_and_is_not_taken_back_by_a_renewal() -> None:
    with pytest.raises(ConsentError):
        replace(consent(), purposes=(ConsentPurpose.SHARING,))
    with pytest.raises(ConsentError):
        replace(consent(), number=0)
    local = replace(renewed(shared()), purposes=(ConsentPurpose.PAYING,))
    with pytest.raises(ConsentError):
        check_renewal(shared(), local)
    with pytest.raises(ConsentError):
        check_successor(shared(), local)
    check_successor(consent(), shared())
