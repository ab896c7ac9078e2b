"""The section stock: what its touches do, for whom, and how many there are from the PIN."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from kiosk.domain.ids import DishId, StaffId, StockActId
from kiosk.domain.staff import Role, Staff
from kiosk.domain.stock import StockLevels
from kiosk.domain.stock_act import StockAct, StockActKind, StockActLine, WasteReason, count_line, opposite, restock_line
from kiosk.screens.admin_flow import events as ev
from kiosk.screens.admin_flow import stock_state as st
from kiosk.screens.admin_flow.effects import AdminAct
from kiosk.screens.admin_flow.state import AdminState, SectionName, Tone
from kiosk.screens.admin_flow.stock_dish import open_to
from kiosk.screens.admin_flow.stock_find import NoSuchLabel, SearchTyped
from kiosk.screens.admin_flow.stock_rows import listed
from kiosk.screens.admin_flow.stock_several import AllTouched, SeveralTouched, TickedBack, TickedSoldOut
from kiosk.screens.admin_flow.stock_state import DishEntry, Mode, Said, Stock
from kiosk.screens.flow import events as common
from kiosk.services import events as service
from kiosk.services.events import LinkState
from kiosk.services.staff_acts import NotKnown
from kiosk.services.stock_acts import KnownStock, StockDone, StockEnd, StockRefusal, StockRefused
from tests.admin_flow.visits import ANYBODY, MANAGER, VISIT, after, inside, someone, typed, wanted
from tests.central.sales import new_id
from tests.domain.canteen import MENU, NOODLES, RICE, SOUP

NOON = datetime(2026, 3, 2, 4, 30, tzinfo=UTC)
KNOWN = KnownStock(StockLevels({NOODLES.id: 30, RICE.id: 12}, frozenset({SOUP.id})), {})
RESTOCKER = ANYBODY[Role.RESTOCK]
COUNTER = ANYBODY[Role.COUNTER]
OPEN = ev.SectionChosen(SectionName.STOCK)
ASKED = st.MarkSoldOut(VISIT, RESTOCKER, (RICE.id,), act_id=StockActId(new_id()))


def in_stock(staff: Staff = RESTOCKER, known: KnownStock = KNOWN, **paces: float) -> AdminState:
    loaded = st.StockLoaded(VISIT, known, {DishId(dish): pace for dish, pace in paces.items()})
    return after(inside(staff, menu=MENU), OPEN, loaded)


def stock_of(state: AdminState) -> Stock:
    assert isinstance(state.open, Stock)
    return state.open


def dish_of(state: AdminState) -> DishEntry:
    dish = stock_of(state).dish
    assert dish is not None
    return dish


def done(kind: StockActKind, *lines: StockActLine, undoes: bool = False) -> StockDone:
    reason = WasteReason.BURNT if kind is StockActKind.WASTE else None
    act = StockAct(StockActId(new_id()), kind, lines, RESTOCKER.id, NOON, reason)
    made = opposite(act, StockActId(new_id()), StaffId("x"), NOON) if undoes else act
    return StockDone(made, KNOWN.levels)


def answered(state: AdminState, end: StockEnd) -> AdminState:
    return after(state, st.StockAnswered(VISIT, end, ASKED))


def touches_until(state: AdminState, effect: type, *events: object) -> int:
    """How many touches it takes until that is wanted."""
    for count, event in enumerate(events, start=1):
        if any(isinstance(one, effect) for one in wanted(state, event)):
            return count
        state = after(state, event)
        if event == OPEN:
            state = after(state, st.StockLoaded(VISIT, KNOWN, {}))
    raise AssertionError("it is not wanted")


def test_sold_out_takes_two_touches_from_the_pin_and_restock_three() -> None:
    home = inside(RESTOCKER, menu=MENU)
    assert touches_until(home, st.MarkSoldOut, OPEN, st.SoldOutTouched(RICE.id)) == 2
    assert touches_until(home, st.BringBack, OPEN, st.BackOnSaleTouched(SOUP.id)) == 2
    assert touches_until(home, st.RestockDishes, OPEN, st.DishTouched(RICE.id), st.EntryConfirmed()) == 3


def test_opened_it_asks_for_the_stock_and_again_when_that_changes() -> None:
    home = inside(RESTOCKER, menu=MENU)
    assert wanted(home, OPEN) == (st.LoadStock(VISIT, RESTOCKER),)
    for news in (common.LevelsLoaded(StockLevels({})), common.MenuLoaded(MENU, StockLevels({}))):
        assert wanted(in_stock(), news) == (st.LoadStock(VISIT, RESTOCKER),)


def test_what_runs_out_soon_stands_first() -> None:
    stock = stock_of(in_stock(noodles=3.0, rice=2.0))
    assert [one.dish_id for one in listed(MENU, stock)][:2] == [RICE.id, NOODLES.id]
    plain = stock_of(in_stock())
    assert [one.dish_id for one in listed(MENU, plain)] == [dish.id for dish in (*MENU.dishes, *MENU.weighed)]
    cooking = stock_of(after(in_stock(noodles=1.0, rice=2.0), st.CookNextTouched()))
    assert [one.dish_id for one in listed(MENU, cooking)] == [RICE.id, NOODLES.id]


def test_no_row_moves_under_a_finger() -> None:
    """Who is about to touch one marks that one, whatever was sold meanwhile; the next list has the new order."""
    state = in_stock(noodles=3.0, rice=2.0)
    faster = st.StockLoaded(VISIT, KNOWN, {NOODLES.id: 30.0, RICE.id: 2.0})
    state = after(state, common.LevelsLoaded(StockLevels({})), faster)
    assert [one.dish_id for one in listed(MENU, stock_of(state))][:2] == [RICE.id, NOODLES.id]
    assert [one.a_minute for one in listed(MENU, stock_of(state))][:2] == [2.0, 30.0], "the figures are the new ones"
    marked = done(StockActKind.SOLD_OUT, StockActLine(RICE.id))
    assert listed(MENU, stock_of(answered(state, marked))) == listed(MENU, stock_of(state))
    for another in (st.CategoryChosen(""), st.CookNextTouched()):
        assert [one.dish_id for one in listed(MENU, stock_of(after(state, another)))][:2] == [NOODLES.id, RICE.id]
    back = after(state, st.DishTouched(SOUP.id), ev.BackTouched())
    assert [one.dish_id for one in listed(MENU, stock_of(back))][:2] == [NOODLES.id, RICE.id]


@pytest.mark.parametrize("touch", [st.SoldOutTouched(RICE.id), st.BackOnSaleTouched(SOUP.id), st.DishTouched(RICE.id)])
def test_no_row_is_touched_before_the_list_is_made(touch: object) -> None:
    """Which would be another one's place a moment later."""
    opening = after(inside(MANAGER, menu=MENU), OPEN)
    assert (after(opening, touch), wanted(opening, touch)) == (opening, ())
    new_menu = after(in_stock(MANAGER), common.MenuLoaded(MENU, StockLevels({})))
    assert (after(new_menu, touch), wanted(new_menu, touch)) == (new_menu, ())
    failed = after(opening, ev.EffectFailed(VISIT, st.LoadStock(VISIT, MANAGER), ev.Failure.STORAGE_FAILED))
    assert wanted(failed, touch) or after(failed, touch) != failed, "what is known is all there is"


def test_one_category() -> None:
    chosen = stock_of(after(in_stock(), st.PageTurned(2), st.CategoryChosen(RICE.category_id)))
    assert chosen.page == 0
    assert {one.dish_id for one in listed(MENU, chosen)} == {
        d.id for d in MENU.dishes if d.category_id == RICE.category_id
    }


def test_a_restock_begins_with_the_usual_batch_and_digits_take_its_place() -> None:
    opened = after(in_stock(), st.DishTouched(RICE.id))
    assert (dish_of(opened).mode, dish_of(opened).portions) == (Mode.RESTOCK, st.USUAL_BATCH)
    assert dish_of(after(opened, *typed("25"))).portions == 25
    assert dish_of(after(opened, st.MoreTouched(1))).portions == st.USUAL_BATCH + 1
    assert dish_of(after(opened, *[ev.EraseTouched()] * 3)).portions == 0
    assert dish_of(after(opened, *typed("99999"))).portions == 9999
    assert wanted(after(opened, ev.EraseTouched()), st.EntryConfirmed()) == ()
    asked = after(opened, *typed("25"))
    assert wanted(asked, st.EntryConfirmed()) == (st.RestockDishes(VISIT, RESTOCKER, {RICE.id: 25}),)
    again = answered(
        after(asked, st.EntryConfirmed()), done(StockActKind.RESTOCK, restock_line(RICE.id, 25, was_sold_out=False))
    )
    again = after(again, st.StockLoaded(VISIT, KNOWN, {}))
    assert dish_of(after(again, st.DishTouched(RICE.id))).portions == 25, "as the last time"


def test_several_dishes_are_restocked_together() -> None:
    state = after(in_stock(), st.DishTouched(RICE.id), *typed("20"), st.AddedToBatch())
    assert (state.screen, stock_of(state).batch) == ("stock", {RICE.id: 20})
    second = after(state, st.DishTouched(NOODLES.id), *typed("5"))
    both = st.RestockDishes(VISIT, RESTOCKER, {RICE.id: 20, NOODLES.id: 5})
    assert wanted(second, st.EntryConfirmed()) == (both,)
    assert wanted(after(second, st.AddedToBatch()), st.BatchConfirmed()) == (both,)
    assert stock_of(after(state, st.BatchDropped())).batch == {}
    assert wanted(after(state, st.BatchDropped()), st.BatchConfirmed()) == ()


def test_a_count_is_the_difference_to_what_was_shown() -> None:
    state = after(in_stock(), st.DishTouched(RICE.id), st.ModeChosen(Mode.COUNT))
    assert wanted(state, st.EntryConfirmed()) == (), "nothing was typed"
    assert dish_of(after(state, st.MoreTouched(-1))).portions == 11, "one less than is known"
    counted = after(state, *typed("0"))
    assert wanted(counted, st.EntryConfirmed()) == (st.CountDish(VISIT, RESTOCKER, RICE.id, 0, KNOWN),)


def test_waste_has_a_reason_and_may_be_weighed() -> None:
    state = after(in_stock(), st.DishTouched(RICE.id), st.ModeChosen(Mode.WASTE))
    assert wanted(state, st.EntryConfirmed()) == ()
    asked = after(state, *typed("3"), st.WeighTouched(), *typed("0900"), st.EntryConfirmed())
    assert dish_of(asked).asks_reason
    assert after(asked, *typed("7"), st.MoreTouched(1)) == asked, "the reason is asked for"
    chosen = st.WasteReasonChosen(WasteReason.BURNT)
    assert wanted(asked, chosen) == (st.WasteDish(VISIT, RESTOCKER, RICE.id, 3, WasteReason.BURNT, 900),)
    for back in (ev.BackTouched(), st.ReasonsDismissed()):
        assert not dish_of(after(asked, back)).asks_reason
    assert wanted(state, chosen) == ()
    weighed = after(state, st.WeighTouched(), *typed("900"), st.EntryConfirmed(), chosen)
    assert stock_of(weighed).busy


def test_nothing_is_added_to_a_dish_that_nobody_has_counted() -> None:
    opened = after(in_stock(), st.DishTouched(SOUP.id))
    assert dish_of(opened).mode is Mode.COUNT
    assert after(opened, st.ModeChosen(Mode.RESTOCK)) == opened


def test_one_act_at_a_time() -> None:
    busy = after(in_stock(), st.SoldOutTouched(RICE.id))
    for event in (st.SoldOutTouched(RICE.id), st.BackOnSaleTouched(SOUP.id), st.DishTouched(RICE.id)):
        assert wanted(busy, event) == ()
        assert after(busy, event) == busy
    failed = ev.EffectFailed(VISIT, st.MarkSoldOut(VISIT, RESTOCKER, (RICE.id,)), ev.Failure.STORAGE_FAILED)
    assert wanted(after(busy, failed), st.SoldOutTouched(RICE.id))


def test_what_was_done_is_said_with_the_way_to_undo_it() -> None:
    end = done(StockActKind.RESTOCK, restock_line(RICE.id, 5, was_sold_out=False))
    state = answered(after(in_stock(), st.DishTouched(RICE.id), st.EntryConfirmed()), end)
    assert state.screen == "stock"
    assert state.notice is not None
    assert (state.notice.about, state.notice.tone) == (Said(end, offline=True), Tone.POSITIVE)
    assert state.notice.undo == st.UndoTouched(end.act.id)
    assert wanted(state, state.notice.undo) == (st.UndoStockAct(VISIT, RESTOCKER, end.act.id),)
    undone = answered(after(state, state.notice.undo), done(StockActKind.RESTOCK, *end.act.lines, undoes=True))
    assert undone.notice is not None
    assert undone.notice.undo is None
    online = after(in_stock(), service.CentralLinkChanged(LinkState.ONLINE), st.SoldOutTouched(RICE.id))
    told = answered(online, done(StockActKind.SOLD_OUT, StockActLine(RICE.id, sold_out=True))).notice
    assert told is not None
    assert isinstance(told.about, Said)
    assert not told.about.offline


@pytest.mark.parametrize(
    ("end", "tone"),
    [(StockRefused(StockRefusal.NOT_NEWEST), Tone.WARNING), (NotKnown(new_id()), Tone.NEGATIVE)],
    ids=["refused", "not known"],
)
def test_what_was_not_done_is_said_and_what_was_typed_stays(end: StockEnd, tone: Tone) -> None:
    state = after(in_stock(), st.DishTouched(RICE.id), *typed("25"), st.EntryConfirmed())
    refused = answered(state, end)
    assert refused.notice is not None
    assert (refused.notice.tone, refused.notice.undo) == (tone, None)
    assert dish_of(refused).portions == 25


def test_the_label_of_a_dish_opens_it() -> None:
    assert dish_of(after(in_stock(), service.CodeScanned("s", f"{RICE.id}\r\n", 1.0))).dish_id == RICE.id
    nothing = after(in_stock(), service.CodeScanned("s", "something else", 1.0))
    assert stock_of(nothing).dish is None
    assert nothing.notice is not None
    assert nothing.notice.about == NoSuchLabel()


def test_a_printed_barcode_opens_its_dish() -> None:
    coded = replace(RICE, barcode="0012345678905")
    menu = replace(MENU, dishes=tuple(coded if dish.id == RICE.id else dish for dish in MENU.dishes))
    state = after(inside(RESTOCKER, menu=menu), OPEN, st.StockLoaded(VISIT, KNOWN, {}))
    for read in ("0012345678905", "012345678905\r"):  # also as some scanners read it
        assert dish_of(after(state, service.CodeScanned("s", read, 1.0))).dish_id == RICE.id


def test_whoever_may_only_mark_finds_the_dish_by_its_label() -> None:
    state = after(in_stock(COUNTER), service.CodeScanned("s", RICE.id, 1.0))
    assert [one.dish_id for one in listed(MENU, stock_of(state))] == [RICE.id]


def test_the_way_back() -> None:
    opened = after(in_stock(), st.DishTouched(RICE.id))
    assert after(opened, ev.BackTouched()).screen == "stock"
    assert after(opened, ev.BackTouched(), ev.BackTouched()).screen == "home"


SOLD_OUT = done(StockActKind.SOLD_OUT, StockActLine(RICE.id, sold_out=True))
EVENTS: list[Any] = [
    SeveralTouched(),
    AllTouched(),
    TickedSoldOut(),
    TickedBack(),
    SearchTyped("r"),
    st.SoldOutTouched(RICE.id),
    st.BackOnSaleTouched(SOUP.id),
    st.DishTouched(RICE.id),
    *map(st.ModeChosen, Mode),
    ev.DigitTyped("5"),
    st.EntryConfirmed(),
    st.WasteReasonChosen(WasteReason.BURNT),
    st.AddedToBatch(),
    st.BatchConfirmed(),
    st.UndoTouched(StockActId(new_id())),
]


@pytest.mark.parametrize("staff", [*ANYBODY.values(), someone()], ids=lambda staff: " ".join(staff.roles) or "nobody")
def test_nobody_is_led_to_what_they_may_not(staff: Staff) -> None:
    """Every touch after every other, three deep."""
    states = [in_stock(staff)] if staff.roles and staff.may(st.LoadStock.needs) else []
    for _ in range(3):
        following = []
        for state in states:
            for event in EVENTS:
                for effect in wanted(state, event):
                    assert isinstance(effect, AdminAct)
                    assert staff.may(effect.needs)
                following.append(after(state, event))
        states = list({_kind(stock_of(state)): state for state in following}.values())


def _kind(stock: Stock) -> object:
    return stock.dish, tuple(stock.batch), stock.busy, stock.ticked, stock.search


def test_who_may_do_what_with_a_dish() -> None:
    assert open_to(RESTOCKER, stock_of(in_stock()), RICE.id) == tuple(Mode)
    assert open_to(COUNTER, stock_of(in_stock()), RICE.id) == ()
    assert stock_of(after(in_stock(COUNTER), st.DishTouched(RICE.id))).dish is None
    nobody_counts = replace(RESTOCKER, roles=frozenset({Role.COUNTER}))
    assert open_to(nobody_counts, stock_of(in_stock()), SOUP.id) == ()
    assert open_to(MANAGER, stock_of(in_stock()), SOUP.id) == (Mode.COUNT, Mode.WASTE)


def test_a_count_line_of_zero_difference_is_an_act_too() -> None:
    end = done(StockActKind.COUNT, count_line(RICE.id, 12, 12))
    assert answered(after(in_stock(), st.DishTouched(RICE.id)), end).notice is not None
