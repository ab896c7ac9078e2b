"""What the customer is to do, in pictures: hold the card on the reader, look at the camera."""

from __future__ import annotations

from kivy.properties import BooleanProperty, NumericProperty
from kivy.uix.anchorlayout import AnchorLayout
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.kv import load_kv
from kiosk.screens.widgets.card_hint import CardHint


class FaceHint(BoxLayout):
    """A face in a finder's frame."""


class PayHint(AnchorLayout):
    """Either of the two, or both side by side. `factor`: how large a card is that stands alone."""

    card = BooleanProperty(defaultvalue=True)
    face = BooleanProperty(defaultvalue=False)
    factor = NumericProperty(1)

    def on_kv_post(self, _base_widget: object) -> None:
        self.fbind("card", self._arrange)
        self.fbind("face", self._arrange)
        self._arrange()

    def _arrange(self, *_: object) -> None:
        row = self.ids.row
        row.clear_widgets()
        if self.card:
            row.add_widget(CardHint(factor=0.72 if self.face else self.factor))
        if self.face:
            row.add_widget(FaceHint())


load_kv(__file__)
