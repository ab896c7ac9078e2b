"""The section members beside cash: each act is begun once, asked after under its id, and done for nobody else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from kiosk.domain.diet import NO_DIET, DietProfile
from kiosk.domain.dish import Allergen, DietTag
from kiosk.domain.ids import MemberId
from kiosk.domain.member import Card, CardState
from kiosk.domain.member_act import CorrectionReason, MemberActRefusal
from kiosk.domain.money import Money
from kiosk.domain.staff import Role
from kiosk.screens.admin_flow import events as shell
from kiosk.screens.admin_flow import members as m
from kiosk.screens.admin_flow import members_events as ev
from kiosk.screens.admin_flow.members_acts import ActNotice
from kiosk.screens.admin_flow.members_state import Cards, Correction, MembersState, members_of
from kiosk.screens.admin_flow.state import AdminState
from kiosk.services import events as service
from kiosk.services.entry import NotEntered, Refusal
from kiosk.services.look_up_member import MemberFound
from kiosk.services.member_acts import BlockEnd, Correcting, MemberActAnswer, MemberActTrouble
from kiosk.services.ports import MemberActDone, MemberActRefused
from kiosk.services.staff_acts import NotKnown
from tests.admin_flow.test_members import CARD, SEEN, UID, empty, seen, tick
from tests.admin_flow.visits import MANAGER, VISIT, after, someone, wanted

ACT = UUID(int=9)
FRESH = "0A0B0C0D"
OLD = Card("0A0B0C0E", SEEN.member_id, CardState.BLOCKED)
THEIRS = replace(SEEN, cards=(Card(UID, SEEN.member_id), OLD))
FOUND = (MemberFound(MemberId("m-1"), "王*明"), MemberFound(MemberId("m-11"), "李*"))
DONE = MemberActDone((Card(UID, SEEN.member_id, CardState.BLOCKED), Card(FRESH, SEEN.member_id)), NO_DIET)
SECOND = someone(Role.MANAGER, number="77")


def begun(effect: Any) -> Any:
    """With the id that was made for it."""
    return replace(effect, act_id=effect.act_id or ACT)


def once_unreachable(effect: Any) -> MemberActAnswer:
    return MemberActTrouble.UNREACHABLE if effect.act_id is None else MemberActRefused(MemberActRefusal.OTHER_ACT)


def held(uid: str) -> service.CardPresented:
    return replace(CARD, uid=uid)


def notice(state: AdminState) -> object:
    return state.notice.about if state.notice else None


def at_cards(role: Role = Role.MANAGER) -> AdminState:
    return after(seen(THEIRS, role), ev.CardsTouched())


def at_correction(typed: str = "1250") -> AdminState:
    return after(seen(THEIRS), ev.CorrectTouched(), *map(ev.CorrectionTyped, typed))


def confirming(entry: str = "776493") -> AdminState:
    reasoned = ev.CorrectionReasoned(CorrectionReason.WRONG_TOP_UP)
    return after(at_correction(), ev.DirectionChosen(takes=True), reasoned, *map(ev.CorrectionTyped, entry))


# --- looking up ---


def test_who_has_lost_the_card_is_found_by_number() -> None:
    state = after(empty(), m.AmountTyped("0"), m.AmountTyped("1"))
    assert wanted(state, ev.FindTouched()) == (), "that would be everybody"
    state = after(state, m.AmountTyped("1"))
    assert wanted(state, ev.FindTouched()) == (ev.FindMembers(VISIT, MANAGER, "011"),)
    state = after(state, ev.FindTouched(), ev.MembersFound(VISIT, FOUND))
    assert wanted(state, ev.FoundTouched(MemberId("m-2"))) == (), "nobody of these"
    assert wanted(state, ev.FoundTouched(MemberId("m-11"))) == (ev.ReadMember(VISIT, MANAGER, MemberId("m-11")),)
    state = after(
        state, ev.FoundTouched(MemberId("m-1")), ev.MemberRead(VISIT, SEEN.member_id, replace(SEEN, card_uid=""))
    )
    assert members_of(state).seen is not None
    assert not m.may_top_up(after(state, m.AmountTyped("5"))), "cash is taken for the card on the reader"
    assert after(state, shell.BackTouched()).screen == "home"


def test_the_only_one_is_shown_at_once_and_nobody_is_said() -> None:
    asked = after(empty(), *map(m.AmountTyped, "123"), ev.FindTouched())
    assert wanted(asked, ev.MembersFound(VISIT, FOUND[:1])) == (ev.ReadMember(VISIT, MANAGER, FOUND[0].member_id),)
    assert members_of(after(asked, ev.MembersFound(VISIT, ()))).is_unknown


def test_what_is_new_of_who_is_shown_is_shown() -> None:
    assert wanted(seen(), service.MembersChanged()) == (ev.ReadMember(VISIT, MANAGER, SEEN.member_id),)
    assert wanted(empty(), service.MembersChanged()) == ()
    read = ev.MemberRead(VISIT, SEEN.member_id, replace(SEEN, card_uid="", balance=Money(1)))
    shown = members_of(after(seen(), read)).seen
    assert shown == replace(SEEN, balance=Money(1)), "the card on the reader stays"
    other = ev.MemberRead(VISIT, MemberId("m-2"), replace(SEEN, member_id=MemberId("m-2")))
    assert after(seen(), other) == seen()


# --- cards ---


def test_blocking_is_asked_once() -> None:
    state = after(at_cards(), ev.CardTouched(UID))
    assert members_of(state).detail == Cards(losing=UID)
    assert members_of(after(state, ev.SheetDismissed())).detail == Cards()
    block = ev.BlockCard(VISIT, MANAGER, SEEN.member_id, UID)
    assert wanted(state, ev.BlockConfirmed()) == (block,)
    state = after(state, ev.BlockConfirmed())
    for event in (
        ev.BlockConfirmed(),
        ev.CardTouched(UID),
        held(FRESH),
        shell.BackTouched(),
        ev.BindConfirmed(instead=True),
    ):
        assert (wanted(state, event), after(state, event)) == ((), state)
    done = ev.DoneHere(VISIT, begun(block), BlockEnd.BLOCKED)
    assert wanted(state, done) == (ev.ReadMember(VISIT, MANAGER, SEEN.member_id),)
    assert notice(after(state, done)) == ActNotice("blocked")


def test_a_block_that_the_disk_may_not_have_taken_is_asked_after() -> None:
    state = after(at_cards(), ev.CardTouched(UID), ev.BlockConfirmed())
    block = begun(ev.BlockCard(VISIT, MANAGER, SEEN.member_id, UID))
    state = after(state, ev.DoneHere(VISIT, block, NotKnown(ACT)))
    assert wanted(state, tick(state, 1)) == ()
    assert wanted(state, tick(state, 5)) == (block,)


def test_a_new_card_is_held_on_the_reader() -> None:
    assert notice(after(at_cards(), held(UID))) == ActNotice("theirs_already")
    state = after(at_cards(), held(FRESH))
    assert members_of(state).detail == Cards(fresh=FRESH)
    bind = ev.BindCard(VISIT, MANAGER, SEEN.member_id, FRESH, instead=True)
    assert wanted(state, ev.BindConfirmed(instead=True)) == (bind,)
    state = after(state, ev.BindConfirmed(instead=True))
    assert wanted(state, ev.BindConfirmed(instead=True)) == ()
    state = after(state, ev.CentralAnswered(VISIT, begun(bind), DONE))
    shown = members_of(state).seen
    assert shown is not None
    assert (shown.cards, shown.is_card_blocked, notice(state)) == (DONE.cards, True, ActNotice("bound"))
    assert state.screen == "member_cards"


def test_a_blocked_card_is_unblocked_by_a_touch() -> None:
    assert wanted(at_cards(), ev.CardTouched(OLD.uid)) == (ev.UnblockCard(VISIT, MANAGER, SEEN.member_id, OLD.uid),)
    assert wanted(at_cards(), ev.CardTouched("FFFFFFFF")) == ()


def test_central_that_does_not_answer_is_asked_again_under_the_same_id() -> None:
    bind = ev.BindCard(VISIT, MANAGER, SEEN.member_id, FRESH, instead=True)
    away = ev.CentralAnswered(VISIT, begun(bind), MemberActTrouble.UNREACHABLE)
    state = after(at_cards(), held(FRESH), ev.BindConfirmed(instead=True), away)
    assert wanted(state, tick(state, 4)) == ()
    assert wanted(state, tick(state, 5)) == (begun(bind),)
    assert after(state, held("0F0F0F0F")) == state
    left = after(state, shell.BackTouched())
    assert (left.screen, notice(left)) == ("members", ActNotice("not_known"))
    again = after(state, tick(state, 5), ev.CentralAnswered(VISIT, begun(bind), DONE))
    assert members_of(again).is_free


@pytest.mark.parametrize("role", [Role.COUNTER, Role.RESTOCK, Role.TECHNICIAN])
def test_who_may_not_is_offered_none_of_it(role: Role) -> None:
    if role is not Role.COUNTER:
        assert empty(role).screen == "home"
        return
    for touch in (ev.CardsTouched(), ev.CorrectTouched(), ev.DietTouched(), ev.FaceTouched()):
        assert after(seen(THEIRS, role), touch) == seen(THEIRS, role)


# --- a correction ---


def test_a_correction_is_confirmed_by_a_second_person() -> None:
    assert wanted(at_correction(""), ev.CorrectionReasoned(CorrectionReason.OTHER)) == ()
    assert after(at_correction(""), ev.CorrectionReasoned(CorrectionReason.OTHER)) == at_correction(""), "how much?"
    asked = Correcting(SEEN.member_id, Money(-1250), CorrectionReason.WRONG_TOP_UP)
    correct = ev.Correct(VISIT, MANAGER, asked, "776493")
    assert wanted(confirming(), ev.SecondConfirmed()) == (correct,)
    assert wanted(confirming(""), ev.SecondConfirmed()) == ()
    state = after(confirming(), ev.SecondConfirmed())
    assert "776493" not in repr(state), "a PIN stays nowhere"
    assert wanted(state, ev.SecondConfirmed()) == ()
    told = replace(begun(correct), entry="", confirmed_by=SECOND)
    done = ev.CentralAnswered(VISIT, told, replace(DONE, before=Money(4000), after=Money(2750)))
    state = after(state, done)
    assert (state.screen, notice(state)) == ("members", ActNotice("corrected", Money(4000), Money(2750)))
    shown = members_of(state).seen
    assert shown is not None
    assert shown.balance == Money(2750)


def test_a_wrong_pin_costs_time_and_confirms_nothing() -> None:
    state = after(confirming(), ev.SecondConfirmed(), ev.SecondRefused(VISIT, NotEntered(Refusal.WRONG, 30.0)))
    detail = members_of(state).detail
    assert isinstance(detail, Correction)
    assert (detail.entry, detail.refusal) == ("", Refusal.WRONG)
    assert after(state, ev.CorrectionTyped("1")) == state, "not before the wait is over"
    later = after(state, tick(state, 31))
    assert after(later, ev.CorrectionTyped("1")) != later


def test_a_correction_in_doubt_is_asked_after_without_the_pin() -> None:
    (correct,) = wanted(confirming(), ev.SecondConfirmed())
    told = replace(begun(correct), entry="", confirmed_by=SECOND)
    away = ev.CentralAnswered(VISIT, told, MemberActTrouble.UNREACHABLE)
    state = after(confirming(), ev.SecondConfirmed(), away)
    assert wanted(state, tick(state, 5)) == (told,)


def test_a_refusal_says_how_much_there_is() -> None:
    (correct,) = wanted(confirming(), ev.SecondConfirmed())
    refused = MemberActRefused(MemberActRefusal.BELOW_CREDIT_LINE, free=Money(300), held=Money(0))
    state = after(confirming(), ev.SecondConfirmed(), ev.CentralAnswered(VISIT, begun(correct), refused))
    assert notice(state) == ActNotice("below_credit_line", None, Money(300))
    assert after(state, shell.BackTouched()).screen == "member_correction", "back to the amount"


# --- diet and face ---


def test_diet_is_touched_together_and_kept_once() -> None:
    state = after(seen(THEIRS), ev.DietTouched())
    assert wanted(state, ev.DietKept()) == (), "nothing is new"
    state = after(state, ev.AllergenTouched(Allergen.EGG), ev.AllergenTouched(Allergen.NUT))
    state = after(state, ev.AllergenTouched(Allergen.EGG), ev.TagTouched(DietTag.HALAL), ev.SpicyTouched())
    diet = DietProfile(frozenset({Allergen.NUT}), frozenset({DietTag.HALAL}), no_spicy=True)
    keep = ev.KeepDiet(VISIT, MANAGER, SEEN.member_id, diet)
    assert wanted(state, ev.DietKept()) == (keep,)
    state = after(state, ev.DietKept())
    assert after(state, ev.SpicyTouched()) == state
    state = after(state, ev.CentralAnswered(VISIT, begun(keep), replace(DONE, diet=diet)))
    assert (state.screen, notice(state)) == ("members", ActNotice("diet_kept"))
    assert "nut" not in repr(members_of(state)), "no log says what somebody must not eat"


def test_a_face_is_deleted_after_it_was_asked_once() -> None:
    assert wanted(seen(THEIRS), ev.FaceDeletionConfirmed()) == ()
    state = after(seen(THEIRS), ev.FaceTouched())
    assert members_of(after(state, ev.SheetDismissed())) == MembersState(seen=THEIRS)
    delete = ev.DeleteFace(VISIT, MANAGER, SEEN.member_id)
    assert wanted(state, ev.FaceDeletionConfirmed()) == (delete,)
    state = after(state, ev.FaceDeletionConfirmed())
    assert wanted(state, ev.FaceDeletionConfirmed()) == ()
    done = after(state, ev.DoneHere(VISIT, begun(delete), BlockEnd.BLOCKED))
    assert notice(done) == ActNotice("face_deleted")
