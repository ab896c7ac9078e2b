"""An act with stock on a disk that fails at each of its steps: the section asks again under the same id, however often
somebody touches, and it is booked once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from kiosk.domain.ids import DishId
from kiosk.domain.menu import Menu
from kiosk.domain.stock_act import WasteReason
from kiosk.screens.admin_effects import answered
from kiosk.screens.admin_flow import events as ev
from kiosk.screens.admin_flow import step
from kiosk.screens.admin_flow import stock_state as st
from kiosk.screens.admin_flow.state import AdminState, SectionName
from kiosk.screens.admin_flow.stock_several import SeveralTouched, TickedSoldOut, TickTouched
from kiosk.screens.admin_flow.stock_state import Mode, Stock
from kiosk.services.ports import StorageFailed
from kiosk.services.stock_acts import StockDone
from tests.admin_flow.visits import inside, typed
from tests.central.support import Central
from tests.services.fakes import FixedClock
from tests.till.dying import DyingStore, Steps
from tests.till.stocking import RESTOCKER, Stocking, StockTill
from tests.till.till import MOMENT

RICE, DUMPLINGS = DishId("rice"), DishId("dumplings")
MAX_STEPS = 40
ACTS: dict[str, tuple[object, ...]] = {
    "restock": (st.DishTouched(RICE), *typed("7"), st.EntryConfirmed()),
    "count": (st.DishTouched(RICE), st.ModeChosen(Mode.COUNT), *typed("7"), st.EntryConfirmed()),
    "waste": (
        st.DishTouched(RICE),
        st.ModeChosen(Mode.WASTE),
        *typed("7"),
        st.EntryConfirmed(),
        st.WasteReasonChosen(WasteReason.BURNT),
    ),
    "several sold out": (SeveralTouched(), TickTouched(RICE), TickTouched(DUMPLINGS), TickedSoldOut()),
}


class FailingSteps(Steps):
    """Fails at the chosen step instead of dying there."""

    is_failing = False

    def step(self, name: str) -> None:
        self.taken.append(name)
        self.is_failing = self.is_failing or len(self.taken) == self.dies_at
        if self.is_failing:
            raise StorageFailed(name)


class FailingStore(DyingStore):
    """Takes nothing more once it has failed, until it is opened anew."""

    steps: FailingSteps

    def __init__(self, store: Any, steps: FailingSteps) -> None:
        super().__init__(store, steps)
        self.steps = steps

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        with super().transaction() as tx:
            yield tx

    def reopen(self) -> None:
        self.steps.is_failing = False


class Section:
    """The section stock at a till. `begins_anew`: a planted bug, it forgets under which id an act was begun."""

    def __init__(self, store: Any, menu: Menu, *, begins_anew: bool = False) -> None:
        self.services = SimpleNamespace(stock_acts=Stocking(store).acts, store=store, clock=FixedClock(MOMENT))
        self.begins_anew = begins_anew
        self.ended: list[object] = []
        self.state: AdminState = inside(RESTOCKER, menu=menu)
        self.happens(ev.SectionChosen(SectionName.STOCK))

    def happens(self, *events: object) -> None:
        for event in events:
            after, effects = step(self.state, event)
            assert after is not None
            self.state = after
            for effect in effects:
                if isinstance(effect, st.LoadStock | st.StockEffect):
                    self._run(effect)

    def _run(self, effect: st.LoadStock | st.StockEffect) -> None:
        if self.begins_anew and isinstance(effect, st.StockEffect) and effect.act_id is not None:
            self.services.store.reopen()
            effect = replace(effect, act_id=None)
        answer = answered(effect, lambda: self.services)  # type: ignore[arg-type]
        if isinstance(answer, st.StockAnswered):
            self.ended.append(answer.end)
        self.happens(answer)

    @property
    def is_in_doubt(self) -> bool:
        assert isinstance(self.state.open, Stock)
        return self.state.open.in_doubt is not None


def menu_of(till: StockTill) -> Menu:
    with till.store.transaction() as tx:
        menu = tx.menus.current()
    assert menu is not None
    return menu


def fails_at_every_step(
    central: Central, folder: Path, touches: tuple[object, ...], *, begins_anew: bool = False
) -> None:
    """Raises AssertionError where the act stands more than once, or not at all."""
    for fails_at in range(1, MAX_STEPS):
        (folder / f"{fails_at}").mkdir()
        till = StockTill(central, folder / f"{fails_at}")
        steps = FailingSteps(folder, folder)
        section = Section(FailingStore(till.store, steps), menu_of(till), begins_anew=begins_anew)
        steps.taken.clear()
        steps.dies_at = fails_at
        section.happens(*touches)
        if not section.is_in_doubt:
            assert fails_at > 5, "too few steps: nothing is proved"
            till.store.close()
            return
        section.happens(*touches, st.AskAgainTouched(), st.AskAgainTouched(), *touches[-1:])
        assert not section.is_in_doubt
        assert isinstance(section.ended[-1], StockDone)
        told = till.told()
        till.store.close()
        assert len(told) == 1, f"step {fails_at}: booked {len(told)} times"
    raise AssertionError("the act has more steps than were expected")


@pytest.mark.parametrize("kind", ACTS)
def test_however_often_it_is_touched_it_is_booked_once(central: Central, tmp_path: Path, kind: str) -> None:
    fails_at_every_step(central, tmp_path, ACTS[kind])


def test_a_second_touch_that_begins_anew_is_found(central: Central, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="booked 2 times"):
        fails_at_every_step(central, tmp_path, ACTS["restock"], begins_anew=True)
