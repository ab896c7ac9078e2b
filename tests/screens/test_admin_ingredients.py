"""The section ingredients: how it looks, and what touching it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from kiosk.domain.ingredient import IngredientActKind, IngredientRefusal
from kiosk.domain.staff import Role, Staff
from kiosk.domain.stock_act import WasteReason
from kiosk.screens.admin.ingredient_words import said_words
from kiosk.screens.admin_flow import events as ev
from kiosk.screens.admin_flow import ingredients_events as ing
from kiosk.screens.admin_flow.ingredients_state import IngredientDone, IngredientEntry, IngredientsState
from kiosk.screens.admin_flow.state import SectionName, ShownNotice, Tone
from kiosk.screens.flow.state import ScreenName, TextSize, View
from kiosk.screens.texts import texts_for
from kiosk.services.ingredients import IngredientTrouble
from kiosk.services.ports import IngredientsAtCentral
from tests.admin_flow.larder import ACT, EGGS, LARDER, MILK, OIL, PEANUTS, PORK, RICE, TOFU, done, larder
from tests.admin_flow.visits import MANAGER, someone
from tests.screens import scenes
from tests.screens.counter_scenes import DEMO
from tests.screens.driver import LYING, UPRIGHT, Driver
from tests.screens.gallery import is_pictured, look_at
from tests.screens.test_admin_shell import LEAST_PX_AT_WIDE, WIDE, open_admin

OpenApp = Callable[..., Driver]
ATTRACT = replace(scenes.state(ScreenName.ATTRACT), menu=DEMO)
COOK = someone(Role.RESTOCK)
MANY = tuple(
    replace(level, ingredient=replace(level.ingredient, id=f"{level.ingredient.id}-{n}"))
    for n in range(4)
    for level in LARDER
)
SEEN = IngredientsState(levels=LARDER)
DELIVERY, COUNT, WASTE = IngredientActKind
ASKED = ing.DeliverIngredient(1, COOK, RICE.ingredient.id, 25_000_000, ACT)
VARIANTS = {
    "list": SEEN,
    "many": replace(SEEN, levels=MANY, page=1),
    "waiting": IngredientsState(asked=ing.SeeIngredients(1, COOK)),
    "nothing": IngredientsState(levels=()),
    "unreachable": IngredientsState(trouble=IngredientTrouble.UNREACHABLE),
    "delivery": replace(SEEN, entry=IngredientEntry(RICE, DELIVERY, "25")),
    "count": replace(SEEN, entry=IngredientEntry(OIL, COUNT, "17.5")),
    "pieces": replace(SEEN, entry=IngredientEntry(EGGS, COUNT, "90")),
    "waste": replace(SEEN, entry=IngredientEntry(TOFU, WASTE, "400", in_small=True)),
    "reasons": replace(SEEN, entry=IngredientEntry(TOFU, WASTE, "400", in_small=True, asks_reason=True)),
    "first-count": replace(SEEN, entry=IngredientEntry(MILK, COUNT)),
    "booking": replace(SEEN, entry=IngredientEntry(OIL, DELIVERY, "25"), asked=ASKED),
    "refused": replace(SEEN, entry=IngredientEntry(OIL, DELIVERY, "25"), trouble=IngredientTrouble.REFUSED),
    "not-known": replace(
        SEEN, entry=IngredientEntry(RICE, DELIVERY, "25"), trouble=IngredientTrouble.UNREACHABLE, doubtful=ASKED
    ),
}
# Those of one size together: the app that is open goes on.
LOOKS = {
    "upright-zh": (UPRIGHT, View("zh", TextSize.NORMAL)),
    "upright-en-largest": (UPRIGHT, View("en", TextSize.LARGEST)),
    "lying-zh": (LYING, View("zh", TextSize.NORMAL)),
    "lying-en-largest": (LYING, View("en", TextSize.LARGEST)),
    "wide-en": (WIDE, View("en", TextSize.NORMAL)),
    "wide-zh-largest": (WIDE, View("zh", TextSize.LARGEST)),
}


@pytest.mark.parametrize("look", LOOKS)
def test_how_it_looks(kept_app: OpenApp, look: str) -> None:
    size, view = LOOKS[look]
    ui = kept_app(ATTRACT, size=size)
    open_admin(ui, COOK)
    for name, section in VARIANTS.items():
        show(ui, section, view=view)
        look_at(ui, f"admin-ingredients-{name}-{look}", keeps_picture=is_pictured(size, view))
    made = done(ASKED).answer
    assert isinstance(made, IngredientsAtCentral)
    assert made.done is not None
    about = IngredientDone(made.done, replace(RICE, left_milli=87_345_000))
    notice = ShownNotice("ingredients", about, Tone.POSITIVE, 9e9, ing.IngredientUndoTouched(made.done))
    show(ui, replace(SEEN, levels=MANY), view=view, notice=notice)
    look_at(ui, f"admin-ingredients-done-{look}", keeps_picture=is_pictured(size, view))
    show(ui, replace(SEEN, levels=MANY), view=view, notice=None)
    if size == WIDE:
        for test_id in (f"ingredient-{MANY[0].ingredient.id}", "next-page"):
            assert ui.find(test_id=test_id).height >= LEAST_PX_AT_WIDE
        show(ui, VARIANTS["not-known"], view=view)
        assert ui.find(test_id="again").height >= LEAST_PX_AT_WIDE
        show(ui, VARIANTS["delivery"], view=view)
        for test_id in ("kind-delivery", "unit-small", "key-7", "book"):
            assert ui.find(test_id=test_id).height >= LEAST_PX_AT_WIDE


@pytest.mark.parametrize("refusal", IngredientRefusal)
def test_every_refusal_has_words(kept_app: OpenApp, refusal: IngredientRefusal) -> None:
    ui = begun(kept_app)
    ui.tap(test_id=f"ingredient-{RICE.ingredient.id}")
    press(ui, "25")
    ui.tap(test_id="book")
    ui.happens(ing.IngredientsTold(ui.app.admin.state.visit, ui.effects[-1], replace(larder(), refusal=refusal)))
    assert ui.app.admin.state.notice.tone is Tone.WARNING
    assert ui.has(contains=said_words(texts_for("zh"), refusal))


def show(ui: Driver, section: IngredientsState, **changes: object) -> None:
    state = ui.app.admin.state
    ui.app.admin.state = replace(state, section=SectionName.INGREDIENTS, open=section, **changes)
    ui.app._show()
    ui.step(3)


def begun(kept_app: OpenApp, staff: Staff = COOK) -> Driver:
    """Its section open, and central has answered."""
    ui = kept_app(ATTRACT, size=LYING)
    open_admin(ui, staff)
    ui.tap(test_id=f"section-{SectionName.INGREDIENTS}")
    asked = ui.effects[-1]
    assert asked == ing.SeeIngredients(ui.app.admin.state.visit, staff)
    ui.happens(ing.IngredientsTold(asked.visit, asked, larder()))
    return ui


def press(ui: Driver, keys: str) -> None:
    for key in keys:
        ui.tap(test_id=f"key-{key}")


def test_delivered_in_kilograms_and_undone(kept_app: OpenApp) -> None:
    ui = begun(kept_app)
    ui.tap(test_id=f"ingredient-{RICE.ingredient.id}")
    assert ui.find(test_id="book").disabled
    press(ui, "12.5")
    assert ui.find(test_id="comes-to").text == "之后余量 74.845 千克"
    ui.tap(test_id="book")
    asked = ui.effects[-1]
    assert asked == ing.DeliverIngredient(asked.visit, COOK, RICE.ingredient.id, 12_500_000)
    count = len(ui.effects)
    ui.tap(test_id="book")
    assert len(ui.effects) == count, "a second touch is no other delivery"
    ui.happens(done(asked))
    assert ui.has(contains="五常大米：+12.5 千克，余量 74.845 千克。")
    ui.tap(test_id="undo")
    undoing = ui.effects[-1]
    assert (undoing.made.id, undoing.made.milli) == (ACT, 12_500_000)


def test_counted_in_grams_with_the_difference_that_was_shown(kept_app: OpenApp) -> None:
    ui = begun(kept_app)
    ui.tap(test_id=f"ingredient-{TOFU.ingredient.id}")
    ui.tap(test_id="kind-count")
    ui.tap(test_id="unit-small")
    press(ui, "700")
    assert "−150 克" in ui.find(test_id="comes-to").text
    ui.tap(test_id="book")
    asked = ui.effects[-1]
    assert (asked.level, asked.counted_milli) == (TOFU, 700_000)


def test_eggs_are_whole(kept_app: OpenApp) -> None:
    ui = begun(kept_app)
    ui.tap(test_id=f"ingredient-{EGGS.ingredient.id}")
    assert not ui.has(test_id="key-.")
    press(ui, "360")
    ui.tap(test_id="book")
    assert ui.effects[-1].milli == 360_000


def test_waste_has_a_reason(kept_app: OpenApp) -> None:
    ui = begun(kept_app)
    ui.tap(test_id=f"ingredient-{TOFU.ingredient.id}")
    ui.tap(test_id="kind-waste")
    press(ui, "0.4")
    ui.tap(test_id="book")
    ui.tap(test_id=f"reason-{WasteReason.SPOILED}")
    asked = ui.effects[-1]
    assert asked == ing.WasteIngredient(asked.visit, COOK, TOFU.ingredient.id, 400_000, WasteReason.SPOILED)


def test_what_is_not_known_is_asked_for_again_as_the_same_act_and_nothing_else_before(kept_app: OpenApp) -> None:
    ui = begun(kept_app)
    ui.tap(test_id=f"ingredient-{RICE.ingredient.id}")
    press(ui, "25")
    ui.tap(test_id="book")
    asked = replace(ui.effects[-1], act_id=ACT)
    ui.happens(ing.IngredientsTold(asked.visit, asked, IngredientTrouble.UNREACHABLE))
    count = len(ui.effects)
    assert not ui.has(test_id="book")
    ui.tap(test_id="back")
    ui.tap(test_id=f"ingredient-{OIL.ingredient.id}")
    assert len(ui.effects) == count
    ui.tap(test_id="again")
    assert ui.effects[-1] == asked
    ui.happens(done(asked))
    assert ui.has(test_id="undo")


def test_counted_meanwhile_shows_what_is_left_now(kept_app: OpenApp) -> None:
    ui = begun(kept_app)
    ui.tap(test_id=f"ingredient-{OIL.ingredient.id}")
    ui.tap(test_id="kind-count")
    press(ui, "17")
    ui.tap(test_id="book")
    now = replace(larder(replace(OIL, left_milli=16_000_000)), refusal=IngredientRefusal.COUNTED_SINCE)
    ui.happens(ing.IngredientsTold(ui.app.admin.state.visit, ui.effects[-1], now))
    press(ui, "17")
    assert "账面 16 升，差异 +1 升" in ui.find(test_id="comes-to").text


def test_central_away_is_said_and_asked_again(kept_app: OpenApp) -> None:
    ui = kept_app(ATTRACT, size=LYING)
    open_admin(ui, MANAGER)
    ui.tap(test_id=f"section-{SectionName.INGREDIENTS}")
    ui.happens(ing.IngredientsTold(ui.app.admin.state.visit, ui.effects[-1], IngredientTrouble.UNREACHABLE))
    assert ui.has(contains="目前无应答")
    ui.tap(test_id="again")
    assert isinstance(ui.effects[-1], ing.SeeIngredients)


def test_what_was_never_counted_is_not_said_to_be_left(kept_app: OpenApp) -> None:
    ui = begun(kept_app)
    row = ui.find(test_id=f"ingredient-{MILK.ingredient.id}")
    assert (row.left, row.detail) == ("—", "尚未盘点")
    assert ui.find(test_id=f"ingredient-{PORK.ingredient.id}").tone == "negative"
    assert ui.find(test_id=f"ingredient-{PEANUTS.ingredient.id}").detail == ""


def test_who_only_sees_opens_nothing(kept_app: OpenApp) -> None:
    ui = begun(kept_app, someone(Role.COUNTER))
    assert ui.find(test_id=f"ingredient-{RICE.ingredient.id}").disabled
    ui.happens(ing.IngredientTouched(RICE.ingredient.id))
    assert ui.app.admin.state.open.entry is None


def test_who_may_not_has_no_such_section(kept_app: OpenApp) -> None:
    ui = kept_app(ATTRACT, size=LYING)
    open_admin(ui, someone(Role.TECHNICIAN))
    assert not ui.has(test_id=f"section-{SectionName.INGREDIENTS}")
    ui.happens(ev.SectionChosen(SectionName.INGREDIENTS))
    assert ui.app.admin.state.section is None
