"""Looking after the stock."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from kiosk.domain.ids import StockActId
from kiosk.domain.staff import NotPermitted
from kiosk.domain.stock_act import StockError
from kiosk.screens.admin_door import AdminEffect, AdminEvent
from kiosk.screens.admin_effects.acts import new_act_id, reopen_store
from kiosk.screens.admin_effects.services import AdminServices
from kiosk.screens.admin_flow import stock_state as st
from kiosk.services.staff_acts import NotKnown
from kiosk.services.stock_acts import StockActs, StockEnd

log = logging.getLogger(__name__)


def _load(effect: st.LoadStock, services: AdminServices) -> st.StockLoaded:
    acts = services.stock_acts
    return st.StockLoaded(effect.visit, acts.known(effect.by), acts.paces(effect.by))


def _restock(effect: st.RestockDishes, acts: StockActs, act_id: StockActId) -> StockEnd:
    return acts.restock(effect.by, act_id, effect.portions)


def _count(effect: st.CountDish, acts: StockActs, act_id: StockActId) -> StockEnd:
    return acts.count(effect.by, act_id, effect.dish_id, effect.counted, effect.known)


def _waste(effect: st.WasteDish, acts: StockActs, act_id: StockActId) -> StockEnd:
    return acts.waste(effect.by, act_id, effect.dish_id, effect.portions, effect.reason, effect.grams)


def _sold_out(effect: st.MarkSoldOut, acts: StockActs, act_id: StockActId) -> StockEnd:
    return acts.mark_sold_out(effect.by, act_id, effect.dish_ids)


def _back(effect: st.BringBack, acts: StockActs, act_id: StockActId) -> StockEnd:
    return acts.bring_back(effect.by, act_id, effect.dish_ids)


def _undo(effect: st.UndoStockAct, acts: StockActs, act_id: StockActId) -> StockEnd:
    return acts.undo(effect.by, act_id, effect.undoes)


def _acted(
    do: Callable[[Any, StockActs, StockActId], StockEnd],
) -> Callable[[Any, AdminServices], st.StockAnswered]:
    """Begun under a new id, or asked for again under its own; for that a store that has failed is opened anew. A fault
    of ours in the middle leaves it unknown, as the disk does."""

    def run(effect: st.StockEffect, services: AdminServices) -> st.StockAnswered:
        act_id = effect.act_id
        if act_id is None:
            act_id = StockActId(new_act_id(services))
        else:
            reopen_store(services)
        try:
            end = do(effect, services.stock_acts, act_id)
        except (NotPermitted, StockError):  # nothing was done
            raise
        except Exception:
            log.exception("stock_act_failed")
            end = NotKnown(act_id)
        return st.StockAnswered(effect.visit, end, replace(effect, act_id=act_id))

    return run


RUNS: Mapping[type[AdminEffect], Callable[[Any, AdminServices], AdminEvent | None]] = {
    st.LoadStock: _load,
    st.RestockDishes: _acted(_restock),
    st.CountDish: _acted(_count),
    st.WasteDish: _acted(_waste),
    st.MarkSoldOut: _acted(_sold_out),
    st.BringBack: _acted(_back),
    st.UndoStockAct: _acted(_undo),
}
