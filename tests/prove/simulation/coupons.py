"""Coupons that staff offer and give to members."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import select

from central.coupons.repository import coupon
from central.coupons.service import import_offers, issue_coupons
from kiosk.domain.ids import CouponId
from kiosk.domain.unit import coupon_unit

if TYPE_CHECKING:
    from tests.prove.simulation.world import World

FIRST_OFFERS = 5
_OFFER = """
[[offer]]
id = "offer-{number}"
name = {{ zh = "券", en = "Coupon" }}
valid_from = 2000-01-01T00:00:00Z
valid_until = 2100-01-01T00:00:00Z
{takes_off}
"""
_TAKES_OFF = ('amount_off = "2.00"', 'percent_off = 50\nat_most = "4.00"', 'amount_off = "5.00"\nminimum = "10.00"')


def give_coupons(world: World, member_ids: Sequence[str], offers: int) -> None:
    """Each of them a coupon of each of so many new offers."""
    for _ in range(offers):
        number = len(world.books.offers)
        path = world.folder / "offers.toml"
        path.write_text(_OFFER.format(number=number, takes_off=_TAKES_OFF[number % len(_TAKES_OFF)]), encoding="utf-8")
        world.books.offers.append(tuple(member_ids))
        world.central.manage(partial(import_offers, path=path))
        world.central.manage(partial(issue_coupons, offer_id=f"offer-{number}", member_ids=member_ids))
    known = world.central.parts.transactions.read(lambda c: c.execute(select(coupon.c.id, coupon.c.member_id)).all())
    world.books.coupons = {coupon_unit(CouponId(row.id)): row.member_id for row in known}
    world.trace.add("coupons", len(world.books.coupons))
