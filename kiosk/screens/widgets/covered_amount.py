"""An amount that the queue must not read: covered until it is touched."""

from __future__ import annotations

from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.floatlayout import FloatLayout

from kiosk.screens.kv import load_kv
from kiosk.screens.widgets.pressable import Pressable


class CoveredAmount(Pressable, FloatLayout):
    """`label` names the amount; while not `shown`, dots stand for it and `hint` (may be empty) says how to see it. The
    owner sets `amount` only while it is shown: what is covered is not on the screen at all. Takes no room while not
    `offered`."""

    label = StringProperty("")
    amount = StringProperty("")
    hint = StringProperty("")
    shown = BooleanProperty(False)
    offered = BooleanProperty(True)


load_kv(__file__)
