"""A panel: a quiet rounded surface that holds what belongs together."""

from __future__ import annotations

from kivy.properties import StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.kv import load_kv


class Panel(BoxLayout):
    """A vertical box on a surface. `surface` is the name of a palette colour."""

    surface = StringProperty("surface")


load_kv(__file__)
