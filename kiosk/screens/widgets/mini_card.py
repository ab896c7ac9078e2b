"""A small card to choose one dish among a few: picture, name, and why it may not be had."""

from __future__ import annotations

from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.kv import load_kv
from kiosk.screens.widgets.pressable import Pressable


class MiniCard(Pressable, BoxLayout):
    """`chosen` is marked by a border and a check; `note` stands under the name. `has_note` keeps its place free, so
    that the cards of a row are equally high."""

    name = StringProperty("")
    note = StringProperty("")
    note_tone = StringProperty("ink_soft")
    has_note = BooleanProperty(defaultvalue=False)
    chosen = BooleanProperty(defaultvalue=False)


load_kv(__file__)
