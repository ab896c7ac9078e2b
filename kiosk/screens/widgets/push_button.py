"""Buttons: one primary a screen (the next step), secondary for choices beside it, quiet for chrome, pad for keys."""

from __future__ import annotations

from kivy.properties import BooleanProperty, ColorProperty, NumericProperty, OptionProperty, StringProperty
from kivy.uix.floatlayout import FloatLayout

from kiosk.screens.kv import load_kv
from kiosk.screens.theme import Look, Rgba
from kiosk.screens.widgets.pressable import Pressable

_CLEAR: Rgba = (0.0, 0.0, 0.0, 0.0)


class PushButton(Pressable, FloatLayout):
    """A text, an icon, or both side by side. `kind` says how loud it is; `chosen` marks it as the one that is on.

    Bind `on_release`. Its height is 116 units unless a rule says otherwise; its text shrinks rather than be cut.
    """

    text = StringProperty("")
    icon = StringProperty("")
    kind = OptionProperty("secondary", options=["primary", "secondary", "quiet", "danger", "pad"])
    chosen = BooleanProperty(defaultvalue=False)
    role = StringProperty("label")
    icon_units = NumericProperty(44)
    icon_gap = NumericProperty(0)
    fill = ColorProperty(_CLEAR)
    tone = StringProperty("ink")

    def fill_for(self, look: Look, kind: str, pressed: bool, chosen: bool, disabled: bool) -> Rgba:
        """The background; kv calls it with everything it depends on."""
        color = look.color
        if disabled:
            return color.sunken
        if kind == "primary":
            return color.accent_pressed if pressed else color.accent
        if pressed:
            return color.sunken_pressed
        if chosen:
            return color.accent_soft
        return {"secondary": color.sunken, "danger": color.negative_soft, "quiet": _CLEAR, "pad": color.surface}[kind]

    def tone_for(self, kind: str, chosen: bool, disabled: bool) -> str:
        """The name of the text's colour."""
        if disabled:
            return "ink_soft"
        if chosen and kind != "primary":
            return "accent_ink"
        return {"primary": "ink_on_accent", "danger": "negative"}.get(kind, "ink")


class IconButton(PushButton):
    """A square quiet button that shows only an icon, or a letter or two as `text`."""


load_kv(__file__)
