"""What central told, epoch by epoch, as the store keeps it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from kiosk.domain.ids import DishId, MemberId, OrderId, PaymentId
from kiosk.domain.member import Card, CardState
from kiosk.domain.money import Money
from kiosk.domain.payer import ByCard
from kiosk.domain.payment import Payment, PaymentMethod, PaymentState
from kiosk.store.sqlite_store import SqliteStore
from kiosk.store.unit_of_work import UnitOfWork
from kiosk.sync.wire import encode
from tests.domain.canteen import MENU
from tests.store.sales import CARD, CARD_UID, MEMBER

SOUP = DishId("soup")
THE_MEMBER: dict[str, Any] = {"members": {MEMBER.id: encode(MEMBER)}}

# What is told first, what of the new epoch makes it visible, and how it is seen.
ONE_THING: dict[str, tuple[dict[str, Any], dict[str, Any], Callable[[UnitOfWork], object]]] = {
    "menu": ({"menus": [MENU]}, {}, lambda unit: unit.menus.current()),
    "member": (THE_MEMBER, {}, lambda unit: unit.members.get(MEMBER.id)),
    "card": ({"cards": {CARD_UID: CARD}}, THE_MEMBER, lambda unit: unit.members.by_card(CARD_UID)),
    "stock": ({"stock": {SOUP: (3, False)}}, {}, lambda unit: unit.stock.levels().portions),
}


def read(store: SqliteStore, epoch: str, *, more: bool, **named: Any) -> None:
    """A page of that epoch, which is entered if it is not the present one."""
    page: dict[str, Any] = {"menus": [], "members": {}, "cards": {}, "stock": {}} | named
    with store.transaction() as unit:
        present, after = unit.feed.cursor()
        if present != epoch:
            unit.feed.enter_epoch(epoch)
            after = 0
        unit.feed.apply_page(epoch=epoch, next_after=after + 1, more=more, **page)


@pytest.mark.parametrize("first_read_is_whole", [True, False])
@pytest.mark.parametrize(("named", "beside", "seen"), ONE_THING.values(), ids=ONE_THING)
def test_what_an_earlier_epoch_named_goes_with_the_last_page_of_the_next(
    store: SqliteStore,
    named: dict[str, Any],
    beside: dict[str, Any],
    seen: Callable[[UnitOfWork], object],
    first_read_is_whole: bool,
) -> None:
    """Whatever one thing it was, also of an epoch that was never read to its end."""

    def is_seen() -> bool:
        with store.transaction() as unit:
            return bool(seen(unit))

    read(store, "first", more=not first_read_is_whole, **named)
    read(store, "next", more=True, **beside)
    assert is_seen()
    read(store, "next", more=False)
    assert not is_seen()


def test_all_of_a_first_read_stays(store: SqliteStore) -> None:
    read(store, "first", more=True, **THE_MEMBER)
    read(store, "first", more=False, cards={CARD_UID: CARD})
    with store.transaction() as unit:
        assert unit.members.by_card(CARD_UID) == (MEMBER, CARD)


def test_every_row_of_a_page_is_stored_as_it_was_told_last(store: SqliteStore) -> None:
    """As many as go by handfuls, and some more; new ones, changed ones and gone ones."""
    everyone = [replace(MEMBER, id=MemberId(f"m-{i}"), points=i) for i in range(1001)]
    read(store, "first", more=False, members={one.id: encode(one) for one in everyone})
    changed = [replace(one, points=-one.points) for one in everyone[300:901]]
    gone = dict.fromkeys(one.id for one in everyone[:250])
    read(store, "first", more=False, members={one.id: encode(one) for one in changed} | gone)
    with store.transaction() as unit:
        known = [unit.members.get(one.id) for one in everyone]
    assert known == [None] * 250 + everyone[250:300] + changed + everyone[901:]


def test_every_card_of_a_page_is_stored(store: SqliteStore) -> None:
    cards = [Card(f"{i:08X}", MEMBER.id, CardState.BLOCKED if i % 3 else CardState.ACTIVE) for i in range(407)]
    read(store, "first", more=False, cards={card.uid: card for card in cards}, **THE_MEMBER)
    with store.transaction() as unit:
        assert [unit.members.by_card(card.uid) for card in cards] == [(MEMBER, card) for card in cards]


def test_with_a_member_go_their_cards_and_what_was_paid_with_them(store: SqliteStore) -> None:
    other = replace(MEMBER, id=MemberId("m-other"))
    passed_on = Card("AA55AA55", other.id)
    read(store, "first", more=False, members={m.id: encode(m) for m in (MEMBER, other)},
         cards={CARD_UID: CARD, passed_on.uid: replace(passed_on, member_id=MEMBER.id)})  # fmt: skip
    settled, unresolved, others = (
        Payment(PaymentId(uuid4()), OrderId(uuid4()), PaymentMethod.BALANCE, Money(100)) for _ in range(3)
    )
    with store.transaction() as unit:
        for payment, uid in ((settled, CARD_UID), (unresolved, CARD_UID), (others, "BB66BB66")):
            unit.payments.add(payment, ByCard(uid))
        for payment in (settled, others):
            unit.payments.settle(payment.to(PaymentState.NOT_CHARGED))
    read(store, "first", more=False, members={MEMBER.id: None}, cards={passed_on.uid: passed_on})
    with store.transaction() as unit:
        assert unit.members.get(MEMBER.id) is None
        assert unit.members.cards_of(MEMBER.id) == ()
        assert unit.members.cards_of(other.id) == (passed_on,), "it is another member's since"
        assert unit.payments.payer_of(settled.id) is None
        assert unit.payments.payer_of(unresolved.id) == ByCard(CARD_UID), "it is not known yet how that one ends"
        assert unit.payments.payer_of(others.id) == ByCard("BB66BB66")
