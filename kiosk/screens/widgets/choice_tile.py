"""One of a few large choices of which exactly one is on."""

from __future__ import annotations

from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.floatlayout import FloatLayout

from kiosk.screens.kv import load_kv
from kiosk.screens.widgets.pressable import Pressable


class ChoiceTile(Pressable, FloatLayout):
    """An icon over a text; `active` adds a filled mark in the corner, so that it does not rely on colour."""

    text = StringProperty("")
    icon = StringProperty("")
    active = BooleanProperty(False)


load_kv(__file__)
