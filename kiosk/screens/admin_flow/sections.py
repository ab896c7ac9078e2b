"""The sections of the admin screen, in home's order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass

from kiosk.domain.staff import Permission, Staff
from kiosk.screens.admin_flow import health, ingredients, members, menu_of_day, orders, shift, stock, upkeep
from kiosk.screens.admin_flow.state import AdminState, SectionName, TerminalRole
from kiosk.screens.admin_flow.steps import Handler, Step


@dataclass(frozen=True, slots=True)
class Section:
    """`asks`: whoever may do any of these may open it. `opened` is called with the state it is opened in, and gives its
    first own state as `open`. `handlers`: its steps, by the event's class; also of events that the shell knows, which
    come to it behind the shell's own step. They are called while it is open, and so only when somebody has got in."""

    asks: frozenset[Permission]
    opened: Callable[[AdminState], Step]
    handlers: Mapping[type, Handler]


SECTIONS: Mapping[SectionName, Section] = {
    SectionName.STOCK: Section(stock.ASKS, stock.opened, stock.HANDLERS),
    SectionName.INGREDIENTS: Section(ingredients.ASKS, ingredients.opened, ingredients.HANDLERS),
    SectionName.SHIFT: Section(shift.ASKS, shift.opened, shift.HANDLERS),
    SectionName.MENU_OF_DAY: Section(menu_of_day.ASKS, menu_of_day.opened, menu_of_day.HANDLERS),
    SectionName.ORDERS: Section(orders.ASKS, orders.opened, orders.HANDLERS),
    SectionName.MEMBERS: Section(members.ASKS, members.opened, members.HANDLERS),
    SectionName.HEALTH: Section(health.ASKS, health.opened, health.HANDLERS),
    SectionName.UPKEEP: Section(upkeep.ASKS, upkeep.opened, upkeep.HANDLERS),
}


_OF_THE_MACHINE = frozenset({SectionName.HEALTH, SectionName.UPKEEP})
_AT: Mapping[TerminalRole, Set[SectionName]] = {
    "order": SECTIONS.keys(),
    "counter": SECTIONS.keys(),
    "kitchen": {SectionName.STOCK, SectionName.INGREDIENTS} | _OF_THE_MACHINE,
    "board": _OF_THE_MACHINE,
}
"""What there is at which terminal: where nothing is sold, nothing of the till and nobody's balance."""


def open_to(staff: Staff, role: TerminalRole) -> tuple[SectionName, ...]:
    """What they may open at a terminal of that role."""
    return tuple(
        name
        for name, section in SECTIONS.items()
        if name in _AT[role] and any(staff.may(asked) for asked in section.asks)
    )
