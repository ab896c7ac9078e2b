"""One dish: so many more, so many counted, so many thrown away, on large keys."""

from __future__ import annotations

from dataclasses import replace

from kivy.properties import StringProperty

from kiosk.domain.menu import Menu
from kiosk.domain.staff import Staff
from kiosk.domain.stock_act import WasteReason
from kiosk.screens.admin import stock_words as words
from kiosk.screens.admin.parts import ConfirmSheet
from kiosk.screens.admin.screen import AdminScreen
from kiosk.screens.admin_flow import events as ev
from kiosk.screens.admin_flow import stock_state as st
from kiosk.screens.admin_flow.state import AdminState
from kiosk.screens.admin_flow.stock_dish import can_confirm, open_to
from kiosk.screens.admin_flow.stock_state import DishEntry, Mode, Said, Stock
from kiosk.screens.kv import load_kv
from kiosk.screens.widgets.number_pad import ERASE
from kiosk.screens.widgets.push_button import PushButton


class ModeKey(PushButton):
    """Restock, count or waste."""

    mode = StringProperty("")


class StockDishScreen(AdminScreen):
    _sheet: ConfirmSheet | None = None
    _menu: Menu | None = None
    _name = ""
    _in_doubt = False

    def title(self, _state: AdminState) -> str:
        return self.texts.gettext("Stock")

    def notice_words(self, about: object) -> str:
        return words.said_words(self.texts, self._menu, about) if isinstance(about, Said) else ""

    def render(self, state: AdminState) -> None:
        stock, self._menu = state.open, state.menu
        if not isinstance(stock, Stock) or stock.dish is None or state.staff is None:
            return
        doing = stock.busy, stock.in_doubt
        if self.changed("all", stock.dish, stock.known, stock.batch, doing, state.staff, state.menu):
            self._show_dish(state.staff, stock, stock.dish)
            self._show_entry(stock, stock.dish)
            self._show_doubt(state.staff, stock)
            self._show_reasons(stock.dish if stock.in_doubt is None else replace(stock.dish, asks_reason=False))

    def left(self) -> None:
        self._show_sheet(None)

    def press(self, key: str) -> None:
        self.dispatch_flow(ev.EraseTouched() if key == ERASE else ev.DigitTyped(key))

    def more(self, by: int) -> None:
        self.dispatch_flow(st.MoreTouched(by))

    def weigh(self) -> None:
        self.dispatch_flow(st.WeighTouched())

    def confirm(self) -> None:
        self.dispatch_flow(st.AskAgainTouched() if self._in_doubt else st.EntryConfirmed())

    def add_to_batch(self) -> None:
        self.dispatch_flow(st.AddedToBatch())

    def _show_dish(self, staff: Staff, stock: Stock, dish: DishEntry) -> None:
        ids = self.ids
        self._name = words.dish_name(self.texts, self._menu, dish.dish_id)
        ids.name.text = self._name
        beyond = stock.known.beyond.get(dish.dish_id, 0)
        ids.known.text = words.known_words(self.texts, stock.known.levels.portions.get(dish.dish_id), beyond)
        ids.known.tone = "warning" if beyond else "ink_soft"
        modes = ids.modes
        modes.clear_widgets()
        for mode in open_to(staff, stock, dish.dish_id):
            key = ModeKey(
                test_id=f"mode-{mode}",
                text=words.mode_words(self.texts, mode),
                chosen=mode is dish.mode,
                disabled=not stock.may_act,
            )
            key.fbind("on_release", lambda _key, mode=mode: self.dispatch_flow(st.ModeChosen(mode)))
            modes.add_widget(key)

    def _show_entry(self, stock: Stock, dish: DishEntry) -> None:
        ids, _ = self.ids, self.texts.gettext
        known = stock.known.levels.portions.get(dish.dish_id)
        grams = _("{grams} g").format(grams=dish.grams or "0")
        ids.typed.text = grams if dish.weighing else dish.typed or "0"
        ids.typed.tone = "ink_soft" if dish.is_suggested or not (dish.grams if dish.weighing else dish.typed) else "ink"
        ids.told.text = self._told(dish, known)
        ids.weigh.text = ""
        if dish.mode is Mode.WASTE:
            ids.weigh.text = _("Type portions") if dish.weighing else _("Type the weight")
        ids.weigh.disabled = not ids.weigh.text or not stock.may_act
        ids.another.text = _("And another dish") if dish.mode is Mode.RESTOCK else ""
        ids.another.disabled = not ids.another.text or not can_confirm(dish) or not stock.may_act
        others = len([d for d in stock.batch if d != dish.dish_id])
        ids.book.text = words.confirm_words(self.texts, dish, known, others)
        ids.book.disabled = not can_confirm(dish) or stock.busy

    def _show_doubt(self, staff: Staff, stock: Stock) -> None:
        """The button asks what became of the act."""
        self._in_doubt = stock.in_doubt is not None
        if stock.in_doubt is not None:
            self.ids.book.text = words.doubt_words(self.texts)
            self.ids.book.disabled = stock.busy or not staff.may(stock.in_doubt.needs)

    def _told(self, dish: DishEntry, known: int | None) -> str:
        """Under the number: what it comes to."""
        _ = self.texts.gettext
        if dish.mode is Mode.COUNT:
            if known is None or not dish.typed:
                return _("Type what is there")
            difference = words.signed(dish.portions - known)
            return _("Known {known}, difference {difference}").format(known=known, difference=difference)
        if dish.mode is Mode.WASTE:
            other = _("{n} portions").format(n=dish.typed or 0) if dish.weighing else ""
            return other or (_("{grams} g").format(grams=dish.grams) if dish.grams else _("Portions thrown away"))
        return _("Then {n} left").format(n=(known or 0) + dish.portions)

    def _show_reasons(self, dish: DishEntry) -> None:
        if not dish.asks_reason:
            self._show_sheet(None)
            return
        _, texts = self.texts.gettext, self.texts
        detail = _("{dish}: {n} portions, {grams} g") if dish.grams else _("{dish}: {n} portions")
        sheet = ConfirmSheet(
            test_id="reasons",
            title=_("Why is it thrown away?"),
            detail=detail.format(dish=self._name, n=dish.portions, grams=dish.grams),
            cancel_text=_("Not now"),
        )
        sheet.reasons = words.reasons(texts)
        sheet.bind(
            on_confirm=lambda _sheet, reason: self.dispatch_flow(st.WasteReasonChosen(WasteReason(reason))),
            on_dismiss=lambda _sheet: self.dispatch_flow(st.ReasonsDismissed()),
        )
        self._show_sheet(sheet)

    def _show_sheet(self, sheet: ConfirmSheet | None) -> None:
        if self._sheet is not None:
            self.remove_widget(self._sheet)
        self._sheet = sheet
        if sheet is not None:
            self.add_widget(sheet)


load_kv(__file__)
