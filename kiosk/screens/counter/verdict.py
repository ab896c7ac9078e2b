"""Paid or not, as large as the screen: shape, colour, words, and the sum."""

from __future__ import annotations

from kivy.properties import BooleanProperty, OptionProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.kv import load_kv
from kiosk.screens.theme import Look, Rgba

_TONES = {"paid": "positive", "not_paid": "negative", "checking": "warning", "undone": "ink"}
_SHAPES = {"paid": "disc", "not_paid": "octagon", "checking": "diamond", "undone": "ticket"}
_ICONS = {"paid": "check-bold", "not_paid": "close", "checking": "timer-sand", "undone": "undo"}


class Verdict(BoxLayout):
    """`kind` decides shape, icon and colour. To be read from five metres: `headline` and `amount`; `detail` is for
    whoever stands here. `stacked`: in a narrow room, all under one another."""

    kind = OptionProperty("paid", options=list(_TONES))
    headline = StringProperty("")
    amount = StringProperty("")
    detail = StringProperty("")
    stacked = BooleanProperty(defaultvalue=False)
    test_id = StringProperty("verdict")

    def ground(self, look: Look, kind: str) -> Rgba:
        """The colour of all of it; kv calls it with everything it depends on."""
        return look.tone(_TONES[kind])

    def sign(self, kind: str) -> tuple[str, str, str]:
        """The emblem's shape, icon and the icon's tone."""
        return _SHAPES[kind], _ICONS[kind], _TONES[kind]


load_kv(__file__)
