"""The canteen's menu as a TOML file that people write (config/demo/menu.toml is one), read into the domain's Menu.

Which keys there are, and of which type, says `menu_tables`. The menu's rules are the domain's; where the domain
refuses, its path (`dishes[3].price`) is turned into the file's (`dish[3].price`) and its line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from central.menu import menu_tables
from kiosk.configfile import TomlFile, text_fault
from kiosk.domain.dish import Allergen, Dish, Nutrition, OptionChoice, OptionGroup
from kiosk.domain.ids import ComboId, DishId
from kiosk.domain.kitchen import MAX_STALL_CHARS
from kiosk.domain.local_text import LocalText
from kiosk.domain.menu import Category, Combo, ComboSlot, MealPeriod, Menu, MenuError
from kiosk.domain.money import Money, MoneyError

MAX_NAME_CHARS = 40
MAX_DESCRIPTION_CHARS = 160
MAX_PRICE_MINOR = 1_000_000  # 10,000.00: above it somebody mistyped

# The lists whose names differ: the domain's, then the file's.
_SECTIONS = {
    "meal_periods": "meal_period",
    "categories": "category",
    "dishes": "dish",
    "weighed": "dish",
    "combos": "combo",
}
_BY_WEIGHT = {"dishes": False, "weighed": True}
_DOMAIN_PATH = re.compile(r"(?P<section>\w+)\[(?P<index>\d+)\](?P<rest>.*)")
_OPTION = re.compile(r"\.options\[(?P<index>\d+)\](?P<rest>.*)")


@dataclass(frozen=True, slots=True)
class MenuFile:
    """The menu and, for dishes that are counted, the portions a day starts with."""

    menu: Menu
    portions: Mapping[DishId, int]


def load_menu(path: Path, version: int) -> MenuFile:
    """Read the menu file; `version` is the menu's number at central. Raises ConfigFileError (file, line, field)."""
    file = TomlFile(path)
    sections = file.convert(menu_tables.MenuTables)
    build = _Build(file, sections)
    try:
        menu = Menu(
            version=version,
            canteen=build.text("canteen.name", sections.canteen.name),
            currency=build.currency,
            meal_periods=build.meal_periods(),
            categories=build.categories(),
            dishes=build.dishes(),
            combos=build.combos(),
            weighed=build.weighed(),
        )
    except MenuError as error:
        raise file.error(_file_field(error.field_path, sections), error.reason) from error
    portions = {DishId(d.id): d.portions for d in sections.dish if d.portions is not None}
    return MenuFile(menu, portions)


class _Build:
    """The file's tables made into the domain's values. Every method raises ConfigFileError."""

    def __init__(self, file: TomlFile, sections: menu_tables.MenuTables) -> None:
        self._file = file
        self._sections = sections
        self.currency = sections.canteen.currency
        self.money("canteen.currency", "0")  # refuses what is no currency
        self._groups: dict[str, OptionGroup] = {}
        for i, group in enumerate(sections.option_group):
            if group.id in self._groups:
                raise file.error(f"option_group[{i}].id", f"{group.id!r} stands twice")
            self._groups[group.id] = self._group(f"option_group[{i}]", group)

    def money(self, field: str, amount: str) -> Money:
        try:
            money = Money.parse(amount, self.currency)
        except MoneyError as error:
            raise self._file.error(field, str(error)) from error
        if abs(money.minor) > MAX_PRICE_MINOR:
            raise self._file.error(field, f"is beyond {Money(MAX_PRICE_MINOR).decimal_text()}")
        return money

    def text(self, field: str, text: menu_tables.TextTable, max_chars: int = MAX_NAME_CHARS) -> LocalText:
        for language, words in (("zh", text.zh), ("en", text.en)):
            fault = text_fault(words, max_chars)
            if fault:
                raise self._file.error(f"{field}.{language}", fault)
        return LocalText(text.zh, text.en)

    def meal_periods(self) -> tuple[MealPeriod, ...]:
        return tuple(
            MealPeriod(p.id, self.text(f"meal_period[{i}].name", p.name), p.starts, p.ends)
            for i, p in enumerate(self._sections.meal_period)
        )

    def categories(self) -> tuple[Category, ...]:
        return tuple(
            Category(c.id, self.text(f"category[{i}].name", c.name), c.icon)
            for i, c in enumerate(self._sections.category)
        )

    def dishes(self) -> tuple[Dish, ...]:
        return tuple(self._dish(f"dish[{i}]", d) for i, d in enumerate(self._sections.dish) if d.per_g is None)

    def weighed(self) -> tuple[Dish, ...]:
        """The tables of the same list that have a price by weight."""
        return tuple(self._weighed(f"dish[{i}]", d) for i, d in enumerate(self._sections.dish) if d.per_g is not None)

    def combos(self) -> tuple[Combo, ...]:
        return tuple(self._combo(f"combo[{i}]", c) for i, c in enumerate(self._sections.combo))

    def _dish(self, field: str, dish: menu_tables.DishTable) -> Dish:
        unknown = next((i for i, group_id in enumerate(dish.options) if group_id not in self._groups), None)
        if unknown is not None:
            reason = f"{dish.options[unknown]!r} is not an [[option_group]]"
            raise self._file.error(f"{field}.options[{unknown}]", reason)
        provenance = dish.provenance
        return Dish(
            id=DishId(dish.id),
            category_id=dish.category,
            name=self.text(f"{field}.name", dish.name),
            description=self.text(f"{field}.description", dish.description, MAX_DESCRIPTION_CHARS),
            price=self.money(f"{field}.price", dish.price),
            art=dish.art,
            meal_period_ids=frozenset(dish.meal_periods),
            allergens=_allergens(dish.allergens),
            diet_tags=frozenset(dish.diet),
            spice=dish.spice,
            nutrition=_nutrition(dish.nutrition),
            provenance=self.text(f"{field}.provenance", provenance, MAX_DESCRIPTION_CHARS) if provenance else None,
            option_groups=tuple(self._groups[group_id] for group_id in dish.options),
            search_keys=_search_keys(dish.pinyin),
            stall=self._stall(f"{field}.stall", dish.stall),
            barcode=dish.barcode,
        )

    def _stall(self, field: str, stall: str) -> str:
        fault = text_fault(stall, MAX_STALL_CHARS) if stall else None
        if fault:
            raise self._file.error(field, fault)
        return stall

    def _weighed(self, field: str, dish: menu_tables.DishTable) -> Dish:
        if dish.portions is not None:
            raise self._file.error(f"{field}.portions", "what is sold by weight is not counted in portions")
        return replace(self._dish(field, dish), per_g=dish.per_g)

    def _group(self, field: str, group: menu_tables.OptionGroupTable) -> OptionGroup:
        return OptionGroup(
            id=group.id,
            name=self.text(f"{field}.name", group.name),
            min_choices=group.min,
            max_choices=group.max,
            choices=tuple(self._choice(f"{field}.choices[{i}]", c) for i, c in enumerate(group.choices)),
            default_choice_ids=tuple(group.default),
        )

    def _choice(self, field: str, choice: menu_tables.ChoiceTable) -> OptionChoice:
        return OptionChoice(
            id=choice.id,
            name=self.text(f"{field}.name", choice.name),
            price_delta=self.money(f"{field}.price_delta", choice.price_delta),
            allergens=_allergens(choice.allergens),
            spice=choice.spice,
            breaks=frozenset(choice.breaks),
        )

    def _combo(self, field: str, combo: menu_tables.ComboTable) -> Combo:
        slots = (
            ComboSlot(s.id, self.text(f"{field}.slot[{i}].name", s.name), tuple(DishId(d) for d in s.dishes))
            for i, s in enumerate(combo.slot)
        )
        return Combo(
            id=ComboId(combo.id),
            name=self.text(f"{field}.name", combo.name),
            description=self.text(f"{field}.description", combo.description, MAX_DESCRIPTION_CHARS),
            price=self.money(f"{field}.price", combo.price),
            art=combo.art,
            meal_period_ids=frozenset(combo.meal_periods),
            slots=tuple(slots),
            search_keys=_search_keys(combo.pinyin),
        )


def _allergens(allergens: menu_tables.Allergens) -> frozenset[Allergen] | None:
    return None if allergens == "unknown" else frozenset(Allergen(a) for a in allergens)


def _search_keys(pinyin: str) -> tuple[str, ...]:
    """ "hong shao rou" → "hongshaorou" and "hsr"."""
    syllables = pinyin.split()
    return ("".join(syllables), "".join(s[0] for s in syllables)) if syllables else ()


def _nutrition(table: menu_tables.NutritionTable | None) -> Nutrition | None:
    return Nutrition(**msgspec.structs.asdict(table)) if table else None


def _file_field(domain_path: str, sections: menu_tables.MenuTables) -> str:
    """The file's field for a domain path: an option group stands in the file once, outside the dishes that use it."""
    match = _DOMAIN_PATH.fullmatch(domain_path)
    if match is None:
        return domain_path
    rest, index = match["rest"], int(match["index"])
    if match["section"] in _BY_WEIGHT:
        index = _index_of_dish(sections, index, by_weight=_BY_WEIGHT[match["section"]])
    option = _OPTION.fullmatch(rest)
    if option and option["rest"] != ".id":
        group_id = sections.dish[index].options[int(option["index"])]
        ids = [group.id for group in sections.option_group]
        return f"option_group[{ids.index(group_id)}]{option['rest']}"
    rest = rest.replace(".slots", ".slot")
    rest = re.sub(r"(\.(?:options|dishes)\[\d+\])\.id$", r"\1", rest)  # lists of ids, not of tables
    section = _SECTIONS.get(match["section"], match["section"])
    return f"{section}[{index}]{rest}"


def _index_of_dish(sections: menu_tables.MenuTables, index: int, *, by_weight: bool) -> int:
    """Where in the file's list the dish stands that is the domain's `index`-th of its kind."""
    return [i for i, dish in enumerate(sections.dish) if (dish.per_g is not None) == by_weight][index]
