"""What the menu screen offers for a state: sections of cards, in words. Pure, no Kivy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from kiosk.domain.cart import Cart, DishChoice
from kiosk.domain.diet import Block, DietProfile, blocks_for_dish
from kiosk.domain.dish import DietTag, Dish
from kiosk.domain.find_dish import matches, plain
from kiosk.domain.ids import DishId
from kiosk.domain.menu import Combo, Menu
from kiosk.screens.cards import Card, Section, Standing
from kiosk.screens.flow.serving import is_served_now
from kiosk.screens.flow.state import COMBOS, State
from kiosk.screens.texts import Texts

TAG_ICONS = {DietTag.VEGETARIAN: "leaf", DietTag.HALAL: "food-halal"}
SPICE_ICONS = {1: "chili-mild", 2: "chili-medium", 3: "chili-hot"}
_MAX_SWAPS = 3


def category_keys(state: State) -> tuple[str, ...]:
    """The categories that have something to offer now, combos first."""
    return tuple(key for key, _ in _offered(state))


def sections(state: State, texts: Texts) -> tuple[Section, ...]:
    """Everything that is served now under its categories; all of the menu, marked, while nothing is served. While
    somebody searches: what matches, in one section. Without the cart: `with_counts` adds what is in it."""
    if state.menu is None:
        return ()
    if state.browsing.search is not None:
        return (Section("search", "", tuple(_search(state, texts, state.browsing.search))),)
    titles = {COMBOS: texts.gettext("Set meals"), **{c.id: texts.of(c.name) for c in state.menu.categories}}
    return tuple(
        Section(key, titles[key], tuple(_card(item, state, texts) for item in items)) for key, items in _offered(state)
    )


def with_counts(offered: tuple[Section, ...], cart: Cart) -> tuple[Section, ...]:
    """The same sections, each card saying how many of it stand in the cart."""
    counts = Counter[tuple[bool, str]]()
    for line in cart.lines:
        combo_id = line.selection.combo_id
        counts[combo_id is not None, combo_id or line.selection.dishes[0].dish_id] += line.quantity
    if not counts:
        return offered

    def counted(card: Card) -> Card:
        count = counts[card.opens, card.key]
        return replace(card, count=count) if count else card

    return tuple(replace(section, cards=tuple(map(counted, section.cards))) for section in offered)


def suits(item: Dish | Combo, menu: Menu, profile: DietProfile) -> bool:
    """A combo suits when every slot has a dish that does."""
    return not blocks_for_item(item, menu, profile)


def blocks_for_item(item: Dish | Combo, menu: Menu, profile: DietProfile) -> tuple[Block, ...]:
    """Why a dish does not suit as it comes; for a combo, why all the dishes of some slot do not."""
    if isinstance(item, Dish):
        return blocks_for_dish(item, profile)
    for slot in item.slots:
        blocks = [blocks_for_dish(menu.dish_by_id[dish_id], profile) for dish_id in slot.dish_ids]
        if all(blocks):
            return blocks[0]
    return ()


def swaps(dish: Dish, state: State, candidates: tuple[DishId, ...] | None = None) -> tuple[Dish, ...]:
    """Up to three dishes to have instead: served, there, suiting, of the same category (or among `candidates`: a
    combo's slot), nearest in price first."""
    if state.menu is None:
        return ()
    if candidates is None:
        others = [d for d in state.menu.dishes if d.category_id == dish.category_id and is_served_now(d, state)]
    else:
        others = [state.menu.dish_by_id[dish_id] for dish_id in candidates]
    fit = [
        d
        for d in others
        if d.id != dish.id and not state.levels.is_item_sold_out(d) and not blocks_for_dish(d, state.session.profile)
    ]
    return tuple(sorted(fit, key=lambda d: abs(d.price.minor - dish.price.minor))[:_MAX_SWAPS])


def chosen_options(choice: DishChoice, menu: Menu, texts: Texts) -> str:
    """The options that differ from what the dish comes with, in a row; empty when none does."""
    dish = menu.dish_by_id[choice.dish_id]
    names = [
        texts.of(option.name)
        for group in dish.option_groups
        for option in group.choices
        if option.id in choice.choice_ids(group.id) and option.id not in group.default_choice_ids
    ]
    return texts.listed(names)


def _offered(state: State) -> Iterator[tuple[str, list[Dish | Combo]]]:
    menu = state.menu
    if menu is None:
        return
    groups: dict[str, list[Dish | Combo]] = {COMBOS: list(menu.combos)}
    groups.update((category.id, []) for category in menu.categories)
    for dish in menu.dishes:
        groups[dish.category_id].append(dish)
    for key, items in groups.items():
        now = [item for item in items if state.serving_id is None or is_served_now(item, state)]
        if now:
            yield key, now


def _search(state: State, texts: Texts, typed: str) -> Iterator[Card]:
    found = [item for _, items in _offered(state) for item in items if matches(item, typed)]
    wanted = plain(typed)
    first = [item for item in found if plain(item.name.en).startswith(wanted)]
    rest = [item for item in found if item not in first]
    yield from (_card(item, state, texts) for item in [*first, *rest])


def _card(item: Dish | Combo, state: State, texts: Texts) -> Card:
    standing, note = _standing(item, state, texts)
    is_combo = isinstance(item, Combo)
    return Card(
        key=item.id,
        name=texts.of(item.name),
        price=texts.money(item.price),
        art=item.art,
        spice_icon="" if isinstance(item, Combo) else SPICE_ICONS.get(item.spice, ""),
        marks=() if isinstance(item, Combo) else tuple(TAG_ICONS[tag] for tag in sorted(item.diet_tags)),
        standing=standing,
        note=note,
        opens=is_combo,
    )


def _standing(item: Dish | Combo, state: State, texts: Texts) -> tuple[Standing, str]:
    menu = state.menu
    assert menu is not None  # noqa: S101 - items come from it
    if state.serving_id is None:
        periods = [texts.of(p.name) for p in menu.meal_periods if p.id in item.meal_period_ids]
        return Standing.NOT_NOW, texts.listed(periods) or texts.gettext("Not served")
    if state.levels.is_item_sold_out(item):
        return Standing.SOLD_OUT, texts.gettext("Sold out")
    blocks = blocks_for_item(item, menu, state.session.profile)
    if blocks:
        return Standing.BLOCKED, texts.block(blocks[0])
    return Standing.AVAILABLE, ""
