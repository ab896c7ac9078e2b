"""What the counter's grid and rail offer for a state. Pure, no Kivy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from kiosk.domain.cart import Cart
from kiosk.domain.dish import Dish
from kiosk.domain.ids import ComboId, DishId
from kiosk.domain.menu import Combo, Menu
from kiosk.screens.cards import Card, Section, Standing
from kiosk.screens.counter_flow import events as ev
from kiosk.screens.counter_flow.bill import grid
from kiosk.screens.counter_flow.state import ALL, WEIGHED, State
from kiosk.screens.texts import Texts

_COMBO = "combo "  # before the key of a combo: a dish may have the same id


def sections(state: State, texts: Texts) -> tuple[Section, ...]:
    """The open category's cards, each with how many of it are in the sale."""
    counts = _counts(state.sale.cart)
    return (Section(state.category_id, "", tuple(_card(item, state, counts, texts) for item in grid(state))),)


def categories(menu: Menu, texts: Texts) -> tuple[tuple[str, str, str], ...]:
    """The rail, as (key, icon, text)."""
    _ = texts.gettext
    shown = [(ALL, "silverware-fork-knife", _("Everything"))]
    if menu.weighed:
        shown.append((WEIGHED, "bowl-mix", _("By weight")))
    return (*shown, *((category.id, category.icon, texts.of(category.name)) for category in menu.categories))


def touched(card: Card) -> ev.DishTouched | ev.ComboTouched:
    """What a touch on the card means."""
    if card.key.startswith(_COMBO):
        return ev.ComboTouched(ComboId(card.key.removeprefix(_COMBO)))
    return ev.DishTouched(DishId(card.key))


def _card(item: Dish | Combo, state: State, counts: Counter[str], texts: Texts) -> Card:
    sold_out = state.levels.is_item_sold_out(item)
    key = f"{_COMBO}{item.id}" if isinstance(item, Combo) else item.id
    return Card(
        key=key,
        name=texts.of(item.name),
        price=texts.money(item.price),
        unit=_unit(item, texts),
        art=item.art,
        count=counts[key],
        standing=Standing.SOLD_OUT if sold_out else Standing.AVAILABLE,
        note=texts.gettext("Sold out") if sold_out else "",
        opens=isinstance(item, Dish) and item.per_g is not None,
    )


def _unit(item: Dish | Combo, texts: Texts) -> str:
    if isinstance(item, Combo) or item.per_g is None:
        return ""
    # Translators: what the price over it is for
    return texts.gettext("for {per} g").format(per=item.per_g)


def _counts(cart: Cart) -> Counter[str]:
    counts: Counter[str] = Counter()
    for line in cart.lines:
        selection = line.selection
        if selection.combo_id is not None:
            counts[f"{_COMBO}{selection.combo_id}"] += line.quantity
        elif selection.dishes:
            counts[selection.dishes[0].dish_id] += line.quantity
    return counts


def number_of(keys: Sequence[tuple[str, str, str]], category_id: str) -> int:
    """Where the category stands on the rail."""
    return next((number for number, (key, _, _) in enumerate(keys) if key == category_id), 0)
