"""Search: what has been typed, and the keys to type it with: letters for pinyin initials and English."""

from __future__ import annotations

import string
from collections.abc import Callable

from kivy.properties import NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.flow import events as ev
from kiosk.screens.kv import load_kv
from kiosk.screens.texts import Texts
from kiosk.screens.theme import Look
from kiosk.screens.widgets.push_button import PushButton

_KEYS_IN_A_ROW, _KEYS_IN_A_ROW_LYING = 8, 10

Dispatch = Callable[[ev.FlowEvent], None]


class SearchField(BoxLayout):
    """What is searched for and how many were found."""

    typed = StringProperty("")
    hint = StringProperty("")
    found = StringProperty("")

    def __init__(self, dispatch: Dispatch) -> None:
        self._dispatch = dispatch
        super().__init__()

    def show(self, typed: str, found: int, texts: Texts) -> None:
        self.typed = typed.upper()
        self.hint = texts.gettext("Type pinyin initials or English")
        self.found = texts.ngettext("{n} dish found", "{n} dishes found", found).format(n=found) if typed else ""

    def close(self) -> None:
        self._dispatch(ev.SearchChanged(None))


class Keyboard(BoxLayout):
    """Letters in the order of the alphabet, which everybody finds; `columns` keys in a row."""

    columns = NumericProperty(8)
    done = StringProperty("")

    def __init__(self, dispatch: Dispatch, columns: int) -> None:
        super().__init__()
        self._dispatch = dispatch
        self._typed = ""
        self.columns = columns
        for letter in string.ascii_uppercase:
            key = PushButton(text=letter, test_id=f"key-{letter}", role="title", size_hint_y=1)
            key.fbind("on_release", self._on_letter, letter)
            self.ids.letters.add_widget(key)
        backspace = PushButton(icon="backspace-outline", test_id="key-back", size_hint_y=1)
        backspace.fbind("on_release", lambda *_: self._type(self._typed[:-1]))
        self.ids.letters.add_widget(backspace)
        clear = PushButton(icon="close", test_id="key-clear", size_hint_y=1)
        clear.fbind("on_release", lambda *_: self._type(""))
        self.ids.letters.add_widget(clear)

    def show(self, typed: str, texts: Texts) -> None:
        self._typed = typed
        self.done = texts.gettext("All dishes")

    def close(self) -> None:
        self._dispatch(ev.SearchChanged(None))

    def _on_letter(self, letter: str, _key: PushButton) -> None:
        self._type(self._typed + letter.lower())

    def _type(self, text: str) -> None:
        self._dispatch(ev.SearchChanged(text))


class SearchRows:
    """The field above the dishes and the keys below them."""

    def __init__(self, dispatch: Dispatch, look: Look) -> None:
        self.field = SearchField(dispatch)
        self.keyboard = Keyboard(dispatch, _KEYS_IN_A_ROW_LYING if look.lying else _KEYS_IN_A_ROW)

    def show(self, typed: str, found: int, texts: Texts) -> None:
        self.field.show(typed, found, texts)
        self.keyboard.show(typed, texts)


load_kv(__file__)
