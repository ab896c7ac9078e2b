"""An order that waits to be paid at the counter, as any counter terminal of the site must know it to settle it: nothing
of who ordered it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from kiosk.domain.cart import CartError, CartLine, DishChoice, Selection, check_selection
from kiosk.domain.errors import DomainError
from kiosk.domain.ids import OrderId, PaymentId, TerminalId
from kiosk.domain.local_text import LocalText
from kiosk.domain.menu import Menu
from kiosk.domain.money import Money
from kiosk.domain.order import DiningMode, Order, OrderedDish, OrderLine, OrderState, order_line
from kiosk.domain.payment import Payment
from kiosk.domain.pricing import PricedLine


class DueOrderError(DomainError):
    """It does not add up."""


@dataclass(frozen=True, slots=True)
class DueLine:
    """So many portions of one selection, each at `unit_price`."""

    selection: Selection
    quantity: int
    unit_price: Money

    @property
    def total(self) -> Money:
        return self.unit_price * self.quantity


@dataclass(frozen=True, slots=True)
class DueOrder:
    """`terminal_id` in `incarnation` took it at `taken_at` (UTC, whole seconds) and gave it `number`. Of `total`, `due`
    is left to pay for `payment_id`. A slip that had no room for them comes without `lines`: central knows them."""

    order_id: OrderId
    payment_id: PaymentId
    terminal_id: TerminalId
    incarnation: int
    number: str
    taken_at: datetime
    dining_mode: DiningMode
    language: str
    total: Money
    due: Money
    lines: tuple[DueLine, ...] = ()

    def __post_init__(self) -> None:
        if self.total.is_negative or self.due.is_negative or self.due > self.total:
            raise DueOrderError("what is due is a part of the total")
        if not self.lines:
            return
        if any(line.quantity < 1 or line.unit_price.is_negative for line in self.lines):
            raise DueOrderError("a line is of one portion at least, and not below zero")
        if Money.sum((line.total for line in self.lines), self.total.currency) != self.total:
            raise DueOrderError("the lines do not add up to the total")


def due_order_of(order: Order, payment: Payment, terminal_id: TerminalId, incarnation: int) -> DueOrder:
    """What is left to pay of an order that was just taken, or still waits."""
    lines = tuple(DueLine(line.selection, line.quantity, line.unit_price) for line in order.lines)
    return DueOrder(
        order.id,
        payment.id,
        terminal_id,
        incarnation,
        order.number,
        order.created_at.astimezone(UTC).replace(microsecond=0),
        order.dining_mode,
        order.language,
        order.total,
        payment.due,
        lines,
    )


def order_of(due: DueOrder, menu: Menu | None) -> Order:
    """The order for screen and paper, paid, with the names of that menu. What is not on it goes by its ids."""
    lines = tuple(_order_line(line, menu) for line in due.lines)
    version = menu.version if menu else 0
    order = Order(due.order_id, lines, due.total, due.dining_mode, due.language, due.taken_at, version)
    return replace(order, state=OrderState.PAID, number=due.number)


def _order_line(line: DueLine, menu: Menu | None) -> OrderLine:
    if menu is not None:
        try:
            check_selection(line.selection, menu)
        except CartError:
            pass
        else:
            return order_line(PricedLine(CartLine(line.selection, line.quantity), line.unit_price, line.total), menu)
    dishes = tuple(_unknown_dish(choice, menu) for choice in line.selection.dishes)
    name = dishes[0].name if line.selection.combo_id is None else _named(line.selection.combo_id)
    return OrderLine(line.selection, name, dishes, line.quantity, line.unit_price, line.total)


def _unknown_dish(choice: DishChoice, menu: Menu | None) -> OrderedDish:
    """The dish may be known all the same, and only an option be new: everything that was chosen is named."""
    dish = menu.dish_by_id.get(choice.dish_id) if menu else None
    options = tuple(_named(f"{group_id}: {', '.join(ids)}") for group_id, ids in choice.options)
    return OrderedDish(choice.dish_id, dish.name if dish else _named(choice.dish_id), options)


def _named(id_: str) -> LocalText:
    return LocalText(id_, id_)
