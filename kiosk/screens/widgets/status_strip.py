"""A thin line of small print about the terminal itself: simulated devices, no network."""

from __future__ import annotations

from kivy.properties import StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.kv import load_kv


class StatusStrip(BoxLayout):
    """Shown while it has a text, else without height."""

    text = StringProperty("")
    icon = StringProperty("information-outline")
    test_id = StringProperty("status-strip")


load_kv(__file__)
