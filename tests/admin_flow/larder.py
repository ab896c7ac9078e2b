"""What is left of a canteen's ingredients, as central tells it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from kiosk.domain.ingredient import (
    Ingredient,
    IngredientActId,
    IngredientId,
    IngredientLevel,
    IngredientUnit,
    count,
    delivery,
    opposite,
    waste,
)
from kiosk.domain.local_text import LocalText
from kiosk.screens.admin_flow import ingredients_events as ev
from kiosk.services.ingredients import IngredientTrouble
from kiosk.services.ports import IngredientsAtCentral

ACT = IngredientActId(UUID(int=19))
G, ML, PIECE = IngredientUnit


def level(
    name: str, zh: str, en: str, unit: IngredientUnit, left: float, a_day: float | None, warn: float = 0
) -> IngredientLevel:
    """In the unit."""
    one = Ingredient(IngredientId(name), LocalText(zh, en), unit, int(warn * 1000))
    used = None if a_day is None else int(a_day * 1000)
    return IngredientLevel(one, int(left * 1000), used)


PORK = level("pork-belly", "五花肉", "Pork belly", G, -350, 5200, 5000)
TOFU = level("tofu", "嫩豆腐", "Soft tofu", G, 850, 2400, 3000)
EGGS = level("egg", "鸡蛋", "Eggs", PIECE, 84, 60, 90)
OIL = level("oil", "菜籽油", "Rapeseed oil", ML, 18_400, 2_100, 5000)
RICE = level("rice", "五常大米", "Wuchang rice", G, 62_345, 9_000, 20_000)
PEANUTS = level("peanuts", "花生米", "Peanuts", G, 3_200, None, 1000)
MILK = replace(level("milk", "鲜牛奶", "Fresh milk", ML, -2500, 1200, 4000), is_known=False)
LARDER = (PORK, TOFU, EGGS, OIL, RICE, PEANUTS, MILK)


def larder(*others: IngredientLevel) -> IngredientsAtCentral:
    """With these in the place of what they were."""
    now = {one.ingredient.id: one for one in others}
    return IngredientsAtCentral(tuple(now.get(one.ingredient.id, one) for one in LARDER))


def booked(effect: Any) -> ev.IngredientsTold:
    """Booked when it is asked for again; before, nobody knows."""
    if effect.act_id is None:
        return ev.IngredientsTold(effect.visit, replace(effect, act_id=ACT), IngredientTrouble.UNREACHABLE)
    return done(effect)


def done(effect: Any) -> ev.IngredientsTold:
    """As central answers when it has booked it."""
    match effect:
        case ev.DeliverIngredient():
            act = delivery(ACT, effect.ingredient_id, effect.milli)
        case ev.CountIngredient():
            act = count(ACT, effect.level, effect.counted_milli)
        case ev.WasteIngredient():
            act = waste(ACT, effect.ingredient_id, effect.milli, effect.reason)
        case _:
            act = opposite(effect.made, ACT)
    before = next(one for one in LARDER if one.ingredient.id == act.ingredient_id)
    after = replace(before, left_milli=before.left_milli + act.milli, is_known=True)
    answer = replace(larder(after), done=act)
    return ev.IngredientsTold(effect.visit, replace(effect, act_id=ACT), answer)
