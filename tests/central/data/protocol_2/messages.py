"""What a terminal of protocol 2 understands of central's replies: its types, written down when protocol 3 began.

Never changed: a terminal that runs is not changed by what central's newer code says either. Of the domain's types only
what is read stands here, their enumerations with exactly the values of then.
"""

from __future__ import annotations

from datetime import datetime, time
from enum import StrEnum
from uuid import UUID

import msgspec

PROTOCOL = 2


class Money(msgspec.Struct, frozen=True):
    minor: int
    currency: str = "CNY"


class Enrolled(msgspec.Struct, frozen=True):
    terminal_id: str
    incarnation: int
    letter: str
    canteen_name: str


class Refusal(StrEnum):
    INSUFFICIENT = "insufficient"
    CARD_UNKNOWN = "card_unknown"
    CARD_BLOCKED = "card_blocked"
    MEMBER_BLOCKED = "member_blocked"
    ABANDONED = "abandoned"


class GrantReply(msgspec.Struct, frozen=True):
    grant_id: UUID | None = None
    member_id: str | None = None
    free_after: Money | None = None
    refusal: Refusal | None = None
    free: Money | None = None
    held_elsewhere: Money | None = None


class Quarantined(msgspec.Struct, frozen=True):
    seq: int
    reason: str


class PushReply(msgspec.Struct, frozen=True):
    last_seq: int
    quarantined: tuple[Quarantined, ...] = ()


class FeedRow(msgspec.Struct, frozen=True):
    seq: int
    kind: str
    key: str
    body: msgspec.Raw


class FeedPage(msgspec.Struct, frozen=True):
    epoch: str
    rows: tuple[FeedRow, ...]
    next_after: int
    more: bool


# --- what stands in the feed's rows ---


class Allergen(StrEnum):
    GLUTEN = "gluten"
    CRUSTACEAN = "crustacean"
    FISH = "fish"
    EGG = "egg"
    PEANUT = "peanut"
    SOY = "soy"
    MILK = "milk"
    NUT = "nut"
    SESAME = "sesame"


class DietTag(StrEnum):
    VEGETARIAN = "vegetarian"
    HALAL = "halal"


class CardState(StrEnum):
    ACTIVE = "active"
    BLOCKED = "blocked"


class LocalText(msgspec.Struct, frozen=True):
    zh: str
    en: str


class MealPeriod(msgspec.Struct, frozen=True):
    id: str
    name: LocalText
    starts: time
    ends: time


class Category(msgspec.Struct, frozen=True):
    id: str
    name: LocalText
    icon: str


class OptionChoice(msgspec.Struct, frozen=True):
    id: str
    name: LocalText
    price_delta: Money
    allergens: frozenset[Allergen] | None = frozenset()
    spice: int | None = None
    breaks: frozenset[DietTag] = frozenset()


class OptionGroup(msgspec.Struct, frozen=True):
    id: str
    name: LocalText
    min_choices: int
    max_choices: int
    choices: tuple[OptionChoice, ...]
    default_choice_ids: tuple[str, ...] = ()


class Nutrition(msgspec.Struct, frozen=True):
    energy_kcal: int
    protein_g: int
    fat_g: int
    carbohydrate_g: int
    sodium_mg: int


class Dish(msgspec.Struct, frozen=True):
    id: str
    category_id: str
    name: LocalText
    description: LocalText
    price: Money
    art: str
    meal_period_ids: frozenset[str]
    allergens: frozenset[Allergen] | None = None
    diet_tags: frozenset[DietTag] = frozenset()
    spice: int = 0
    nutrition: Nutrition | None = None
    provenance: LocalText | None = None
    option_groups: tuple[OptionGroup, ...] = ()
    search_keys: tuple[str, ...] = ()


class ComboSlot(msgspec.Struct, frozen=True):
    id: str
    name: LocalText
    dish_ids: tuple[str, ...]


class Combo(msgspec.Struct, frozen=True):
    id: str
    name: LocalText
    description: LocalText
    price: Money
    art: str
    meal_period_ids: frozenset[str]
    slots: tuple[ComboSlot, ...]
    search_keys: tuple[str, ...] = ()


class Menu(msgspec.Struct, frozen=True):
    version: int
    canteen: LocalText
    currency: str
    meal_periods: tuple[MealPeriod, ...]
    categories: tuple[Category, ...]
    dishes: tuple[Dish, ...]
    combos: tuple[Combo, ...]


class DietProfile(msgspec.Struct, frozen=True):
    avoids: frozenset[Allergen] = frozenset()
    keeps: frozenset[DietTag] = frozenset()
    no_spicy: bool = False


class DishChoice(msgspec.Struct, frozen=True):
    dish_id: str
    options: tuple[tuple[str, tuple[str, ...]], ...] = ()
    slot_id: str = ""


class Selection(msgspec.Struct, frozen=True):
    dishes: tuple[DishChoice, ...]
    combo_id: str | None = None


class CartLine(msgspec.Struct, frozen=True):
    selection: Selection
    quantity: int


class Cart(msgspec.Struct, frozen=True):
    lines: tuple[CartLine, ...] = ()


class Member(msgspec.Struct, frozen=True):
    id: str
    masked_name: str
    balance: Money
    points: int
    balance_at: datetime
    diet: DietProfile = DietProfile()
    usual: Cart | None = None


class Card(msgspec.Struct, frozen=True):
    uid: str
    member_id: str
    state: CardState = CardState.ACTIVE


class StockRecord(msgspec.Struct, frozen=True):
    dish_id: str
    portions: int | None
    sold_out: bool = False


class GrantRecord(msgspec.Struct, frozen=True):
    id: UUID
    member_id: str
    incarnation: int
    amount: Money
    recalled: bool = False


BODIES: dict[str, type] = {"menu": Menu, "member": Member, "card": Card, "stock": StockRecord, "grant": GrantRecord}
