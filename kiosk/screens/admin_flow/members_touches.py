"""What staff touch for a member beside cash: cards, a correction, what the member must not eat, the face."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

from kiosk.domain.diet import DietProfile
from kiosk.domain.member import CardState
from kiosk.domain.member_act import MAX_CORRECTION_MINOR
from kiosk.domain.money import Money
from kiosk.domain.staff import MAX_ENTRY_DIGITS, Permission
from kiosk.screens.admin_flow import members_events as ev
from kiosk.screens.admin_flow.members_acts import ActNotice, begun, noted
from kiosk.screens.admin_flow.members_state import (
    Cards,
    Correction,
    Detail,
    Diet,
    FaceAsked,
    MembersState,
    members_of,
)
from kiosk.screens.admin_flow.state import AdminState, Tone
from kiosk.screens.admin_flow.steps import Handler, Step, acting
from kiosk.services.look_up_member import MemberSeen
from kiosk.services.member_acts import Correcting

D = TypeVar("D", Cards, Correction, Diet, FaceAsked)


def may_correct(state: AdminState, correction: Correction) -> bool:
    """Who confirms may type now."""
    return members_of(state).is_free and state.now_s >= correction.wait_until_s


def detail_left(state: AdminState) -> Step:
    """From who confirms to the amount; else to the member. What is still under way is not waited for: it is said that
    nobody knows whether it was done."""
    members = members_of(state)
    if members.asked is not None:
        return state, ()
    if isinstance(members.detail, Correction) and members.detail.is_confirming and members.is_free:
        return _shown(state, replace(members.detail, is_confirming=False, entry="", refusal=None)), ()
    was_doubtful = members.doubtful is not None
    state = replace(state, open=replace(members, screen="members", detail=None, doubtful=None))
    return noted(state, ActNotice("not_known"), Tone.WARNING) if was_doubtful else (state, ())


# --- cards ---


def _on_cards(state: AdminState, _event: ev.CardsTouched) -> Step:
    may = acting(state).may(Permission.BIND_CARDS) or acting(state).may(Permission.BLOCK_CARDS)
    return _opened(state, Cards(), "member_cards") if may else (state, ())


def card_held(state: AdminState, uid: str) -> Step:
    """A card on the reader, while the member's are shown: a new one for them. One of theirs is only said to be that."""
    seen, cards = members_of(state).seen, _detail(state, Cards)
    if cards is None or seen is None or cards.losing or not acting(state).may(Permission.BIND_CARDS):
        return state, ()
    if uid in {card.uid for card in seen.cards}:
        return noted(state, ActNotice("theirs_already"), Tone.WARNING)
    return _shown(state, Cards(fresh=uid)), ()


def _on_card(state: AdminState, event: ev.CardTouched) -> Step:
    """Blocking is asked once; unblocking does no harm that blocking would not undo."""
    seen, cards = members_of(state).seen, _detail(state, Cards)
    if cards is None or seen is None or cards.fresh or not members_of(state).is_free:
        return state, ()
    card = next((card for card in seen.cards if card.uid == event.uid), None)
    if card is None:
        return state, ()
    if card.state is CardState.ACTIVE:
        may = acting(state).may(Permission.BLOCK_CARDS)
        return (_shown(state, Cards(losing=card.uid)), ()) if may else (state, ())
    if not acting(state).may(Permission.BIND_CARDS):
        return state, ()
    return begun(state, ev.UnblockCard(state.visit, acting(state), seen.member_id, card.uid))


def _on_block(state: AdminState, _event: ev.BlockConfirmed) -> Step:
    seen, cards = members_of(state).seen, _detail(state, Cards)
    is_ready = seen is not None and cards is not None and cards.losing and members_of(state).is_free
    if not is_ready or seen is None or cards is None or not acting(state).may(Permission.BLOCK_CARDS):
        return state, ()
    return begun(_shown(state, Cards()), ev.BlockCard(state.visit, acting(state), seen.member_id, cards.losing))


def _on_bind(state: AdminState, event: ev.BindConfirmed) -> Step:
    seen, cards = members_of(state).seen, _detail(state, Cards)
    is_ready = seen is not None and cards is not None and cards.fresh and members_of(state).is_free
    if not is_ready or seen is None or cards is None or not acting(state).may(Permission.BIND_CARDS):
        return state, ()
    bind = ev.BindCard(state.visit, acting(state), seen.member_id, cards.fresh, event.instead)
    return begun(_shown(state, Cards()), bind)


def _on_dismissed(state: AdminState, _event: ev.SheetDismissed) -> Step:
    members = members_of(state)
    if isinstance(members.detail, Cards):
        return _shown(state, Cards()), ()
    if isinstance(members.detail, FaceAsked) and members.is_free:
        return replace(state, open=replace(members, detail=None)), ()
    return state, ()


# --- a correction ---


def _on_correct(state: AdminState, _event: ev.CorrectTouched) -> Step:
    return _opened_if(state, Permission.CORRECT_BALANCES, Correction(), "member_correction")


def _on_direction(state: AdminState, event: ev.DirectionChosen) -> Step:
    correction = _detail(state, Correction)
    if correction is None or correction.is_confirming:
        return state, ()
    return _shown(state, replace(correction, takes=event.takes)), ()


def _on_typed(state: AdminState, event: ev.CorrectionTyped) -> Step:
    correction = _detail(state, Correction)
    if correction is None or not (event.digits.isascii() and event.digits.isdigit()):
        return state, ()
    if correction.is_confirming:
        entry = correction.entry + event.digits
        if len(entry) > MAX_ENTRY_DIGITS or not may_correct(state, correction):
            return state, ()
        return _shown(state, replace(correction, entry=entry, refusal=None)), ()
    minor = int(f"{correction.typed_minor}{event.digits}")
    return (_shown(state, replace(correction, typed_minor=minor)) if minor <= MAX_CORRECTION_MINOR else state), ()


def _on_erased(state: AdminState, _event: ev.CorrectionErased) -> Step:
    correction = _detail(state, Correction)
    if correction is None:
        return state, ()
    if correction.is_confirming:
        return _shown(state, replace(correction, entry=correction.entry[:-1])), ()
    return _shown(state, replace(correction, typed_minor=correction.typed_minor // 10)), ()


def _on_reason(state: AdminState, event: ev.CorrectionReasoned) -> Step:
    correction = _detail(state, Correction)
    if correction is None or correction.is_confirming or not correction.typed_minor:
        return state, ()
    return _shown(state, replace(correction, reason=event.reason, is_confirming=True, entry="")), ()


def _on_second(state: AdminState, _event: ev.SecondConfirmed) -> Step:
    seen, correction = members_of(state).seen, _detail(state, Correction)
    if seen is None or correction is None or correction.reason is None or not correction.entry:
        return state, ()
    may = may_correct(state, correction) and acting(state).may(Permission.CORRECT_BALANCES)
    if not correction.is_confirming or not may:
        return state, ()
    asked = Correcting(seen.member_id, corrected_by(correction, seen), correction.reason)
    correct = ev.Correct(state.visit, acting(state), asked, correction.entry)
    return begun(_shown(state, replace(correction, entry="", refusal=None)), correct)


def corrected_by(correction: Correction, seen: MemberSeen) -> Money:
    amount = Money(correction.typed_minor, seen.balance.currency)
    return -amount if correction.takes else amount


# --- diet and face ---


def _on_diet(state: AdminState, _event: ev.DietTouched) -> Step:
    seen = members_of(state).seen
    return _opened_if(state, Permission.CHANGE_DIET, Diet(seen.diet), "member_diet") if seen else (state, ())


def _on_allergen(state: AdminState, event: ev.AllergenTouched) -> Step:
    return _with_profile(state, lambda p: replace(p, avoids=p.avoids ^ {event.allergen}))


def _on_tag(state: AdminState, event: ev.TagTouched) -> Step:
    return _with_profile(state, lambda p: replace(p, keeps=p.keeps ^ {event.tag}))


def _on_spicy(state: AdminState, _event: ev.SpicyTouched) -> Step:
    return _with_profile(state, lambda p: replace(p, no_spicy=not p.no_spicy))


def _on_kept(state: AdminState, _event: ev.DietKept) -> Step:
    seen, diet = members_of(state).seen, _detail(state, Diet)
    is_new = seen is not None and diet is not None and diet.profile != seen.diet and members_of(state).is_free
    if not is_new or seen is None or diet is None or not acting(state).may(Permission.CHANGE_DIET):
        return state, ()
    return begun(state, ev.KeepDiet(state.visit, acting(state), seen.member_id, diet.profile))


def _on_face(state: AdminState, _event: ev.FaceTouched) -> Step:
    return _opened_if(state, Permission.DELETE_FACES, FaceAsked(), "members")


def _on_face_confirmed(state: AdminState, _event: ev.FaceDeletionConfirmed) -> Step:
    seen, may = members_of(state).seen, acting(state).may(Permission.DELETE_FACES)
    if seen is None or _detail(state, FaceAsked) is None or not members_of(state).is_free or not may:
        return state, ()
    return begun(state, ev.DeleteFace(state.visit, acting(state), seen.member_id))


# --- what they have in common ---


def _opened_if(state: AdminState, permission: Permission, detail: Detail, screen: str) -> Step:
    return _opened(state, detail, screen) if acting(state).may(permission) else (state, ())


def _opened(state: AdminState, detail: Detail, screen: str) -> Step:
    """Of a member who is seen; what was typed of cash is gone."""
    members = members_of(state)
    if members.seen is None or members.detail is not None or not members.is_free:
        return state, ()
    opened = MembersState(screen, members.seen, detail=detail)
    return replace(state, open=opened, notice=None), ()


def _shown(state: AdminState, detail: Detail) -> AdminState:
    return replace(state, open=replace(members_of(state), detail=detail)) if members_of(state).is_free else state


def _detail(state: AdminState, kind: type[D]) -> D | None:
    detail = members_of(state).detail
    return detail if isinstance(detail, kind) else None


def _with_profile(state: AdminState, change: Callable[[DietProfile], DietProfile]) -> Step:
    diet = _detail(state, Diet)
    return (state, ()) if diet is None else (_shown(state, Diet(change(diet.profile))), ())


HANDLERS: Mapping[type, Handler] = {
    ev.CardsTouched: _on_cards,
    ev.CardTouched: _on_card,
    ev.BlockConfirmed: _on_block,
    ev.BindConfirmed: _on_bind,
    ev.SheetDismissed: _on_dismissed,
    ev.CorrectTouched: _on_correct,
    ev.DirectionChosen: _on_direction,
    ev.CorrectionTyped: _on_typed,
    ev.CorrectionErased: _on_erased,
    ev.CorrectionReasoned: _on_reason,
    ev.SecondConfirmed: _on_second,
    ev.DietTouched: _on_diet,
    ev.AllergenTouched: _on_allergen,
    ev.TagTouched: _on_tag,
    ev.SpicyTouched: _on_spicy,
    ev.DietKept: _on_kept,
    ev.FaceTouched: _on_face,
    ev.FaceDeletionConfirmed: _on_face_confirmed,
}
