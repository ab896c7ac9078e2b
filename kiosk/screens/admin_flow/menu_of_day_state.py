"""What the section menu of the day shows."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.domain.menu_change import MAX_PRICE_MINOR
from kiosk.domain.menu_of_day import MenuItem
from kiosk.screens.admin_door import AdminEffect
from kiosk.services.menu_of_day import MenuTrouble

MAX_TYPED_MINOR = MAX_PRICE_MINOR


@dataclass(frozen=True, slots=True)
class Switching:
    """All of these, off or on."""

    item_ids: tuple[str, ...]
    off: bool


@dataclass(frozen=True, slots=True)
class Pricing:
    """A new price of that item is being typed; it holds at once or from tomorrow on."""

    item: MenuItem
    typed_minor: int = 0
    from_tomorrow: bool = False

    @property
    def is_ready(self) -> bool:
        """There is something to change."""
        standing = self.item.next_price or self.item.price if self.from_tomorrow else self.item.price
        return self.typed_minor > 0 and self.typed_minor != standing.minor


@dataclass(frozen=True, slots=True)
class MenuDone:
    """What an act did: to `count` items, of which `item` is one. `off` None: its price, from tomorrow on or at once."""

    item: MenuItem | None
    from_tomorrow: bool | None
    count: int
    off: bool | None = None


@dataclass(frozen=True, slots=True)
class MenuOfDayState:
    """`items` None: central has not answered yet. `category_id` None: the menu's first. `asked`: under way. `trouble`:
    central did not do it; `doubtful` is what then may have been done all the same, and is asked for again as it was."""

    screen: str = "menu_of_day"
    items: tuple[MenuItem, ...] | None = None
    category_id: str | None = None
    pricing: Pricing | None = None
    asked: AdminEffect | None = None
    trouble: MenuTrouble | None = None
    doubtful: AdminEffect | None = None
