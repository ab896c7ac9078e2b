"""Coupons that staff offer and give to members."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from central.coupons.service import coupon_id_of, import_offers, issue_coupons
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
        world.books.offers.append(tuple(member_ids))
        _give(world, number)
        for member_id in member_ids:
            world.books.coupons[coupon_unit(coupon_id_of(f"offer-{number}", member_id))] = member_id
    world.trace.add("coupons", len(world.books.coupons))


def give_again(world: World) -> None:
    """What a restored central may have forgotten."""
    for number in range(len(world.books.offers)):
        _give(world, number)


def _give(world: World, number: int) -> None:
    path = world.folder / "offers.toml"
    path.write_text(_OFFER.format(number=number, takes_off=_TAKES_OFF[number % len(_TAKES_OFF)]), encoding="utf-8")
    world.central.manage(partial(import_offers, path=path))
    member_ids = world.books.offers[number]
    world.central.manage(partial(issue_coupons, offer_id=f"offer-{number}", member_ids=member_ids))
