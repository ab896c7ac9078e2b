"""The sale that was just made, and the button that undoes it while there is time."""

from __future__ import annotations

import math

from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.counter_flow.state import State
from kiosk.screens.kv import load_kv
from kiosk.screens.texts import Texts


class LastSale(BoxLayout):
    """Keeps its room when there is none, so that no key moves under a finger. Dispatches `on_undo`."""

    offered = BooleanProperty(defaultvalue=False)
    amount = StringProperty("")
    number = StringProperty("")
    undo_text = StringProperty("")
    left = NumericProperty(0)  # of the time, 1 to 0

    __events__ = ("on_undo",)

    def on_undo(self) -> None:
        """Bound by the owner."""

    def show(self, state: State, texts: Texts) -> None:
        last = state.undoable[0] if state.undoable else None
        self.offered = last is not None
        if last is None:
            return
        left_s = undo_left_s(state)
        self.amount = texts.money(last.amount)
        self.number = last.order.number
        self.undo_text = undo_button_text(left_s, texts)
        self.left = max(0.0, min(1.0, (last.until_s - state.now_s) / state.rules.undo_s))


def undo_left_s(state: State) -> int:
    """Whole seconds in which the last sale can still be undone."""
    return max(0, math.ceil(state.undoable[0].until_s - state.now_s)) if state.undoable else 0


def undo_button_text(left_s: int, texts: Texts, number: str = "") -> str:
    """`number`: of the order, where several can be undone."""
    if number:
        # Translators: a button that counts its seconds down
        return texts.gettext("Undo {number} ({n})").format(number=number, n=left_s)
    # Translators: a button that counts its seconds down
    return texts.gettext("Undo ({n})").format(n=left_s)


load_kv(__file__)
