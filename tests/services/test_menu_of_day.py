"""The menu of the day at a terminal: who may change what, and what is said when central does not answer."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from kiosk.domain.ids import StaffId
from kiosk.domain.local_text import LocalText
from kiosk.domain.menu_change import MenuChange, MenuChangeKind
from kiosk.domain.menu_of_day import MenuItem, MenuRefusal
from kiosk.domain.money import Money
from kiosk.domain.staff import NotPermitted, Role, Staff
from kiosk.services.menu_of_day import MenuDesk, MenuTrouble
from kiosk.services.ports import CentralRefused, CentralUnreachable, MenuAtCentral
from tests.services.fakes import FixedClock

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)


class AskedCentral:
    """A MenuOfDay that remembers what was asked, and answers as it is told to."""

    def __init__(self, answer: MenuAtCentral | Exception) -> None:
        self._answer = answer
        self.asked: list[tuple[UUID, StaffId, str, tuple[MenuChange, ...]]] = []

    def change_menu(
        self, act_id: UUID, staff_id: StaffId, reason: str, changes: tuple[MenuChange, ...]
    ) -> MenuAtCentral:
        self.asked.append((act_id, staff_id, reason, changes))
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


def staff(*roles: Role) -> Staff:
    return Staff(StaffId("s1"), "李雷", frozenset(roles))


MANAGER = staff(Role.MANAGER)
HERE = ZoneInfo("Asia/Shanghai")


def desk_at(central: AskedCentral, now: datetime = NOW) -> MenuDesk:
    return MenuDesk(central, FixedClock(now), lambda moment: moment.astimezone(HERE))


def test_what_central_says_is_what_is_seen() -> None:
    answer = MenuAtCentral((), NOW, MenuRefusal.NOTHING_LEFT)
    central = AskedCentral(answer)
    act_id = uuid4()
    assert desk_at(central).switch(MANAGER, act_id, ("stew", "soup"), off=True) == answer
    both = MenuChange("stew", MenuChangeKind.OFF), MenuChange("soup", MenuChangeKind.OFF)
    assert central.asked == [(act_id, MANAGER.id, "", both)]
    assert desk_at(central).see(MANAGER) == answer
    assert central.asked[1][3] == ()


def test_tomorrow_is_the_canteens() -> None:
    """Half past one in the morning there is still yesterday in UTC."""
    central = AskedCentral(MenuAtCentral((), NOW))
    night = datetime(2026, 3, 8, 17, 30, tzinfo=UTC)
    desk_at(central, night).change_price(MANAGER, uuid4(), "stew", Money(1900), "涨价", from_tomorrow=True)
    (change,) = central.asked[0][3]
    assert change.from_at == datetime(2026, 3, 10, 0, 0, tzinfo=HERE)
    desk_at(central, night).change_price(MANAGER, uuid4(), "stew", Money(1900), "涨价", from_tomorrow=False)
    assert central.asked[1][3][0].from_at is None


def test_what_is_ahead_is_told_by_the_canteens_clock() -> None:
    """Midnight there is the afternoon before in UTC: the screen shows the canteen's day."""
    since = datetime(2026, 3, 9, 16, tzinfo=UTC)
    item = MenuItem("stew", "hot", LocalText("炖菜", "Stew"), Money(1500), next_price=Money(1900), next_from=since)
    seen = desk_at(AskedCentral(MenuAtCentral((item,), NOW))).see(MANAGER)
    assert isinstance(seen, MenuAtCentral)
    shown = seen.items[0].next_from
    assert shown is not None
    assert (shown, shown.day, shown.hour) == (since, 10, 0)


@pytest.mark.parametrize(
    ("error", "trouble"),
    [(CentralUnreachable(), MenuTrouble.UNREACHABLE), (CentralRefused(), MenuTrouble.REFUSED)],
    ids=lambda value: type(value).__name__,
)
def test_central_does_not_answer(error: Exception, trouble: MenuTrouble) -> None:
    desk = desk_at(AskedCentral(error))
    assert desk.see(MANAGER) is trouble
    assert desk.switch(MANAGER, uuid4(), ("stew",), off=True) is trouble


@pytest.mark.parametrize("role", [Role.RESTOCK, Role.COUNTER, Role.TECHNICIAN])
def test_who_may_not_asks_nothing(role: Role) -> None:
    central = AskedCentral(MenuAtCentral((), NOW))
    desk, who = desk_at(central), staff(role)
    with pytest.raises(NotPermitted):
        desk.see(who)
    with pytest.raises(NotPermitted):
        desk.switch(who, uuid4(), ("stew",), off=False)
    with pytest.raises(NotPermitted):
        desk.change_price(who, uuid4(), "stew", Money(1900), "涨价", from_tomorrow=False)
    assert central.asked == []
