"""The program dies at every step of opening a shift, of moving cash and of closing: after the start the thing is
done or it is not, never half, and asked for again under the same id it is done once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest

from kiosk.domain.shift import CashCount, CashDirection, CashMovement, ShiftOpening
from kiosk.domain.z_report import EntryKind, ZReport
from kiosk.services.shifts import Shifts
from kiosk.sync.encoder import WireReader
from tests.central.sales import new_id
from tests.central.support import Central
from tests.services.fakes import Signal
from tests.till.dying import Died, DyingStore, Steps
from tests.till.test_shift import COUNTER, closed, opened, shifts_of
from tests.till.till import Services, Till, act, yuan

MAX_STEPS = 40


@dataclass(frozen=True)
class Kind:
    name: str
    do: Callable[[Shifts, UUID], object]
    was_open: bool = True

    def __str__(self) -> str:
        return self.name


KINDS = (
    Kind("open", lambda shifts, act_id: shifts.open(COUNTER, act_id, CashCount(yuan("50"))), was_open=False),
    Kind("cash", lambda shifts, act_id: shifts.move_cash(COUNTER, act_id, CashDirection.OUT, yuan("5"), "bread")),
    Kind("close", lambda shifts, act_id: shifts.close(COUNTER, act_id, CashCount(yuan("45")), "en")),
)


def dying_shifts(till: Till, steps: Steps) -> Shifts:
    services = Services(DyingStore(till.store, steps), till.services.line)
    return Shifts(
        services.store, services.encoder, WireReader(), services.desk, Signal(), services.clock,
        currency="CNY", handles_cash=True,
    )  # fmt: skip


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_whatever_step_it_dies_at(central: Central, tmp_path: Path, kind: Kind) -> None:
    for dies_at in range(1, MAX_STEPS):
        folder = tmp_path / f"{dies_at}"
        folder.mkdir()
        till = Till(central, folder)
        till.services.counter_payments.take_cash(act(), till.takes_order(("rice", 1)).id)
        if kind.was_open:
            opened(shifts_of(till), "50")
        steps, wanted = Steps(folder, tmp_path / f"{dies_at}-crashed", dies_at), new_id()
        try:
            kind.do(dying_shifts(till, steps), wanted)
        except Died:
            till.reopens(steps.crash_image)
        else:
            assert dies_at > 5, "too few steps: nothing is proved"
            till.store.close()
            return
        _check(till, kind, wanted)
        till.store.close()
    raise AssertionError("the act has more steps than were expected")


def _check(till: Till, kind: Kind, wanted: UUID) -> None:
    shifts = shifts_of(till)
    before = shifts.now(COUNTER)
    with till.store.transaction() as tx:
        reports = tx.shifts.reports(9)
        _, told = tx.outbox.next_batch(99, 10**6)
    told_closed = sum(b'"shift_closed"' in body for _, body in told)
    assert told_closed == len(reports), "the report stands and central is told of it, or neither"
    if kind.name == "close":
        assert (before.opening is None) == bool(reports), "half closed"
    done = kind.do(shifts, wanted)
    assert isinstance(done, ShiftOpening | CashMovement | ZReport), done
    report = done if isinstance(done, ZReport) else closed(shifts, "45")
    assert (report.number, report.totals.of(EntryKind.ORDER).count) == (1, 1)
    assert report.totals.of(EntryKind.CASH_OUT).count == (kind.name == "cash")
