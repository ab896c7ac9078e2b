"""Keys for numbers, as on a till."""

from __future__ import annotations

from kivy.properties import BooleanProperty, ListProperty, ObjectProperty, StringProperty
from kivy.uix.gridlayout import GridLayout
from kivy.uix.widget import Widget

from kiosk.screens.kv import load_kv
from kiosk.screens.widgets.push_button import PushButton

ERASE = "erase"
ENTER = "enter"
TILL_KEYS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "00", "0", ERASE)
DIGIT_KEYS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "", "0", ERASE)
ENTRY_KEYS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", ERASE, "0", ENTER)
_ICONS = {ERASE: "backspace-outline", ENTER: "check-bold"}


class PadKey(PushButton):
    """One key."""

    pad = ObjectProperty()
    is_enter = BooleanProperty(defaultvalue=False)


class NumberPad(GridLayout):
    """`cols` keys a row; shares its room between the rows. Dispatches `on_key` with a key of `keys`; ERASE shows an
    arrow and takes the last one back; ENTER is the next step; "" leaves a gap. `key_kind`: how the keys look
    (PushButton's `kind`)."""

    keys = ListProperty(list(TILL_KEYS))
    key_kind = StringProperty("pad")

    __events__ = ("on_key",)

    def on_key(self, key: str) -> None:
        """Bound by the owner."""

    def on_kv_post(self, _base_widget: object) -> None:
        if not self.children:  # a rule that sets `keys` has made them already
            self.on_keys(self, self.keys)

    def on_keys(self, _widget: object, keys: list[str]) -> None:
        self.clear_widgets()
        for key in keys:
            if not key:
                self.add_widget(Widget())
                continue
            button = PadKey(pad=self, test_id=f"key-{key}", text="" if key in _ICONS else key)
            button.icon, button.is_enter = _ICONS.get(key, ""), key == ENTER
            button.fbind("on_release", self._on_release, key)
            self.add_widget(button)

    def _on_release(self, key: str, _button: PadKey) -> None:
        self.dispatch("on_key", key)


load_kv(__file__)
