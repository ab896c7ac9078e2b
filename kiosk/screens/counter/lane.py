"""One fixed price, one customer after the other: nobody touches anything between two of them."""

from __future__ import annotations

from collections.abc import Collection

from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.domain.face import Fault
from kiosk.domain.ids import OrderId
from kiosk.domain.order import Order
from kiosk.screens.counter.face_part import look_words
from kiosk.screens.counter.last_sale import undo_button_text, undo_left_s
from kiosk.screens.counter.screen import CounterScreen
from kiosk.screens.counter.words import again_words, line_words, verdict_words
from kiosk.screens.counter_flow import events as ev
from kiosk.screens.counter_flow.bill import bill_lines
from kiosk.screens.counter_flow.facing import can_look
from kiosk.screens.counter_flow.lane import MOST_ENDS, awaits_answer
from kiosk.screens.counter_flow.state import Lane, LaneEnd, PayMethod, State
from kiosk.screens.kv import load_kv
from kiosk.screens.widgets import Pressable

_SIGNS = {
    LaneEnd.PAID: ("check-circle", "positive"),
    LaneEnd.NOT_PAID: ("close-circle", "negative"),
    LaneEnd.NOT_KNOWN: ("help-circle-outline", "warning"),
    LaneEnd.UNDONE: ("minus", "ink_soft"),
}


class EndSign(Pressable, BoxLayout):
    """How it ended for one of the last customers, with the order's number; touched, it is undone while it can be
    (`undoable`)."""

    icon = StringProperty("")
    tone = StringProperty("ink_soft")
    number = StringProperty("")
    undoable = BooleanProperty(defaultvalue=False)


class CounterLaneScreen(CounterScreen):
    """At the left how the last one ended, or what the next one is to do; at the right the price and the count."""

    asking = BooleanProperty(defaultvalue=False)
    awaits_answer = BooleanProperty(defaultvalue=False)
    ended = BooleanProperty(defaultvalue=False)
    undoable = BooleanProperty(defaultvalue=False)
    _undo: ev.UndoTouched | None = None
    _meant: ev.UndoTouched | None = None
    _sale_id = 0

    def on_kv_post(self, _base_widget: object) -> None:
        self._orders: list[Order | None] = [None] * MOST_ENDS
        self._signs = [EndSign(test_id=f"undo-{place}") for place in range(MOST_ENDS)]
        for place, sign in enumerate(self._signs):
            sign.fbind("on_release", lambda _sign, place: self.undo_one(place), place=place)
            self.ids.ends.add_widget(sign)

    def render(self, state: State) -> None:
        lane = state.lane
        if lane is None or state.menu is None:
            return
        self._sale_id = state.sale.id
        if self.changed("price", lane.cart, lane.price, state.menu):
            self._render_price(lane, state)
        if self.changed("count", lane.paid, lane.taken, state.local):
            self._render_count(lane)
        if self.changed("ends", lane.ends, lane.ended, state.undoable):
            self._render_ends(lane, {sale.order.id for sale in state.undoable})
        sale = state.sale
        now = (sale.outcome, state.paying, sale.payer, lane.asking, sale.facing, state.cameras_on, state.open_by_key)
        if self.changed("now", *now):
            self._render_now(lane, state)
        if self.changed("undo", state.undoable, undo_left_s(state)):
            last = state.undoable[0] if state.undoable else None
            self.undoable = last is not None
            self._undo = ev.UndoTouched(last.order.id) if last is not None else None
            self.ids.undo.text = undo_button_text(undo_left_s(state), self.texts, last.order.number if last else "")

    def _render_price(self, lane: Lane, state: State) -> None:
        assert state.menu is not None  # noqa: S101 - render has looked
        _, ids = self.texts.gettext, self.ids
        words = [line_words(line, self.texts) for line in bill_lines(lane.cart, state.menu)]
        ids.price_label.text = _("Fixed price")
        ids.price.text = self.texts.money(lane.price)
        ids.what.text = self.texts.listed([f"{line.name} {line.detail}".strip() for line in words])
        ids.cash.text, ids.stop.text = _("Cash"), _("End the lane")

    def _render_count(self, lane: Lane) -> None:
        _, ids = self.texts.gettext, self.ids
        ids.count_label.text = _("Paid since the start")
        ids.count.text = str(lane.paid)
        ids.taken.text = self.texts.money(lane.taken)

    def _render_ends(self, lane: Lane, undoable: Collection[OrderId]) -> None:
        """Each stays where it is as long as it is there, lest a finger that comes down on one undoes another."""
        for back in range(MOST_ENDS):
            place = (lane.ended - 1 - back) % MOST_ENDS
            ended = lane.ends[back] if back < len(lane.ends) else None
            sign = self._signs[place]
            sign.icon, sign.tone = _SIGNS[ended.end] if ended else ("", "ink_soft")
            order = self._orders[place] = ended.order if ended else None
            sign.number = order.number if order else ""
            sign.undoable = order is not None and order.id in undoable

    def _render_now(self, lane: Lane, state: State) -> None:
        _, ids = self.texts.gettext, self.ids
        self.asking, self.awaits_answer = lane.asking is not None, awaits_answer(state)
        facing = state.sale.facing
        in_trouble = facing is not None and facing.trouble is not None
        self.ended = state.sale.outcome is not None and not self.asking and state.paying is None and not in_trouble
        ids.face.show(state, self.texts)
        if self.ended:
            words, verdict = verdict_words(state, self.texts), ids.verdict
            verdict.kind, verdict.headline, verdict.amount = words.kind, words.headline, words.amount
            verdict.detail = words.detail
        ids.prompt.text = self._prompt(lane, state)
        ids.detail.text = self._detail(lane, state)
        has_paid = lane.asking is not None and not lane.asking.was_refused
        ids.again.text = _("Charge again") if has_paid else _("Try again")
        ids.not_again.text = _("No, next one") if self.asking else _("Next customer")

    def _prompt(self, lane: Lane, state: State) -> str:
        _ = self.texts.gettext
        if lane.asking is not None:
            return _("Try once more?") if lane.asking.was_refused else _("Here once more?")
        if state.paying is not None:
            return _("One moment")
        words = look_words(state, self.texts) if can_look(state) else None
        return words.headline if words and _is_worth_saying(state) else _("Next, please")

    def _detail(self, lane: Lane, state: State) -> str:
        _ = self.texts.gettext
        if lane.asking is not None:
            return again_words(lane.asking, self.texts)
        if state.paying is not None:
            end = state.paying.card_end
            return _("Card …{end} is being charged.").format(end=end) if end else _("Being charged.")
        if not can_look(state):
            return _("Tap the card on the reader.")
        words = look_words(state, self.texts)
        return words.detail if words and _is_worth_saying(state) else _("Tap the card, or look at the camera.")

    def left(self) -> None:
        self.ids.face.leave()
        self._shown.clear()  # shown again, it looks again

    # --- touches ---

    def undo_one(self, place: int) -> None:
        order = self._orders[place]
        if order is not None:
            self.dispatch_flow(ev.UndoTouched(order.id))

    def begin_undo(self) -> None:
        """Meant is the sale that is named when the finger comes down, also when the next one is paid meanwhile."""
        self._meant = self._undo

    def undo(self) -> None:
        if self._meant is not None:
            self.dispatch_flow(self._meant)

    def take_cash(self) -> None:
        self.dispatch_flow(ev.MethodTouched(PayMethod.CASH))

    def stop(self) -> None:
        self.dispatch_flow(ev.LaneStopped())

    def answer(self, charge: bool) -> None:
        self.dispatch_flow(ev.AgainAnswered(self._sale_id, charge))


def _is_worth_saying(state: State) -> bool:
    """Nobody before the camera is how a lane waits."""
    facing = state.sale.facing
    if facing is None:
        return False
    return facing.trouble is not None or (facing.seen is not None and facing.seen.fault is not Fault.NO_FACE)


load_kv(__file__)
