"""An order of a self-service terminal is found and paid: by its number, its member's card, or its slip."""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.domain.ids import OrderId
from kiosk.screens.counter.screen import CounterScreen
from kiosk.screens.counter.words import fault_words
from kiosk.screens.counter_flow import events as ev
from kiosk.screens.counter_flow.collecting_state import Collecting, FoundOrder
from kiosk.screens.counter_flow.state import PayMethod, State
from kiosk.screens.kv import load_kv
from kiosk.screens.widgets import Pressable
from kiosk.screens.widgets.number_pad import ERASE

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"  # a number begins with its terminal's
_DIGITS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "00", "0", ERASE)
_MOST_ROWS = 6  # more than stand on the screen; whoever has more types the whole number


class FoundRow(Pressable, BoxLayout):
    """An order that was found: its number, what it is, what is due."""

    number = StringProperty("")
    what = StringProperty("")
    due = StringProperty("")


class BoughtRow(BoxLayout):
    """A line of the chosen order."""

    name = StringProperty("")
    total = StringProperty("")
    index = NumericProperty(0)


class CounterCollectScreen(CounterScreen):
    """Left the number's keys, right what was found, or the chosen order with the ways to pay."""

    chosen = BooleanProperty(defaultvalue=False)
    looking = BooleanProperty(defaultvalue=False)
    typed = BooleanProperty(defaultvalue=False)
    faulty = BooleanProperty(defaultvalue=False)
    nothing = BooleanProperty(defaultvalue=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._found: tuple[FoundOrder, ...] = ()

    def render(self, state: State) -> None:
        collecting = state.collecting
        if collecting is None or not self.changed("all", collecting):
            return
        self.chosen, self.looking = collecting.chosen is not None, collecting.looking
        self.typed, self.faulty = bool(collecting.number), collecting.fault is not None
        self.nothing = not collecting.found
        self._render_entry(collecting)
        self._render_found(collecting)
        if collecting.chosen is not None:
            self._render_chosen(collecting.chosen)

    def _render_entry(self, collecting: Collecting) -> None:
        _, ids = self.texts.gettext, self.ids
        ids.entry.label = _("Order number")
        ids.entry.value = collecting.number or _("for example A037")
        ids.entry.empty = not collecting.number
        is_begun = bool(collecting.number)
        ids.entry.keys = [*_DIGITS] if is_begun else [*_LETTERS, ERASE]
        ids.entry.columns = 3 if is_begun else 6
        ids.find.text = _("Find") if not collecting.looking else _("One moment")

    def _render_found(self, collecting: Collecting) -> None:
        _, ids = self.texts.gettext, self.ids
        self._found = collecting.found[:_MOST_ROWS]
        ids.hint.text = _("Type the number, tap the member's card, or scan the slip")
        if collecting.fault is not None:
            ids.hint.text = fault_words(collecting.fault, self.texts)
        elif collecting.found:
            ids.hint.text = _("Which of these?")
        ids.found.clear_widgets()
        for number, found in enumerate(self._found):
            what = self.texts.listed([self.texts.of(line.name) for line in found.order.lines])
            row = FoundRow(test_id=f"found-{number}", number=found.order.number, what=what)
            row.due = self.texts.money(found.due)
            row.fbind("on_release", self._choose, found.order.id)
            ids.found.add_widget(row)

    def _render_chosen(self, chosen: FoundOrder) -> None:
        _, ids, order = self.texts.gettext, self.ids, chosen.order
        ids.number.text = order.number
        ids.due_label.text, ids.due.text = _("To pay"), self.texts.money(chosen.due)
        ids.lines.clear_widgets()
        for line in order.lines:
            name = self.texts.of(line.name)
            name = f"{name} × {line.quantity}" if line.quantity > 1 else name
            ids.lines.add_widget(BoughtRow(name=name, total=self.texts.money(line.total)))
        ids.charge.text, ids.cash.text = _("Charge"), _("Cash")

    # --- touches ---

    def press(self, key: str) -> None:
        self.dispatch_flow(ev.EraseTouched() if key == ERASE else ev.DigitsTyped(key))

    def find(self) -> None:
        self.dispatch_flow(ev.NumberConfirmed())

    def clear(self) -> None:
        self.dispatch_flow(ev.ClearTouched())

    def charge(self) -> None:
        self.dispatch_flow(ev.MethodTouched(PayMethod.MEMBER))

    def take_cash(self) -> None:
        self.dispatch_flow(ev.MethodTouched(PayMethod.CASH))

    def _choose(self, order_id: OrderId, _row: FoundRow) -> None:
        self.dispatch_flow(ev.FoundOrderChosen(order_id))


load_kv(__file__)
