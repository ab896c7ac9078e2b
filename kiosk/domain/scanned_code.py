"""What a scanned code may be, by its looks alone."""

from __future__ import annotations

import re

# WeChat Pay, Alipay, UnionPay: each pays whoever sends it first, so none may stand in a log.
_PAYMENT_CODE = re.compile(r"1[0-5]\d{16}|(?:2[5-9]|30)\d{14,22}|62\d{17}", re.ASCII)


def is_payment_code(text: str) -> bool:
    """A code that somebody's phone shows to pay with."""
    return _PAYMENT_CODE.fullmatch(text) is not None
