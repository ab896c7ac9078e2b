"""The section stock: the list of dishes, and what its touches do. One dish: stock_dish.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kiosk.domain.ids import DishId
from kiosk.domain.staff import Permission
from kiosk.domain.stock_act import StockActKind
from kiosk.screens.admin_flow import events as ev
from kiosk.screens.admin_flow import home, stock_dish, stock_find, stock_several
from kiosk.screens.admin_flow import stock_state as st
from kiosk.screens.admin_flow.state import AdminState, Tone
from kiosk.screens.admin_flow.steps import Handler, Step, acting, noticed
from kiosk.screens.admin_flow.stock_state import Said, Stock
from kiosk.screens.admin_flow.stock_steps import act, act_again, stock_of, with_list, with_stock
from kiosk.screens.flow import events as common
from kiosk.services.events import LinkState
from kiosk.services.staff_acts import NotKnown
from kiosk.services.stock_acts import StockDone

ASKS = frozenset({Permission.SEE_STOCK})


def opened(state: AdminState) -> Step:
    return _load(replace(state, open=Stock()))


def _load(state: AdminState) -> Step:
    return state, (st.LoadStock(state.visit, acting(state)),)


def _on_levels(state: AdminState, _event: common.LevelsLoaded) -> Step:
    return _load(state)


def _on_menu(state: AdminState, _event: common.MenuLoaded) -> Step:
    return _load(with_stock(state, order=None))


def _on_loaded(state: AdminState, event: st.StockLoaded) -> Step:
    """A list that stands shows other figures; one that was waited for is made."""
    stands = stock_of(state).order is not None
    return (with_stock if stands else with_list)(state, known=event.known, paces=event.paces), ()


def _on_category(state: AdminState, event: st.CategoryChosen) -> Step:
    return with_list(state, category_id=event.category_id, cook_next=False, search=None, page=0), ()


def _on_cook_next(state: AdminState, _event: st.CookNextTouched) -> Step:
    return with_list(state, category_id="", cook_next=True, search=None, page=0), ()


def _on_page(state: AdminState, event: st.PageTurned) -> Step:
    return with_stock(state, page=max(0, event.page)), ()


def _on_sold_out(state: AdminState, event: st.SoldOutTouched) -> Step:
    if stock_of(state).order is None:
        return state, ()
    return act(state, st.MarkSoldOut(state.visit, acting(state), (event.dish_id,)))


def _on_back_on_sale(state: AdminState, event: st.BackOnSaleTouched) -> Step:
    if stock_of(state).order is None:
        return state, ()
    return act(state, st.BringBack(state.visit, acting(state), (event.dish_id,)))


def _on_batch_confirmed(state: AdminState, _event: st.BatchConfirmed) -> Step:
    batch = stock_of(state).batch
    return act(state, st.RestockDishes(state.visit, acting(state), batch)) if batch else (state, ())


def _on_batch_dropped(state: AdminState, _event: st.BatchDropped) -> Step:
    return with_stock(state, batch={}), ()


def _on_undo(state: AdminState, event: st.UndoTouched) -> Step:
    return act(state, st.UndoStockAct(state.visit, acting(state), event.act_id))


def _on_ask_again(state: AdminState, _event: st.AskAgainTouched) -> Step:
    return act_again(state)


def _on_answered(state: AdminState, event: st.StockAnswered) -> Step:
    """What is not known is asked for again under its id; what was typed for it stays."""
    end = event.end
    said = Said(end, offline=state.link is not LinkState.ONLINE)
    state = with_stock(state, busy=False, in_doubt=event.asked if isinstance(end, NotKnown) else None)
    if not isinstance(end, StockDone):
        return noticed(state, said, Tone.NEGATIVE if isinstance(end, NotKnown) else Tone.WARNING)
    done, stock = end.act, stock_of(state)
    is_new_list = stock.dish is not None or stock.search is not None
    state = with_stock(state, dish=None, search=None, ticked=None, order=None if is_new_list else stock.order)
    if done.kind is StockActKind.RESTOCK and done.undoes is None:
        usual = {line.dish_id: line.portions for line in done.lines}
        rest: Mapping[DishId, int] = {d: n for d, n in stock.batch.items() if d not in usual}
        state = with_stock(state, usual={**stock.usual, **usual}, batch=rest)
    undo = st.UndoTouched(done.id) if done.undoes is None else None
    state, effects = noticed(state, said, Tone.POSITIVE, undo)
    return state, (*effects, *(_load(state)[1] if is_new_list else ()))


def _on_failed(state: AdminState, event: ev.EffectFailed) -> Step:
    """The shell has said so. What is only looked up ends no act that is under way."""
    if isinstance(event.effect, st.StockEffect):
        state = with_stock(state, busy=False)
    if stock_of(state).order is None:
        state = with_list(state)
    return state, ()


def _on_dish(state: AdminState, event: st.DishTouched) -> Step:
    return (state, ()) if stock_of(state).order is None else stock_dish.opened(state, event.dish_id)


def _on_back(state: AdminState, _event: ev.BackTouched) -> Step:
    stock = stock_of(state)
    if stock.dish is None and stock.search is not None:
        return with_list(state, search=None, page=0), ()
    if stock.dish is None and stock.ticked is not None:
        return with_stock(state, ticked=None), ()
    if stock.dish is None:
        return home.gone_home(state), ()
    if stock.dish.asks_reason:
        return with_stock(state, dish=replace(stock.dish, asks_reason=False)), ()
    return with_list(state, dish=None), ()


HANDLERS: Mapping[type, Handler] = {
    common.LevelsLoaded: _on_levels,
    common.MenuLoaded: _on_menu,
    ev.BackTouched: _on_back,
    ev.EffectFailed: _on_failed,
    st.StockLoaded: _on_loaded,
    st.StockAnswered: _on_answered,
    st.CategoryChosen: _on_category,
    st.CookNextTouched: _on_cook_next,
    st.PageTurned: _on_page,
    st.SoldOutTouched: _on_sold_out,
    st.BackOnSaleTouched: _on_back_on_sale,
    st.DishTouched: _on_dish,
    st.BatchConfirmed: _on_batch_confirmed,
    st.BatchDropped: _on_batch_dropped,
    st.UndoTouched: _on_undo,
    st.AskAgainTouched: _on_ask_again,
    **stock_dish.HANDLERS,
    **stock_find.HANDLERS,
    **stock_several.HANDLERS,
}
