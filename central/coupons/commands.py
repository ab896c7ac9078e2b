"""`python -m central import-offers | issue-coupon`: the command line of this folder."""

from __future__ import annotations

import argparse
from pathlib import Path

from central.commands import AddCommand, say
from central.coupons.service import import_offers, issue_coupons
from central.opening import opened
from central.settings import Settings


def add_commands(command: AddCommand) -> None:
    offers = command("import-offers", _import_offers, "add the coupon offers of a TOML file, all or none")
    offers.add_argument("file", type=Path)
    coupon = command("issue-coupon", _issue_coupon, "give members a coupon of an offer, each at most once")
    coupon.add_argument("offer")
    coupon.add_argument("member", nargs="+")


def _import_offers(settings: Settings, arguments: argparse.Namespace) -> None:
    with opened(settings) as parts:
        new = parts.transactions.write(lambda tx: import_offers(tx, arguments.file))
    say(f"new offers: {len(new)}")


def _issue_coupon(settings: Settings, arguments: argparse.Namespace) -> None:
    with opened(settings) as parts:
        given = parts.transactions.write(lambda tx: issue_coupons(tx, arguments.offer, arguments.member))
    say(f"coupons given: {given}")
