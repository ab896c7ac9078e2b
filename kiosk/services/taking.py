"""Taking an order, however it is paid: on today's menu, from stock, under the day's next number."""

from __future__ import annotations

from dataclasses import replace

from kiosk.domain.cart import Cart, CartError
from kiosk.domain.counter import CounterLimits
from kiosk.domain.menu import Menu
from kiosk.domain.money import Money
from kiosk.domain.order import Order, OrderState
from kiosk.domain.pricing import PricedCart, price_cart
from kiosk.domain.stock import movements_for_sale, portions_in_cart
from kiosk.services.outcomes import NotCharged, NotChargedReason
from kiosk.services.ports import Transaction
from kiosk.services.printing import PrintDesk


def price_today(
    tx: Transaction, cart: Cart, shown_total: Money, limits: CounterLimits
) -> tuple[PricedCart, Menu] | NotCharged:
    """The cart on today's menu, if that comes to what was shown, staff may sell it here, and there is enough of it;
    nothing is written."""
    menu = tx.menus.current()
    try:
        limits.check(cart)
        priced = price_cart(cart, menu) if menu else None
    except CartError:
        priced = None
    if menu is None or priced is None or priced.total != shown_total:
        return NotCharged(NotChargedReason.MENU_CHANGED, shown_total)
    short = tx.stock.levels_of(portions_in_cart(cart)).short_for(cart)
    if short:
        return NotCharged(NotChargedReason.SOLD_OUT, priced.total, sold_out=short)
    return priced, menu


def take(tx: Transaction, desk: PrintDesk, draft: Order, state: OrderState) -> Order:
    """Write the order down under its number, and what it takes out of stock."""
    day = desk.local_time(draft.created_at).date()
    order = replace(draft.to(state), number=tx.orders.next_number(day))
    tx.orders.add(order)
    tx.stock.record(movements_for_sale(order), order.id)
    return order
