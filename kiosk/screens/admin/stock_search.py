"""The search of the stock list: the menu's own keys, and digits for the number on a label."""

from __future__ import annotations

import string
from collections.abc import Callable
from typing import Any

from kiosk.screens.admin_flow.stock_find import SearchTyped
from kiosk.screens.flow.events import SearchChanged
from kiosk.screens.menu_search import Keyboard, SearchField
from kiosk.screens.texts import Texts

KEYS = string.ascii_uppercase + string.digits
COLUMNS, COLUMNS_LYING = 8, 13
KEY_ROW_UNITS = 124
FIELD_UNITS = 124


class StockSearchField(SearchField):
    def hint_words(self, texts: Texts) -> str:
        return texts.gettext("Type a name, pinyin initials or the number on the label")


class StockSearch:
    """The field above the rows and the keys below them."""

    def __init__(self, dispatch: Callable[[Any], None], *, lying: bool) -> None:
        def typed(event: object) -> None:
            if isinstance(event, SearchChanged):
                dispatch(SearchTyped(event.text))

        columns = COLUMNS_LYING if lying else COLUMNS
        self.field = StockSearchField(typed)
        self.keyboard = Keyboard(typed, columns, KEYS)
        self.units = FIELD_UNITS + 32 + KEY_ROW_UNITS * (len(KEYS) // columns + 1)

    def show(self, typed: str, found: int, texts: Texts) -> None:
        self.field.show(typed, found, texts)
        self.keyboard.show(typed, texts)
