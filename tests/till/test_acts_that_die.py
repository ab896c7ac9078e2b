"""Refund, cash for an order, top-up: the program dies at every step of it. Asked for again under the same id after the
start, it is done, once, here and at central."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from kiosk.domain.order import Order
from kiosk.services.cash_top_up import CashTaken
from kiosk.services.counter_payment import CounterSettled
from kiosk.services.refund import Refunded
from kiosk.services.staff_acts import StaffAct
from tests.central.support import Central, Diner
from tests.till.dying import Died, DyingStore, Steps
from tests.till.staff import COUNTER
from tests.till.till import Services, Till, act, yuan

MAX_STEPS = 40


@dataclass(frozen=True)
class Counter:
    """A till with an order that was paid and one that is due, of one member."""

    till: Till
    member: Diner
    paid: Order
    due: Order


@dataclass(frozen=True)
class Kind:
    """`do` is the act; `balance` the member's afterwards, of 50.00 of which 12.00 were spent before."""

    name: str
    do: Callable[[Services, Counter, StaffAct], object]
    balance: str
    state_of_due: str = "awaiting_payment"

    def __str__(self) -> str:
        return self.name


KINDS = (
    Kind("refund", lambda s, c, a: s.refunds.refund(a, c.paid.id, None, restock=True), "50.00"),
    Kind("refund by staff", lambda s, c, a: s.refunds.refund(a, c.paid.id, None, restock=True, by=COUNTER), "50.00"),
    Kind("void", lambda s, c, a: s.refunds.void(a, c.paid.id), "50.00"),
    Kind("cash", lambda s, c, a: s.counter_payments.take_cash(a, c.due.id), "38.00", "paid"),
    Kind("cancel", lambda s, c, a: s.counter_payments.cancel(a, c.due.id), "38.00", "cancelled"),
    Kind("top-up", lambda s, c, a: s.cash_top_ups.take(a, c.member.card_uid, yuan("20"), "zh"), "58.00"),
)


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_whatever_step_it_dies_at(central: Central, tmp_path: Path, kind: Kind) -> None:
    for dies_at in range(1, MAX_STEPS):
        folder = tmp_path / f"{dies_at}"
        folder.mkdir()
        member = central.add_member("50.00")
        till = Till(central, folder)
        paid = till.sells(("dumplings", 1), card_uid=member.card_uid)
        counter = Counter(till, member, paid, till.takes_order(("rice", 1), card_uid=member.card_uid))
        steps = Steps(folder, tmp_path / f"{dies_at}-crashed", dies_at)
        wanted = act()
        try:
            kind.do(Services(DyingStore(till.store, steps), till.services.line), counter, wanted)
        except Died:
            till.reopens(steps.crash_image)
        else:
            assert dies_at > 5, "too few steps: nothing is proved"
            till.store.close()
            return
        done = kind.do(till.services, counter, wanted)
        assert isinstance(done, Refunded | CounterSettled | CashTaken), f"step {dies_at}: {done}"
        till.uploads()
        assert till.quarantined() == []
        assert central.free(member) == yuan(kind.balance), f"step {dies_at}"
        assert central.staff_get(f"/v1/orders/{counter.due.id}")["state"] == kind.state_of_due
        till.store.close()
    raise AssertionError("the act has more steps than were expected")
