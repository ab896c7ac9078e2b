"""Finding a dish in the section stock: by its name, pinyin initials or number, or by its label."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from kiosk.domain.find_dish import by_label
from kiosk.screens.admin_door import AdminEvent
from kiosk.screens.admin_flow import stock_dish, stock_several
from kiosk.screens.admin_flow.state import AdminState, Tone
from kiosk.screens.admin_flow.steps import Handler, Step, acting, noticed
from kiosk.screens.admin_flow.stock_steps import stock_of, with_list
from kiosk.services import events as service

MAX_SEARCH_CHARS = 20


@dataclass(frozen=True, slots=True)
class SearchTyped(AdminEvent):
    """All of it; None closes the search."""

    text: str | None


@dataclass(frozen=True, slots=True)
class NoSuchLabel:
    """What was scanned is on the label of no dish."""


def _on_typed(state: AdminState, event: SearchTyped) -> Step:
    if stock_of(state).dish is not None:
        return state, ()
    text = None if event.text is None else event.text[:MAX_SEARCH_CHARS]
    return with_list(replace(state, notice=None), search=text, category_id="", cook_next=False, page=0), ()


def _on_code(state: AdminState, event: service.CodeScanned) -> Step:
    """The label of a dish opens it, or ticks it while several are ticked."""
    stock, dish = stock_of(state), None if state.menu is None else by_label(state.menu, event.text)
    if not stock.may_act or (stock.dish is not None and stock.dish.asks_reason):
        return state, ()
    if dish is None:
        return noticed(state, NoSuchLabel(), Tone.WARNING)
    if stock.ticked is not None and stock.dish is None:
        return stock_several.ticked(state, dish.id)
    if stock_dish.open_to(acting(state), stock, dish.id):
        return stock_dish.opened(state, dish.id)
    return with_list(state, search=dish.id[:MAX_SEARCH_CHARS], category_id="", cook_next=False, page=0), ()


HANDLERS: Mapping[type, Handler] = {SearchTyped: _on_typed, service.CodeScanned: _on_code}
