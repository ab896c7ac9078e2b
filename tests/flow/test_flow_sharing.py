"""The separate yes to sharing a face with the site's other terminals: a tick of its own beside the consent's text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from kiosk.domain.face_consent import ConsentPurpose
from kiosk.screens.flow import account_events as acc
from kiosk.screens.flow import events as ev
from kiosk.screens.flow import sharing, step
from kiosk.screens.flow.account_state import StaffPresent
from kiosk.screens.flow.ordering import Step
from kiosk.screens.flow.state import State
from kiosk.services.accounts import AccountSeen
from kiosk.services.consent_text import PURPOSES
from kiosk.services.posing import PosingChanged, PosingFailure
from tests.flow.canteen import CARD, Visitor
from tests.flow.faces import ENROLLED, NOT_ENROLLED, SHARED, SHARED_CONSENT, AtAccount, asked

BOTH = (*PURPOSES, ConsentPurpose.SHARING)


def at_consent(seen: AccountSeen = NOT_ENROLLED, *, shares: bool = True) -> AtAccount:
    visitor = AtAccount(seen)
    if shares:
        visitor.shares_faces()
    visitor.reads_consent()
    return visitor


def renewing(seen: AccountSeen, *, shares: bool = True) -> AtAccount:
    visitor = AtAccount(seen)
    if shares:
        visitor.shares_faces()
    visitor.touch(acc.RenewFaceTouched())
    visitor.text_comes()
    return visitor


def test_yes_to_the_text_is_no_yes_to_sharing() -> None:
    visitor = at_consent()
    assert sharing.is_asked(visitor.state)
    assert not sharing.is_ticked(visitor.state)
    assert visitor.agrees().yes.purposes == PURPOSES


def test_what_is_ticked_is_agreed_to() -> None:
    visitor = at_consent()
    visitor.touch(acc.SharingTouched())
    assert sharing.is_ticked(visitor.state)
    assert not asked(visitor, acc.TakeConsent), "it is no yes to the text"
    assert visitor.agrees().yes.purposes == BOTH


def test_a_second_touch_takes_it_away() -> None:
    visitor = at_consent()
    visitor.touch(acc.SharingTouched())
    visitor.touch(acc.SharingTouched())
    assert not sharing.is_ticked(visitor.state)
    assert visitor.agrees().yes.purposes == PURPOSES


def test_the_other_language_keeps_the_tick() -> None:
    visitor = at_consent()
    visitor.touch(acc.SharingTouched())
    visitor.touch(ev.LanguageChosen("en"))
    assert visitor.agrees().yes.purposes == BOTH


def test_where_the_terminal_does_not_share_nobody_is_asked() -> None:
    visitor = at_consent(shares=False)
    assert not sharing.is_asked(visitor.state)
    visitor.touch(acc.SharingTouched())
    assert not sharing.is_ticked(visitor.state)
    assert visitor.agrees().yes.purposes == PURPOSES


def test_after_yes_it_comes_too_late() -> None:
    visitor = at_consent()
    visitor.touch(acc.ConsentAnswered(agrees=True))
    visitor.touch(acc.SharingTouched())
    assert not sharing.is_ticked(visitor.state)


def test_elsewhere_there_is_nothing_to_tick() -> None:
    visitor = AtAccount()
    visitor.shares_faces()
    visitor.touch(acc.SharingTouched())
    visitor.touch(acc.EnrolFaceTouched())
    visitor.touch(acc.SharingTouched())  # how old they are
    visitor.touch(acc.AgeAnswered(under_14=False))
    assert not sharing.is_ticked(visitor.state)


def comes_back(visitor: AtAccount) -> None:
    visitor.touch(ev.BackTouched())
    visitor.looked_up(NOT_ENROLLED)


def next_one(visitor: AtAccount) -> None:
    visitor.touch(ev.CancelTouched())
    visitor.is_identified()
    visitor.touch(acc.AccountOpened())
    visitor.looked_up(NOT_ENROLLED)


def fails(visitor: AtAccount) -> None:
    visitor.agrees()
    visitor.happens(PosingChanged(visitor.task, PosingFailure.TIME_OUT))


@pytest.mark.parametrize("then", [comes_back, next_one, fails])
def test_it_is_asked_anew_each_time(then: Callable[[AtAccount], None]) -> None:
    visitor = at_consent()
    visitor.touch(acc.SharingTouched())
    then(visitor)
    visitor.reads_consent()
    assert not sharing.is_ticked(visitor.state)
    assert visitor.agrees().yes.purposes == PURPOSES


# --- who has a face here already ---


@pytest.mark.parametrize("begin", [renewing, at_consent])
@pytest.mark.parametrize("shares", [True, False])
def test_a_shared_face_stays_shared(begin: Callable[..., AtAccount], shares: bool) -> None:
    """Only a deletion reaches the copies."""
    visitor = begin(SHARED, shares=shares)
    assert sharing.was_agreed(visitor.state)
    visitor.touch(acc.SharingTouched())
    assert sharing.is_ticked(visitor.state)
    assert visitor.agrees(SHARED_CONSENT).yes.purposes == BOTH


def test_a_renewal_can_add_sharing() -> None:
    visitor = renewing(ENROLLED)
    assert not sharing.is_ticked(visitor.state)
    visitor.touch(acc.SharingTouched())
    assert visitor.agrees(SHARED_CONSENT).yes.purposes == BOTH


@pytest.mark.parametrize(("seen", "expected"), [(NOT_ENROLLED, PURPOSES), (SHARED, BOTH)])
def test_staff_take_along_what_was_agreed_to_before(seen: AccountSeen, expected: tuple[ConsentPurpose, ...]) -> None:
    visitor = AtAccount()
    visitor.shares_faces()
    visitor.touch(ev.CancelTouched())
    visitor.happens(acc.StaffEnrolmentBegun(StaffPresent(CARD, "李雷")))
    visitor.is_identified()
    visitor.looked_up(seen)
    visitor.text_comes()
    visitor.touch(acc.AgeAnswered(under_14=False))
    assert visitor.agrees().yes.purposes == expected


def test_staffs_customer_can_tick_it_too() -> None:
    visitor = AtAccount()
    visitor.shares_faces()
    visitor.touch(ev.CancelTouched())
    visitor.happens(acc.StaffEnrolmentBegun(StaffPresent(CARD, "李雷", "王芳")))
    visitor.is_identified()
    visitor.looked_up(NOT_ENROLLED)
    visitor.text_comes()
    visitor.touch(acc.SharingTouched())
    assert visitor.agrees().yes.purposes == BOTH


# --- planted bugs ---


def is_ticked_from_the_start(state: State, event: ev.FlowEvent) -> Step:
    after, effects = step(state, event)
    if state.enrolling is None and after.enrolling is not None:
        after = replace(after, enrolling=replace(after.enrolling, shares=True))
    return after, effects


def forgets_the_tick(state: State, event: ev.FlowEvent) -> Step:
    if isinstance(event, acc.ConsentAnswered) and state.enrolling is not None:
        state = replace(state, enrolling=replace(state.enrolling, shares=False))
    return step(state, event)


def asks_at_every_terminal(state: State, event: ev.FlowEvent) -> Step:
    after, effects = step(replace(state, face_policy=replace(state.face_policy, shares=True)), event)
    return after, effects


def looks_nobody_up_for_staff(state: State, event: ev.FlowEvent) -> Step:
    return (state, ()) if isinstance(event, acc.AccountLoaded) and state.enrolling is not None else step(state, event)


MUTANTS: dict[Callable[[State, ev.FlowEvent], Step], Callable[[], None]] = {
    is_ticked_from_the_start: test_yes_to_the_text_is_no_yes_to_sharing,
    forgets_the_tick: test_what_is_ticked_is_agreed_to,
    asks_at_every_terminal: test_where_the_terminal_does_not_share_nobody_is_asked,
    looks_nobody_up_for_staff: lambda: test_staff_take_along_what_was_agreed_to_before(SHARED, BOTH),
}


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_a_planted_bug_is_caught(
    mutant: Callable[[State, ev.FlowEvent], Step], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Visitor, "step", staticmethod(mutant))
    with pytest.raises(AssertionError):
        MUTANTS[mutant]()
