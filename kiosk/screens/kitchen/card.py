"""A ticket on the kitchen's screen: number and age, how it is eaten, what to make, and the button."""

from __future__ import annotations

from kivy.properties import BooleanProperty, NumericProperty, OptionProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.domain.kitchen import TicketState
from kiosk.domain.order import DiningMode
from kiosk.screens.kitchen.words import button_words, dining_words
from kiosk.screens.kitchen_flow.arrangement import CardPart
from kiosk.screens.kitchen_flow.state import Lateness
from kiosk.screens.kv import load_kv
from kiosk.screens.texts import Texts
from kiosk.screens.theme import Look, Rgba
from kiosk.screens.widgets.labels import FitText

_GROUNDS = {Lateness.IN_TIME: "sunken", Lateness.LATE: "warning", Lateness.VERY_LATE: "negative"}


class DishRow(FitText):
    """A dish and how many of it; or, with `is_note`, what is special about it."""

    is_note = BooleanProperty(defaultvalue=False)


class TicketCard(BoxLayout):
    """`row_px`: the height of a row of text; the card is as high as kitchen_flow.arrangement says. `on_touched` comes
    from its button."""

    number = StringProperty("")
    age = StringProperty("")
    late_words = StringProperty("")
    lateness = OptionProperty("in_time", options=[str(each) for each in Lateness])
    dining = StringProperty("")
    takes_away = BooleanProperty(defaultvalue=False)
    stall = StringProperty("")
    button = StringProperty("")
    state = StringProperty("")
    has_button = BooleanProperty(defaultvalue=True)
    row_px = NumericProperty(1)
    text_rows = NumericProperty(0)
    test_id = StringProperty("")

    __events__ = ("on_touched",)

    def on_touched(self) -> None:
        """Bound by the stage."""

    def ground(self, look: Look, lateness: str, state: str) -> Rgba:
        """Of its head; kv calls it with everything it depends on."""
        if state == TicketState.WITHDRAWN:
            return look.color.ink
        if state != TicketState.PREPARING:
            return look.color.positive
        return look.tone(_GROUNDS[Lateness(lateness)])

    def tone(self, lateness: str, state: str) -> str:
        """Of what stands on its head."""
        in_time = state == TicketState.PREPARING and lateness == Lateness.IN_TIME
        return "ink" if in_time else "ink_on_accent" if state != TicketState.WITHDRAWN else "surface"

    def sign(self, lateness: str, state: str) -> str:
        """Its icon: told by more than colour."""
        if state == TicketState.WITHDRAWN:
            return "close-circle"
        if state != TicketState.PREPARING:
            return "check-bold"
        return {"in_time": "clock-outline", "late": "alert", "very_late": "alert-octagon"}[lateness]

    def fill(self, part: CardPart, texts: Texts, *, all_stalls: bool) -> None:
        """All but what time changes."""
        ticket = part.heard.ticket
        self.number, self.state = ticket.number, str(ticket.state)
        self.dining, self.takes_away = dining_words(ticket, texts), ticket.dining_mode is DiningMode.TAKE_AWAY
        pieces = [ticket.key.stall] if all_stalls and ticket.key.stall else []
        pieces += [f"{part.part}/{part.parts}"] if part.parts > 1 else []
        self.stall = "  ".join(pieces)
        self.has_button = part.part == part.parts
        self.button = button_words(ticket, texts)
        self.test_id = f"ticket-{ticket.number}-{ticket.key.stall}"
        self.text_rows = sum(row.high for row in part.rows)
        rows = self.ids.rows
        rows.clear_widgets()
        for row in part.rows:
            rows.add_widget(DishRow(text=row.text, is_note=row.is_note, size_hint_y=row.high))


load_kv(__file__)
