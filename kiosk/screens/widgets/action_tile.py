"""A large thing to do, with a second line that says more about it."""

from __future__ import annotations

from kivy.properties import BooleanProperty, NumericProperty, OptionProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.kv import load_kv
from kiosk.screens.theme import Look, Rgba
from kiosk.screens.widgets.pressable import Pressable


class ActionTile(Pressable, BoxLayout):
    """An icon, what it does, and under it a sentence (may be empty). One `primary` a screen: the next step; `danger`
    stops what goes on by itself. As high as its texts need, at least `least_units`; while not `offered` it takes no
    room and cannot be touched."""

    text = StringProperty("")
    detail = StringProperty("")
    icon = StringProperty("")
    least_units = NumericProperty(140)
    offered = BooleanProperty(True)
    kind = OptionProperty("secondary", options=["primary", "secondary", "danger"])
    role = StringProperty("title")

    def fill_for(self, look: Look, kind: str, pressed: bool, disabled: bool) -> Rgba:
        """The background; kv calls it with everything it depends on."""
        color = look.color
        if disabled:
            return color.sunken
        if kind == "primary":
            return color.accent_pressed if pressed else color.accent
        if pressed:
            return color.sunken_pressed
        return color.negative_soft if kind == "danger" else color.surface

    def tone_for(self, kind: str, disabled: bool) -> str:
        """The name of the text's colour."""
        if disabled:
            return "ink_soft"
        return {"primary": "ink_on_accent", "danger": "negative"}.get(kind, "ink")


load_kv(__file__)
