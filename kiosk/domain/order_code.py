"""The code on an order's papers, by which staff find it again. It finds and does nothing else: what pays is the slip of
an order that is due (kiosk.domain.slip), which is signed. Nothing in it says who ordered.

For a scanner: `kiosk:order:` and the order's id. For whoever has none: eight digits, typed like an order number. The
first three say on which day (UTC, since 1970, modulo 1000) the id was made, the others are the end of its random part,
so that another day's or another terminal's order is hardly ever taken for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from kiosk.domain.ids import OrderId, first_uuid7, unix_ms_of

_PREFIX = "kiosk:order:"
_CODE = re.compile(_PREFIX + "([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})", re.ASCII)
_SHORT = re.compile("([0-9]{3}) ?([0-9]{5})", re.ASCII)
_DAY_MS = 86_400_000
_DAYS = 1000
_RESTS = 100_000


def order_code(order_id: OrderId) -> str:
    """What the code on the paper says."""
    return f"{_PREFIX}{order_id}"


def read_order_code(text: str) -> OrderId | None:
    """None for any text that is not one, whatever it is."""
    read = _CODE.fullmatch(text)
    return OrderId(UUID(read[1])) if read else None


@dataclass(frozen=True, slots=True)
class ShortCode:
    """`day` of the thousand, `rest` of the id."""

    day: int
    rest: int

    def __str__(self) -> str:
        return f"{self.day:03d} {self.rest:05d}"

    def is_of(self, order_id: OrderId) -> bool:
        return self == short_code(order_id)

    def ids_until(self, newest: OrderId) -> tuple[OrderId, OrderId]:
        """The first possible id of that day, and the first of the next: the last such day up to that of `newest`."""
        newest_day = _day_of(newest)
        day = newest_day - (newest_day - self.day) % _DAYS
        first, end = (OrderId(first_uuid7(max(0, of) * _DAY_MS)) for of in (day, day + 1))
        return first, end


def short_code(order_id: OrderId) -> ShortCode:
    return ShortCode(_day_of(order_id) % _DAYS, order_id.int % _RESTS)


def read_short_code(typed: str) -> ShortCode | None:
    """None where it is not eight digits."""
    read = _SHORT.fullmatch(typed)
    return ShortCode(int(read[1]), int(read[2])) if read else None


def _day_of(order_id: OrderId) -> int:
    return unix_ms_of(order_id) // _DAY_MS
