"""A dish: what is in it, what it costs, and the options that it comes with."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kiosk.domain.ids import DishId
from kiosk.domain.local_text import LocalText
from kiosk.domain.money import Money

MAX_SPICE = 3


class Allergen(StrEnum):
    """The eight groups of GB 7718 and what schools here add."""

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
    """What a dish is fit for. Absent means: not known to be fit."""

    VEGETARIAN = "vegetarian"
    HALAL = "halal"


@dataclass(frozen=True, slots=True)
class Nutrition:
    """Of one portion as served with default options."""

    energy_kcal: int
    protein_g: int
    fat_g: int
    carbohydrate_g: int
    sodium_mg: int


@dataclass(frozen=True, slots=True)
class OptionChoice:
    """One choice of an option group, its price difference and the allergens it adds (None: unknown). `breaks`: the
    diets that the dish is not fit for any more with this choice (an added egg, minced meat)."""

    id: str
    name: LocalText
    price_delta: Money
    allergens: frozenset[Allergen] | None = frozenset()
    spice: int | None = None  # replaces the dish's own level when chosen
    breaks: frozenset[DietTag] = frozenset()


@dataclass(frozen=True, slots=True)
class OptionGroup:
    """Choose at least `min_choices` and at most `max_choices` of `choices`."""

    id: str
    name: LocalText
    min_choices: int
    max_choices: int
    choices: tuple[OptionChoice, ...]
    default_choice_ids: tuple[str, ...] = ()

    def choice(self, choice_id: str) -> OptionChoice | None:
        return next((c for c in self.choices if c.id == choice_id), None)


@dataclass(frozen=True, slots=True)
class Dish:
    """One thing to eat. `allergens` None means the ingredients are unknown: blocked for the allergic, never safe.
    `search_keys` are what else finds it, lower case: pinyin and its initials ("gongbaojiding", "gbjd"). `per_g`: sold
    by weight, `price` is for that many grams; None: for a portion. `stall`: where it is made, as the sign there says;
    "" where the kitchen is one. `barcode`: what is printed on its label (kiosk.domain.barcode); "": its id alone."""

    id: DishId
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
    per_g: int | None = None
    stall: str = ""
    barcode: str = ""

    def option_group(self, group_id: str) -> OptionGroup | None:
        return next((g for g in self.option_groups if g.id == group_id), None)
