"""How heavy it is, and what that costs."""

from __future__ import annotations

from kivy.properties import BooleanProperty

from kiosk.domain.weight import Weight
from kiosk.screens.counter.screen import CounterScreen
from kiosk.screens.counter.words import price_words
from kiosk.screens.counter_flow import events as ev
from kiosk.screens.counter_flow.state import State
from kiosk.screens.kv import load_kv
from kiosk.screens.widgets.number_pad import ERASE


class CounterWeighingSheet(CounterScreen):
    """Over the sale: a dish that is sold by weight was touched."""

    weighed = BooleanProperty(defaultvalue=False)

    def render(self, state: State) -> None:
        weighing, menu = state.weighing, state.menu
        if weighing is None or menu is None or weighing.dish_id not in menu.weighed_by_id:
            return
        if not self.changed("all", weighing, menu):
            return
        _, ids, dish = self.texts.gettext, self.ids, menu.weighed_by_id[weighing.dish_id]
        self.weighed = weighing.grams > 0
        ids.picture.show(self.art, dish.art)
        ids.name.text, ids.price.text = self.texts.of(dish.name), price_words(dish, self.texts)
        ids.entry.label, ids.entry.empty = _("Weight"), not self.weighed
        ids.entry.value = _("{grams} g").format(grams=weighing.grams)
        ids.amount.text = ""
        if self.weighed and dish.per_g is not None:
            ids.amount.text = self.texts.money(Weight(weighing.grams, dish.price, dish.per_g).amount)
        ids.confirm.text, ids.cancel.text = _("Add"), _("Cancel")

    # --- touches ---

    def press(self, key: str) -> None:
        self.dispatch_flow(ev.EraseTouched() if key == ERASE else ev.DigitsTyped(key))

    def confirm(self) -> None:
        self.dispatch_flow(ev.WeightConfirmed())

    def close(self) -> None:
        self.dispatch_flow(ev.WeighingClosed())


load_kv(__file__)
