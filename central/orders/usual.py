"""The usual: the cart that a member orders most often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from kiosk.domain.cart import Cart, CartLine
from kiosk.domain.order import Order
from kiosk.sync import wire


def cart_bytes(order: Order) -> bytes:
    """What was chosen, without names and prices: the same bytes for the same choice, whatever the lines' order."""
    lines = [CartLine(line.selection, line.quantity) for line in order.lines]
    return wire.encode(Cart(tuple(sorted(lines, key=wire.encode))))


def usual_cart(newest_first: Sequence[bytes]) -> Cart | None:
    """The most frequent of these carts, the newest where several are; None for no cart at all."""
    if not newest_first:
        return None
    counts = Counter(newest_first)  # keeps the order of first sight, and max() takes the first of equals
    cart: Cart = wire.decode(max(counts, key=lambda cart: counts[cart]), Cart)
    return cart
