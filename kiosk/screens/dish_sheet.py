"""The sheet of a dish: what it is, how one wants it, and how many."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kivy.properties import StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.domain.cart import DishChoice
from kiosk.domain.diet import Block, blocks_for_dish
from kiosk.domain.dish import Dish
from kiosk.domain.menu import Menu
from kiosk.screens.art import Art
from kiosk.screens.edit_sheet import EditSheet
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.state import Editing, State
from kiosk.screens.kv import load_kv
from kiosk.screens.menu_cards import SPICE_ICONS, TAG_ICONS, swaps
from kiosk.screens.sheet_parts import Figure, Mark, OptionGroups
from kiosk.screens.texts import Texts
from kiosk.screens.widgets import MiniCard

_FIGURES = 5

OpenDish = Callable[[Dish], None]


class DishSheet(EditSheet):
    """Options with their price differences, diet and allergens, nutrition, where it comes from; what else there is
    when it does not suit or is sold out."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._parts = DishParts()
        self.ids.details.add_widget(self._parts)

    def render_item(self, state: State, editing: Editing, menu: Menu, blocks: tuple[Block, ...]) -> None:
        choice = editing.selection.dishes[0]
        dish = menu.dish_by_id[choice.dish_id]
        if self.differs("groups", dish):
            self._parts.options.set_groups(dish.option_groups, self._choose)
        if self.changed("facts", dish):
            self._parts.show_facts(dish, self.texts)
        if self.changed("choice", choice):
            self._parts.options.show(choice, self.texts)
        if self.changed("swaps", dish, state.levels, state.session.profile):
            unfit = state.levels.is_item_sold_out(dish) or blocks_for_dish(dish, state.session.profile)
            self._parts.show_swaps(swaps(dish, state) if unfit else (), self.texts, self.art, self._open)

    def _choose(self, choice: DishChoice) -> None:
        self.dispatch_flow(ev.ChoiceChanged(0, choice))

    def _open(self, dish: Dish) -> None:
        self.dispatch_flow(ev.DishOpened(dish.id))


class DishParts(BoxLayout):
    """Everything under the description; a part with nothing in it takes no room."""

    swaps_title = StringProperty("")
    allergens = StringProperty("")
    provenance = StringProperty("")
    nutrition_title = StringProperty("")

    def __init__(self) -> None:
        super().__init__()
        # `ids` holds only weak references, and a part is off the tree while it is empty.
        self._parts = [self.ids[name].__self__ for name in ("marks", "instead", "options", "facts", "figures")]
        self.options: OptionGroups = self._parts[2]
        self._figures = [Figure() for _ in range(_FIGURES)]

    def show_facts(self, dish: Dish, texts: Texts) -> None:
        _ = texts.gettext
        marks = self._part("marks")
        marks.clear_widgets()
        levels = {1: _("Mildly spicy"), 2: _("Spicy"), 3: _("Very spicy")}
        if dish.spice in levels:
            marks.add_widget(Mark(icon=SPICE_ICONS[dish.spice], tone="negative", text=levels[dish.spice]))
        for tag in sorted(dish.diet_tags):
            marks.add_widget(Mark(icon=TAG_ICONS[tag], tone="positive", text=texts.diet_tag(tag)))
        if dish.allergens is None:
            self.allergens = _("The ingredients are not fully known.")
        elif dish.allergens:
            names = texts.listed([texts.allergen(a) for a in sorted(dish.allergens)])
            self.allergens = _("Contains: {names}").format(names=names)
        else:
            self.allergens = _("Contains none of the common allergens.")
        self.provenance = texts.of(dish.provenance) if dish.provenance else ""
        self._show_nutrition(dish, texts)
        self.arrange()

    def _show_nutrition(self, dish: Dish, texts: Texts) -> None:
        _ = texts.gettext
        row, facts = self.ids.nutrition, dish.nutrition
        self.nutrition_title = _("In one portion") if facts else ""
        if facts is None:
            return
        if not row.children:
            for figure in self._figures:
                row.add_widget(figure)
        told = (
            (_("energy"), _("{n} kcal").format(n=facts.energy_kcal)),
            (_("protein"), _("{n} g").format(n=facts.protein_g)),
            (_("fat"), _("{n} g").format(n=facts.fat_g)),
            (_("carbohydrate"), _("{n} g").format(n=facts.carbohydrate_g)),
            (_("sodium"), _("{n} mg").format(n=facts.sodium_mg)),
        )
        for figure, (name, value) in zip(self._figures, told, strict=True):
            figure.name, figure.value = name, value

    def show_swaps(self, others: tuple[Dish, ...], texts: Texts, art: Art, open_dish: OpenDish) -> None:
        row = self.ids.swaps
        row.clear_widgets()
        self.swaps_title = texts.gettext("How about one of these?") if others else ""
        for other in others:
            card = MiniCard(name=texts.of(other.name), note=texts.money(other.price), test_id=f"swap-{other.id}")
            card.ids.picture.show(art, other.art)
            card.fbind("on_release", lambda _card, other=other: open_dish(other))
            row.add_widget(card)
        self.arrange()

    def arrange(self) -> None:
        """Only the parts that say something."""
        marks, instead, options, facts, figures = self._parts
        wanted = [marks] if marks.children else []
        wanted += [instead] if self.swaps_title else []
        wanted += [options] if options.children else []
        wanted += [facts, figures] if self.nutrition_title else [facts]
        if list(reversed(self.children)) != wanted:
            self.clear_widgets()
            for part in wanted:
                self.add_widget(part)

    def _part(self, name: str) -> BoxLayout:
        part: BoxLayout = self.ids[name].__self__
        return part


load_kv(__file__)
