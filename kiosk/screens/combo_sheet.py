"""The sheet of a combo: every place filled already, changed in place, the price stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.gridlayout import GridLayout

from kiosk.domain.cart import DishChoice
from kiosk.domain.diet import Block, blocks_for_dish
from kiosk.domain.dish import Dish
from kiosk.domain.ids import DishId
from kiosk.domain.menu import ComboSlot, Menu
from kiosk.screens.edit_sheet import EditSheet
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.state import Editing, State
from kiosk.screens.kv import load_kv
from kiosk.screens.menu_cards import chosen_options
from kiosk.screens.sheet_parts import OptionGroups
from kiosk.screens.texts import Texts
from kiosk.screens.widgets import MiniCard, Pressable

_PICTURE_UNITS = 460


class ComboSheet(EditSheet):
    """One row a slot; a touch unfolds its dishes, another chooses."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.picture_units = _PICTURE_UNITS
        self._slots: list[SlotView] = []

    def render_item(self, state: State, editing: Editing, menu: Menu, blocks: tuple[Block, ...]) -> None:
        combo_id = editing.selection.combo_id
        assert combo_id is not None  # noqa: S101 - the stage shows a DishSheet for anything else
        combo = menu.combo_by_id[combo_id]
        if self.differs("slots", combo):
            for view in self._slots:
                self.ids.details.remove_widget(view)
            self._slots = [SlotView(index, slot, self) for index, slot in enumerate(combo.slots)]
            for view in self._slots:
                self.ids.details.add_widget(view)
        for index, (view, choice) in enumerate(zip(self._slots, editing.selection.dishes, strict=True)):
            unfolded = editing.open_slot == index
            if self.changed(f"slot {index}", choice, unfolded, state.levels, state.session.profile, combo):
                view.show(choice, state, menu, unfolded=unfolded)

    def unfold(self, index: int, *, fold: bool) -> None:
        self.dispatch_flow(ev.SlotUnfolded(None if fold else index))

    def choose(self, index: int, choice: DishChoice) -> None:
        self.dispatch_flow(ev.ChoiceChanged(index, choice))


class SlotHead(Pressable, BoxLayout):
    """The dish that fills the slot now; a touch shows the others."""

    slot = StringProperty("")
    dish = StringProperty("")
    options = StringProperty("")
    note = StringProperty("")
    icon = StringProperty("chevron-down")
    more = BooleanProperty(defaultvalue=True)


class SlotView(BoxLayout):
    """One slot of the combo: its head and, unfolded, its dishes and the options of the chosen one."""

    def __init__(self, index: int, slot: ComboSlot, sheet: ComboSheet) -> None:
        super().__init__()
        self._index = index
        self._slot = slot
        self._sheet = sheet
        self._unfolded = False
        self._options = OptionGroups()
        self._head = SlotHead(test_id=f"slot-{slot.id}")
        self._head.fbind("on_release", lambda *_: sheet.unfold(index, fold=self._unfolded))
        self.add_widget(self._head)

    def show(self, choice: DishChoice, state: State, menu: Menu, *, unfolded: bool) -> None:
        texts, art = self._sheet.texts, self._sheet.art
        dish = menu.dish_by_id[choice.dish_id]
        head = self._head
        head.slot, head.dish = texts.of(self._slot.name), texts.of(dish.name)
        head.options = chosen_options(choice, menu, texts)
        head.note = self._note(dish, state, texts)
        head.more = len(self._slot.dish_ids) > 1 or bool(dish.option_groups)
        head.icon = ("chevron-up" if unfolded else "chevron-down") if head.more else ""
        head.disabled = not head.more
        head.ids.picture.show(art, dish.art)
        self._unfolded = unfolded
        self._fold()
        if unfolded:
            self._show_dishes(choice, state, menu)
            self._show_options(choice, dish, texts)

    def _fold(self) -> None:
        for part in [child for child in self.children if child is not self._head]:
            self.remove_widget(part)

    def _show_dishes(self, choice: DishChoice, state: State, menu: Menu) -> None:
        if len(self._slot.dish_ids) < 2:
            return
        cards = SlotDishes()
        for dish_id in self._slot.dish_ids:
            cards.add_widget(self._card(menu.dish_by_id[dish_id], dish_id == choice.dish_id, state))
        if any(card.note for card in cards.children):
            for card in cards.children:
                card.has_note = True
        self.add_widget(cards)

    def _card(self, dish: Dish, chosen: bool, state: State) -> MiniCard:
        note = self._note(dish, state, self._sheet.texts)
        card = MiniCard(test_id=f"slot-{self._slot.id}-{dish.id}", note_tone="negative", chosen=chosen)
        card.name, card.note = self._sheet.texts.of(dish.name), note
        card.disabled = state.levels.is_sold_out(dish.id)
        card.ids.picture.show(self._sheet.art, dish.art, dimmed=bool(note))
        card.fbind("on_release", self._chooser(dish.id, state))
        return card

    def _chooser(self, dish_id: DishId, state: State) -> Callable[..., None]:
        menu = state.menu
        assert menu is not None  # noqa: S101 - the dish comes from it
        choice = DishChoice.default(menu.dish_by_id[dish_id], self._slot.id)
        return lambda *_: self._sheet.choose(self._index, choice)

    def _show_options(self, choice: DishChoice, dish: Dish, texts: Texts) -> None:
        if dish.option_groups:
            self._options.set_groups(dish.option_groups, lambda changed: self._sheet.choose(self._index, changed))
            self._options.show(choice, texts)
            self.add_widget(self._options)

    def _note(self, dish: Dish, state: State, texts: Texts) -> str:
        if state.levels.is_sold_out(dish.id):
            return texts.gettext("Sold out")
        blocks = blocks_for_dish(dish, state.session.profile)
        return texts.block(blocks[0]) if blocks else ""


class SlotDishes(GridLayout):
    """The dishes of an unfolded slot, in a grid."""


load_kv(__file__)
