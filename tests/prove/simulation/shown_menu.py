"""The menu on a terminal's screen."""

from __future__ import annotations

from kiosk.domain.cart import Cart, CartError
from kiosk.domain.menu import Menu
from kiosk.domain.money import Money
from kiosk.domain.pricing import price_cart


class ShownMenu:
    """What carts come to on it is worked out once each."""

    def __init__(self, menu: Menu | None) -> None:
        self._menu = menu
        self._totals: dict[Cart, Money | None] = {}

    def total(self, cart: Cart) -> Money | None:
        """None without a menu, or when a dish is not on it any more."""
        if cart not in self._totals:
            self._totals[cart] = self._priced(cart)
        return self._totals[cart]

    def _priced(self, cart: Cart) -> Money | None:
        try:
            return price_cart(cart, self._menu).total if self._menu else None
        except CartError:
            return None
