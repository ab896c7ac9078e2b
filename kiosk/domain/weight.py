"""What a weighed portion costs. The price is for so many grams, as the menu says (100 g, 500 g or 1 kg)."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.domain.errors import DomainError
from kiosk.domain.money import Money

PER_G = (100, 500, 1000)
# Bounds what may be claimed; what staff may key is a setting of the terminal, below it.
MAX_GRAMS = 20_000


class WeightError(DomainError):
    """Not a weight that can be sold."""


@dataclass(frozen=True, slots=True)
class Weight:
    """`grams` of something of which `per_g` grams cost `price`."""

    grams: int
    price: Money
    per_g: int

    def __post_init__(self) -> None:
        if type(self.grams) is not int or not 1 <= self.grams <= MAX_GRAMS:
            raise WeightError(f"a weight is 1 to {MAX_GRAMS} g")
        if self.per_g not in PER_G:
            raise WeightError(f"a price is for one of {PER_G} g")

    @property
    def amount(self) -> Money:
        """Rounded to the minor unit, half of one upwards."""
        return Money((2 * self.price.minor * self.grams + self.per_g) // (2 * self.per_g), self.price.currency)
