"""A picture of what to do with the card: hold it on the reader."""

from __future__ import annotations

from kivy.properties import NumericProperty
from kivy.uix.floatlayout import FloatLayout

from kiosk.screens.kv import load_kv


class CardHint(FloatLayout):
    """A card above a reader, drawn in the palette's colours: 520 x 460 units, times `factor`."""

    factor = NumericProperty(1)


load_kv(__file__)
