"""Money as integer minor units (fen, cents) of one currency. Never a float. Wallet amounts in points and coupons are
counted alike (kiosk.domain.unit)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache, total_ordering

from kiosk.domain.errors import DomainError
from kiosk.domain.unit import is_unit

MINOR_PER_MAJOR = 100
# Bounds what a file, a card or the network can make us add up; far above any canteen's turnover.
MAX_MINOR = 10**12
_AMOUNT = re.compile(r"(-?)(\d{1,11})(?:\.(\d{1,2}))?", re.ASCII)


class MoneyError(DomainError):
    """An amount that is not money here: wrong currency, not an integer, out of bounds, unreadable."""


@lru_cache(maxsize=64)
def _is_currency(code: str) -> bool:
    return len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """`minor` units of `currency` (ISO 4217, two decimals), or whole ones of another unit of account
    (kiosk.domain.unit). Arithmetic stays exact and within one of them."""

    minor: int
    currency: str = "CNY"

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise MoneyError(f"minor units must be an int, not {type(self.minor).__name__}")
        if not -MAX_MINOR <= self.minor <= MAX_MINOR:
            raise MoneyError("amount out of bounds")
        if not is_unit(self.currency):
            raise MoneyError(f"not a currency code: {self.currency!r}")

    @classmethod
    def zero(cls, currency: str = "CNY") -> Money:
        return cls(0, currency)

    @classmethod
    def parse(cls, text: str, currency: str = "CNY") -> Money:
        """Read "12", "12.5" or "-12.50" (major units). Raises MoneyError for anything else."""
        match = _AMOUNT.fullmatch(text.strip())
        if match is None:
            raise MoneyError(f"not an amount: {text!r}")
        sign, major, fraction = match.groups()
        minor = int(major) * MINOR_PER_MAJOR + int((fraction or "").ljust(2, "0"))
        return cls(-minor if sign else minor, currency)

    @classmethod
    def sum(cls, amounts: Iterable[Money], currency: str = "CNY") -> Money:
        """The sum of amounts that are all of `currency`; zero for none."""
        total = 0
        for amount in amounts:
            if amount.currency != currency:
                raise MoneyError(f"{currency} and {amount.currency} do not mix")
            total += amount.minor
        return cls(total, currency)

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __mul__(self, factor: int) -> Money:
        if type(factor) is not int:
            raise MoneyError("money is multiplied by whole numbers only")
        return Money(self.minor * factor, self.currency)

    __rmul__ = __mul__

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    @property
    def is_negative(self) -> bool:
        return self.minor < 0

    def decimal_text(self) -> str:
        """ "12.50", "-0.05": major units with two decimals, no sign of currency, no grouping."""
        major, fraction = divmod(abs(self.minor), MINOR_PER_MAJOR)
        return f"{'-' if self.minor < 0 else ''}{major}.{fraction:02d}"

    def _same(self, other: Money) -> int:
        if not isinstance(other, Money):
            raise MoneyError("money is combined with money only")
        if other.currency != self.currency:
            raise MoneyError(f"{self.currency} and {other.currency} do not mix")
        return other.minor
