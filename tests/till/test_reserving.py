"""Two tills and the last portions: over a real line, with a real central or none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest

from central.stock.allotments import free_portions
from central.stock.repository import add_movements, portions_left
from central.transactions import Transaction
from kiosk.domain.ids import DishId
from kiosk.domain.stock import StockMovement
from kiosk.domain.stock_act import WasteReason
from kiosk.services.checkout import Checkout
from kiosk.services.counter_sale import CashSales, CashSold
from kiosk.services.outcomes import DueAtCounter, NotCharged, NotChargedReason, Paid
from kiosk.services.reserving import Reserving
from kiosk.sync.line import CentralAddress
from kiosk.sync.portions import CentralAllotments
from tests.central.support import Central
from tests.services.fakes import Signal
from tests.till.stocking import RESTOCKER, Stocking, done, new_act
from tests.till.till import KEYED, POINTS, Till, act, yuan

NewTill = Callable[[], Till]
OVERSELL = 2
DUMPLINGS = DishId("dumplings")
NOBODY = CentralAddress("http://127.0.0.1:9", 0.5)


class Sells:
    """What of a till sells, and reserves before."""

    def __init__(self, till: Till, allotments: CentralAllotments) -> None:
        self.till = till
        self.reserving = Reserving(till.store, allotments, OVERSELL)
        desk, encoder, clock = till.services.desk, till.services.encoder, till.services.clock
        common = till.store, encoder, desk, Signal(), clock
        self.checkout = Checkout(
            till.store, till.services.line, encoder, desk, Signal(), clock, POINTS, reserving=self.reserving
        )
        self.cash = CashSales(*common, KEYED, self.reserving)

    def takes(self, portions: int) -> DueAtCounter | NotCharged:
        request = self.till.request(self.till.cart((DUMPLINGS, portions)))
        outcome = self.checkout.take_order_for_counter(request, None)
        assert isinstance(outcome, DueAtCounter | NotCharged)
        return outcome

    def freezes(self, portions: int) -> NotCharged | None:
        request = self.till.request(self.till.cart((DUMPLINGS, portions)))
        return self.reserving.freeze(request.cart, request.shown_total)

    @property
    def sold_beyond(self) -> dict[DishId, int]:
        with self.till.store.transaction() as tx:
            return tx.portions.sold_beyond()


@pytest.fixture
def selling() -> Iterator[Callable[..., Sells]]:
    """A till's, asking central or whoever is there."""
    with ExitStack() as stack:

        def make(till: Till, address: CentralAddress | None = None) -> Sells:
            return Sells(till, stack.enter_context(_asking(till, address or till.address)))

        yield make


@contextmanager
def _asking(till: Till, address: CentralAddress) -> Iterator[CentralAllotments]:
    allotments = CentralAllotments(address, till.identity, till.store)
    try:
        yield allotments
    finally:
        allotments.close()


def leave(central: Central, *tills: Till, portions: int) -> None:
    """So many dumplings that no terminal holds, which all of them know."""
    write, read = central.parts.transactions.write, central.parts.transactions.read
    for till in tills:
        till.uploads()
    free = read(lambda c: free_portions(c, [DUMPLINGS]))[DUMPLINGS]
    movement = StockMovement(DUMPLINGS, portions - free, "restock")

    def book(tx: Transaction) -> None:
        tx.changes.dishes |= add_movements(tx.connection, [movement], None, tx.now)

    write(book)
    for till in tills:
        till.reads_feed()


def test_the_last_one_is_whose_cart_was_frozen_first(
    central: Central, new_till: NewTill, selling: Callable[..., Sells]
) -> None:
    first, second = (selling(new_till()) for _ in range(2))
    leave(central, first.till, second.till, portions=1)
    assert first.freezes(1) is None
    outcome = second.takes(1)
    assert isinstance(outcome, NotCharged)
    assert (outcome.reason, outcome.left) == (NotChargedReason.SOLD_OUT, ((DUMPLINGS, 0),))
    first.till.reads_feed()
    first.till.uploads()  # central has asked for it: it is kept all the same
    assert isinstance(first.takes(1), DueAtCounter)
    assert first.sold_beyond == {}


def test_who_leaves_gives_it_to_whoever_wants_it(
    central: Central, new_till: NewTill, selling: Callable[..., Sells]
) -> None:
    first, second = (selling(new_till()) for _ in range(2))
    leave(central, first.till, second.till, portions=1)
    assert first.freezes(1) is None
    assert isinstance(second.takes(1), NotCharged)
    first.reserving.let_go()
    first.till.reads_feed()
    first.till.uploads()
    assert isinstance(second.takes(1), DueAtCounter)


def test_the_customer_hears_how_many_there_are(
    central: Central, new_till: NewTill, selling: Callable[..., Sells]
) -> None:
    till = selling(new_till())
    leave(central, till.till, portions=2)
    short = till.freezes(2)
    assert short is None
    assert till.till.left(DUMPLINGS) >= 2
    outcome = till.freezes(3)
    assert outcome is not None
    assert outcome.left == ((DUMPLINGS, 2),)


def test_without_central_the_hand_first_and_then_the_bound(
    central: Central, new_till: NewTill, selling: Callable[..., Sells]
) -> None:
    online = selling(new_till())
    leave(central, online.till, portions=20)
    assert online.freezes(2) is None
    with online.till.store.transaction() as tx:
        in_hand = tx.portions.here([DUMPLINGS])[DUMPLINGS].in_hand
    away = selling(online.till, NOBODY)
    assert [type(away.takes(1)) for _ in range(in_hand)] == [DueAtCounter] * in_hand
    assert away.sold_beyond == {}
    assert [type(away.takes(1)) for _ in range(OVERSELL)] == [DueAtCounter] * OVERSELL
    assert away.sold_beyond == {DUMPLINGS: OVERSELL}
    assert isinstance(away.takes(1), NotCharged)
    away.till.uploads()
    assert isinstance(away.takes(1), NotCharged), "sent, and not heard to be booked"
    away.till.reads_feed()
    assert away.sold_beyond == {}
    left = central.parts.transactions.read(lambda c: portions_left(c, [DUMPLINGS]))[DUMPLINGS]
    assert away.till.left(DUMPLINGS) == left


def test_a_crash_lets_go_and_loses_nothing(central: Central, new_till: NewTill, selling: Callable[..., Sells]) -> None:
    till = new_till()
    before = selling(till)
    leave(central, till, portions=1)
    assert before.freezes(1) is None
    till.reopens()
    assert isinstance(selling(till, NOBODY).takes(1), DueAtCounter), "it is still in hand"


def test_a_disk_that_is_enrolled_anew_gives_back_what_it_had(
    central: Central, new_till: NewTill, selling: Callable[..., Sells]
) -> None:
    till, other = new_till(), selling(new_till())
    leave(central, till, portions=1)
    assert selling(till).freezes(1) is None
    till.enrols_anew()
    till.reads_feed()
    till.uploads()
    other.till.reads_feed()
    assert isinstance(other.takes(1), DueAtCounter)


def test_cash_takes_from_the_hand_too(central: Central, new_till: NewTill, selling: Callable[..., Sells]) -> None:
    till = selling(new_till())
    leave(central, till.till, portions=1)
    request = till.till.request(till.till.cart((DUMPLINGS, 1)))
    assert isinstance(till.cash.sell(act(), request, yuan("50.00")), CashSold)
    sold_out = till.cash.sell(act(), request, yuan("50.00"))
    assert isinstance(sold_out, NotCharged)
    assert till.sold_beyond == {}


def test_a_card_pays_for_what_was_reserved(central: Central, new_till: NewTill, selling: Callable[..., Sells]) -> None:
    member = central.add_member("50.00")
    till = selling(new_till())
    leave(central, till.till, portions=1)
    request = till.till.request(till.till.cart((DUMPLINGS, 1)))
    assert isinstance(till.checkout.pay_by_card(request, member.card_uid), Paid)
    (told,) = till.till.told()
    assert [(t["dish_id"], t["reserved"], t["beyond"]) for t in told["taken"]] == [(DUMPLINGS, 1, 0)]
    till.till.uploads()
    assert till.till.quarantined() == []


def hand(till: Till) -> tuple[int, int, int]:
    """(in hand, sold beyond it, free when central last told)"""
    with till.store.transaction() as tx:
        here = tx.portions.here([DUMPLINGS])[DUMPLINGS]
    return here.in_hand, here.beyond, here.free


def test_what_staff_put_here_is_sold_here_without_central(
    central: Central, new_till: NewTill, selling: Callable[..., Sells]
) -> None:
    """And by nobody else, until this terminal has given the rest back."""
    till, other = new_till(), selling(new_till())
    away = selling(till, NOBODY)
    leave(central, till, other.till, portions=0)
    assert hand(till) == (0, 0, 0)
    assert isinstance(away.takes(1), NotCharged)
    done(Stocking(till.store).acts.restock(RESTOCKER, new_act(), {DUMPLINGS: 7}))
    assert hand(till) == (7, 0, 0)
    assert [type(away.takes(1)) for _ in range(5)] == [DueAtCounter] * 5
    assert away.sold_beyond == {}, "they were in its hand"
    till.uploads()
    other.till.reads_feed()  # that there are portions again; whose they are it asks
    assert isinstance(other.takes(1), NotCharged), "what is left is still held there"
    till.reads_feed()
    till.uploads()  # central has asked for it back
    assert till.quarantined() == []
    assert hand(till)[0] == 0
    assert isinstance(other.takes(2), DueAtCounter)
    assert isinstance(selling(till).takes(1), NotCharged)


def test_beyond_what_staff_put_here_the_bound_holds(
    central: Central, new_till: NewTill, selling: Callable[..., Sells]
) -> None:
    till = new_till()
    leave(central, till, portions=0)
    done(Stocking(till.store).acts.restock(RESTOCKER, new_act(), {DUMPLINGS: 3}))
    away = selling(till, NOBODY)
    assert isinstance(away.takes(4), NotCharged)
    assert isinstance(away.takes(3), DueAtCounter)
    assert isinstance(away.takes(1), NotCharged), "none was free besides"


@pytest.mark.parametrize("how", ["undone", "thrown away", "counted"])
def test_what_staff_took_away_again_is_not_sold(
    central: Central, new_till: NewTill, selling: Callable[..., Sells], how: str
) -> None:
    """Others hold what there was before."""
    till, other = new_till(), selling(new_till())
    leave(central, till, other.till, portions=2)
    assert other.freezes(2) is None
    till.reads_feed()
    stock = Stocking(till.store)
    made = done(stock.acts.restock(RESTOCKER, new_act(), {DUMPLINGS: 6}))
    if how == "undone":
        done(stock.acts.undo(RESTOCKER, new_act(), made.act.id))
    elif how == "counted":
        done(stock.counts(DUMPLINGS, till.left(DUMPLINGS) - 6))
    else:
        done(stock.acts.waste(RESTOCKER, new_act(), DUMPLINGS, 6, WasteReason.DROPPED))
    assert hand(till)[0] == 0
    assert isinstance(selling(till, NOBODY).takes(1), NotCharged)
    till.uploads()
    assert till.quarantined() == []
    assert isinstance(selling(till).takes(1), NotCharged)
    assert isinstance(other.takes(2), DueAtCounter)


def test_what_staff_took_away_is_not_there_for_a_cart_either(
    central: Central, new_till: NewTill, selling: Callable[..., Sells]
) -> None:
    """Whoever wants to pay for it hears so, and is charged nothing."""
    till = new_till()
    leave(central, till, portions=0)
    here, stock = selling(till, NOBODY), Stocking(till.store)
    done(stock.acts.restock(RESTOCKER, new_act(), {DUMPLINGS: 3}))
    assert here.freezes(2) is None
    done(stock.acts.waste(RESTOCKER, new_act(), DUMPLINGS, 3, WasteReason.DROPPED))
    assert hand(till)[0] == 0
    assert isinstance(here.takes(2), NotCharged)


def test_what_was_thrown_away_here_is_not_sold_beyond_the_hand(
    central: Central, new_till: NewTill, selling: Callable[..., Sells]
) -> None:
    till = new_till()
    leave(central, till, portions=2)
    done(Stocking(till.store).counts(DUMPLINGS, till.left(DUMPLINGS) - 1))
    away = selling(till, NOBODY)
    assert isinstance(away.takes(1), DueAtCounter)
    assert isinstance(away.takes(1), NotCharged)


def test_a_lower_count_calls_back_what_others_hold(
    central: Central, new_till: NewTill, selling: Callable[..., Sells]
) -> None:
    first, second = (selling(new_till()) for _ in range(2))
    leave(central, first.till, second.till, portions=2)
    assert first.freezes(2) is None
    first.reserving.let_go()
    left = second.till.left(DUMPLINGS)
    done(Stocking(second.till.store).counts(DUMPLINGS, left - 1))
    second.till.uploads()
    first.till.reads_feed()
    first.till.uploads()  # gives back what it had
    assert isinstance(second.takes(1), DueAtCounter)
    assert isinstance(first.takes(1), NotCharged)
    assert first.sold_beyond == second.sold_beyond == {}
