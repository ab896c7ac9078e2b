"""Choosing: what gets into the cart, and what the menu, the meal period and the stock refuse."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.domain.cart import MAX_QUANTITY, Cart, Selection
from kiosk.domain.diet import DietProfile
from kiosk.domain.ids import DishId
from kiosk.domain.stock import StockLevels
from kiosk.screens.flow import effects as fx
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.state import COMBOS, Notice, ScreenName
from tests.flow.canteen import (
    AFTERNOON,
    CARD,
    CHICKEN,
    CHICKEN_HOT,
    CHICKEN_MILD,
    COMBO,
    DUMPLINGS,
    MENU,
    NO_COUNTS,
    SET_MEAL,
    SMALLER_MENU,
    SOUP,
    TOFU,
    TOFU_DISH,
    TOFU_PLAIN,
    Visitor,
    at_checkout,
)


def ordering(levels: StockLevels = NO_COUNTS) -> Visitor:
    visitor = Visitor(levels=levels)
    visitor.touch(ev.OrderingStarted())
    return visitor


def notice(visitor: Visitor) -> Notice | None:
    return visitor.state.notice.notice if visitor.state.notice else None


def test_browsing_category_search_filters() -> None:
    visitor = ordering()
    assert visitor.state.browsing.category_id == COMBOS
    visitor.touch(ev.CategoryChosen("mains"))
    visitor.touch(ev.FiltersOpened(is_open=True))
    assert visitor.state.browsing.filters_open
    visitor.touch(ev.SearchChanged("x" * 50))
    assert visitor.state.browsing.search == "x" * 20
    visitor.touch(ev.DietChosen(DietProfile(no_spicy=True)))
    assert visitor.state.session.profile.no_spicy
    visitor.touch(ev.CategoryChosen(COMBOS))
    assert visitor.state.browsing.search is None


def test_dish_with_an_option_goes_into_the_cart() -> None:
    visitor = ordering()
    visitor.touch(ev.DishOpened(CHICKEN))
    visitor.touch(ev.ChoiceChanged(0, CHICKEN_HOT.dishes[0]))
    visitor.touch(ev.SheetQuantityChanged(2))
    visitor.touch(ev.SheetConfirmed())
    assert visitor.state.editing is None
    assert visitor.state.session.cart == Cart().add(CHICKEN_HOT, 2)


def test_closed_sheet_adds_nothing() -> None:
    visitor = ordering()
    visitor.touch(ev.DishOpened(CHICKEN))
    visitor.touch(ev.SheetClosed())
    visitor.touch(ev.SheetConfirmed())
    assert visitor.state.editing is None
    assert visitor.state.session.cart.lines == ()


def test_choice_the_menu_does_not_allow_is_refused() -> None:
    visitor = ordering()
    visitor.touch(ev.DishOpened(CHICKEN))
    before = visitor.state.editing
    visitor.touch(ev.ChoiceChanged(0, CHICKEN_MILD.dishes[0].with_option("spice", ())))
    visitor.touch(ev.ChoiceChanged(0, CHICKEN_MILD.dishes[0].with_option("size", ("large",))))
    visitor.touch(ev.ChoiceChanged(3, CHICKEN_HOT.dishes[0]))
    visitor.touch(ev.SheetQuantityChanged(0))
    visitor.touch(ev.SheetQuantityChanged(MAX_QUANTITY + 1))
    assert visitor.state.editing == before


def test_combo_comes_with_what_is_in_stock() -> None:
    visitor = ordering(StockLevels({CHICKEN: 0}))
    visitor.touch(ev.ComboOpened(SET_MEAL))
    assert visitor.state.editing is not None
    assert visitor.state.editing.selection.dishes[0].dish_id == TOFU
    visitor.touch(ev.SlotUnfolded(0))
    assert visitor.state.editing.open_slot == 0
    visitor.touch(ev.SlotUnfolded(9))
    assert visitor.state.editing.open_slot is None
    visitor.touch(ev.SheetConfirmed())
    assert visitor.state.session.cart.item_count == 1


def test_slot_of_a_combo_is_changed_in_place() -> None:
    visitor = ordering()
    visitor.touch(ev.ComboOpened(SET_MEAL))
    visitor.touch(ev.ChoiceChanged(0, TOFU_PLAIN.dishes[0]))
    visitor.touch(ev.SheetConfirmed())
    expected = Selection.of_combo(COMBO, MENU).with_dish(0, TOFU_PLAIN.dishes[0])
    assert visitor.state.session.cart == Cart().add(expected)


def test_combo_with_an_empty_slot_is_sold_out() -> None:
    visitor = ordering(StockLevels({SOUP: 0}))
    visitor.touch(ev.ComboOpened(SET_MEAL))
    visitor.touch(ev.SheetConfirmed())
    assert visitor.state.session.cart.lines == ()
    assert notice(visitor) is Notice.SOLD_OUT


def test_stock_is_counted_over_all_lines() -> None:
    visitor = ordering(StockLevels({CHICKEN: 2}))
    visitor.touch(ev.DishQuickAdded(CHICKEN))
    visitor.touch(ev.ComboOpened(SET_MEAL))
    visitor.touch(ev.SheetConfirmed())
    assert visitor.state.session.cart.item_count == 2
    visitor.touch(ev.DishQuickAdded(CHICKEN))
    assert notice(visitor) is Notice.SOLD_OUT
    visitor.touch(ev.LineQuantityChanged(CHICKEN_MILD, 2))
    assert visitor.state.session.cart.item_count == 2


def test_less_of_what_ran_out_meanwhile_is_allowed() -> None:
    visitor = ordering()
    visitor.touch(ev.DishQuickAdded(CHICKEN))
    visitor.touch(ev.LineQuantityChanged(CHICKEN_MILD, 5))
    visitor.happens(ev.LevelsLoaded(StockLevels({CHICKEN: 2})))
    visitor.touch(ev.LineQuantityChanged(CHICKEN_MILD, 4))
    assert visitor.state.session.cart.quantity_of(CHICKEN_MILD) == 4
    visitor.touch(ev.DishQuickAdded(TOFU))
    assert visitor.state.session.cart.quantity_of(TOFU_PLAIN) == 1


def test_dish_of_another_meal_period_is_refused() -> None:
    visitor = ordering()
    visitor.touch(ev.DishQuickAdded(DUMPLINGS))
    assert notice(visitor) is Notice.NOT_SERVED_NOW
    assert visitor.state.session.cart.lines == ()


def test_between_the_meals_nothing_is_sold() -> None:
    visitor = Visitor(local=AFTERNOON)
    visitor.touch(ev.OrderingStarted())
    assert visitor.state.screen is ScreenName.MENU
    visitor.touch(ev.DishOpened(TOFU))
    visitor.touch(ev.SheetConfirmed())
    visitor.touch(ev.ComboOpened(SET_MEAL))
    visitor.touch(ev.SheetConfirmed())
    assert visitor.state.session.cart.lines == ()
    assert notice(visitor) is Notice.NOT_SERVED_NOW


@pytest.mark.parametrize(
    "event",
    [
        ev.DishOpened(DishId("unicorn")),
        ev.DishQuickAdded(DishId("unicorn")),
        ev.LineOpened(TOFU_PLAIN),
        ev.LineQuantityChanged(TOFU_PLAIN, 3),
        ev.LineQuantityChanged(replace(TOFU_PLAIN, combo_id=SET_MEAL), 3),
        ev.CheckoutOpened(),
    ],
)
def test_what_is_not_there_changes_nothing(event: ev.FlowEvent) -> None:
    visitor = ordering()
    before = visitor.state
    visitor.touch(event)
    assert visitor.state == before


def test_line_is_changed_in_the_sheet() -> None:
    visitor = at_checkout(CHICKEN_MILD, TOFU_PLAIN)
    visitor.touch(ev.LineOpened(CHICKEN_MILD))
    assert visitor.state.screen is ScreenName.CHECKOUT
    visitor.touch(ev.ChoiceChanged(0, CHICKEN_HOT.dishes[0]))
    visitor.touch(ev.SheetQuantityChanged(3))
    visitor.touch(ev.SheetConfirmed())
    assert visitor.state.session.cart == Cart().add(CHICKEN_HOT, 3).add(TOFU_PLAIN)


def test_changed_line_joins_one_that_is_the_same() -> None:
    visitor = at_checkout(CHICKEN_MILD, CHICKEN_HOT)
    visitor.touch(ev.LineQuantityChanged(CHICKEN_HOT, 3))
    visitor.touch(ev.LineOpened(CHICKEN_MILD))
    visitor.touch(ev.SheetQuantityChanged(2))
    visitor.touch(ev.ChoiceChanged(0, CHICKEN_HOT.dishes[0]))
    visitor.touch(ev.SheetConfirmed())
    assert visitor.state.session.cart == Cart().add(CHICKEN_HOT, 5)


def test_line_is_removed_in_the_sheet() -> None:
    visitor = at_checkout(CHICKEN_MILD, TOFU_PLAIN)
    visitor.touch(ev.LineOpened(CHICKEN_MILD))
    visitor.touch(ev.SheetQuantityChanged(0))
    visitor.touch(ev.SheetConfirmed())
    assert visitor.state.session.cart == Cart().add(TOFU_PLAIN)


def test_more_than_a_line_holds_is_refused() -> None:
    visitor = at_checkout(CHICKEN_MILD, CHICKEN_HOT)
    visitor.touch(ev.LineQuantityChanged(CHICKEN_MILD, MAX_QUANTITY))
    visitor.touch(ev.LineQuantityChanged(CHICKEN_MILD, MAX_QUANTITY + 1))
    assert notice(visitor) is Notice.CART_FULL
    visitor.touch(ev.LineOpened(CHICKEN_HOT))
    visitor.touch(ev.ChoiceChanged(0, CHICKEN_MILD.dishes[0]))
    visitor.touch(ev.SheetConfirmed())
    assert visitor.state.session.cart.quantity_of(CHICKEN_MILD) == MAX_QUANTITY
    assert visitor.state.session.cart.quantity_of(CHICKEN_HOT) == 1


def test_last_line_removed_at_the_checkout_leads_back_to_the_menu() -> None:
    visitor = at_checkout()
    visitor.touch(ev.LineQuantityChanged(CHICKEN_MILD, 0))
    assert visitor.state.screen is ScreenName.MENU


def test_new_menu_takes_from_the_cart_what_it_does_not_have() -> None:
    visitor = at_checkout(CHICKEN_HOT, TOFU_PLAIN)
    visitor.happens(ev.MenuLoaded(SMALLER_MENU, NO_COUNTS))
    assert visitor.state.session.cart == Cart().add(TOFU_PLAIN)
    assert notice(visitor) is Notice.MENU_CHANGED
    assert visitor.state.screen is ScreenName.CHECKOUT


def test_new_menu_that_empties_the_cart_leads_back_to_the_menu() -> None:
    visitor = at_checkout(CHICKEN_HOT)
    visitor.touch(ev.MethodChosen(method=ev.PayMethod.CARD))
    visitor.happens(ev.MenuLoaded(SMALLER_MENU, NO_COUNTS))
    assert visitor.state.screen is ScreenName.MENU
    assert visitor.state.paying is None
    visitor.taps_card()
    assert visitor.effects[-1] == fx.Identify(visitor.state.session.id, CARD)


def test_new_menu_closes_the_sheet_of_what_it_does_not_have() -> None:
    visitor = ordering()
    visitor.touch(ev.ComboOpened(SET_MEAL))
    visitor.happens(ev.MenuLoaded(SMALLER_MENU, NO_COUNTS))
    assert visitor.state.editing is None
    assert notice(visitor) is Notice.MENU_CHANGED


def test_new_menu_keeps_the_sheet_of_what_it_has() -> None:
    visitor = ordering()
    visitor.touch(ev.DishOpened(TOFU))
    visitor.happens(ev.MenuLoaded(SMALLER_MENU, NO_COUNTS))
    assert visitor.state.editing is not None
    assert visitor.state.editing.selection == Selection.of_dish(TOFU_DISH)
    assert visitor.state.notice is None


def test_sheet_opens_where_one_orders_only() -> None:
    visitor = Visitor()
    for event in (ev.DishOpened(TOFU), ev.ComboOpened(SET_MEAL), ev.DishQuickAdded(TOFU)):
        visitor.touch(event)
    assert visitor.state.editing is None
    assert visitor.state.session.cart.lines == ()
