"""A chip: something that is on or off."""

from __future__ import annotations

from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.kv import load_kv
from kiosk.screens.widgets.pressable import Pressable


class Chip(Pressable, BoxLayout):
    """A pill with an icon and a text; `active` adds a check mark, so that it does not rely on colour. The widget is a
    full touch target high, the pill is drawn smaller. `detail` stands behind the text, quieter (a price). As wide as
    its text unless a rule says otherwise."""

    text = StringProperty("")
    detail = StringProperty("")
    icon = StringProperty("")
    active = BooleanProperty(defaultvalue=False)


load_kv(__file__)
