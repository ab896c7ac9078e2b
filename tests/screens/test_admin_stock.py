"""The section stock on the screen: two touches to sold out, three to restock, and how it looks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from kiosk.domain.ids import DishId, StockActId
from kiosk.domain.staff import Role, Staff
from kiosk.domain.stock import StockLevels
from kiosk.domain.stock_act import StockAct, StockActKind, StockActLine, WasteReason, restock_line
from kiosk.screens.admin_flow import stock_state as st
from kiosk.screens.admin_flow.events import BackTouched
from kiosk.screens.admin_flow.state import ShownNotice, Tone
from kiosk.screens.admin_flow.stock_find import SearchTyped
from kiosk.screens.admin_flow.stock_several import AllTouched, SeveralTouched, TickTouched
from kiosk.screens.admin_flow.stock_state import Mode, Said
from kiosk.screens.flow import events as common
from kiosk.screens.flow.state import ScreenName, View
from kiosk.services.staff_acts import NotKnown
from kiosk.services.stock_acts import KnownStock, StockDone, StockRefusal, StockRefused
from tests.admin_flow.visits import ANYBODY
from tests.screens import scenes
from tests.screens.counter_scenes import DEMO
from tests.screens.driver import Driver
from tests.screens.gallery import is_pictured, look_at
from tests.screens.test_admin_shell import LEAST_PX_AT_WIDE, LOOKS, WIDE, open_admin

OpenApp = Callable[..., Driver]
RESTOCKER = ANYBODY[Role.RESTOCK]
DISHES = [dish.id for dish in DEMO.dishes]
LEVELS = StockLevels(
    dict(zip(DISHES, (64, 9, 120, 0, 31, 18, 7, -2, 52), strict=False)),
    frozenset({DISHES[4]}),
)
KNOWN = KnownStock(LEVELS, {}, {DISHES[1]: 2})
PACES = {DISHES[1]: 0.75, DISHES[2]: 2.0, DISHES[5]: 25.0, DISHES[0]: 1.5}
NOON = datetime(2026, 3, 2, 4, 30, tzinfo=UTC)


def open_stock(kept_app: OpenApp, staff: Staff = RESTOCKER, **more: object) -> Driver:
    ui = kept_app(replace(scenes.state(ScreenName.ATTRACT), menu=DEMO, levels=LEVELS), **more)
    open_admin(ui, staff)
    return ui


def load(ui: Driver) -> None:
    ui.happens(st.StockLoaded(ui.app.admin.state.visit, KNOWN, PACES))


def acts(ui: Driver) -> list[object]:
    return [effect for effect in ui.effects if isinstance(effect, st.MarkSoldOut | st.RestockDishes)]


def test_two_touches_from_the_pin_and_it_is_sold_out(kept_app: OpenApp) -> None:
    ui = open_stock(kept_app)
    ui.tap(test_id="section-stock")
    load(ui)
    ui.tap(test_id=f"mark-{DISHES[1]}")
    assert acts(ui) == [st.MarkSoldOut(ui.app.admin.state.visit, RESTOCKER, (DISHES[1],))]
    assert ui.touches == 2


def test_three_touches_from_the_pin_and_it_is_restocked(kept_app: OpenApp) -> None:
    ui = open_stock(kept_app)
    ui.tap(test_id="section-stock")
    load(ui)
    ui.tap(test_id=f"open-{DISHES[1]}")
    ui.tap(test_id="book")
    assert acts(ui) == [st.RestockDishes(ui.app.admin.state.visit, RESTOCKER, {DISHES[1]: st.USUAL_BATCH})]
    assert ui.touches == 3


def test_pages_are_turned_by_keys_and_show_every_dish_once(kept_app: OpenApp) -> None:
    ui = open_stock(kept_app)
    ui.tap(test_id="section-stock")
    load(ui)
    seen: list[str] = []
    while True:
        seen += [w.dish_id for w in ui.widgets(lambda w: str(getattr(w, "test_id", "")).startswith("dish-"))]
        if ui.find(test_id="next-page").disabled:
            break
        ui.tap(test_id="next-page")
    assert sorted(seen) == sorted(dish.id for dish in (*DEMO.dishes, *DEMO.weighed))


def test_the_counters_staff_mark_sold_out_and_nothing_else(kept_app: OpenApp) -> None:
    ui = open_stock(kept_app, ANYBODY[Role.COUNTER])
    ui.tap(test_id="section-stock")
    load(ui)
    assert not ui.has(test_id=f"open-{DISHES[1]}")
    ui.tap(test_id=f"mark-{DISHES[1]}")
    assert acts(ui)


@pytest.mark.parametrize(("size", "view"), LOOKS, ids=str)
def test_pictures(kept_app: OpenApp, size: tuple[int, int], view: View) -> None:
    ui = open_stock(kept_app, size=size)
    ui.tap(test_id="section-stock")
    load(ui)
    name, is_kept = f"{size[0]}x{size[1]}-{view.language}-{view.text_size}", is_pictured(size, view)
    show(ui, replace(ui.app.admin.state, view=view))
    look_at(ui, f"admin-stock-{name}")
    if size == WIDE:
        for test_id in (f"mark-{DISHES[1]}", f"open-{DISHES[1]}", "next-page", "filter-all"):
            assert ui.find(test_id=test_id).height >= LEAST_PX_AT_WIDE
    ui.happens(st.CookNextTouched())
    look_at(ui, f"admin-stock-cook-next-{name}", keeps_picture=is_kept)
    ui.happens(st.CategoryChosen(""), st.DishTouched(DISHES[1]), st.AddedToBatch())
    look_at(ui, f"admin-stock-batch-{name}", keeps_picture=is_kept)
    ui.happens(st.BatchDropped(), st.DishTouched(DISHES[1]))
    look_at(ui, f"admin-stock-restock-{name}", keeps_picture=is_kept)
    if size == WIDE:
        for test_id in ("more", "less", "book", "another", "mode-count", "key-5"):
            assert ui.find(test_id=test_id).height >= LEAST_PX_AT_WIDE
    ui.happens(st.ModeChosen(Mode.COUNT), st.MoreTouched(-2))
    look_at(ui, f"admin-stock-count-{name}", keeps_picture=is_kept)
    ui.happens(st.ModeChosen(Mode.WASTE), st.MoreTouched(3))
    look_at(ui, f"admin-stock-waste-{name}", keeps_picture=is_kept)
    ui.happens(st.EntryConfirmed())
    look_at(ui, f"admin-stock-reasons-{name}", keeps_picture=is_kept)
    doubtful = st.StockAnswered(ui.app.admin.state.visit, NotKnown(ACT), st.RestockDishes(1, RESTOCKER, {}, act_id=ACT))
    ui.happens(doubtful)
    ui.happens(common.Tick(ui.app.admin.state.now_s + 9, None))
    look_at(ui, f"admin-stock-doubt-dish-{name}", keeps_picture=is_kept)
    ui.happens(BackTouched(), BackTouched())
    look_at(ui, f"admin-stock-doubt-{name}", keeps_picture=is_kept)
    ui.happens(st.StockAnswered(ui.app.admin.state.visit, StockRefused(StockRefusal.NOTHING_TO_DO), doubtful.asked))
    ui.happens(st.CategoryChosen(DEMO.categories[0].id), SeveralTouched(), AllTouched(), TickTouched(DISHES[2]))
    ui.happens(common.Tick(ui.app.admin.state.now_s + 9, None))
    look_at(ui, f"admin-stock-several-{name}", keeps_picture=is_kept)
    if size == WIDE:
        for test_id in ("tick-all", "ticked-back", "ticked-sold-out", f"open-{DISHES[1]}"):
            assert ui.find(test_id=test_id).height >= LEAST_PX_AT_WIDE
    ui.happens(SeveralTouched(), SearchTyped("j"))
    look_at(ui, f"admin-stock-search-{name}", keeps_picture=is_kept)
    if size == WIDE:
        for test_id in ("key-A", "key-7", "search-done", "search-close"):
            assert ui.find(test_id=test_id).height >= LEAST_PX_AT_WIDE
    ui.happens(SearchTyped(None))
    for number, said in enumerate(SAID if size != WIDE else SAID[:2]):
        state = ui.app.admin.state
        notice = ShownNotice("stock", said, Tone.POSITIVE, state.now_s + 100, st.UndoTouched(ACT))
        show(ui, replace(state, notice=notice))
        look_at(ui, f"admin-stock-said-{number}-{name}", keeps_picture=is_kept and number in (0, 1))


def show(ui: Driver, state: object) -> None:
    ui.app.admin.state = state
    ui.app._show()
    ui.step(2)


ACT = StockActId(UUID(int=7))


def done(kind: StockActKind, *lines: StockActLine, undoes: bool = False) -> StockDone:
    reason = WasteReason.BURNT if kind is StockActKind.WASTE else None
    act = StockAct(ACT, kind, lines, RESTOCKER.id, NOON, reason, StockActId(UUID(int=8)) if undoes else None)
    return StockDone(act, LEVELS)


def _restock(*dish_ids: DishId) -> StockDone:
    return done(StockActKind.RESTOCK, *(restock_line(d, 20, was_sold_out=False) for d in dish_ids))


SAID = [
    Said(_restock(DISHES[1]), offline=False),
    Said(done(StockActKind.WASTE, StockActLine(DISHES[1], -3)), offline=True),
    Said(_restock(*DISHES[:3]), offline=False),
    Said(done(StockActKind.WASTE, StockActLine(DEMO.dishes[-1].id, 0, grams=900)), offline=False),
    Said(done(StockActKind.SOLD_OUT, StockActLine(DISHES[1], sold_out=True)), offline=True),
    Said(done(StockActKind.BACK, StockActLine(DISHES[1], sold_out=False)), offline=False),
    Said(done(StockActKind.COUNT, StockActLine(DISHES[1], -2, 7, 9)), offline=False),
    Said(done(StockActKind.SOLD_OUT, StockActLine(DISHES[1], sold_out=False), undoes=True), offline=False),
    *(Said(StockRefused(refusal, DISHES[1]), offline=False) for refusal in StockRefusal),
    Said(NotKnown(ACT), offline=False),
]
