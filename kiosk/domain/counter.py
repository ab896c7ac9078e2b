"""The rules of a counter: what staff may key, and change for cash."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.domain.cart import Cart, CartError
from kiosk.domain.cash import CashError
from kiosk.domain.money import Money

# What people are likely to hand over, in minor units.
_NOTES_MINOR = (100, 500, 1000, 2000, 5000, 10_000)
_MOST_NOTES = 5


@dataclass(frozen=True, slots=True)
class CounterLimits:
    """Of one sum that staff type (minor units) and of one weight (grams). Zero: nothing of that kind is sold, as at a
    self-service terminal."""

    largest_sum_minor: int = 0
    largest_weight_g: int = 0

    def check(self, cart: Cart) -> None:
        """Raises CartError for a keyed sum or a weight that is above its limit, or not above zero."""
        for line in cart.lines:
            keyed, grams = line.selection.keyed, line.selection.grams
            if keyed is not None and not 0 < keyed.minor <= self.largest_sum_minor:
                raise CartError(f"a keyed sum is above zero and at most {self.largest_sum_minor} minor units")
            if grams is not None and not 0 < grams <= self.largest_weight_g:
                raise CartError(f"a weight is above zero and at most {self.largest_weight_g} g")


NOTHING_KEYED = CounterLimits()


def change_for(due: Money, received: Money) -> Money:
    """What the customer gets back. Raises CashError when less was received than is due, MoneyError for another
    currency."""
    change = received - due
    if change.is_negative:
        raise CashError("less was received than is due")
    return change


def likely_sums(due: Money) -> tuple[Money, ...]:
    """What somebody who has not got it exactly may hand over: above what is due, smallest first, at most five."""
    sums = {-(-due.minor // note) * note for note in _NOTES_MINOR}
    above = sorted(minor for minor in sums if minor > due.minor)
    return tuple(Money(minor, due.currency) for minor in above[:_MOST_NOTES])
