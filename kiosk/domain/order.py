"""An order: what was asked for, frozen with names and prices at the moment of checkout."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from kiosk.domain.cart import DishChoice, Selection
from kiosk.domain.dish import OptionGroup
from kiosk.domain.errors import DomainError
from kiosk.domain.ids import DishId, MemberId, OrderId
from kiosk.domain.local_text import LocalText
from kiosk.domain.menu import Menu
from kiosk.domain.money import Money
from kiosk.domain.pricing import PricedCart, PricedLine, weight_of
from kiosk.domain.weight import Weight

KEYED_NAME = LocalText("餐费", "Meal")
"""What a sum that staff typed is called, on screens and papers."""


class OrderState(StrEnum):
    """draft → awaiting_payment (pay at the counter) or paid. Refunds are entries of their own and leave a paid order
    paid; only a void, before it is handed out, cancels it. Where its payment at a counter is undone it waits again."""

    DRAFT = "draft"
    AWAITING_PAYMENT = "awaiting_payment"
    PAID = "paid"
    CANCELLED = "cancelled"


_NEXT_STATES = {
    OrderState.DRAFT: {OrderState.AWAITING_PAYMENT, OrderState.PAID, OrderState.CANCELLED},
    OrderState.AWAITING_PAYMENT: {OrderState.PAID, OrderState.CANCELLED},
    OrderState.PAID: {OrderState.CANCELLED, OrderState.AWAITING_PAYMENT},
    OrderState.CANCELLED: set(),
}


class OrderError(DomainError):
    """An order asked to do what its state does not allow."""


class DiningMode(StrEnum):
    DINE_IN = "dine_in"
    TAKE_AWAY = "take_away"


@dataclass(frozen=True, slots=True)
class OrderedDish:
    """A dish of a line as it must be cooked: the slot it fills (combos), and in words the options that are not
    what the dish comes with anyway; `without` what it comes with and must be left out. `stall`: where it is made."""

    dish_id: DishId
    name: LocalText
    options: tuple[LocalText, ...] = ()
    slot: LocalText | None = None
    without: tuple[LocalText, ...] = ()
    stall: str = ""


@dataclass(frozen=True, slots=True)
class OrderLine:
    """Names and prices are copies: a later menu must not change an old order. `weight`: of one of `quantity`, if it was
    weighed. A sum that staff typed has no `dishes`."""

    selection: Selection
    name: LocalText
    dishes: tuple[OrderedDish, ...]
    quantity: int
    unit_price: Money
    total: Money
    weight: Weight | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """`number` is what is called out ("A037"); empty until the store has given one."""

    id: OrderId
    lines: tuple[OrderLine, ...]
    total: Money
    dining_mode: DiningMode
    language: str
    created_at: datetime
    menu_version: int
    state: OrderState = OrderState.DRAFT
    number: str = ""
    member_id: MemberId | None = None

    def to(self, state: OrderState) -> Order:
        """The same order in that state. Raises OrderError when the step is not allowed."""
        if state not in _NEXT_STATES[self.state]:
            raise OrderError(f"an order that is {self.state} cannot become {state}")
        return replace(self, state=state)


def order_number(terminal_letter: str, counter: int) -> str:
    """ "A037" from the terminal's letter and its counter of the day (1 …); grows past 999 rather than repeat."""
    if counter < 1:
        raise OrderError("the counter of the day starts at 1")
    return f"{terminal_letter}{counter:03d}"


def draft_order(
    order_id: OrderId,
    cart: PricedCart,
    menu: Menu,
    *,
    dining_mode: DiningMode,
    language: str,
    created_at: datetime,
    member_id: MemberId | None = None,
) -> Order:
    """Freeze a priced cart into a draft. Raises OrderError for an empty cart."""
    if not cart.lines:
        raise OrderError("an order has at least one line")
    lines = tuple(order_line(line, menu) for line in cart.lines)
    return Order(order_id, lines, cart.total, dining_mode, language, created_at, menu.version, member_id=member_id)


def order_line(priced: PricedLine, menu: Menu) -> OrderLine:
    """A line with the names of that menu, which must have all of it."""
    selection = priced.line.selection
    combo = menu.combo_by_id[selection.combo_id] if selection.combo_id else None
    slot_names = {slot.id: slot.name for slot in combo.slots} if combo else {}
    dishes = tuple(_ordered_dish(c, menu, slot_names.get(c.slot_id)) for c in selection.dishes)
    name = KEYED_NAME if not dishes else combo.name if combo else dishes[0].name
    weight = weight_of(selection, menu)
    return OrderLine(selection, name, dishes, priced.line.quantity, priced.unit_price, priced.total, weight)


def _ordered_dish(choice: DishChoice, menu: Menu, slot: LocalText | None) -> OrderedDish:
    dish = menu.dish_by_id.get(choice.dish_id) or menu.weighed_by_id[choice.dish_id]
    by_group = tuple(choice.by_group(dish.option_groups))
    options = tuple(
        option.name
        for group, chosen in by_group
        for option in group.choices
        if option.id in chosen and option.id not in group.default_choice_ids
    )
    without = tuple(name for group, chosen in by_group for name in _left_out(group, chosen))
    return OrderedDish(dish.id, dish.name, options, slot, without, dish.stall)


def _left_out(group: OptionGroup, chosen: tuple[str, ...]) -> Iterator[LocalText]:
    """Defaults that were taken away. Where only one choice can be, another one says it already."""
    if group.max_choices == 1 and chosen:
        return
    yield from (c.name for c in group.choices if c.id in group.default_choice_ids and c.id not in chosen)
