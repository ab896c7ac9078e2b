"""Ingredients: what is left of each, what runs out first at the top; a touch opens one."""

from __future__ import annotations

from functools import partial

from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.domain.ingredient import IngredientId
from kiosk.screens.admin.ingredient_words import left_amount, left_words, said_words, told_words
from kiosk.screens.admin.screen import AdminScreen
from kiosk.screens.admin_flow import ingredients_events as ev
from kiosk.screens.admin_flow.ingredients import open_to
from kiosk.screens.admin_flow.ingredients_state import IngredientsState
from kiosk.screens.admin_flow.state import AdminState
from kiosk.screens.kv import load_kv
from kiosk.screens.widgets.pressable import Pressable

_ROW_GAP_UNITS = 14


class IngredientRow(Pressable, BoxLayout):
    """An ingredient and what is left of it. Touched all over."""

    name = StringProperty("")
    detail = StringProperty("")
    tone = StringProperty("ink_soft")
    left = StringProperty("")


class IngredientsScreen(AdminScreen):
    """A page of rows at a time, turned by large keys: nothing has to be dragged with wet hands. `notice_units`: room at
    the bottom while nothing is said there, so that rows stay where they are when something is."""

    told = StringProperty("")
    again_text = StringProperty("")
    waits = BooleanProperty(defaultvalue=False)
    notice_units = NumericProperty(0)

    _state: AdminState | None = None
    _page = 0

    def title(self, _state: AdminState) -> str:
        return self.texts.gettext("Ingredients")

    def notice_words(self, about: object) -> str:
        return said_words(self.texts, about)

    def on_height(self, _screen: IngredientsScreen, _height: float) -> None:
        """Another number of rows fits."""
        if self._state is not None:
            self.render(self._state)

    def left(self) -> None:
        self._state = None

    def render(self, state: AdminState) -> None:
        self._state = state
        section = state.open
        if not isinstance(section, IngredientsState) or state.staff is None:
            return
        self.notice_units = 205 if state.notice is None else 0
        self.told = told_words(self.texts, section)
        self.again_text = self.texts.gettext("Try again") if section.trouble is not None else ""
        self.waits = section.asked is not None
        levels = section.levels or ()
        a_page = self._rows_a_page()
        last = max(0, (len(levels) - 1) // a_page)
        page = min(section.page, last)
        shown = levels[page * a_page : (page + 1) * a_page]
        opens = bool(open_to(state.staff)) and section.is_free
        if self.changed("rows", shown, opens):
            self._show_rows(section, page * a_page, len(shown), opens=opens)
        self._show_pages(page, last)

    def _rows_a_page(self) -> int:
        look = self.look
        told = (124 if self.again_text else 90) if self.told else 0
        room = int(self.height) - look.u(self.notice_units + told + 118 + 60)
        row = max(look.u(132), look.line("label") + look.line("body") + look.u(36)) + look.u(_ROW_GAP_UNITS)
        return max(1, room // row) * int(self.ids.rows.cols)

    def _show_rows(self, section: IngredientsState, first: int, count: int, *, opens: bool) -> None:
        rows = self.ids.rows
        rows.clear_widgets()
        for level in (section.levels or ())[first : first + count]:
            detail, tone = left_words(self.texts, level)
            row = IngredientRow(
                test_id=f"ingredient-{level.ingredient.id}",
                name=self.texts.of(level.ingredient.name),
                detail=detail,
                tone=tone,
                left=left_amount(self.texts, level),
                disabled=not opens,
            )
            row.fbind("on_release", partial(self._open, level.ingredient.id))
            rows.add_widget(row)

    def _show_pages(self, page: int, last: int) -> None:
        ids = self.ids
        self._page = page
        ids.previous.disabled, ids.next.disabled = page == 0, page == last
        ids.next.text = f"{page + 1}/{last + 1}"
        ids.pages.opacity = 1 if last else 0

    # --- touches ---

    def turn(self, by: int) -> None:
        self.dispatch_flow(ev.IngredientsPageTurned(self._page + by))

    def try_again(self) -> None:
        self.dispatch_flow(ev.AskIngredientsAgain())

    def _open(self, ingredient_id: IngredientId, _row: IngredientRow) -> None:
        self.dispatch_flow(ev.IngredientTouched(ingredient_id))


load_kv(__file__)
