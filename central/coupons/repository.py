"""Coupons: what is offered, and who was given one. Whether it was used stands in the ledger, whether it is being used
in the open grants."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    LargeBinary,
    Row,
    String,
    Table,
    UniqueConstraint,
    bindparam,
    insert,
    literal,
    select,
)

from central.database import UtcDateTime, metadata
from central.statements import Statement, by_keys
from central.wallet.accounts import held_in_grants, total
from central.wallet.ledger import ledger_posting
from central.wallet.repository import money_grant
from kiosk.domain.coupon import MAX_COUPONS, Coupon, CouponTerms
from kiosk.domain.ids import CouponId
from kiosk.domain.unit import coupon_unit
from kiosk.sync import wire

# `terms` is the CouponTerms as JSON.
coupon_offer = Table(
    "coupon_offer",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("terms", LargeBinary, nullable=False),
    Column("valid_until", UtcDateTime, nullable=False),
)

# A member is given each offer at most once.
coupon = Table(
    "coupon",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("offer_id", ForeignKey("coupon_offer.id"), nullable=False),
    Column("member_id", ForeignKey("member.id"), nullable=False),
    Column("issued_at", UtcDateTime, nullable=False),
    UniqueConstraint("member_id", "offer_id"),
)

_UNIT = literal(coupon_unit(CouponId("")), String) + coupon.c.id  # which is its account's name, too
_FREE = total(ledger_posting.c.amount_minor, ledger_posting.c.account == _UNIT) - held_in_grants(
    money_grant.c.member_id == coupon.c.member_id, money_grant.c.unit == _UNIT
)
_USABLE = by_keys(
    lambda among: (
        select(coupon.c.id, coupon.c.member_id, coupon_offer.c.terms)
        .join(coupon_offer)
        .where(among(coupon.c.member_id), coupon_offer.c.valid_until > bindparam("moment"), _FREE > 0)
        .order_by(coupon.c.member_id, coupon_offer.c.valid_until, coupon.c.id)
    )
)
_COUPON = Statement(
    select(coupon, coupon_offer.c.terms, _FREE.label("free")).join(coupon_offer).where(coupon.c.id == bindparam("id"))
)
_OFFER = select(coupon_offer).where(coupon_offer.c.id == bindparam("id"))
_KNOWN = by_keys(lambda among: select(coupon.c.id).where(among(coupon.c.id)))
_HAVE = by_keys(
    lambda among: select(coupon.c.member_id).where(among(coupon.c.member_id), coupon.c.offer_id == bindparam("offer"))
)


def terms_of(row: Row[Any]) -> CouponTerms:
    return _read_terms(row.terms)


@lru_cache(maxsize=256)  # offers are few, and read with every coupon of every member who pays
def _read_terms(body: bytes) -> CouponTerms:
    terms: CouponTerms = wire.decode(body, CouponTerms)
    return terms


def find_offer(connection: Connection, offer_id: str) -> Row[Any] | None:
    return connection.execute(_OFFER, {"id": offer_id}).one_or_none()


def add_offer(connection: Connection, offer_id: str, terms: CouponTerms) -> None:
    row = {"id": offer_id, "terms": wire.encode(terms), "valid_until": terms.valid_until}
    connection.execute(insert(coupon_offer), row)


def find_coupon(connection: Connection, coupon_id: str) -> Row[Any] | None:
    """With its `terms`, and in `free` 1 while it is neither used nor being used, else 0."""
    return _COUPON.one_or_none(connection, {"id": coupon_id})


def usable_coupons(connection: Connection, member_ids: Sequence[str], now: datetime) -> dict[str, tuple[Coupon, ...]]:
    """What to tell terminals, by member: not used, not ended, at most MAX_COUPONS each; perhaps not yet begun."""
    found: dict[str, list[Coupon]] = defaultdict(list)
    for row in _USABLE.of_keys(connection, member_ids, {"moment": now}):
        found[row.member_id].append(Coupon(CouponId(row.id), terms_of(row)))
    return {member_id: tuple(coupons[:MAX_COUPONS]) for member_id, coupons in found.items()}


def who_has(connection: Connection, offer_id: str, member_ids: Sequence[str]) -> set[str]:
    return {row.member_id for row in _HAVE.of_keys(connection, member_ids, {"offer": offer_id})}


def known_coupons(connection: Connection, coupon_ids: Sequence[str]) -> set[str]:
    return {row.id for row in _KNOWN.of_keys(connection, coupon_ids)}


def add_coupons(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Whole rows of `coupon`."""
    if rows:
        connection.execute(insert(coupon), rows)
