"""Beside the sales: what works, what is said, and that nothing a device or the menu does eats a half-made sale."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from kiosk.domain.money import Money
from kiosk.domain.stock import StockLevels
from kiosk.screens.counter_flow import events as ev
from kiosk.screens.counter_flow.bill import grid
from kiosk.screens.counter_flow.customer import CustomerShows, customer_view
from kiosk.screens.counter_flow.state import WEIGHED, Notice, PayMethod, ScreenName, Trouble
from kiosk.screens.counter_flow.troubles import troubles
from kiosk.screens.flow import events as common
from kiosk.screens.flow.effects import LoadMenu
from kiosk.services.events import (
    CentralLinkChanged,
    DeviceHealth,
    DeviceHealthChanged,
    DeviceKind,
    DeviceProblem,
    DeviceState,
    LinkState,
    MenuChanged,
    StorageStopped,
)
from tests.counter_flow.counter import NUTS, SALAD, Staff, menu_with, waiting_for_card
from tests.flow.canteen import CHICKEN, NO_COUNTS, RICE, SET_MEAL, TOFU


def frozen(name: str) -> DeviceHealthChanged:
    return DeviceHealthChanged(
        DeviceHealth(name, DeviceKind.CAMERA, DeviceState.DEGRADED, DeviceProblem.FROZEN),
    )


def gone(name: str, kind: DeviceKind) -> DeviceHealthChanged:
    return DeviceHealthChanged(DeviceHealth(name, kind, DeviceState.UNAVAILABLE, DeviceProblem.DISCONNECTED))


@pytest.mark.parametrize(("event", "trouble"), [
    (gone("campus-card", DeviceKind.CARD_READER), Trouble.NO_CARD_READER),
    (gone("front", DeviceKind.PRINTER), Trouble.NO_PRINTER),
    (gone("slips", DeviceKind.SCANNER), Trouble.NO_SCANNER),
    (gone("face-camera", DeviceKind.CAMERA), Trouble.NO_CAMERA),
    (frozen("face-camera"), Trouble.NO_CAMERA),
    (DeviceHealthChanged(DeviceHealth("front", DeviceKind.PRINTER, DeviceState.DEGRADED, DeviceProblem.PAPER_LOW)),
     Trouble.PAPER_LOW),
    (CentralLinkChanged(LinkState.OFFLINE), Trouble.OFFLINE),
    (CentralLinkChanged(LinkState.REFUSED), Trouble.NOT_ACCEPTED),
    (StorageStopped(), Trouble.OUT_OF_ORDER),
])  # fmt: skip
def test_what_does_not_work_is_said_and_the_sale_stays(event: ev.CounterEvent, trouble: Trouble) -> None:
    staff = Staff()
    assert troubles(staff.state) == ()
    staff.touch(ev.DishTouched(CHICKEN))
    staff.types("50")
    before = staff.state.sale
    staff.happens(event)
    assert troubles(staff.state) == (trouble,)
    assert (staff.state.sale, staff.state.keyed_minor) == (before, 50)


def test_cash_goes_on_without_a_reader_and_without_central() -> None:
    staff = Staff()
    staff.happens(gone("campus-card", DeviceKind.CARD_READER), CentralLinkChanged(LinkState.OFFLINE))
    staff.types("1250")
    staff.touch(ev.MethodTouched(PayMethod.CASH), ev.ReceivedChosen(Money(1250)), ev.CashTaken())
    staff.is_sold_for_cash()
    assert customer_view(staff.state).shows is CustomerShows.PAID
    assert not customer_view(staff.state).can_tap


def test_out_of_order_is_said_where_somebody_wants_to_pay() -> None:
    staff = waiting_for_card()
    staff.happens(StorageStopped())
    assert staff.state.screen is ScreenName.SALE
    assert staff.state.sale.cart.lines
    staff.touch(ev.MethodTouched(PayMethod.MEMBER))
    staff.card()
    assert staff.charged == []
    assert staff.state.notice is not None
    assert staff.state.notice.notice is Notice.OUT_OF_ORDER
    assert customer_view(staff.state).shows is CustomerShows.CLOSED


def test_a_new_menu_takes_what_it_does_not_have_any_more() -> None:
    staff = Staff()
    staff.touch(ev.DishTouched(CHICKEN), ev.DishTouched(NUTS.id))
    staff.types("100")
    staff.touch(ev.WeightConfirmed())
    staff.types("50")
    staff.touch(ev.SumAdded(), ev.MethodTouched(PayMethod.MEMBER))
    staff.happens(common.MenuLoaded(menu_with(SALAD, version=2), NO_COUNTS))
    assert len(staff.state.sale.cart.lines) == 2
    assert staff.state.screen is ScreenName.SALE, "the amount has changed: ask again"
    assert staff.state.notice is not None
    assert staff.state.notice.notice is Notice.MENU_CHANGED


def test_news_from_central_is_fetched() -> None:
    staff = Staff()
    staff.happens(MenuChanged(2))
    assert staff.effects == [LoadMenu()]


def test_the_grid() -> None:
    staff = Staff()
    assert {item.id for item in grid(staff.state)} == {CHICKEN, TOFU, RICE, "soup", NUTS.id, SALAD.id, SET_MEAL}
    staff.touch(common.CategoryChosen(WEIGHED))
    assert [item.id for item in grid(staff.state)] == [NUTS.id, SALAD.id]
    breakfast_only = replace(NUTS, meal_period_ids=frozenset({"dinner"}))
    staff.happens(common.MenuLoaded(menu_with(breakfast_only, SALAD), NO_COUNTS))
    assert [item.id for item in grid(staff.state)] == [SALAD.id]
    staff.happens(common.Tick(staff.now_s, time(15, 0)))
    assert len(grid(staff.state)) == 2, "between meals, all there is"


def test_sold_out() -> None:
    staff = Staff()
    staff.happens(common.LevelsLoaded(StockLevels({RICE: 1}, frozenset({NUTS.id}))))
    staff.touch(ev.DishTouched(RICE), ev.DishTouched(RICE), ev.DishTouched(NUTS.id))
    assert staff.state.sale.cart.item_count == 1
    assert staff.state.weighing is None
    assert staff.state.notice is not None
    assert staff.state.notice.notice is Notice.SOLD_OUT


def test_without_a_menu_nothing_is_sold() -> None:
    staff = Staff(menu=None)
    staff.types("1250")
    staff.touch(ev.MethodTouched(PayMethod.CASH))
    assert staff.state.notice is not None
    assert staff.state.notice.notice is Notice.NO_MENU
