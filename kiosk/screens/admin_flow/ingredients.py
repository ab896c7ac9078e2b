"""The section ingredients: what is left, what runs out first; and one of them: delivered, counted or thrown away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kiosk.domain.ingredient import IngredientActKind, IngredientRefusal
from kiosk.domain.staff import Permission, Staff
from kiosk.screens.admin_flow import events as shell
from kiosk.screens.admin_flow import home
from kiosk.screens.admin_flow import ingredients_events as ev
from kiosk.screens.admin_flow.effects import AdminAct
from kiosk.screens.admin_flow.ingredients_state import POINT, IngredientDone, IngredientEntry, IngredientsState
from kiosk.screens.admin_flow.state import AdminState, Tone
from kiosk.screens.admin_flow.steps import Handler, Step, acting, noticed
from kiosk.services.ingredients import IngredientTrouble
from kiosk.services.ports import IngredientsAtCentral

ASKS: frozenset[Permission] = frozenset({Permission.SEE_STOCK})


def opened(state: AdminState) -> Step:
    """As it stands at central, who alone keeps it."""
    return _asked(replace(state, open=IngredientsState()), ev.SeeIngredients(state.visit, acting(state)))


def open_to(staff: Staff) -> tuple[IngredientActKind, ...]:
    """What they may do with an ingredient."""
    return tuple(kind for kind in IngredientActKind if staff.may(kind.permission))


# --- touches ---


def _on_page(state: AdminState, event: ev.IngredientsPageTurned) -> Step:
    return _with(state, page=max(0, event.page)), ()


def _on_ingredient(state: AdminState, event: ev.IngredientTouched) -> Step:
    section, kinds = _section(state), open_to(acting(state))
    level = section.level(event.ingredient_id)
    if level is None or not kinds or not section.is_free or section.entry is not None:
        return state, ()
    return replace(_with(state, entry=IngredientEntry(level, kinds[0])), notice=None), ()


def _on_mode(state: AdminState, event: ev.IngredientModeChosen) -> Step:
    entry = _typing(state)
    if entry is None or event.kind not in open_to(acting(state)):
        return state, ()
    return _with(state, entry=replace(entry, kind=event.kind, typed="")), ()


def _on_key(state: AdminState, event: ev.AmountKeyTyped) -> Step:
    entry = _typing(state)
    is_key = event.key == POINT or (len(event.key) == 1 and event.key.isascii() and event.key.isdecimal())
    return (state, ()) if entry is None or not is_key else (_with(state, entry=entry.with_key(event.key)), ())


def _on_erased(state: AdminState, _event: ev.AmountErased) -> Step:
    entry = _typing(state)
    return (state, ()) if entry is None else (_with(state, entry=replace(entry, typed=entry.typed[:-1])), ())


def _on_unit(state: AdminState, event: ev.SmallUnitChosen) -> Step:
    """What was typed meant another amount: it is typed anew."""
    entry = _typing(state)
    if entry is None or entry.is_piece or entry.in_small == event.in_small:
        return state, ()
    return _with(state, entry=replace(entry, in_small=event.in_small, typed="")), ()


def _on_confirmed(state: AdminState, _event: ev.AmountConfirmed) -> Step:
    entry = _typing(state)
    if entry is None or not entry.is_ready:
        return state, ()
    by = acting(state)
    if entry.kind is IngredientActKind.WASTE:
        return _with(state, entry=replace(entry, asks_reason=True)), ()
    if entry.kind is IngredientActKind.COUNT:
        return _act(state, ev.CountIngredient(state.visit, by, entry.level, entry.milli))
    return _act(state, ev.DeliverIngredient(state.visit, by, entry.level.ingredient.id, entry.milli))


def _on_reason(state: AdminState, event: ev.IngredientWasteReasonChosen) -> Step:
    entry = _section(state).entry
    if entry is None or not entry.asks_reason:
        return state, ()
    about = entry.level.ingredient.id, entry.milli, event.reason
    return _act(state, ev.WasteIngredient(state.visit, acting(state), *about))


def _on_reasons_dismissed(state: AdminState, _event: ev.IngredientReasonsDismissed) -> Step:
    entry = _section(state).entry
    if entry is None or not _section(state).is_free:
        return state, ()
    return _with(state, entry=replace(entry, asks_reason=False)), ()


def _on_undo(state: AdminState, event: ev.IngredientUndoTouched) -> Step:
    if not acting(state).may(event.made.kind.permission):
        return state, ()
    return _act(state, ev.UndoIngredientAct(state.visit, acting(state), event.made))


def _on_again(state: AdminState, _event: ev.AskIngredientsAgain) -> Step:
    """What is in doubt, as it was: it is booked once. Their roles may be others meanwhile."""
    section, by = _section(state), acting(state)
    if section.asked is not None:
        return state, ()
    if section.doubtful is None:
        return _asked(state, ev.SeeIngredients(state.visit, by))
    return _asked(state, replace(section.doubtful, by=by)) if by.may(section.doubtful.needs) else (state, ())


# --- answers ---


def _on_told(state: AdminState, event: ev.IngredientsTold) -> Step:
    if _section(state).asked is None:
        return state, ()
    is_act = not isinstance(event.asked, ev.SeeIngredients)
    if isinstance(event.answer, IngredientTrouble):
        in_doubt = is_act and event.answer is IngredientTrouble.UNREACHABLE
        doubtful = event.asked if in_doubt else None
        state = _without_reasons(_with(state, asked=None, trouble=event.answer, doubtful=doubtful))
        return state, ()
    state = _with(state, asked=None, trouble=None, doubtful=None, levels=event.answer.levels)
    return _done(state, event.answer) if is_act else _seen(state, event.answer)


def _seen(state: AdminState, answer: IngredientsAtCentral) -> Step:
    return (state, ()) if answer.refusal is None else noticed(state, answer.refusal, Tone.NEGATIVE)


def _done(state: AdminState, answer: IngredientsAtCentral) -> Step:
    """Back to the list; what was refused stays to be corrected, beside what is left now."""
    section = _section(state)
    if answer.done is None:
        entry = section.entry
        level = entry and section.level(entry.level.ingredient.id)
        kept = replace(entry, level=level, asks_reason=False, typed="") if entry is not None and level else None
        return noticed(_with(state, entry=kept), answer.refusal or IngredientRefusal.UNKNOWN, Tone.WARNING)
    level = section.level(answer.done.ingredient_id)
    state = _with(state, entry=None)
    if level is None:
        return state, ()
    undo = ev.IngredientUndoTouched(answer.done) if answer.done.undoes is None else None
    return noticed(state, IngredientDone(answer.done, level), undo=undo)


def _on_failed(state: AdminState, event: shell.EffectFailed) -> Step:
    """The shell says so."""
    is_mine = _section(state).asked == event.effect
    return (_without_reasons(_with(state, asked=None)), ()) if is_mine else (state, ())


def _on_back(state: AdminState, _event: shell.BackTouched) -> Step:
    entry = _section(state).entry
    if entry is None:
        return home.gone_home(state), ()
    if entry.asks_reason:
        return _without_reasons(state), ()
    return _with(state, entry=None), ()


# --- steps ---


def _act(state: AdminState, effect: AdminAct) -> Step:
    """One at a time, and nothing that they may not."""
    if not _section(state).is_free or not acting(state).may(effect.needs):
        return state, ()
    return _asked(replace(state, notice=None), effect)


def _asked(state: AdminState, effect: AdminAct) -> Step:
    return _with(state, asked=effect, trouble=None), (effect,)


def _typing(state: AdminState) -> IngredientEntry | None:
    """What is typed for; nothing while the reasons are asked for, or an act is under way or in doubt."""
    section = _section(state)
    return None if section.entry is None or section.entry.asks_reason or not section.is_free else section.entry


def _without_reasons(state: AdminState) -> AdminState:
    entry = _section(state).entry
    return state if entry is None else _with(state, entry=replace(entry, asks_reason=False))


def _with(state: AdminState, **changes: object) -> AdminState:
    return replace(state, open=replace(_section(state), **changes))  # type: ignore[arg-type]


def _section(state: AdminState) -> IngredientsState:
    if not isinstance(state.open, IngredientsState):
        raise TypeError("another section is open")
    return state.open


HANDLERS: Mapping[type, Handler] = {
    ev.IngredientTouched: _on_ingredient,
    ev.IngredientsPageTurned: _on_page,
    ev.IngredientModeChosen: _on_mode,
    ev.AmountKeyTyped: _on_key,
    ev.AmountErased: _on_erased,
    ev.SmallUnitChosen: _on_unit,
    ev.AmountConfirmed: _on_confirmed,
    ev.IngredientWasteReasonChosen: _on_reason,
    ev.IngredientReasonsDismissed: _on_reasons_dismissed,
    ev.IngredientUndoTouched: _on_undo,
    ev.AskIngredientsAgain: _on_again,
    ev.IngredientsTold: _on_told,
    shell.BackTouched: _on_back,
    shell.EffectFailed: _on_failed,
}
