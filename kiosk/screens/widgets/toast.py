"""A short message that passes by itself."""

from __future__ import annotations

from kivy.properties import StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.kv import load_kv


class Toast(BoxLayout):
    """An icon and a sentence on a dark pill. `tone` is "positive", "warning" or "negative": each has its own icon.
    Shown while it has a text; lets touches through."""

    text = StringProperty("")
    tone = StringProperty("positive")
    test_id = StringProperty("toast")


load_kv(__file__)
