"""What the admin screen says of this terminal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.domain.ids import StaffId
from kiosk.domain.staff import NotPermitted, Role, Staff
from kiosk.services.terminal_health import HealthCheck, TerminalHealth
from tests.services.fakes import FixedClock
from tests.store.sales import new_store, sell

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
SOMEONE = Staff(StaffId("staff-1"), "x", frozenset({Role.RESTOCK}))


def test_what_is_there_is_said(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    check = HealthCheck(store, FixedClock(NOON), "1.2", lambda: 7, lambda at: at)
    before = check.look(SOMEONE).waiting
    sell(store)
    looked = check.look(SOMEONE)
    assert looked == TerminalHealth("1.2", looked.waiting, None, NOON, 7)
    assert looked.waiting > before
    assert looked.room_is_low
    with pytest.raises(NotPermitted):
        check.look(Staff(StaffId("staff-2"), "x", frozenset()))
    store.close()


@pytest.mark.parametrize(("behind_s", "is_wrong"), [(61, True), (60, False), (0, False), (-90_000, False)])
def test_a_clock_that_is_behind_is_known_for_certain(behind_s: int, *, is_wrong: bool) -> None:
    """One that seems ahead may only have had no word from central for long."""
    health = TerminalHealth("1", 0, NOON + timedelta(seconds=behind_s), NOON, 10**12)
    assert health.clock_is_behind is is_wrong
