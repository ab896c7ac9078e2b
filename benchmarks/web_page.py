"""Makes the menu page for the browser: the folder web/ with the menu's data, dish pictures and fonts beside it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from kiosk.domain.dish import DietTag, Dish, OptionGroup
from kiosk.domain.menu import Menu
from kiosk.screens.texts import Texts, texts_for

ROOT = Path(__file__).resolve().parents[1]
FONTS = ROOT / "assets" / "fonts"
_SPICE_ICONS = {1: "chili-mild", 2: "chili-medium", 3: "chili-hot"}
_DIET_ICONS = {DietTag.VEGETARIAN: "leaf", DietTag.HALAL: "food-halal"}


def write_page(folder: Path, menu: Menu) -> Path:
    """Returns the page's index.html."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "benchmarks" / "web", folder)
    for name in ("food", "fonts"):
        (folder / name).symlink_to(ROOT / "assets" / name)
    data = json.dumps(_page_data(menu, texts_for("zh")), ensure_ascii=False)
    (folder / "menu.js").write_text(f"const MENU = {data};\n", encoding="utf-8")
    return folder / "index.html"


def _page_data(menu: Menu, texts: Texts) -> dict[str, object]:
    sections = [
        {
            "title": texts.of(category.name),
            "icon": category.icon,
            "dishes": [_dish(dish, texts) for dish in menu.dishes if dish.category_id == category.id],
        }
        for category in menu.categories
    ]
    codes = json.loads((FONTS / "icons.json").read_text(encoding="utf-8"))
    return {
        "sections": sections,
        "texts": _words(menu, texts),
        "icons": {name: int(code, 16) for name, code in codes.items()},
    }


def _words(menu: Menu, texts: Texts) -> dict[str, object]:
    _ = texts.gettext
    lunch = next(period for period in menu.meal_periods if period.id == "lunch")
    filters = [
        ("magnify", _("Search")),
        ("leaf", texts.diet_tag(DietTag.VEGETARIAN)),
        ("food-halal", texts.diet_tag(DietTag.HALAL)),
        ("chili-off", _("Not spicy")),
        ("filter-variant", _("Diet & allergies")),
    ]
    return {
        "canteen": texts.of(menu.canteen),
        "meal": texts.meal_period(lunch),
        "filters": filters,
        "checkout": _("Check out"),
        "items": texts.ngettext("{n} item", "{n} items", 2),
        "nothing": _("Nothing chosen yet: touch + on a dish"),
        "order": _("Your order"),
        "add": _("Add {amount}"),
        "total": _("Total"),
    }


def _dish(dish: Dish, texts: Texts) -> dict[str, object]:
    _ = texts.gettext
    facts = [texts.listed([texts.diet_tag(tag) for tag in sorted(dish.diet_tags)])]
    if dish.allergens:
        names = texts.listed([texts.allergen(allergen) for allergen in sorted(dish.allergens)])
        facts.append(_("Contains: {names}").format(names=names))
    if dish.provenance:
        facts.append(texts.of(dish.provenance))
    return {
        "id": dish.id,
        "name": texts.of(dish.name),
        "description": texts.of(dish.description),
        "minor": dish.price.minor,
        "art": dish.art,
        "spice": _SPICE_ICONS.get(dish.spice, ""),
        "marks": [_DIET_ICONS[tag] for tag in sorted(dish.diet_tags)],
        "groups": [_group(group, texts) for group in dish.option_groups],
        "facts": [fact for fact in facts if fact],
        "nutrition": _nutrition(dish, texts),
    }


def _group(group: OptionGroup, texts: Texts) -> dict[str, object]:
    choices = [
        {
            "name": f"{texts.of(choice.name)} {texts.price_difference(choice.price_delta)}".strip(),
            "minor": choice.price_delta.minor,
            "chosen": choice.id in group.default_choice_ids,
        }
        for choice in group.choices
    ]
    return {"name": texts.of(group.name), "max": group.max_choices, "choices": choices}


def _nutrition(dish: Dish, texts: Texts) -> list[tuple[str, str]]:
    _, facts = texts.gettext, dish.nutrition
    if facts is None:
        return []
    return [
        (_("energy"), _("{n} kcal").format(n=facts.energy_kcal)),
        (_("protein"), _("{n} g").format(n=facts.protein_g)),
        (_("fat"), _("{n} g").format(n=facts.fat_g)),
        (_("carbohydrate"), _("{n} g").format(n=facts.carbohydrate_g)),
        (_("sodium"), _("{n} mg").format(n=facts.sodium_mg)),
    ]
