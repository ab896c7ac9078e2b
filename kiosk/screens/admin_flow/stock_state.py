"""The section stock: what it shows, what staff touch on it, and what it wants done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

from kiosk.domain.ids import DishId, StockActId
from kiosk.domain.staff import Permission
from kiosk.domain.stock import StockLevels
from kiosk.domain.stock_act import WasteReason
from kiosk.screens.admin_door import AdminAnswer, AdminEvent
from kiosk.screens.admin_flow.effects import AdminAct
from kiosk.services.stock_acts import KnownStock, StockEnd

MAX_DIGITS = 4
MAX_GRAMS_DIGITS = 6
USUAL_BATCH = 10


class Mode(StrEnum):
    """What is done with one dish."""

    RESTOCK = "restock"
    COUNT = "count"
    WASTE = "waste"


PERMISSION_OF = {
    Mode.RESTOCK: Permission.RESTOCK,
    Mode.COUNT: Permission.COUNT_STOCK,
    Mode.WASTE: Permission.WRITE_OFF_WASTE,
}


@dataclass(frozen=True, slots=True)
class DishEntry:
    """One dish, and what was typed for it. `is_suggested`: nobody has typed that yet, the next digit takes its place.
    `weighing`: digits go to the weight. `asks_reason`: the reasons for waste are shown."""

    dish_id: DishId
    mode: Mode
    typed: str = ""
    is_suggested: bool = False
    grams: str = ""
    weighing: bool = False
    asks_reason: bool = False

    @property
    def portions(self) -> int:
        return int(self.typed or 0)


@dataclass(frozen=True, slots=True)
class Stock:
    """The list of dishes, of one category or all (""), what to cook next, or what `search` finds (None: nobody
    searches); and `dish`, when one is open. `batch` is restocked together. `ticked`: these are marked together; None:
    each by itself. `busy`: an act is under way. `in_doubt`: the act whose end is not known; until that is found out
    nothing else is done. `usual`: what was restocked last, by dish. `order`: the list as it stood when it was asked
    for: no row moves under a finger; None: it is about to be made, and no row can be touched."""

    known: KnownStock = field(default_factory=lambda: KnownStock(StockLevels({}), {}))
    paces: Mapping[DishId, float | None] = field(default_factory=dict)
    category_id: str = ""
    cook_next: bool = False
    search: str | None = None
    ticked: frozenset[DishId] | None = None
    page: int = 0
    dish: DishEntry | None = None
    batch: Mapping[DishId, int] = field(default_factory=dict)
    usual: Mapping[DishId, int] = field(default_factory=dict)
    busy: bool = False
    in_doubt: StockEffect | None = None
    order: tuple[DishId, ...] | None = None

    @property
    def may_act(self) -> bool:
        """Nothing is under way or in doubt."""
        return not self.busy and self.in_doubt is None

    @property
    def screen(self) -> str:
        return "stock" if self.dish is None else "stock_dish"


@dataclass(frozen=True, slots=True)
class Said:
    """How an act ended. `offline`: the other terminals hear of it when central can be reached again."""

    end: StockEnd
    offline: bool


# --- touches ---


@dataclass(frozen=True, slots=True)
class CategoryChosen(AdminEvent):
    category_id: str


@dataclass(frozen=True, slots=True)
class CookNextTouched(AdminEvent):
    pass


@dataclass(frozen=True, slots=True)
class PageTurned(AdminEvent):
    page: int


@dataclass(frozen=True, slots=True)
class SoldOutTouched(AdminEvent):
    dish_id: DishId


@dataclass(frozen=True, slots=True)
class BackOnSaleTouched(AdminEvent):
    dish_id: DishId


@dataclass(frozen=True, slots=True)
class DishTouched(AdminEvent):
    dish_id: DishId


@dataclass(frozen=True, slots=True)
class ModeChosen(AdminEvent):
    mode: Mode


@dataclass(frozen=True, slots=True)
class MoreTouched(AdminEvent):
    """One more, or (-1) one less."""

    by: int


@dataclass(frozen=True, slots=True)
class WeighTouched(AdminEvent):
    """Digits go to the weight from now on, or to the portions again."""


@dataclass(frozen=True, slots=True)
class EntryConfirmed(AdminEvent):
    """Of waste, its reason is asked for."""


@dataclass(frozen=True, slots=True)
class AddedToBatch(AdminEvent):
    """Another dish comes, then all of them are restocked together."""


@dataclass(frozen=True, slots=True)
class BatchConfirmed(AdminEvent):
    pass


@dataclass(frozen=True, slots=True)
class BatchDropped(AdminEvent):
    pass


@dataclass(frozen=True, slots=True)
class WasteReasonChosen(AdminEvent):
    reason: WasteReason


@dataclass(frozen=True, slots=True)
class ReasonsDismissed(AdminEvent):
    pass


@dataclass(frozen=True, slots=True)
class UndoTouched(AdminEvent):
    act_id: StockActId


@dataclass(frozen=True, slots=True)
class AskAgainTouched(AdminEvent):
    """What became of the act that is in doubt? It is done if it was not."""


# --- what is to be done, and its answers ---


@dataclass(frozen=True, slots=True)
class LoadStock(AdminAct):
    needs: ClassVar[Permission] = Permission.SEE_STOCK


@dataclass(frozen=True, slots=True)
class StockEffect(AdminAct):
    """Something is done to the stock. `act_id` None: it begins; else it was begun under that id, and nobody knows how
    it ended: under the same id it is done once, however often it is asked for."""

    act_id: StockActId | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class RestockDishes(StockEffect):
    needs: ClassVar[Permission] = Permission.RESTOCK
    portions: Mapping[DishId, int]


@dataclass(frozen=True, slots=True)
class CountDish(StockEffect):
    """`known` is what the difference was shown to."""

    needs: ClassVar[Permission] = Permission.COUNT_STOCK
    dish_id: DishId
    counted: int
    known: KnownStock


@dataclass(frozen=True, slots=True)
class WasteDish(StockEffect):
    needs: ClassVar[Permission] = Permission.WRITE_OFF_WASTE
    dish_id: DishId
    portions: int
    reason: WasteReason
    grams: int | None


@dataclass(frozen=True, slots=True)
class MarkSoldOut(StockEffect):
    needs: ClassVar[Permission] = Permission.MARK_SOLD_OUT
    dish_ids: tuple[DishId, ...]


@dataclass(frozen=True, slots=True)
class BringBack(StockEffect):
    needs: ClassVar[Permission] = Permission.MARK_SOLD_OUT
    dish_ids: tuple[DishId, ...]


@dataclass(frozen=True, slots=True)
class UndoStockAct(StockEffect):
    """Its service also asks for the permission of what is undone."""

    needs: ClassVar[Permission] = Permission.SEE_STOCK
    undoes: StockActId


@dataclass(frozen=True, slots=True)
class StockLoaded(AdminAnswer):
    known: KnownStock
    paces: Mapping[DishId, float | None]


@dataclass(frozen=True, slots=True)
class StockAnswered(AdminAnswer):
    """`asked` has the act's id."""

    end: StockEnd
    asked: StockEffect
