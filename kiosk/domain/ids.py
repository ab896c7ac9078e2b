"""Identifiers. Everything a terminal makes carries a UUIDv7 (RFC 9562) made on that terminal."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextvars import ContextVar
from typing import NewType
from uuid import UUID

OrderId = NewType("OrderId", UUID)
PaymentId = NewType("PaymentId", UUID)
GrantId = NewType("GrantId", UUID)
RefundId = NewType("RefundId", UUID)
CounterPaymentId = NewType("CounterPaymentId", UUID)
TopUpId = NewType("TopUpId", UUID)
CollectionId = NewType("CollectionId", UUID)
UndoneCollectionId = NewType("UndoneCollectionId", UUID)
ShiftId = NewType("ShiftId", UUID)
ZReportId = NewType("ZReportId", UUID)
ZCorrectionId = NewType("ZCorrectionId", UUID)
CashMovementId = NewType("CashMovementId", UUID)
FaceConsentId = NewType("FaceConsentId", UUID)
FaceDeletionId = NewType("FaceDeletionId", UUID)
FaceKeyId = NewType("FaceKeyId", UUID)
MemberId = NewType("MemberId", str)
TerminalId = NewType("TerminalId", str)
DishId = NewType("DishId", str)
ComboId = NewType("ComboId", str)
CouponId = NewType("CouponId", str)
StaffId = NewType("StaffId", str)
StockActId = NewType("StockActId", UUID)
CardBlockId = NewType("CardBlockId", UUID)
MemberActId = NewType("MemberActId", UUID)

_RANDOM_BITS = 74

# Where ids draw their random bits. A simulation that must run the same way twice sets another source, for itself alone.
random_bits: ContextVar[Callable[[int], int]] = ContextVar("random_bits", default=secrets.randbits)


def uuid7(unix_ms: int) -> UUID:
    """A UUIDv7 for that millisecond of Unix time: 48 bits of time, 74 of randomness (RFC 9562, 5.7).

    Uniqueness rests on the random bits, never on the clock being right.
    """
    drawn = random_bits.get()(_RANDOM_BITS)
    value = (unix_ms & 0xFFFF_FFFF_FFFF) << 80
    value |= 0x7 << 76 | (drawn >> 62) << 64
    value |= 0b10 << 62 | drawn & ((1 << 62) - 1)
    return UUID(int=value)


def unix_ms_of(made: UUID) -> int:
    """The millisecond of Unix time that a UUIDv7 was made for."""
    return made.int >> 80


def first_uuid7(unix_ms: int) -> UUID:
    """Every UUIDv7 of that millisecond, or a later one, is above it; those of before are below."""
    return UUID(int=(unix_ms & 0xFFFF_FFFF_FFFF) << 80)
