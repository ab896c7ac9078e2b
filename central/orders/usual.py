"""The usual: the cart that a member orders most often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from kiosk.domain.cart import Cart, CartLine
from kiosk.domain.order import Order
from kiosk.sync import wire

NO_CART = b""
# Before there was anything that only a counter sells, nothing was said of it: the bytes of old carts count as equal.
_NOT_FROM_COUNTER = b',"keyed":null,"grams":null'


def cart_bytes(order: Order) -> bytes:
    """What was chosen, without names and prices: the same bytes for the same choice, whatever the lines' order. Nothing
    of an order with something that only staff can sell: it is nobody's usual."""
    if any(line.selection.at_counter_only for line in order.lines):
        return NO_CART
    lines = [CartLine(line.selection, line.quantity) for line in order.lines]
    return wire.encode(Cart(tuple(sorted(lines, key=wire.encode)))).replace(_NOT_FROM_COUNTER, b"")


def usual_cart(newest_first: Sequence[bytes]) -> Cart | None:
    """The most frequent of these carts, the newest where several are; None for no cart at all."""
    counts = Counter(newest_first)
    del counts[NO_CART]
    if not counts:
        return None
    # keeps the order of first sight, and max() takes the first of equals
    return _read_cart(max(counts, key=lambda cart: counts[cart]))


@lru_cache(maxsize=4096)  # the same ones again and again
def _read_cart(body: bytes) -> Cart:
    cart: Cart = wire.decode(body, Cart)
    return cart
