"""One ingredient: so much more, so much counted, so much thrown away, on large keys."""

from __future__ import annotations

from kivy.properties import BooleanProperty, StringProperty

from kiosk.domain.staff import Staff
from kiosk.domain.stock_act import WasteReason
from kiosk.screens.admin import ingredient_words as words
from kiosk.screens.admin.parts import ConfirmSheet
from kiosk.screens.admin.screen import AdminScreen
from kiosk.screens.admin.stock_words import reasons
from kiosk.screens.admin_flow import ingredients_events as ev
from kiosk.screens.admin_flow.ingredients import open_to
from kiosk.screens.admin_flow.ingredients_state import POINT, IngredientEntry, IngredientsState
from kiosk.screens.admin_flow.state import AdminState
from kiosk.screens.kv import load_kv
from kiosk.screens.widgets.number_pad import ERASE
from kiosk.screens.widgets.push_button import PushButton

_DIGITS = ("1", "2", "3", "4", "5", "6", "7", "8", "9")


class IngredientKey(PushButton):
    """Delivery, count or waste."""


class IngredientScreen(AdminScreen):
    """While it is in doubt whether an act was booked, nothing is there but asking for it again."""

    again_text = StringProperty("")
    troubled = BooleanProperty(defaultvalue=False)
    has_units = BooleanProperty(defaultvalue=False)
    waits = BooleanProperty(defaultvalue=False)
    in_small = BooleanProperty(defaultvalue=False)

    _sheet: ConfirmSheet | None = None

    def title(self, _state: AdminState) -> str:
        return self.texts.gettext("Ingredients")

    def notice_words(self, about: object) -> str:
        return words.said_words(self.texts, about)

    def render(self, state: AdminState) -> None:
        section = state.open
        if not isinstance(section, IngredientsState) or section.entry is None or state.staff is None:
            return
        if not self.changed("all", section, state.staff):
            return
        self.troubled = section.trouble is not None
        self.again_text = self.texts.gettext("Try again") if section.doubtful is not None else ""
        self.waits = section.asked is not None
        self._show_kinds(state.staff, section, section.entry)
        self._show_entry(section, section.entry)
        self._show_reasons(section.entry)

    def left(self) -> None:
        self._show_sheet(None)

    def _show_kinds(self, staff: Staff, section: IngredientsState, entry: IngredientEntry) -> None:
        keys, kinds = self.ids.kinds, open_to(staff) if section.doubtful is None else ()
        if not self.changed("kinds", kinds, entry.kind, section.is_free):
            return
        keys.clear_widgets()
        for kind in kinds:
            key = IngredientKey(
                test_id=f"kind-{kind}",
                text=words.kind_words(self.texts, kind),
                chosen=kind is entry.kind,
                disabled=not section.is_free,
            )
            key.fbind("on_release", lambda _key, kind=kind: self.dispatch_flow(ev.IngredientModeChosen(kind)))
            keys.add_widget(key)

    def _show_entry(self, section: IngredientsState, entry: IngredientEntry) -> None:
        ids, _, level = self.ids, self.texts.gettext, entry.level
        ids.name.text = self.texts.of(level.ingredient.name)
        left = words.left_amount(self.texts, level)
        ids.known.text = (
            _("{amount} left, as far as is known").format(amount=left) if level.is_known else _("Not counted yet")
        )
        ids.typed.text = words.typed_words(self.texts, entry)
        ids.typed.tone = "ink" if entry.typed else "ink_soft"
        ids.comes_to.text = words.told_words(self.texts, section) or words.entry_words(self.texts, entry)
        ids.large.text, ids.small.text = words.unit_words(self.texts, level.ingredient)
        self.in_small, self.has_units = entry.in_small, bool(ids.large.text) and section.trouble is None
        ids.large.disabled = ids.small.disabled = not ids.large.text or not section.is_free
        ids.pad.keys = [*_DIGITS, POINT if entry.takes_point else "", "0", ERASE]
        ids.book.text = words.confirm_words(self.texts, entry)
        ids.book.disabled = not entry.is_ready or not section.is_free

    def _show_reasons(self, entry: IngredientEntry) -> None:
        if not entry.asks_reason:
            self._show_sheet(None)
            return
        _, one = self.texts.gettext, entry.level.ingredient
        sheet = ConfirmSheet(
            test_id="reasons",
            title=_("Why is it thrown away?"),
            detail=_("{ingredient}: {amount}").format(
                ingredient=self.texts.of(one.name), amount=words.amount(self.texts, one.unit, entry.milli)
            ),
            cancel_text=_("Not now"),
        )
        sheet.reasons = reasons(self.texts)
        sheet.bind(
            on_confirm=lambda _sheet, reason: self.dispatch_flow(ev.IngredientWasteReasonChosen(WasteReason(reason))),
            on_dismiss=lambda _sheet: self.dispatch_flow(ev.IngredientReasonsDismissed()),
        )
        self._show_sheet(sheet)

    def _show_sheet(self, sheet: ConfirmSheet | None) -> None:
        if self._sheet is not None:
            self.remove_widget(self._sheet)
        self._sheet = sheet
        if sheet is not None:
            self.add_widget(sheet)

    # --- touches ---

    def press(self, key: str) -> None:
        self.dispatch_flow(ev.AmountErased() if key == ERASE else ev.AmountKeyTyped(key))

    def choose_unit(self, *, in_small: bool) -> None:
        self.dispatch_flow(ev.SmallUnitChosen(in_small))

    def confirm(self) -> None:
        self.dispatch_flow(ev.AmountConfirmed())

    def try_again(self) -> None:
        self.dispatch_flow(ev.AskIngredientsAgain())


load_kv(__file__)
