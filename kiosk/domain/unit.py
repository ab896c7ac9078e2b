"""Units of account: what an amount counts. A currency, points, or one coupon, of which there is exactly one.

Wallet amounts are `Money` whose `currency` is such a unit's code: grants, spends and the ledger then have one code path
for all units, and amounts of different units never mix.
"""

from __future__ import annotations

import re
from functools import lru_cache

from kiosk.domain.ids import CouponId

POINTS = "PTS"
_COUPON_PREFIX = "COUPON:"
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_COUPON = re.compile(_COUPON_PREFIX + r"[0-9a-f-]{36}", re.ASCII)


def coupon_unit(coupon_id: CouponId) -> str:
    """The unit of that one coupon."""
    return _COUPON_PREFIX + coupon_id


def coupon_in(unit: str) -> CouponId | None:
    """Whose unit it is; None for money and points."""
    return CouponId(unit.removeprefix(_COUPON_PREFIX)) if unit.startswith(_COUPON_PREFIX) else None


@lru_cache(maxsize=256)  # asked for with every amount
def is_unit(code: str) -> bool:
    return _CURRENCY.fullmatch(code) is not None or _COUPON.fullmatch(code) is not None
