"""The section menu of the day: dishes and combos on and off, alone or a category at a time, and their prices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kiosk.domain.menu_of_day import MenuItem
from kiosk.domain.money import Money
from kiosk.domain.staff import Permission
from kiosk.screens.admin_door import AdminEffect
from kiosk.screens.admin_flow import events as shell
from kiosk.screens.admin_flow import menu_of_day_events as ev
from kiosk.screens.admin_flow.menu_of_day_state import MAX_TYPED_MINOR, MenuDone, MenuOfDayState, Pricing, Switching
from kiosk.screens.admin_flow.state import AdminState, Tone
from kiosk.screens.admin_flow.steps import Handler, Step, acting, noticed
from kiosk.screens.flow import events as common
from kiosk.services.menu_of_day import MenuTrouble

ASKS = frozenset({Permission.SWITCH_DISHES, Permission.CHANGE_PRICES})


def opened(state: AdminState) -> Step:
    """As it stands at central, who alone knows what is off."""
    return _asked(replace(state, open=MenuOfDayState()), ev.SeeMenu(state.visit, acting(state)))


def _on_category(state: AdminState, event: ev.CategoryTouched) -> Step:
    return replace(state, open=replace(_section(state), category_id=event.category_id)), ()


def _on_switched(state: AdminState, event: ev.ItemsSwitched) -> Step:
    """Those of them that are not so already: an undo gives back exactly these."""
    section = _section(state)
    others = tuple(item.id for item in section.items or () if item.id in event.item_ids and item.is_off != event.off)
    if not others or section.asked is not None or not acting(state).may(Permission.SWITCH_DISHES):
        return state, ()
    return _asked(state, ev.SwitchItems(state.visit, acting(state), Switching(others, event.off)))


def _on_item(state: AdminState, event: ev.PriceTouched) -> Step:
    section = _section(state)
    item = _item(section, event.item_id)
    if item is None or section.asked is not None or not acting(state).may(Permission.CHANGE_PRICES):
        return state, ()
    return replace(state, open=replace(section, screen="menu_price", pricing=Pricing(item)), notice=None), ()


def _on_digits(state: AdminState, event: ev.PriceTyped) -> Step:
    def typed(pricing: Pricing) -> Pricing:
        minor = int(f"{pricing.typed_minor}{event.digits}")
        return replace(pricing, typed_minor=minor) if minor <= MAX_TYPED_MINOR else pricing

    return _priced(state, typed)


def _on_erased(state: AdminState, _event: ev.PriceErased) -> Step:
    return _priced(state, lambda pricing: replace(pricing, typed_minor=pricing.typed_minor // 10))


def _on_since(state: AdminState, event: ev.SinceChosen) -> Step:
    return _priced(state, lambda pricing: replace(pricing, from_tomorrow=event.tomorrow))


def _on_confirmed(state: AdminState, event: ev.PriceConfirmed) -> Step:
    section = _section(state)
    pricing = section.pricing
    if pricing is None or not pricing.is_ready or section.asked is not None:
        return state, ()
    price = Money(pricing.typed_minor, pricing.item.price.currency)
    return _asked(state, ev.ChangePrice(state.visit, acting(state), pricing, price, event.reason))


def _on_told(state: AdminState, event: ev.MenuTold) -> Step:
    """What could not be found out is kept: asked for again it is the same act."""
    section = _section(state)
    if section.asked is None:
        return state, ()
    if isinstance(event.answer, MenuTrouble):
        return replace(state, open=replace(section, asked=None, trouble=event.answer, doubtful=event.asked)), ()
    answer = event.answer
    section = replace(section, items=answer.items, asked=None, trouble=None, doubtful=None)
    if isinstance(event.asked, ev.SeeMenu):
        return replace(state, open=section), ()
    if answer.refusal is not None:
        return noticed(replace(state, open=section), answer.refusal, Tone.NEGATIVE)
    section = replace(section, screen="menu_of_day", pricing=None)
    return _done(replace(state, open=section), event.asked)


def _done(state: AdminState, asked: ev.SwitchItems | ev.ChangePrice) -> Step:
    items = _section(state).items or ()
    if isinstance(asked, ev.ChangePrice):
        item = next((item for item in items if item.id == asked.pricing.item.id), asked.pricing.item)
        return noticed(state, MenuDone(item, asked.pricing.from_tomorrow, 1))
    ids, off = asked.switching.item_ids, asked.switching.off
    first = next((item for item in items if item.id in ids), None)
    back = ev.ItemsSwitched(frozenset(ids), off=not off)
    return noticed(state, MenuDone(first, None, len(ids), off=off), undo=back)


def _on_try_again(state: AdminState, _event: ev.TryAgainTouched) -> Step:
    section = _section(state)
    if section.asked is not None:
        return state, ()
    again = section.doubtful or ev.SeeMenu(state.visit, acting(state))
    return _asked(state, again)


def _on_menu(state: AdminState, _event: common.MenuLoaded) -> Step:
    """Somebody has changed it, here or elsewhere."""
    section = _section(state)
    if section.asked is not None or section.trouble is not None:
        return state, ()
    return _asked(state, ev.SeeMenu(state.visit, acting(state)))


def _on_failed(state: AdminState, event: shell.EffectFailed) -> Step:
    """The shell says so."""
    section = _section(state)
    return (replace(state, open=replace(section, asked=None)), ()) if section.asked == event.effect else (state, ())


def _on_back(state: AdminState, _event: shell.BackTouched) -> Step:
    section = _section(state)
    if section.screen == "menu_price":
        return replace(state, open=replace(section, screen="menu_of_day", pricing=None)), ()
    return replace(state, section=None, open=None, notice=None), ()


def _asked(state: AdminState, effect: AdminEffect) -> Step:
    return replace(state, open=replace(_section(state), asked=effect, trouble=None)), (effect,)


def _priced(state: AdminState, change: ev.PricingChange) -> Step:
    section = _section(state)
    if section.pricing is None or section.asked is not None:
        return state, ()
    return replace(state, open=replace(section, pricing=change(section.pricing))), ()


def _item(section: MenuOfDayState, item_id: str) -> MenuItem | None:
    return next((item for item in section.items or () if item.id == item_id), None)


def _section(state: AdminState) -> MenuOfDayState:
    if not isinstance(state.open, MenuOfDayState):
        raise TypeError("another section is open")
    return state.open


HANDLERS: Mapping[type, Handler] = {
    ev.CategoryTouched: _on_category,
    ev.ItemsSwitched: _on_switched,
    ev.PriceTouched: _on_item,
    ev.PriceTyped: _on_digits,
    ev.PriceErased: _on_erased,
    ev.SinceChosen: _on_since,
    ev.PriceConfirmed: _on_confirmed,
    ev.TryAgainTouched: _on_try_again,
    ev.MenuTold: _on_told,
    common.MenuLoaded: _on_menu,
    shell.BackTouched: _on_back,
    shell.EffectFailed: _on_failed,
}
