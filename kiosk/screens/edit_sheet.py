"""What the sheets of a dish and of a combo share: picture, name, price, and the bar that adds it to the cart."""

from __future__ import annotations

from kivy.properties import BooleanProperty, NumericProperty, OptionProperty, StringProperty

from kiosk.domain.cart import MAX_QUANTITY, Selection
from kiosk.domain.diet import Block, BlockReason, blocks_for_selection
from kiosk.domain.dish import Dish
from kiosk.domain.menu import Combo, Menu
from kiosk.domain.pricing import price_selection
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.serving import is_served_now
from kiosk.screens.flow.state import Editing, State
from kiosk.screens.kv import load_kv
from kiosk.screens.screen import KioskScreen

_NEVER = (BlockReason.ALLERGEN, BlockReason.UNKNOWN_INGREDIENTS)  # a wish may be set aside, an allergy not


class EditSheet(KioskScreen):
    """Shows `state.editing`. Subclasses put their own parts into `ids.details` and fill them in `render_item`."""

    name = StringProperty("")
    price = StringProperty("")
    description = StringProperty("")
    reason = StringProperty("")
    advice = StringProperty("")
    quantity = NumericProperty(1)
    lowest = NumericProperty(1)
    highest = NumericProperty(MAX_QUANTITY)
    add_text = StringProperty("")
    add_kind = OptionProperty("primary", options=["primary", "secondary", "danger"])
    add_disabled = BooleanProperty(defaultvalue=False)
    picture_units = NumericProperty(700)

    def render(self, state: State) -> None:
        editing, menu = state.editing, state.menu
        item = _item(editing.selection, menu) if editing and menu else None
        if editing is None or menu is None or item is None:
            return
        texts = self.texts
        self.name = texts.of(item.name)
        self.description = texts.of(item.description)
        self.price = texts.money(price_selection(editing.selection, menu))
        self.quantity, self.lowest = editing.quantity, 0 if editing.replaces else 1
        if self.changed("picture", item.art):
            self.ids.picture.show(self.art, item.art, round_below=False)
        if self.differs("item", item.id, state.session.id):
            self.ids.scroller.scroll_to(0)
        blocks = blocks_for_selection(editing.selection, menu, state.session.profile)
        self.render_item(state, editing, menu, blocks)
        sold_out = state.levels.is_item_sold_out(item) or any(
            state.levels.is_sold_out(c.dish_id) for c in editing.selection.dishes
        )
        self._show_warning(blocks, sold_out=sold_out)
        self._show_add(item, editing, state, blocks, sold_out=sold_out)

    def render_item(self, state: State, editing: Editing, menu: Menu, blocks: tuple[Block, ...]) -> None:
        """Fill `ids.details`; `blocks` says why the selection does not suit, if it does not."""
        raise NotImplementedError

    def _show_warning(self, blocks: tuple[Block, ...], *, sold_out: bool) -> None:
        """Why it cannot or should not be had, beside the button that would add it."""
        texts, _ = self.texts, self.texts.gettext
        self.reason = _("Sold out for today") if sold_out else texts.listed([texts.block(block) for block in blocks])
        self.advice = _("You asked us to look out for this.") if blocks and not sold_out else ""

    def _show_add(
        self, item: Dish | Combo, editing: Editing, state: State, blocks: tuple[Block, ...], *, sold_out: bool
    ) -> None:
        assert state.menu is not None  # noqa: S101 - render has checked
        _ = self.texts.gettext
        amount = self.texts.money(price_selection(editing.selection, state.menu) * max(1, editing.quantity))
        removes = editing.replaces is not None and editing.quantity == 0
        closed = "" if removes else self._why_not(item, state, blocks, sold_out=sold_out)
        self.add_disabled = bool(closed)
        self.add_kind = "danger" if removes else "secondary" if blocks else "primary"
        if closed:
            self.add_text = closed
        elif removes:
            self.add_text = _("Remove from the order")
        elif editing.replaces is not None:
            self.add_text = _("Save {amount}").format(amount=amount)
        elif blocks:
            self.add_text = _("Add anyway {amount}").format(amount=amount)
        else:
            self.add_text = _("Add {amount}").format(amount=amount)

    def _why_not(self, item: Dish | Combo, state: State, blocks: tuple[Block, ...], *, sold_out: bool) -> str:
        """Why it cannot be added at all; empty when it can."""
        _ = self.texts.gettext
        if not is_served_now(item, state):
            return _("Not served at this time")
        if sold_out:
            return _("Sold out")
        if any(block.reason in _NEVER for block in blocks):
            return _("Does not suit you")
        return ""

    # --- touches ---

    def step_quantity(self, wanted: int) -> None:
        self.dispatch_flow(ev.SheetQuantityChanged(wanted))

    def confirm(self) -> None:
        self.dispatch_flow(ev.SheetConfirmed())

    def close(self) -> None:
        self.dispatch_flow(ev.SheetClosed())


def _item(selection: Selection, menu: Menu) -> Dish | Combo | None:
    if selection.combo_id is not None:
        return menu.combo_by_id.get(selection.combo_id)
    return menu.dish_by_id.get(selection.dishes[0].dish_id)


load_kv(__file__)
