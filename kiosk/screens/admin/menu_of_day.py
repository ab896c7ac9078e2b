"""The menu of the day: categories at the left, their dishes at the right, each on or off; a touch opens its price."""

from __future__ import annotations

from collections.abc import Sequence

from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.domain.menu_of_day import COMBOS, MenuItem, MenuRefusal
from kiosk.screens.admin.parts import AdminRow as AdminRow
from kiosk.screens.admin.screen import AdminScreen
from kiosk.screens.admin_flow import menu_of_day_events as ev
from kiosk.screens.admin_flow.menu_of_day_state import MenuDone, MenuOfDayState
from kiosk.screens.admin_flow.state import AdminState
from kiosk.screens.kv import load_kv
from kiosk.screens.texts import Texts
from kiosk.screens.widgets.push_button import PushButton
from kiosk.services.menu_of_day import MenuTrouble


class CategoryKey(PushButton):
    """One of the menu's categories."""


class MenuItemRow(BoxLayout):
    """A dish or combo with its price; at the right the key that switches it."""

    text = StringProperty("")
    detail = StringProperty("")
    state_text = StringProperty("")
    item_id = StringProperty("")
    is_off = BooleanProperty(defaultvalue=False)

    __events__ = ("on_price", "on_switch")

    def on_price(self) -> None:
        """Bound by the owner."""

    def on_switch(self) -> None:
        """Bound by the owner."""


class MenuOfDayScreen(AdminScreen):
    waits = BooleanProperty(defaultvalue=False)
    told = StringProperty("")
    again_text = StringProperty("")
    all_off_text = StringProperty("")
    all_on_text = StringProperty("")

    def title(self, _state: AdminState) -> str:
        return self.texts.gettext("Menu of the day")

    def notice_words(self, about: object) -> str:
        return refusal_words(about, self.texts) if isinstance(about, MenuRefusal) else done_words(about, self.texts)

    def render(self, state: AdminState) -> None:
        section, _ = state.open, self.texts.gettext
        if not isinstance(section, MenuOfDayState) or not self.changed("all", section, state.menu):
            return
        self.waits = section.asked is not None
        self.told = told_words(section, self.texts)
        self.again_text = _("Try again") if section.trouble is not None else ""
        self.all_off_text, self.all_on_text = _("All of these off"), _("All of these on")
        categories = self._categories(state, section)
        chosen = section.category_id if section.category_id is not None else next((id_ for id_, _n in categories), "")
        self._render_categories(categories, chosen)
        self._render_items([item for item in section.items or () if item.category_id == chosen])

    def _categories(self, state: AdminState, section: MenuOfDayState) -> list[tuple[str, str]]:
        """Those that have something, in the menu's order; combos first, as customers see them."""
        there = {item.category_id for item in section.items or ()}
        named = [(c.id, self.texts.of(c.name)) for c in state.menu.categories] if state.menu else []
        return [(id_, name) for id_, name in ((COMBOS, self.texts.gettext("Set meals")), *named) if id_ in there]

    def _render_categories(self, categories: Sequence[tuple[str, str]], chosen: str) -> None:
        keys = self.ids.categories
        if self.changed("categories", categories):
            keys.clear_widgets()
            for id_, name in categories:
                key = CategoryKey(test_id=f"category-{id_}", text=name)
                key.category_id = id_
                key.fbind("on_release", self._choose, id_)
                keys.add_widget(key)
        for key in keys.children:
            key.chosen = key.category_id == chosen

    def _render_items(self, items: Sequence[MenuItem]) -> None:
        rows = self.ids.rows
        self._ids = frozenset(item.id for item in items)
        if self.changed("items", [item.id for item in items]):
            rows.clear_widgets()
            self.ids.scroll.to_top()
            for item in items:
                row = MenuItemRow(item_id=item.id)
                row.fbind("on_price", self._price, item.id)
                row.fbind("on_switch", self._switch)
                rows.add_widget(row)
        for row, item in zip(reversed(rows.children), items, strict=True):
            row.text, row.detail, row.is_off = self.texts.of(item.name), price_words(item, self.texts), item.is_off
            row.state_text = self.texts.gettext("Off") if item.is_off else self.texts.gettext("On")

    # --- touches ---

    def switch_all(self, *, off: bool) -> None:
        self.dispatch_flow(ev.ItemsSwitched(self._ids, off))

    def try_again(self) -> None:
        self.dispatch_flow(ev.TryAgainTouched())

    def _choose(self, category_id: str, _key: CategoryKey) -> None:
        self.dispatch_flow(ev.CategoryTouched(category_id))

    def _price(self, item_id: str, _row: MenuItemRow) -> None:
        self.dispatch_flow(ev.PriceTouched(item_id))

    def _switch(self, row: MenuItemRow) -> None:
        self.dispatch_flow(ev.ItemsSwitched(frozenset({row.item_id}), off=not row.is_off))


def price_words(item: MenuItem, texts: Texts) -> str:
    """Today's, and what it will be."""
    if item.next_price is None or item.next_from is None:
        return texts.money(item.price)
    template = texts.gettext("{price}, from {month}-{day} {next_price}")
    return template.format(
        price=texts.money(item.price),
        month=item.next_from.month,
        day=item.next_from.day,
        next_price=texts.money(item.next_price),
    )


def told_words(section: MenuOfDayState, texts: Texts) -> str:
    """What stands in the way, or is waited for."""
    _ = texts.gettext
    if section.trouble is MenuTrouble.REFUSED:
        return _("The canteen's server refuses this terminal. Please tell IT.")
    if section.trouble is MenuTrouble.UNREACHABLE and section.doubtful is not None and section.items is not None:
        return _("The canteen's server did not answer: it is not known whether this was done.")
    if section.trouble is MenuTrouble.UNREACHABLE:
        return _("The menu is changed at the canteen's server, which does not answer. Marking sold out works here.")
    return _("One moment") if section.items is None else ""


def refusal_words(refusal: MenuRefusal, texts: Texts) -> str:
    _ = texts.gettext
    return {
        MenuRefusal.UNKNOWN_ITEM: _("Another menu was imported meanwhile. Nothing was changed."),
        MenuRefusal.PRICE: _("With this price some choice would cost less than nothing. Nothing was changed."),
        MenuRefusal.TOO_LATE: _("That moment is too long past or too far ahead. Nothing was changed."),
        MenuRefusal.NOTHING_LEFT: _("Nothing would be left on the menu. Nothing was changed."),
        MenuRefusal.NOT_PERMITTED: _("Your roles do not permit this. Nothing was done."),
    }[refusal]


def done_words(about: object, texts: Texts) -> str:
    _ = texts.gettext
    if not isinstance(about, MenuDone) or about.item is None:
        return ""
    name = texts.of(about.item.name)
    if about.off is None:
        template = _("{name}: new price from tomorrow") if about.from_tomorrow else _("{name}: new price, from now on")
        return template.format(name=name)
    if about.count > 1:
        template = _("{count} taken off the menu") if about.off else _("{count} back on the menu")
        return template.format(count=about.count)
    return (_("{name} is off the menu") if about.off else _("{name} is on the menu again")).format(name=name)


load_kv(__file__)
