"""How many touches it takes until an order is paid (the table of flows)."""

from __future__ import annotations

from kiosk.domain.diet import DietProfile
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.state import PayMethod, ScreenName
from tests.flow.canteen import CARD, NO_MONEY, OTHER_CARD, SET_MEAL, TOFU, TOFU_PLAIN, Visitor


def test_usual_takes_one_touch_after_the_card() -> None:
    visitor = Visitor()
    visitor.is_identified()
    visitor.touch(ev.UsualChosen())
    visitor.is_paid()
    assert visitor.state.screen is ScreenName.RESULT
    assert visitor.taps == 1


def test_member_who_looks_at_the_balance_first_takes_two() -> None:
    visitor = Visitor()
    visitor.is_identified()
    visitor.touch(ev.BalanceTouched())
    visitor.touch(ev.UsualChosen())
    visitor.is_paid()
    assert visitor.taps == 2


def test_guest_with_one_dish_takes_four() -> None:
    visitor = Visitor()
    visitor.touch(ev.OrderingStarted())
    visitor.touch(ev.DishQuickAdded(TOFU))
    visitor.touch(ev.CheckoutOpened())
    visitor.touch(ev.MethodChosen(PayMethod.COUNTER))
    visitor.is_due()
    assert visitor.state.screen is ScreenName.RESULT
    assert visitor.taps == 4


def test_guest_with_a_card_takes_three_and_the_card() -> None:
    visitor = Visitor()
    visitor.touch(ev.OrderingStarted())
    visitor.touch(ev.DishQuickAdded(TOFU))
    visitor.touch(ev.CheckoutOpened())
    visitor.taps_card()
    visitor.is_paid()
    assert visitor.taps == 3


def test_combo_with_a_changed_dish_takes_six() -> None:
    """Changing the dish in its slot is two of them; the combo as it comes takes five with the category open."""
    visitor = Visitor()
    visitor.touch(ev.OrderingStarted())
    visitor.touch(ev.ComboOpened(SET_MEAL))
    visitor.touch(ev.SlotUnfolded(0))
    visitor.touch(ev.ChoiceChanged(0, TOFU_PLAIN.dishes[0]))
    visitor.touch(ev.SheetConfirmed())
    visitor.touch(ev.CheckoutOpened())
    visitor.taps_card()
    visitor.is_paid()
    assert visitor.state.screen is ScreenName.RESULT
    assert visitor.taps == 6


def test_combo_as_it_comes_takes_five() -> None:
    visitor = Visitor()
    visitor.touch(ev.OrderingStarted())
    visitor.touch(ev.ComboOpened(SET_MEAL))
    visitor.touch(ev.SheetConfirmed())
    visitor.touch(ev.CheckoutOpened())
    visitor.touch(ev.MethodChosen(PayMethod.COUNTER))
    visitor.is_due()
    assert visitor.taps == 5


def test_diet_costs_two_more() -> None:
    visitor = Visitor()
    visitor.touch(ev.OrderingStarted())
    visitor.touch(ev.FiltersOpened(is_open=True))
    visitor.touch(ev.DietChosen(DietProfile(no_spicy=True)))
    visitor.touch(ev.DishQuickAdded(TOFU))
    visitor.touch(ev.CheckoutOpened())
    visitor.touch(ev.MethodChosen(PayMethod.COUNTER))
    visitor.is_due()
    assert visitor.taps == 4 + 2


def test_too_little_balance_costs_one_more_at_the_counter() -> None:
    visitor = Visitor()
    visitor.is_identified()
    visitor.touch(ev.UsualChosen())
    visitor.fails(NO_MONEY)
    visitor.touch(ev.MethodChosen(PayMethod.COUNTER))
    visitor.is_due()
    assert visitor.taps == 1 + 1


def test_failure_costs_no_touch_with_another_card() -> None:
    visitor = Visitor()
    visitor.is_identified(card_uid=OTHER_CARD)
    visitor.touch(ev.UsualChosen())
    visitor.fails(NO_MONEY)
    visitor.taps_card(CARD)
    visitor.is_paid()
    assert visitor.state.screen is ScreenName.RESULT
    assert visitor.taps == 1
