"""Coupon offers as a TOML file that people write (config/demo/offers.toml is one)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec

from kiosk.configfile import TomlFile, text_fault
from kiosk.domain.coupon import CouponError, CouponTerms
from kiosk.domain.local_text import LocalText
from kiosk.domain.money import Money, MoneyError

MAX_NAME_CHARS = 24  # of a line on the smallest receipt and on a button in the largest text


class _Table(msgspec.Struct, forbid_unknown_fields=True):
    pass


class _Name(_Table):
    zh: str
    en: str


class _Offer(_Table):
    """Either `amount_off`, or `percent_off` and `at_most`."""

    id: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]*\Z", max_length=40)]
    name: _Name
    valid_from: datetime
    valid_until: datetime
    amount_off: str | None = None
    percent_off: int | None = None
    at_most: str | None = None
    minimum: str = "0"


class _Offers(_Table):
    offer: Annotated[list[_Offer], msgspec.Meta(min_length=1, max_length=1000)]


def load_offers(path: Path, currency: str) -> dict[str, CouponTerms]:
    """The file's offers by id, amounts in that currency. Raises ConfigFileError (file, line, field)."""
    file = TomlFile(path)
    found: dict[str, CouponTerms] = {}
    for i, offer in enumerate(file.convert(_Offers).offer):
        if offer.id in found:
            raise file.error(f"offer[{i}].id", f"{offer.id!r} stands twice")
        found[offer.id] = _terms(file, f"offer[{i}]", offer, currency)
    return found


def _terms(file: TomlFile, field: str, offer: _Offer, currency: str) -> CouponTerms:
    for language, words in (("zh", offer.name.zh), ("en", offer.name.en)):
        fault = text_fault(words, MAX_NAME_CHARS)
        if fault:
            raise file.error(f"{field}.name.{language}", fault)
    is_fixed = offer.amount_off is not None
    if is_fixed == (offer.percent_off is not None) or (offer.percent_off is None) != (offer.at_most is None):
        raise file.error(f"{field}.id", "needs either amount_off, or percent_off and at_most")
    cap = "amount_off" if is_fixed else "at_most"
    try:
        return CouponTerms(
            LocalText(offer.name.zh, offer.name.en),
            100 if offer.percent_off is None else offer.percent_off,
            _money(file, f"{field}.{cap}", offer.amount_off or offer.at_most or "", currency),
            _money(file, f"{field}.minimum", offer.minimum, currency),
            offer.valid_from,
            offer.valid_until,
        )
    except CouponError as error:
        raise file.error(f"{field}.id", str(error)) from error


def _money(file: TomlFile, field: str, amount: str, currency: str) -> Money:
    try:
        return Money.parse(amount, currency)
    except MoneyError as error:
        raise file.error(field, str(error)) from error
