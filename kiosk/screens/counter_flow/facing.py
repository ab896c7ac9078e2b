"""Paying by face at a counter: somebody is looked at while they may pay, and only then. In doubt staff type the digits
that the customer tells them; every other doubt ends at the card, and in the lane each does.

Where staff have asked for money there is a moment to cancel, as at a self-service terminal. In the lane there is none:
whoever is named is charged, their masked name shows with "paid", and staff can undo it.
"""

from __future__ import annotations

import math
from dataclasses import replace

from kiosk.domain.face import Agreed, Doubtful, Fault
from kiosk.domain.face_consent import ConsentPurpose
from kiosk.screens.counter_flow import effects as fx
from kiosk.screens.counter_flow import lane
from kiosk.screens.counter_flow.bill import due
from kiosk.screens.counter_flow.charging import charge
from kiosk.screens.counter_flow.state import PayMethod, ScreenName, State
from kiosk.screens.counter_flow.steps import Step
from kiosk.screens.flow import doubt
from kiosk.screens.flow import events as common
from kiosk.screens.flow.effects import IdentifyFace, LookForFace, PlaySound, SoundKind, StopFace
from kiosk.screens.flow.face_state import FaceTrouble, Facing
from kiosk.services import events as service
from kiosk.services.events import DeviceKind, works_here
from kiosk.services.face_events import LookEnd
from kiosk.services.face_ports import LookRequest

LANE_LOOK_S = 60.0
LOOK_AGAIN_S = 2.0
_TROUBLES = {
    LookEnd.CAMERA_GONE: FaceTrouble.CAMERA_GONE,
    LookEnd.NOT_READY: FaceTrouble.SLOW,
    LookEnd.NOT_ALIVE: FaceTrouble.NOT_TURNED,
}


def can_look(state: State) -> bool:
    """Whether a look could name somebody here who may pay so."""
    camera_works = works_here(state.devices, DeviceKind.CAMERA)
    may_try = state.rules.face_policy is not None and (state.sale.tries_left > 0 or state.sale.facing is not None)
    return may_try and camera_works and ConsentPurpose.PAYING in state.face.purposes


def followed(before: State, after: State, effects: tuple[fx.Effect, ...]) -> Step:
    """After each step: a look that nobody waits for any more is ended, and one that may begin begins."""
    if after.sale.facing is not None and not _may_pay_by_face(after):
        after = _with(after, None)
    if after.sale.facing is None and _may_pay_by_face(after):
        after, begun = _look(after)
        effects = (*effects, *begun)
    was, now = _running(before), _running(after)
    if was is not None and was != now:
        effects = (StopFace(was), *effects)
    return after, effects


def on_readiness(state: State, event: service.FaceReadinessChanged) -> Step:
    return replace(state, face=event.readiness), ()


def on_seen(state: State, event: service.FaceSeen) -> Step:
    facing = _looking(state, event.task)
    if facing is None:
        return state, ()
    if state.lane is not None and event.fault is Fault.NO_FACE:
        state = replace(state, lane=replace(state.lane, standing={}))  # they have walked on
    return _with(state, replace(facing, seen=event)), ()


def on_judged(state: State, event: service.FaceJudged) -> Step:
    facing = _looking(state, event.task)
    if facing is None:
        return state, ()
    judged = event.judgement
    if not isinstance(judged, Agreed | Doubtful) or (isinstance(judged, Doubtful) and state.lane is not None):
        return _trouble(state, facing, FaceTrouble.UNKNOWN)  # in the lane nobody types between two students
    if facing.turn and not event.turned:
        return _trouble(state, facing, FaceTrouble.NOT_TURNED)
    facing = replace(facing, turned=event.turned)
    if isinstance(judged, Doubtful):
        return _with(state, doubt.asking(facing, judged)), (PlaySound(SoundKind.WARNING),)
    member_id = judged.member_id
    if lane.still_stands(state, member_id):
        return _with(lane.stood_there(state, member_id), None), ()
    facing = replace(facing, checking=True)
    return _with(state, facing), (IdentifyFace(state.sale.id, facing.task, member_id),)


def on_ended(state: State, event: service.LookEnded) -> Step:
    facing = _looking(state, event.task)
    if facing is None:
        return state, ()
    if state.lane is not None and event.end is LookEnd.TIME_OUT:
        return _with(state, None), ()
    return _trouble(state, facing, _TROUBLES.get(event.end) or event.fault or FaceTrouble.SLOW)


def on_identified(state: State, event: common.FaceIdentified) -> Step:
    facing = state.sale.facing
    if facing is None or (event.session_id, event.task) != (state.sale.id, facing.task) or not facing.checking:
        return state, ()
    if event.identity is None and facing.asks_digits:
        return _with(state, doubt.not_matched(facing)), (PlaySound(SoundKind.FAILURE),)
    if event.identity is None:
        return _trouble(state, facing, FaceTrouble.NOT_NOW)
    if state.lane is not None:
        return charge(state, event.identity.payer, state.now_s, name=event.identity.member.masked_name)
    policy = state.rules.face_policy
    left_s = policy.confirm_s if policy else 0
    facing = replace(facing, candidates=frozenset(), typed="", checking=False)
    facing = replace(facing, found=event.identity, amount=due(state), left_s=left_s)
    return _with(state, facing), (PlaySound(SoundKind.SUCCESS),)


def on_digit(state: State, event: common.DigitTouched) -> Step:
    """None takes the last one back."""
    if state.sale.facing is None or not state.sale.facing.asks_digits:
        return state, ()
    facing, asked = doubt.with_digit(state.sale.facing, event.digit, state.sale.id)
    sale = replace(state.sale, facing=facing, tries_left=facing.tries_left)
    return replace(state, sale=sale), asked


def on_try_again(state: State, _event: common.FaceTryAgainTouched) -> Step:
    """Also "that is not me", and instead of digits: whoever stands there is looked at anew."""
    facing = state.sale.facing
    is_over = facing is not None and not facing.is_looking and not facing.checking
    return (_with(state, None) if is_over else state), ()


def on_tick(state: State) -> Step:
    """The moment to cancel begins with the next tick and ends in the charge; in the lane, a trouble passes."""
    facing, policy = state.sale.facing, state.rules.face_policy
    if facing is None or policy is None:
        return state, ()
    if state.lane is not None and facing.trouble is not None:
        until_s = state.now_s + LOOK_AGAIN_S if facing.until_s is None else facing.until_s
        return _with(state, None if state.now_s >= until_s else replace(facing, until_s=until_s)), ()
    if facing.found is None:
        return state, ()
    until_s = state.now_s + policy.confirm_s if facing.until_s is None else facing.until_s
    if state.now_s >= until_s:
        return charge(state, facing.found.payer, state.now_s, name=facing.found.member.masked_name)
    left_s = max(1, math.ceil(until_s - state.now_s))
    return _with(state, replace(facing, until_s=until_s, left_s=left_s)), ()


def _with(state: State, facing: Facing | None) -> State:
    return replace(state, sale=replace(state.sale, facing=facing))


def _may_pay_by_face(state: State) -> bool:
    policy = state.rules.face_policy
    if policy is None or state.in_flight or state.out_of_order or not can_look(state):
        return False
    if state.screen is ScreenName.LANE:
        waits = state.lane is not None and state.lane.asking is None
    else:
        is_asked = state.paying is not None and state.paying.method is PayMethod.MEMBER
        waits = state.screen is ScreenName.PAYING and is_asked
    return waits and due(state).minor <= policy.largest_minor


def _look(state: State) -> Step:
    policy, task = state.rules.face_policy, state.face_tasks + 1
    if policy is None:
        return state, ()
    turn = policy.asks_turn(due(state))
    within_s = policy.look_s if state.lane is None else LANE_LOOK_S
    facing = Facing(task, ConsentPurpose.PAYING, turn, tries_left=state.sale.tries_left)
    state = _with(replace(state, face_tasks=task), facing)
    return state, (LookForFace(LookRequest(task, ConsentPurpose.PAYING, turn, within_s)),)


def _trouble(state: State, facing: Facing, trouble: Fault | FaceTrouble) -> Step:
    state = _with(state, Facing(facing.task, facing.purpose, facing.turn, trouble=trouble))
    return state, () if state.lane is not None else (PlaySound(SoundKind.FAILURE),)


def _looking(state: State, task: int) -> Facing | None:
    facing = state.sale.facing
    return facing if facing is not None and facing.task == task and facing.is_looking else None


def _running(state: State) -> int | None:
    """What the desk is doing for this counter."""
    return state.sale.facing.task if state.sale.facing is not None and state.sale.facing.is_looking else None
