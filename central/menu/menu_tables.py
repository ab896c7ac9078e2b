"""The tables of a menu file and the types of their keys. The head of config/demo/menu.toml says what they mean."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

import msgspec

from kiosk.domain.dish import Allergen, DietTag

Id = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]*\Z", max_length=40)]
Pinyin = Annotated[str, msgspec.Meta(pattern=r"^[a-z]+( [a-z]+)*\Z", max_length=80)]
Count = Annotated[int, msgspec.Meta(ge=0, le=100_000)]
Allergens = list[Allergen] | Literal["unknown"]


class Table(msgspec.Struct, forbid_unknown_fields=True):
    pass


class TextTable(Table):
    zh: str
    en: str


class CanteenTable(Table):
    name: TextTable
    currency: str = "CNY"


class MealPeriodTable(Table):
    id: Id
    name: TextTable
    starts: datetime.time
    ends: datetime.time


class CategoryTable(Table):
    id: Id
    name: TextTable
    icon: Id


class ChoiceTable(Table):
    id: Id
    name: TextTable
    price_delta: str = "0.00"
    allergens: Allergens = []
    spice: int | None = None
    breaks: list[DietTag] = []


class OptionGroupTable(Table):
    id: Id
    name: TextTable
    min: int
    max: int
    choices: list[ChoiceTable]
    default: list[Id] = []


class NutritionTable(Table):
    energy_kcal: Count
    protein_g: Count
    fat_g: Count
    carbohydrate_g: Count
    sodium_mg: Count


class DishTable(Table):
    """`per_g`: sold by weight, at the counter alone, and `price` is for that many grams. `stall`: where it is made, as
    that stall's sign says. `barcode`: what is printed on its label."""

    id: Id
    category: Id
    name: TextTable
    description: TextTable
    price: str
    art: Id
    meal_periods: list[Id]
    allergens: Allergens
    pinyin: Pinyin = ""
    diet: list[DietTag] = []
    spice: int = 0
    nutrition: NutritionTable | None = None
    provenance: TextTable | None = None
    options: list[Id] = []
    portions: Count | None = None
    per_g: int | None = None
    stall: str = ""
    barcode: str = ""


class SlotTable(Table):
    id: Id
    name: TextTable
    dishes: list[Id]


class ComboTable(Table):
    id: Id
    name: TextTable
    description: TextTable
    price: str
    art: Id
    meal_periods: list[Id]
    slot: list[SlotTable]
    pinyin: Pinyin = ""


class MenuTables(Table):
    canteen: CanteenTable
    meal_period: list[MealPeriodTable]
    category: list[CategoryTable]
    dish: list[DishTable]
    option_group: list[OptionGroupTable] = []
    combo: list[ComboTable] = []
