"""The section stock: dishes are found, several are marked at once, and what is in doubt is asked for again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.domain.ids import StockActId
from kiosk.domain.local_text import LocalText
from kiosk.domain.staff import Role
from kiosk.domain.stock import StockLevels
from kiosk.domain.stock_act import StockActKind, StockActLine, restock_line
from kiosk.screens.admin_flow import events as ev
from kiosk.screens.admin_flow import stock_state as st
from kiosk.screens.admin_flow.stock_find import MAX_SEARCH_CHARS, SearchTyped
from kiosk.screens.admin_flow.stock_rows import listed
from kiosk.screens.admin_flow.stock_several import AllTouched, SeveralTouched, TickedBack, TickedSoldOut, TickTouched
from kiosk.services import events as service
from kiosk.services.staff_acts import NotKnown
from kiosk.services.stock_acts import KnownStock, StockRefusal, StockRefused
from tests.admin_flow.test_stock import (
    COUNTER,
    KNOWN,
    OPEN,
    RESTOCKER,
    SOLD_OUT,
    answered,
    done,
    in_stock,
    stock_of,
    touches_until,
)
from tests.admin_flow.visits import VISIT, after, inside, someone, typed, wanted
from tests.central.sales import new_id
from tests.domain.canteen import MENU, NOODLES, RICE, SOUP

# --- finding by what is typed ---


@pytest.mark.parametrize("typed_text", ["ric", "RICE", "mf", "米", "6901", RICE.id])
def test_a_dish_is_found_by_name_initials_or_number(typed_text: str) -> None:
    keyed = replace(RICE, search_keys=("mifan", "mf"), name=LocalText("米饭", "Rice"), barcode="6901234567892")
    menu = replace(MENU, dishes=tuple(keyed if dish.id == RICE.id else dish for dish in MENU.dishes))
    state = after(inside(RESTOCKER, menu=menu), OPEN, st.StockLoaded(VISIT, KNOWN, {}), SearchTyped(typed_text))
    assert [one.dish_id for one in listed(menu, stock_of(state))] == [RICE.id]


def test_the_search_closes_when_it_is_left_and_when_something_was_done() -> None:
    searching = after(in_stock(), st.CookNextTouched(), SearchTyped("x" * 99))
    assert (stock_of(searching).search, stock_of(searching).cook_next) == ("x" * MAX_SEARCH_CHARS, False)
    assert listed(MENU, stock_of(searching)) == []
    for leaves in (SearchTyped(None), ev.BackTouched(), st.CategoryChosen("")):
        left = after(searching, leaves)
        assert (left.screen, stock_of(left).search) == ("stock", None)
    marked = answered(after(in_stock(), SearchTyped("r"), st.SoldOutTouched(RICE.id)), SOLD_OUT)
    assert stock_of(marked).search is None


# --- several at once ---


def test_a_whole_category_is_sold_out_in_one_act() -> None:
    ids = tuple(sorted(dish.id for dish in (*MENU.dishes, *MENU.weighed) if dish.category_id == RICE.category_id))
    ticked = after(in_stock(), st.CategoryChosen(RICE.category_id), SeveralTouched(), AllTouched())
    assert stock_of(ticked).ticked == frozenset(ids)
    marked = tuple(dish_id for dish_id in ids if dish_id not in KNOWN.levels.sold_out)
    assert wanted(ticked, TickedSoldOut()) == (st.MarkSoldOut(VISIT, RESTOCKER, marked),)
    assert stock_of(after(ticked, AllTouched())).ticked == frozenset()
    touches = OPEN, st.CategoryChosen(RICE.category_id), SeveralTouched(), AllTouched(), TickedSoldOut()
    assert touches_until(inside(RESTOCKER, menu=MENU), st.MarkSoldOut, *touches) == 5


def test_the_ticked_ones_are_marked_and_brought_back() -> None:
    state = after(in_stock(COUNTER), SeveralTouched(), TickTouched(RICE.id), TickTouched(SOUP.id), TickTouched(RICE.id))
    assert stock_of(state).ticked == {SOUP.id}
    assert wanted(state, TickedBack()) == (st.BringBack(VISIT, COUNTER, (SOUP.id,)),)
    assert wanted(state, TickedSoldOut()) == (), "it is sold out already"
    assert stock_of(after(state, service.CodeScanned("s", RICE.id, 1.0))).ticked == {SOUP.id, RICE.id}
    both = done(StockActKind.BACK, StockActLine(SOUP.id, sold_out=False), StockActLine(RICE.id, sold_out=False))
    told = answered(after(state, TickedBack()), both)
    assert stock_of(told).ticked is None
    assert told.notice is not None
    assert told.notice.undo == st.UndoTouched(both.act.id), "one undo for all of them"
    assert stock_of(after(state, ev.BackTouched())).ticked is None
    assert stock_of(after(in_stock(someone(Role.TECHNICIAN, Role.RESTOCK)), SeveralTouched())).ticked == frozenset()


# --- in doubt ---


def test_what_is_not_known_is_asked_for_again_under_its_id() -> None:
    begun = after(in_stock(), st.DishTouched(RICE.id), *typed("25"), st.EntryConfirmed())
    asked = st.RestockDishes(VISIT, RESTOCKER, {RICE.id: 25}, act_id=StockActId(new_id()))
    doubtful = after(begun, st.StockAnswered(VISIT, NotKnown(new_id()), asked))
    for touch in (st.EntryConfirmed(), st.AddedToBatch(), st.BatchConfirmed(), *typed("5"), st.SoldOutTouched(RICE.id)):
        assert wanted(doubtful, touch) == (), "nothing else is begun"
    assert wanted(doubtful, st.AskAgainTouched()) == (asked,)
    again = after(doubtful, st.AskAgainTouched())
    assert wanted(again, st.AskAgainTouched()) == (), "one at a time"
    end = done(StockActKind.RESTOCK, restock_line(RICE.id, 25, was_sold_out=False))
    told = after(again, st.StockAnswered(VISIT, end, asked))
    assert (told.screen, stock_of(told).in_doubt) == ("stock", None)
    assert wanted(told, st.AskAgainTouched()) == ()
    refused = after(again, st.StockAnswered(VISIT, StockRefused(StockRefusal.NOT_COUNTED), asked))
    assert stock_of(refused).may_act


def test_a_look_that_fails_ends_no_act_that_is_under_way() -> None:
    """Else a second touch would begin a second one."""
    busy = after(in_stock(), st.SoldOutTouched(RICE.id))
    failed = ev.EffectFailed(VISIT, st.LoadStock(VISIT, RESTOCKER), ev.Failure.STORAGE_FAILED)
    assert wanted(after(busy, failed), st.SoldOutTouched(RICE.id)) == ()


def test_what_was_sold_beyond_is_ranked_before_what_only_runs_out() -> None:
    known = KnownStock(StockLevels({NOODLES.id: 0, RICE.id: 0, SOUP.id: -2}), {}, {RICE.id: 1})
    cooking = stock_of(after(in_stock(known=known, noodles=3.0, rice=0.5), st.CookNextTouched()))
    assert [one.dish_id for one in listed(MENU, cooking)] == [SOUP.id, RICE.id, NOODLES.id]
