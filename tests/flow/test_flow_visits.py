"""Coming, being greeted, leaving: and that nothing of a customer is left for the next."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from uuid import UUID

import pytest

from kiosk.domain.diet import DietProfile
from kiosk.domain.dish import Allergen
from kiosk.domain.ids import OrderId
from kiosk.domain.money import Money
from kiosk.domain.receipt import PaperKind
from kiosk.domain.stock import StockLevels
from kiosk.screens.flow import effects as fx
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.ordering import usual_now
from kiosk.screens.flow.state import Notice, ScreenName, Session, TextSize, View
from kiosk.services.events import (
    CameraWatching,
    CentralLinkChanged,
    LinkState,
    MembersChanged,
    MenuChanged,
    PrintJobChanged,
    PrintJobState,
    StockChanged,
)
from kiosk.services.identify import CardIsBlocked, CardNotKnown, Identified
from tests.flow.canteen import (
    AFTERNOON,
    CARD,
    CHICKEN,
    CHICKEN_MILD,
    DINNER,
    MEMBER,
    MENU,
    NO_COUNTS,
    OTHER_CARD,
    OTHER_MEMBER,
    SMALLER_MENU,
    TOFU,
    USUAL,
    Visitor,
    at_checkout,
)


def test_card_at_the_attract_screen_asks_who_it_is() -> None:
    visitor = Visitor()
    visitor.taps_card()
    assert visitor.effects == [fx.Identify(visitor.state.session.id, CARD)]
    assert visitor.state.screen is ScreenName.ATTRACT


def test_member_is_greeted_with_the_usual_and_a_hidden_balance() -> None:
    visitor = Visitor()
    visitor.is_identified()
    assert visitor.state.screen is ScreenName.MEMBER
    assert usual_now(visitor.state) == USUAL
    assert not visitor.state.session.balance_shown
    visitor.touch(ev.BalanceTouched())
    assert visitor.state.session.balance_shown
    visitor.touch(ev.BalanceTouched())
    assert not visitor.state.session.balance_shown


def test_another_members_balance_is_hidden_again() -> None:
    visitor = Visitor()
    visitor.is_identified()
    visitor.touch(ev.BalanceTouched())
    visitor.is_identified(OTHER_MEMBER, OTHER_CARD)
    assert visitor.state.session.customer is not None
    assert visitor.state.session.customer.member == OTHER_MEMBER
    assert not visitor.state.session.balance_shown


def test_card_while_ordering_greets_and_keeps_the_cart() -> None:
    visitor = Visitor()
    visitor.touch(ev.OrderingStarted())
    visitor.touch(ev.DishQuickAdded(TOFU))
    visitor.is_identified()
    assert visitor.state.screen is ScreenName.MENU
    assert visitor.state.session.cart.item_count == 1
    assert visitor.state.notice is not None
    assert visitor.state.notice.notice is Notice.WELCOME


@pytest.mark.parametrize(
    ("identity", "notice"),
    [(CardNotKnown(CARD), Notice.CARD_UNKNOWN), (CardIsBlocked(CARD), Notice.CARD_BLOCKED)],
)
def test_card_that_cannot_be_greeted_says_so_for_a_while(
    identity: CardNotKnown | CardIsBlocked, notice: Notice
) -> None:
    visitor = Visitor()
    visitor.taps_card()
    visitor.happens(ev.CustomerIdentified(visitor.state.session.id, identity))
    assert visitor.state.screen is ScreenName.ATTRACT
    assert visitor.state.session.customer is None
    assert visitor.state.notice is not None
    assert visitor.state.notice.notice is notice
    assert visitor.sounds == [fx.SoundKind.FAILURE]
    visitor.waits(5)
    assert visitor.state.notice is None


def test_greeting_of_another_session_is_dropped() -> None:
    visitor = Visitor()
    visitor.taps_card()
    visitor.touch(ev.OrderingStarted())
    visitor.touch(ev.CancelTouched())
    before = visitor.state
    visitor.happens(ev.CustomerIdentified(before.session.id - 1, Identified(MEMBER, CARD, Money(0))))
    assert visitor.state == before


def test_usual_is_only_offered_when_it_can_be_had() -> None:
    visitor = Visitor()
    assert usual_now(visitor.state) is None
    visitor.is_identified()
    assert usual_now(visitor.state) == USUAL
    visitor.happens(ev.LevelsLoaded(StockLevels({CHICKEN: 0})))
    assert usual_now(visitor.state) is None
    visitor.happens(ev.LevelsLoaded(NO_COUNTS), ev.MenuLoaded(SMALLER_MENU, NO_COUNTS))
    assert usual_now(visitor.state) is None
    visitor.touch(ev.UsualChosen())
    assert visitor.state.screen is ScreenName.MEMBER
    assert visitor.asked_payments == []


def test_usual_of_another_meal_period_is_not_offered() -> None:
    dumplings = CHICKEN_MILD.with_dish(0, replace(CHICKEN_MILD.dishes[0], dish_id="dumplings", options=()))
    member = replace(MEMBER, usual=USUAL.add(dumplings))
    visitor = Visitor()
    visitor.is_identified(member)
    assert usual_now(visitor.state) is None
    visitor.happens(ev.Tick(visitor.now_s, DINNER))
    assert usual_now(visitor.state) == member.usual


def test_usual_that_holds_what_the_member_avoids_is_not_offered() -> None:
    hot = CHICKEN_MILD.with_dish(0, CHICKEN_MILD.dishes[0].with_option("spice", ("hot",)))
    avoids_peanut = DietProfile(avoids=frozenset({Allergen.PEANUT}))
    visitor = Visitor()
    visitor.is_identified(replace(MEMBER, usual=USUAL.add(hot), diet=avoids_peanut))
    assert usual_now(visitor.state) is None
    visitor.is_identified(replace(MEMBER, usual=USUAL, diet=avoids_peanut))
    assert usual_now(visitor.state) == USUAL


def test_before_the_menu_is_known_nothing_can_be_ordered() -> None:
    visitor = Visitor(menu=None)
    visitor.touch(ev.OrderingStarted())
    visitor.is_identified()
    assert visitor.state.screen is ScreenName.ATTRACT
    visitor.happens(ev.MenuLoaded(MENU, NO_COUNTS))
    visitor.touch(ev.OrderingStarted())
    assert visitor.state.screen is ScreenName.MENU


def test_language_is_one_of_two() -> None:
    visitor = Visitor()
    visitor.touch(ev.LanguageChosen("en"))
    assert visitor.state.session.view.language == "en"
    visitor.touch(ev.LanguageChosen("xx"))
    assert visitor.state.session.view.language == "en"


def test_nothing_of_a_customer_is_left_for_the_next() -> None:
    visitor = at_checkout()
    visitor.touch(ev.BackTouched())
    visitor.is_identified()
    for event in (
        ev.LanguageChosen("en"),
        ev.TextSizeChosen(TextSize.LARGEST),
        ev.ContrastChosen(high=True),
        ev.LayoutChosen(low=True),
        ev.SearchChanged("soup"),
        ev.DietChosen(DietProfile(no_spicy=True)),
        ev.BalanceTouched(),
        ev.DishOpened(CHICKEN),
    ):
        visitor.touch(event)
    visitor.touch(ev.CancelTouched())
    fresh = Visitor().state
    assert visitor.state == replace(
        fresh,
        session=Session(visitor.state.session.id),
        now_s=visitor.state.now_s,
        touched_s=visitor.state.touched_s,
    )
    assert visitor.state.session.id > 1


def test_the_card_that_paid_is_forgotten() -> None:
    visitor = at_checkout()
    visitor.taps_card()
    visitor.is_paid()
    visitor.touch(ev.DoneTouched())
    assert CARD not in repr(visitor.state)


def test_home_view_is_the_configured_one() -> None:
    visitor = Visitor()
    visitor.state = replace(visitor.state, home_view=View(language="en"))
    visitor.touch(ev.LanguageChosen("zh"))
    visitor.touch(ev.OrderingStarted())
    visitor.touch(ev.CancelTouched())
    assert visitor.state.session.view.language == "en"


@pytest.mark.parametrize(
    ("local", "now", "after"),
    [
        (time(6), None, "lunch"),
        (time(12), "lunch", "dinner"),
        (time(14, 0), None, "dinner"),
        (AFTERNOON, None, "dinner"),
        (DINNER, "dinner", "lunch"),
        (time(23), None, "lunch"),
    ],
)
def test_meal_period_follows_the_canteens_clock(local: time, now: str | None, after: str | None) -> None:
    state = Visitor(local=local).state
    assert (state.serving_id, state.next_serving_id) == (now, after)


def test_menu_that_comes_later_is_served_at_once() -> None:
    visitor = Visitor(menu=None)
    visitor.waits(1)
    visitor.happens(ev.MenuLoaded(MENU, NO_COUNTS))
    assert visitor.state.serving_id == "lunch"


def test_news_from_outside_are_asked_for() -> None:
    visitor = Visitor()
    visitor.happens(MenuChanged(2), StockChanged(), MembersChanged(), CentralLinkChanged(LinkState.ONLINE))
    assert visitor.effects == [fx.LoadMenu(), fx.LoadLevels()]
    assert visitor.state.link is LinkState.ONLINE


def paper(order_number: int, state: PrintJobState, kind: PaperKind = PaperKind.RECEIPT) -> PrintJobChanged:
    return PrintJobChanged(UUID(int=1), OrderId(UUID(int=order_number)), kind, state)


def test_paper_of_this_order_is_followed() -> None:
    visitor = at_checkout()
    visitor.taps_card()
    visitor.is_paid()
    assert visitor.state.paper_state is None
    visitor.happens(paper(7, PrintJobState.SENDING))
    assert visitor.state.paper_state is PrintJobState.SENDING
    visitor.happens(paper(7, PrintJobState.CONFIRMED, PaperKind.KITCHEN_TICKET))
    visitor.happens(paper(3, PrintJobState.SKIPPED))
    assert visitor.state.paper_state is PrintJobState.SENDING
    visitor.happens(paper(7, PrintJobState.UNKNOWN))
    assert visitor.state.paper_state is PrintJobState.UNKNOWN


def test_paper_that_is_faster_than_the_outcome_counts() -> None:
    visitor = at_checkout()
    visitor.taps_card()
    visitor.happens(paper(3, PrintJobState.CONFIRMED), paper(7, PrintJobState.SKIPPED))
    visitor.is_paid()
    assert visitor.state.paper_state is PrintJobState.SKIPPED


def test_somebody_elses_paper_is_not_shown() -> None:
    visitor = at_checkout()
    visitor.taps_card()
    visitor.happens(paper(3, PrintJobState.SKIPPED))
    visitor.is_paid()
    assert visitor.state.paper_state is None


def test_the_light_is_on_while_any_camera_takes_pictures() -> None:
    visitor = Visitor()
    visitor.happens(CameraWatching("left", is_on=True), CameraWatching("right", is_on=True))
    visitor.happens(CameraWatching("left", is_on=False))
    assert visitor.state.cameras_on == {"right"}
    visitor.happens(CameraWatching("right", is_on=False), CameraWatching("right", is_on=False))
    assert visitor.state.cameras_on == frozenset()
