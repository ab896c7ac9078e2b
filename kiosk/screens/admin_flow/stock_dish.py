"""One dish of the section stock: restock, count or write off, with keys for numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kiosk.domain.ids import DishId
from kiosk.domain.staff import Staff
from kiosk.domain.stock_act import MAX_PORTIONS
from kiosk.screens.admin_flow import events as ev
from kiosk.screens.admin_flow import stock_state as st
from kiosk.screens.admin_flow.state import AdminState
from kiosk.screens.admin_flow.steps import Handler, Step, acting
from kiosk.screens.admin_flow.stock_state import MAX_DIGITS, MAX_GRAMS_DIGITS, USUAL_BATCH, DishEntry, Mode, Stock
from kiosk.screens.admin_flow.stock_steps import act, stock_of, with_stock


def opened(state: AdminState, dish_id: DishId) -> Step:
    """To restock it, if they may and it is counted."""
    stock = stock_of(state)
    modes = open_to(acting(state), stock, dish_id)
    if not stock.may_act or not modes:
        return state, ()
    return with_stock(state, dish=_entry(stock, dish_id, modes[0])), ()


def open_to(staff: Staff, stock: Stock, dish_id: DishId) -> tuple[Mode, ...]:
    """What they may do with that dish. To one that nobody has counted nothing can be added."""
    may = tuple(mode for mode in Mode if staff.may(st.PERMISSION_OF[mode]))
    is_counted = dish_id in stock.known.levels.portions
    return may if is_counted else tuple(mode for mode in may if mode is not Mode.RESTOCK)


def _entry(stock: Stock, dish_id: DishId, mode: Mode) -> DishEntry:
    """A restock begins with what the last one was."""
    if mode is not Mode.RESTOCK:
        return DishEntry(dish_id, mode)
    usual = stock.batch.get(dish_id) or stock.usual.get(dish_id, USUAL_BATCH)
    return DishEntry(dish_id, mode, str(usual), is_suggested=True)


def _on_mode(state: AdminState, event: st.ModeChosen) -> Step:
    stock = stock_of(state)
    if stock.dish is None or not stock.may_act or event.mode not in open_to(acting(state), stock, stock.dish.dish_id):
        return state, ()
    return with_stock(state, dish=_entry(stock, stock.dish.dish_id, event.mode)), ()


def _on_digit(state: AdminState, event: ev.DigitTyped) -> Step:
    dish = _typing(state)
    if dish is None or not event.digit.isdecimal():
        return state, ()
    if dish.weighing:
        grams = (dish.grams + event.digit).lstrip("0")
        return with_stock(state, dish=replace(dish, grams=grams)) if len(grams) <= MAX_GRAMS_DIGITS else state, ()
    typed = event.digit if dish.is_suggested or dish.typed == "0" else dish.typed + event.digit
    fits = len(typed) <= MAX_DIGITS
    return with_stock(state, dish=replace(dish, typed=typed, is_suggested=False)) if fits else state, ()


def _on_erase(state: AdminState, _event: ev.EraseTouched) -> Step:
    dish = _typing(state)
    if dish is None:
        return state, ()
    if dish.weighing:
        return with_stock(state, dish=replace(dish, grams=dish.grams[:-1])), ()
    typed = "" if dish.is_suggested else dish.typed[:-1]
    return with_stock(state, dish=replace(dish, typed=typed, is_suggested=False)), ()


def _on_more(state: AdminState, event: st.MoreTouched) -> Step:
    """A count begins with what is known."""
    dish = _typing(state)
    if dish is None:
        return state, ()
    known = stock_of(state).known.levels.portions.get(dish.dish_id, 0)
    begins = max(0, known) if dish.mode is Mode.COUNT and not dish.typed else dish.portions
    portions = min(max(0, begins + event.by), 10**MAX_DIGITS - 1, MAX_PORTIONS)
    return with_stock(state, dish=replace(dish, typed=str(portions), is_suggested=False, weighing=False)), ()


def _on_weigh(state: AdminState, _event: st.WeighTouched) -> Step:
    dish = _typing(state)
    if dish is None or dish.mode is not Mode.WASTE:
        return state, ()
    return with_stock(state, dish=replace(dish, weighing=not dish.weighing)), ()


def can_confirm(dish: DishEntry) -> bool:
    """Something was typed that makes an act."""
    match dish.mode:
        case Mode.RESTOCK:
            return dish.portions > 0
        case Mode.COUNT:
            return dish.typed != ""
        case Mode.WASTE:
            return dish.portions > 0 or dish.grams != ""


def _on_confirmed(state: AdminState, _event: st.EntryConfirmed) -> Step:
    stock, dish = stock_of(state), _typing(state)
    if dish is None or not can_confirm(dish):
        return state, ()
    by = acting(state)
    if dish.mode is Mode.WASTE:
        return with_stock(state, dish=replace(dish, asks_reason=True)), ()
    if dish.mode is Mode.COUNT:
        return act(state, st.CountDish(state.visit, by, dish.dish_id, dish.portions, stock.known))
    return act(state, st.RestockDishes(state.visit, by, {**stock.batch, dish.dish_id: dish.portions}))


def _on_added(state: AdminState, _event: st.AddedToBatch) -> Step:
    stock, dish = stock_of(state), _typing(state)
    if dish is None or dish.mode is not Mode.RESTOCK or not can_confirm(dish):
        return state, ()
    return with_stock(state, dish=None, batch={**stock.batch, dish.dish_id: dish.portions}), ()


def _on_reason(state: AdminState, event: st.WasteReasonChosen) -> Step:
    dish = stock_of(state).dish
    if dish is None or not dish.asks_reason:
        return state, ()
    grams = int(dish.grams) if dish.grams else None
    by = acting(state)
    return act(state, st.WasteDish(state.visit, by, dish.dish_id, dish.portions, event.reason, grams))


def _on_reasons_dismissed(state: AdminState, _event: st.ReasonsDismissed) -> Step:
    dish = stock_of(state).dish
    if dish is None or not stock_of(state).may_act:
        return state, ()
    return with_stock(state, dish=replace(dish, asks_reason=False)), ()


def _typing(state: AdminState) -> DishEntry | None:
    """The dish that is typed for; none while the reasons are asked for, or an act is under way or in doubt."""
    stock = stock_of(state)
    return None if stock.dish is None or stock.dish.asks_reason or not stock.may_act else stock.dish


HANDLERS: Mapping[type, Handler] = {
    ev.DigitTyped: _on_digit,
    ev.EraseTouched: _on_erase,
    st.ModeChosen: _on_mode,
    st.MoreTouched: _on_more,
    st.WeighTouched: _on_weigh,
    st.EntryConfirmed: _on_confirmed,
    st.AddedToBatch: _on_added,
    st.WasteReasonChosen: _on_reason,
    st.ReasonsDismissed: _on_reasons_dismissed,
}
