"""The menu of the day: seen and changed at central."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from kiosk.screens.admin_door import AdminEffect, AdminEvent
from kiosk.screens.admin_effects.acts import new_act_id
from kiosk.screens.admin_effects.services import AdminServices
from kiosk.screens.admin_flow import menu_of_day_events as ev


def _see(effect: ev.SeeMenu, services: AdminServices) -> ev.MenuTold:
    return ev.MenuTold(effect.visit, effect, services.menu_desk.see(effect.by))


def _switch(effect: ev.SwitchItems, services: AdminServices) -> ev.MenuTold:
    desk, act_id = services.menu_desk, effect.act_id or new_act_id(services)
    answer = desk.switch(effect.by, act_id, effect.switching.item_ids, off=effect.switching.off)
    return ev.MenuTold(effect.visit, replace(effect, act_id=act_id), answer)


def _change_price(effect: ev.ChangePrice, services: AdminServices) -> ev.MenuTold:
    desk, act_id, pricing = services.menu_desk, effect.act_id or new_act_id(services), effect.pricing
    answer = desk.change_price(
        effect.by, act_id, pricing.item.id, effect.price, effect.reason, from_tomorrow=pricing.from_tomorrow
    )
    return ev.MenuTold(effect.visit, replace(effect, act_id=act_id), answer)


RUNS: Mapping[type[AdminEffect], Callable[[Any, AdminServices], AdminEvent | None]] = {
    ev.SeeMenu: _see,
    ev.SwitchItems: _switch,
    ev.ChangePrice: _change_price,
}
