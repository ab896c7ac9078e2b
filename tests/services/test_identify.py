"""Who a card is, as this terminal was told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from kiosk.domain.coupon import Coupon, CouponTerms
from kiosk.domain.ids import CouponId
from kiosk.domain.local_text import LocalText
from kiosk.domain.money import Money
from kiosk.domain.payer import ByCard
from kiosk.services.identify import CardIsBlocked, CardNotKnown, Identified, identify
from tests.services.terminal import BLOCKED_CARD, CARD, MOMENT, UNKNOWN_CARD, Terminal, member


def test_identify() -> None:
    store = Terminal().store
    assert identify(store, CARD, MOMENT) == Identified(member(f"of-{CARD}"), ByCard(CARD), Money(0))
    assert identify(store, BLOCKED_CARD, MOMENT) == CardIsBlocked(BLOCKED_CARD)
    assert identify(store, UNKNOWN_CARD, MOMENT) == CardNotKnown(UNKNOWN_CARD)


def test_only_the_coupons_that_are_valid_now() -> None:
    store = Terminal().store
    name, day = LocalText("券", "Coupon"), timedelta(days=1)
    spans = [(MOMENT - day, MOMENT), (MOMENT, MOMENT + day), (MOMENT + day, MOMENT + 2 * day)]
    coupons = tuple(
        Coupon(CouponId(f"c{n}"), CouponTerms(name, 100, Money(500), Money(0), *span)) for n, span in enumerate(spans)
    )
    known, card = store.members[CARD]
    store.members[CARD] = replace(known, coupons=coupons), card
    found = identify(store, CARD, MOMENT)
    assert isinstance(found, Identified)
    assert found.member.coupons == (coupons[1],)


def test_nothing_is_written() -> None:
    terminal = Terminal()
    identify(terminal.store, CARD, MOMENT)
    assert terminal.store.commits == 0
