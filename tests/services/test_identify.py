"""Who a card is, as this terminal was told."""

from __future__ import annotations

from kiosk.domain.money import Money
from kiosk.services.identify import CardIsBlocked, CardNotKnown, Identified, identify
from tests.services.terminal import BLOCKED_CARD, CARD, UNKNOWN_CARD, Terminal, member


def test_identify() -> None:
    store = Terminal().store
    assert identify(store, CARD) == Identified(member(f"of-{CARD}"), CARD, Money(0))
    assert identify(store, BLOCKED_CARD) == CardIsBlocked(BLOCKED_CARD)
    assert identify(store, UNKNOWN_CARD) == CardNotKnown(UNKNOWN_CARD)


def test_nothing_is_written() -> None:
    terminal = Terminal()
    identify(terminal.store, CARD)
    assert terminal.store.commits == 0
