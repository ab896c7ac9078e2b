"""The menu of the day, at a terminal's admin screen: central's alone, so that all terminals sell at one price."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from kiosk.domain.clock import Clock
from kiosk.domain.ids import uuid7
from kiosk.domain.menu_change import MenuChange, MenuChangeKind
from kiosk.domain.menu_of_day import MenuItem
from kiosk.domain.money import Money
from kiosk.domain.staff import Permission, Staff
from kiosk.services.ports import CentralRefused, CentralUnreachable, MenuAtCentral, MenuOfDay


class MenuTrouble(StrEnum):
    """unreachable: whether it was changed is not known; asked for again under the same id it is done once."""

    UNREACHABLE = "unreachable"
    REFUSED = "refused"


MenuAnswer = MenuAtCentral | MenuTrouble


class MenuDesk:
    """Its calls block (network). `local_time`: a moment in the canteen's time zone. The id of an act is made once, when
    it is begun."""

    def __init__(self, central: MenuOfDay, clock: Clock, local_time: Callable[[datetime], datetime]) -> None:
        self._central = central
        self._clock = clock
        self._local_time = local_time

    def see(self, by: Staff) -> MenuAnswer:
        by.require(Permission.SWITCH_DISHES)
        return self._ask(by, uuid7(int(self._clock.now().timestamp() * 1000)), "", ())

    def switch(self, by: Staff, act_id: UUID, item_ids: Iterable[str], *, off: bool) -> MenuAnswer:
        """Dishes and combos, all of them or none."""
        by.require(Permission.SWITCH_DISHES)
        kind = MenuChangeKind.OFF if off else MenuChangeKind.ON
        return self._ask(by, act_id, "", tuple(MenuChange(item_id, kind) for item_id in item_ids))

    def change_price(
        self, by: Staff, act_id: UUID, item_id: str, price: Money, reason: str, *, from_tomorrow: bool
    ) -> MenuAnswer:
        """At once, or when the canteen's next day begins. Raises MenuChangeError for what is no price."""
        by.require(Permission.CHANGE_PRICES)
        since = self._tomorrow() if from_tomorrow else None
        return self._ask(by, act_id, reason, (MenuChange(item_id, MenuChangeKind.PRICE, price, since),))

    def _tomorrow(self) -> datetime:
        here = self._local_time(self._clock.now())
        return datetime.combine(here.date() + timedelta(days=1), time.min, here.tzinfo)

    def _ask(self, by: Staff, act_id: UUID, reason: str, changes: tuple[MenuChange, ...]) -> MenuAnswer:
        try:
            told = self._central.change_menu(act_id, by.id, reason, changes)
        except CentralUnreachable:
            return MenuTrouble.UNREACHABLE
        except CentralRefused:
            return MenuTrouble.REFUSED
        return replace(told, items=tuple(map(self._here, told.items)), now=self._local_time(told.now))

    def _here(self, item: MenuItem) -> MenuItem:
        """With its moment as the canteen's clocks show it, whatever this machine's time zone is."""
        since = item.next_from
        return item if since is None else replace(item, next_from=self._local_time(since))
