"""Taking an order, however it is paid: on today's menu, from stock, under the day's next number."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.cart import Cart, CartError
from kiosk.domain.counter import CounterLimits
from kiosk.domain.menu import Menu
from kiosk.domain.money import Money
from kiosk.domain.order import Order, OrderState
from kiosk.domain.portions import PortionsTaken, short_here
from kiosk.domain.pricing import PricedCart, price_cart
from kiosk.domain.stock import movements_for_sale, portions_in_cart
from kiosk.services.outcomes import NotCharged, NotChargedReason
from kiosk.services.ports import Transaction
from kiosk.services.printing import PrintDesk


class NotInHand(Exception):
    """Central has not handed this terminal enough of something."""


def price_today(
    tx: Transaction, cart: Cart, shown_total: Money, limits: CounterLimits, oversell: int | None
) -> tuple[PricedCart, Menu] | NotCharged:
    """The cart on today's menu, if that comes to what was shown, staff may sell it here, and there is enough of it;
    nothing is written. `oversell`: how many portions of a dish this terminal may sell without having them in hand;
    None: all that are left. Raises NotInHand."""
    menu = tx.menus.current()
    try:
        limits.check(cart)
        priced = price_cart(cart, menu) if menu else None
    except CartError:
        priced = None
    if menu is None or priced is None or priced.total != shown_total:
        return NotCharged(NotChargedReason.MENU_CHANGED, shown_total)
    wanted = portions_in_cart(cart)
    short = tx.stock.levels_of(wanted).short_for(cart)
    if short:
        return NotCharged(NotChargedReason.SOLD_OUT, priced.total, sold_out=short)
    if oversell is not None and short_here(tx.portions.here(wanted), wanted, oversell):
        raise NotInHand
    return priced, menu


def take(tx: Transaction, desk: PrintDesk, draft: Order, state: OrderState) -> tuple[Order, tuple[PortionsTaken, ...]]:
    """Write the order down under its number, and what it takes out of stock; returned is what of that was in hand."""
    day = desk.local_time(draft.created_at).date()
    order = replace(draft.to(state), number=tx.orders.next_number(day))
    tx.orders.add(order)
    movements = movements_for_sale(order)
    tx.stock.record(movements, order.id)
    return order, tx.portions.take({movement.dish_id: -movement.portions for movement in movements})
