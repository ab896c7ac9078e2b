"""My account: what is known of the member here, and the end of their face."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from kiosk.domain.payer import ByFace
from kiosk.screens.flow import account_events as acc
from kiosk.screens.flow import effects as fx
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.state import ScreenName
from kiosk.services.accounts import AccountSeen
from kiosk.services.faces_of import FaceState, FaceStatus
from kiosk.services.staff_acts import NotKnown
from tests.flow.canteen import CARD, MEMBER, OTHER_CARD, OTHER_MEMBER, Visitor
from tests.flow.faces import CONSENT, ENROLLED, FORGOTTEN, NOT_ENROLLED, AtAccount

BEING_FORGOTTEN = AccountSeen(FaceStatus(FaceState.FORGETTING))


def test_account_is_one_touch_after_the_card() -> None:
    visitor = Visitor()
    visitor.is_identified()
    visitor.touch(acc.AccountOpened())
    assert visitor.state.screen is ScreenName.ACCOUNT
    assert visitor.taps == 1
    assert acc.LoadAccount(visitor.state.session.id, MEMBER.id) in visitor.effects


def test_nobody_has_an_account_without_a_card() -> None:
    visitor = Visitor()
    visitor.touch(acc.AccountOpened())
    visitor.touch(ev.OrderingStarted())
    visitor.touch(acc.AccountOpened())
    assert visitor.state.screen is ScreenName.MENU
    assert visitor.state.account is None


def test_what_was_looked_up_for_somebody_else_is_dropped() -> None:
    visitor = AtAccount()
    visitor.happens(acc.AccountLoaded(visitor.state.session.id - 1, ENROLLED))
    assert visitor.state.account is not None
    assert visitor.state.account.seen == NOT_ENROLLED


def test_back_leads_to_the_members_screen_and_nothing_stays() -> None:
    visitor = AtAccount()
    visitor.touch(ev.BackTouched())
    assert visitor.state.screen is ScreenName.MEMBER
    assert visitor.state.account is None


def test_account_goes_with_its_member_when_nobody_touches() -> None:
    visitor = AtAccount(ENROLLED)
    visitor.touch(ev.BalanceTouched())
    visitor.waits(61)
    assert visitor.state.screen is ScreenName.ATTRACT
    assert visitor.state.account is None
    assert not visitor.state.session.balance_shown


def test_another_card_shows_that_member_and_closes_the_account() -> None:
    visitor = AtAccount(ENROLLED)
    visitor.touch(ev.BalanceTouched())
    visitor.is_identified(OTHER_MEMBER, OTHER_CARD)
    assert visitor.state.screen is ScreenName.MEMBER
    assert visitor.state.account is None
    assert not visitor.state.session.balance_shown


def test_the_same_card_again_changes_nothing() -> None:
    visitor = AtAccount(ENROLLED)
    visitor.is_identified(MEMBER, CARD)
    assert visitor.state.screen is ScreenName.ACCOUNT


def test_a_face_is_forgotten_only_after_it_was_asked_whether_that_is_meant() -> None:
    visitor = AtAccount(ENROLLED)
    visitor.touch(acc.ForgetFaceAnswered(is_meant=True))
    assert not asked_to_forget(visitor)
    visitor.touch(acc.ForgetFaceTouched())
    visitor.touch(acc.ForgetFaceAnswered(is_meant=False))
    assert not asked_to_forget(visitor)
    visitor.touch(acc.ForgetFaceTouched())
    visitor.touch(acc.ForgetFaceAnswered(is_meant=True))
    visitor.touch(acc.ForgetFaceAnswered(is_meant=True))
    assert asked_to_forget(visitor) == [acc.ForgetFace(visitor.state.session.id, MEMBER.id)]


def asked_to_forget(visitor: Visitor) -> list[fx.Effect]:
    return [effect for effect in visitor.effects if isinstance(effect, acc.ForgetFace)]


def forgets(visitor: AtAccount, outcome: object = FORGOTTEN) -> None:
    visitor.touch(acc.ForgetFaceTouched())
    visitor.touch(acc.ForgetFaceAnswered(is_meant=True))
    visitor.happens(acc.FaceForgettingFinished(visitor.state.session.id, outcome))


def test_back_leaves_the_question_not_the_account() -> None:
    visitor = AtAccount(ENROLLED)
    visitor.touch(acc.ForgetFaceTouched())
    visitor.touch(ev.BackTouched())
    assert visitor.state.screen is ScreenName.ACCOUNT
    assert visitor.state.account is not None
    assert not visitor.state.account.confirming


def test_the_confirmation_is_shown_and_says_when_central_has_heard() -> None:
    visitor = AtAccount(ENROLLED)
    forgets(visitor)
    assert visitor.state.screen is ScreenName.FACE_RESULT
    assert visitor.sounds[-1] is fx.SoundKind.SUCCESS
    visitor.looked_up(BEING_FORGOTTEN)
    assert told(visitor).on_the_way
    visitor.waits(3)
    visitor.looked_up(NOT_ENROLLED)
    assert not told(visitor).on_the_way
    visitor.waits(8)
    assert not [effect for effect in visitor.effects if isinstance(effect, acc.LoadAccount)], "it is known now"
    visitor.touch(acc.FaceResultRead())
    assert visitor.state.screen is ScreenName.ACCOUNT


def told(visitor: Visitor) -> object:
    assert visitor.state.account is not None
    return visitor.state.account.forgotten


def test_a_deletion_whose_end_is_not_known_is_asked_for_again_as_the_same() -> None:
    visitor = AtAccount(ENROLLED)
    unknown = NotKnown(UUID(int=77))
    forgets(visitor, unknown)
    assert visitor.state.screen is ScreenName.FACE_RESULT
    assert visitor.sounds[-1] is fx.SoundKind.FAILURE
    visitor.effects.clear()
    visitor.touch(acc.ForgetFaceAnswered(is_meant=True))
    assert asked_to_forget(visitor) == [acc.ForgetFace(visitor.state.session.id, MEMBER.id, unknown.act_id)]


def test_a_finished_deletion_is_not_asked_for_again() -> None:
    visitor = AtAccount(ENROLLED)
    forgets(visitor)
    visitor.effects.clear()
    visitor.touch(acc.ForgetFaceAnswered(is_meant=True))
    assert not asked_to_forget(visitor)


@pytest.mark.parametrize("seen", [None, BEING_FORGOTTEN])
def test_nothing_is_deleted_or_enrolled_of_what_is_not_known_or_on_its_way(seen: AccountSeen | None) -> None:
    visitor = AtAccount(ENROLLED)
    assert visitor.state.account is not None
    visitor.state = replace(visitor.state, account=replace(visitor.state.account, seen=seen))
    visitor.touch(acc.ForgetFaceTouched())
    visitor.touch(acc.ForgetFaceAnswered(is_meant=True))
    visitor.touch(acc.EnrolFaceTouched())
    assert not asked_to_forget(visitor)
    assert visitor.state.screen is ScreenName.ACCOUNT


def by_face(visitor: AtAccount) -> None:
    """As if it had been the face that was recognised."""
    customer = visitor.state.session.customer
    assert customer is not None
    session = replace(visitor.state.session, customer=replace(customer, payer=ByFace(MEMBER.id, CONSENT.id)))
    visitor.state = replace(visitor.state, session=session)


def test_who_was_recognised_by_face_can_delete_and_only_the_card_agrees_to_anything() -> None:
    visitor = AtAccount(ENROLLED)
    by_face(visitor)
    visitor.touch(acc.EnrolFaceTouched())
    visitor.touch(acc.RenewFaceTouched())
    assert visitor.state.screen is ScreenName.ACCOUNT
    visitor.is_identified(MEMBER, CARD)
    assert visitor.state.screen is ScreenName.ACCOUNT, "the card of the same member"
    visitor.touch(acc.RenewFaceTouched())
    assert visitor.state.screen is ScreenName.FACE_CONSENT
    visitor = AtAccount(ENROLLED)
    by_face(visitor)
    visitor.touch(acc.ForgetFaceTouched())
    visitor.touch(acc.ForgetFaceAnswered(is_meant=True))
    assert asked_to_forget(visitor)


def test_an_account_that_cannot_be_looked_up_says_so() -> None:
    visitor = Visitor()
    visitor.is_identified()
    visitor.touch(acc.AccountOpened())
    visitor.happens(acc.AccountLoaded(visitor.state.session.id, None))
    assert visitor.state.account is not None
    assert visitor.state.account.failed
