"""Finding a dish by what is typed or scanned."""

from __future__ import annotations

from collections.abc import Iterator

from kiosk.domain.dish import Dish
from kiosk.domain.ids import DishId
from kiosk.domain.menu import Combo, Menu

_DIGITS_OF_UPC = 12


def plain(text: str) -> str:
    """For comparing: letters, digits and characters alone, without case."""
    return "".join(char for char in text.casefold() if char.isalnum())


def matches(item: Dish | Combo, typed: str) -> bool:
    """Whether what was typed (letters: pinyin initials or full pinyin, or English) names it."""
    wanted = plain(typed)
    if not wanted:
        return True
    names = [plain(item.name.zh), *(plain(key) for key in item.search_keys)]
    words = item.name.en.casefold().split()
    starts = (plain("".join(words[i:])) for i in range(len(words)))
    return any(name.find(wanted) >= 0 for name in names) or any(start.startswith(wanted) for start in starts)


def matches_number(dish: Dish, typed: str) -> bool:
    """Whether what was typed is part of the number on its label."""
    wanted = plain(typed)
    return bool(wanted) and (wanted in plain(dish.barcode) or plain(dish.id).startswith(wanted))


def by_label(menu: Menu, code: str) -> Dish | None:
    """The dish whose label says that: its barcode, or its id. Some scanners leave out the leading 0 of an EAN-13."""
    code = code.strip()
    codes = {code, f"0{code}"} if code.isdecimal() and len(code) == _DIGITS_OF_UPC else {code}
    return next((dish for dish in _dishes(menu) if dish.id == DishId(code) or dish.barcode in codes - {""}), None)


def _dishes(menu: Menu) -> Iterator[Dish]:
    yield from menu.dishes
    yield from menu.weighed
