"""Members at the counter: who it is, cash for a balance, and what else is done for them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from kiosk.domain.ids import MemberActId
from kiosk.domain.staff import NotPermitted
from kiosk.screens.admin_door import AdminEffect, AdminEvent
from kiosk.screens.admin_effects.acts import staff_act
from kiosk.screens.admin_effects.services import AdminServices
from kiosk.screens.admin_flow import events as shell
from kiosk.screens.admin_flow import members as m
from kiosk.screens.admin_flow import members_events as ev
from kiosk.screens.admin_flow.members_state import Ended
from kiosk.screens.flow.account_events import StaffEnrolmentBegun
from kiosk.screens.flow.account_state import StaffPresent
from kiosk.services.entry import Entered, NotEntered, Refusal
from kiosk.services.staff_acts import NotKnown

log = logging.getLogger(__name__)


def _look_up(effect: m.LookUpMember, services: AdminServices) -> m.MemberLookedUp:
    seen = services.look_up_members.by_card(effect.by, effect.card_uid)
    return m.MemberLookedUp(effect.visit, effect.card_uid, seen)


def _top_up(effect: m.TopUp, services: AdminServices) -> m.ToppedUp:
    """A fault of ours in the middle leaves it unknown, as the disk does."""
    asked, act = effect.asked, staff_act(services, effect.by, effect.act_id)
    try:
        ended: Ended = services.cash_top_ups.take(act, asked.card_uid, asked.amount, asked.language, by=effect.by)
    except NotPermitted:
        raise
    except Exception:
        log.exception("top_up_failed")
        ended = NotKnown(act.id)
    return m.ToppedUp(effect.visit, asked, ended)


def _find(effect: ev.FindMembers, services: AdminServices) -> ev.MembersFound:
    return ev.MembersFound(effect.visit, services.look_up_members.by_number(effect.by, effect.ending))


def _read(effect: ev.ReadMember, services: AdminServices) -> ev.MemberRead:
    seen = services.look_up_members.by_id(effect.by, effect.member_id)
    return ev.MemberRead(effect.visit, effect.member_id, seen)


def _block(effect: ev.BlockCard, services: AdminServices) -> ev.DoneHere:
    act_id = _act_id(effect, services)
    ended = services.member_acts.block(effect.by, act_id, effect.member_id, effect.uid)
    return ev.DoneHere(effect.visit, replace(effect, act_id=act_id), ended)


def _delete_face(effect: ev.DeleteFace, services: AdminServices) -> ev.DoneHere:
    act_id = _act_id(effect, services)
    ended = services.face_forgetting.forget(act_id, effect.member_id, by=effect.by)
    return ev.DoneHere(effect.visit, replace(effect, act_id=act_id), ended)


def _begin_enrolment(effect: ev.BeginEnrolment, services: AdminServices) -> shell.HandOver | ev.EnrolmentHindered:
    """In the consent stands which of the staff was there."""
    hindrance = services.staff_enrolments.begin(effect.by, effect.member_id, effect.card_uid)
    if hindrance is not None:
        return ev.EnrolmentHindered(effect.visit, hindrance)
    present = StaffPresent(effect.card_uid, effect.by.id, member_id=effect.member_id)
    return shell.HandOver(effect.visit, StaffEnrolmentBegun(present))


def _bind(effect: ev.BindCard, services: AdminServices) -> ev.CentralAnswered:
    act_id, acts = _act_id(effect, services), services.member_acts
    answer = acts.bind(effect.by, act_id, effect.member_id, effect.uid, instead=effect.instead)
    return ev.CentralAnswered(effect.visit, replace(effect, act_id=act_id), answer)


def _unblock(effect: ev.UnblockCard, services: AdminServices) -> ev.CentralAnswered:
    act_id = _act_id(effect, services)
    answer = services.member_acts.unblock(effect.by, act_id, effect.member_id, effect.uid)
    return ev.CentralAnswered(effect.visit, replace(effect, act_id=act_id), answer)


def _correct(effect: ev.Correct, services: AdminServices) -> ev.CentralAnswered | ev.SecondRefused:
    """The PIN is looked at once; an act that is asked for again has been confirmed."""
    second = effect.confirmed_by
    if second is None:
        outcome = services.getting_in.as_second(effect.by, effect.entry)
        if not isinstance(outcome, Entered):
            refused = outcome if isinstance(outcome, NotEntered) else NotEntered(Refusal.WRONG)
            return ev.SecondRefused(effect.visit, refused)
        second = outcome.staff
    act_id = _act_id(effect, services)
    answer = services.member_acts.correct(effect.by, second, act_id, effect.asked)
    return ev.CentralAnswered(effect.visit, replace(effect, entry="", confirmed_by=second, act_id=act_id), answer)


def _keep_diet(effect: ev.KeepDiet, services: AdminServices) -> ev.CentralAnswered:
    act_id = _act_id(effect, services)
    answer = services.member_acts.change_diet(effect.by, act_id, effect.member_id, effect.diet)
    return ev.CentralAnswered(effect.visit, replace(effect, act_id=act_id), answer)


def _act_id(effect: ev.CentralAct | ev.TerminalAct, services: AdminServices) -> MemberActId:
    """For one that was begun its own; what is asked for again may need a store that has failed opened anew."""
    return MemberActId(staff_act(services, effect.by, effect.act_id).id)


RUNS: Mapping[type[AdminEffect], Callable[[Any, AdminServices], AdminEvent | None]] = {
    m.LookUpMember: _look_up,
    m.TopUp: _top_up,
    ev.FindMembers: _find,
    ev.ReadMember: _read,
    ev.BlockCard: _block,
    ev.DeleteFace: _delete_face,
    ev.BeginEnrolment: _begin_enrolment,
    ev.BindCard: _bind,
    ev.UnblockCard: _unblock,
    ev.Correct: _correct,
    ev.KeepDiet: _keep_diet,
}
