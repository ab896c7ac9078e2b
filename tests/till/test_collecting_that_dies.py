"""A counter that collects an order dies at every step of it. Asked for again under the same act after the start, the
order is collected once, here and at central, and nobody is charged twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from central.orders.collection_repository import list_paid_twice
from kiosk.domain.audit import Act
from kiosk.domain.due_order import DueOrder
from kiosk.domain.payer import ByCard, Payer
from kiosk.services.collected import Collected
from kiosk.services.recovery import resolve_unfinished
from kiosk.services.staff_acts import StaffAct
from tests.central.support import Central
from tests.till.counter import Counter, slip
from tests.till.dying import Died, DyingLine, DyingStore, Steps
from tests.till.test_pay_by_face import GENEROUS, FaceTill
from tests.till.till import Services, Till, act, yuan

MAX_STEPS = 60
Collect = Callable[[Counter, StaffAct, DueOrder, Payer], object]


@dataclass(frozen=True)
class Kind:
    """`charged`: to the member."""

    name: str
    do: Collect
    charged: str
    is_usual: bool = False
    by_face: bool = False

    def __str__(self) -> str:
        return self.name


def _in_cash(counter: Counter, given: StaffAct, due: DueOrder, _: Payer) -> object:
    return counter.collect.take_cash(given, due)


def _from_balance(counter: Counter, given: StaffAct, due: DueOrder, payer: Payer) -> object:
    return counter.collect.pay(given, due, payer)


KINDS = (
    Kind("cash", _in_cash, "0.00"),
    Kind("card, central asked", _from_balance, "12.00"),
    Kind("card, set aside here", _from_balance, "12.00", is_usual=True),
    Kind("face, central asked", _from_balance, "12.00", by_face=True),
)


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_whatever_step_it_dies_at(central: Central, tmp_path: Path, kind: Kind) -> None:
    (tmp_path / "self-service").mkdir()
    taking = Till(central, tmp_path / "self-service")
    for dies_at in range(1, MAX_STEPS):
        if not _survives(central, tmp_path, taking, kind, dies_at):
            assert dies_at > 5, "too few steps: nothing is proved"
            taking.store.close()
            return
    raise AssertionError("it has more steps than were expected")


def _survives(central: Central, tmp_path: Path, taking: Till, kind: Kind, dies_at: int) -> bool:
    """False when it ended before it could die."""
    folder = tmp_path / f"{dies_at}"
    folder.mkdir()
    member = central.add_member("100.00")
    till = Till(central, folder)
    if kind.is_usual:
        till.is_usual_for(member)
    at = FaceTill(till, member) if kind.by_face else None
    limits, clock = (GENEROUS, at.clock) if at else (None, None)
    payer = at.payer if at else ByCard(member.card_uid)
    before = central.account(member).spendable
    order = taking.takes_order(("dumplings", 1))
    text, given = slip(taking, order), act()
    due = Counter(till).scans(text)
    steps = Steps(folder, tmp_path / f"{dies_at}-crashed", dies_at)
    try:
        dying = Services(DyingStore(till.store, steps), DyingLine(till.services.line, steps))
        kind.do(Counter(till, dying, limits, clock), given, due, payer)
    except Died:
        till.reopens(steps.crash_image)
    else:
        till.store.close()
        return False
    resolve_unfinished(till.store, till.services.encoder)
    done = kind.do(Counter(till, None, limits, clock), given, due, payer)
    assert isinstance(done, Collected), f"step {dies_at}: {done}"
    for side in (till, taking):
        side.uploads()
        assert side.quarantined() == []
    assert central.account(member).spendable == before - yuan(kind.charged), f"step {dies_at}"
    assert at is None or at.acts() == [(Act.PAID_BY_FACE, member.id)], f"step {dies_at}"
    assert central.staff_get(f"/v1/orders/{order.id}")["state"] == "paid"
    rows = central.parts.transactions.read(lambda c: list_paid_twice(c, only_open=False))
    assert order.id not in {row.order_id for row in rows}
    till.store.close()
    return True
