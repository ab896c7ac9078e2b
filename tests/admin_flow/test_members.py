"""The section members: a card is looked up, cash is taken once, what is not known is asked after."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from uuid import UUID

from kiosk.domain.cash import CashTopUp
from kiosk.domain.ids import MemberId, TopUpId
from kiosk.domain.money import Money
from kiosk.domain.staff import Role
from kiosk.screens.admin_flow import events as shell
from kiosk.screens.admin_flow import members as m
from kiosk.screens.admin_flow.members_state import TopUpAsked, members_of
from kiosk.screens.admin_flow.state import AdminState, SectionName
from kiosk.screens.flow import events as common
from kiosk.services import events as service
from kiosk.services.cash_top_up import CashTaken
from kiosk.services.look_up_member import MemberSeen
from kiosk.services.staff_acts import NotKnown, Refused, RefusedReason
from tests.admin_flow.visits import ANYBODY, MANAGER, VISIT, after, inside, wanted

UID = "04A1B2C3D4"
CARD = service.CardPresented("reader", UID, 1.0)
SEEN = MemberSeen(
    MemberId("m-1"),
    "王*明",
    UID,
    is_card_blocked=False,
    balance=Money(4000),
    on_the_way=Money(0),
    points=12,
    has_face=False,
)
ASKED = TopUpAsked(UID, Money(5000), "zh")
MADE = CashTopUp(TopUpId(UUID(int=5)), SEEN.member_id, Money(5000), MANAGER.id, datetime(2026, 3, 9, tzinfo=UTC))
DONE = m.ToppedUp(VISIT, ASKED, CashTaken(MADE, Money(5000)))


def empty(role: Role = Role.MANAGER) -> AdminState:
    return after(inside(ANYBODY[role]), shell.SectionChosen(SectionName.MEMBERS))


def seen(found: MemberSeen | None = SEEN, role: Role = Role.MANAGER) -> AdminState:
    return after(empty(role), CARD, m.MemberLookedUp(VISIT, UID, found))


def typed(state: AdminState, digits: str) -> AdminState:
    return after(state, *map(m.AmountTyped, digits))


def tick(state: AdminState, seconds: float) -> common.Tick:
    return common.Tick(state.now_s + seconds, time(12, 0))


def test_a_card_is_looked_up() -> None:
    assert wanted(empty(), CARD) == (m.LookUpMember(VISIT, MANAGER, UID),)
    assert members_of(seen()).seen == SEEN
    assert members_of(seen(None)).is_unknown
    stale = m.MemberLookedUp(VISIT, "FF", SEEN)
    assert after(empty(), stale) == empty(), "nobody asked"


def test_whole_units_are_typed_within_bounds() -> None:
    assert members_of(typed(seen(), "0x50'")).amount == Money(5000)
    assert members_of(typed(seen(), "99999999")).typed == "9999"
    assert members_of(typed(empty(), "50")).amount is None, "for whom?"
    assert wanted(seen(), m.TopUpTouched()) == ()


def test_another_card_takes_nothing_over() -> None:
    other = after(typed(seen(), "50"), replace(CARD, uid="FF"))
    assert (members_of(other).amount, members_of(other).seen) == (None, None)


def test_a_second_touch_takes_nothing() -> None:
    state = typed(seen(), "50")
    assert wanted(state, m.TopUpTouched()) == (m.TopUp(VISIT, MANAGER, ASKED),)
    state = after(state, m.TopUpTouched())
    for event in (m.TopUpTouched(), CARD, m.AmountTyped("0"), m.AmountErased(), shell.BackTouched()):
        assert wanted(state, event) == ()
        assert after(state, event) == state


def test_done_and_looked_up_again() -> None:
    state = after(typed(seen(), "50"), m.TopUpTouched())
    assert wanted(state, DONE) == (m.LookUpMember(VISIT, MANAGER, UID),)
    assert members_of(after(state, DONE)).typed == ""
    refused = after(state, replace(DONE, ended=Refused(RefusedReason.BALANCE_TOO_LARGE)))
    assert members_of(refused).is_free


def test_not_known_is_found_out_under_the_same_act_and_nobody_goes_on_before() -> None:
    unknown = replace(DONE, ended=NotKnown(UUID(int=77)))
    state = after(typed(seen(), "50"), m.TopUpTouched(), unknown)
    for event in (m.TopUpTouched(), CARD, shell.BackTouched()):
        assert after(state, event) == state
    assert wanted(state, tick(state, 1)) == ()
    assert wanted(state, tick(state, 5)) == (m.TopUp(VISIT, MANAGER, ASKED, UUID(int=77)),)
    known = after(state, DONE)
    assert wanted(known, tick(known, 20)) == ()
    assert after(known, shell.BackTouched()).screen == "home"


def test_no_cash_for_a_blocked_card() -> None:
    state = typed(seen(replace(SEEN, is_card_blocked=True)), "50")
    assert wanted(state, m.TopUpTouched()) == ()


def test_a_failed_effect_frees_the_screen() -> None:
    state = after(typed(seen(), "50"), m.TopUpTouched())
    failed = shell.EffectFailed(VISIT, m.TopUp(VISIT, MANAGER, ASKED), shell.Failure.NOT_PERMITTED)
    assert members_of(after(state, failed)).is_free
