"""Ingredients: seen and booked at central."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from kiosk.domain.ingredient import IngredientActId
from kiosk.screens.admin_door import AdminEffect, AdminEvent
from kiosk.screens.admin_effects.acts import new_act_id
from kiosk.screens.admin_effects.services import AdminServices
from kiosk.screens.admin_flow import ingredients_events as ev


def _see(effect: ev.SeeIngredients, services: AdminServices) -> ev.IngredientsTold:
    return ev.IngredientsTold(effect.visit, effect, services.ingredient_desk.see(effect.by))


def _deliver(effect: ev.DeliverIngredient, services: AdminServices) -> ev.IngredientsTold:
    act_id = _id(effect.act_id, services)
    answer = services.ingredient_desk.deliver(effect.by, act_id, effect.ingredient_id, effect.milli)
    return ev.IngredientsTold(effect.visit, replace(effect, act_id=act_id), answer)


def _count(effect: ev.CountIngredient, services: AdminServices) -> ev.IngredientsTold:
    act_id = _id(effect.act_id, services)
    answer = services.ingredient_desk.count(effect.by, act_id, effect.level, effect.counted_milli)
    return ev.IngredientsTold(effect.visit, replace(effect, act_id=act_id), answer)


def _waste(effect: ev.WasteIngredient, services: AdminServices) -> ev.IngredientsTold:
    act_id, about = _id(effect.act_id, services), (effect.ingredient_id, effect.milli, effect.reason)
    answer = services.ingredient_desk.waste(effect.by, act_id, *about)
    return ev.IngredientsTold(effect.visit, replace(effect, act_id=act_id), answer)


def _undo(effect: ev.UndoIngredientAct, services: AdminServices) -> ev.IngredientsTold:
    act_id = _id(effect.act_id, services)
    answer = services.ingredient_desk.undo(effect.by, act_id, effect.made)
    return ev.IngredientsTold(effect.visit, replace(effect, act_id=act_id), answer)


def _id(begun: IngredientActId | None, services: AdminServices) -> IngredientActId:
    return begun or IngredientActId(new_act_id(services))


RUNS: Mapping[type[AdminEffect], Callable[[Any, AdminServices], AdminEvent | None]] = {
    ev.SeeIngredients: _see,
    ev.DeliverIngredient: _deliver,
    ev.CountIngredient: _count,
    ev.WasteIngredient: _waste,
    ev.UndoIngredientAct: _undo,
}
