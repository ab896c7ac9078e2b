"""What staff must have seen: how an undo ended, and what became of something that was not known."""

from __future__ import annotations

from kiosk.screens.counter.screen import CounterScreen
from kiosk.screens.counter.words import found_out_words, undo_words
from kiosk.screens.counter_flow import events as ev
from kiosk.screens.counter_flow.after_sale_state import UndoEnd
from kiosk.screens.counter_flow.state import State
from kiosk.screens.kv import load_kv


class CounterNews(CounterScreen):
    """Over everything, until it is touched away."""

    _seen: ev.UndoSeen | ev.FoundOutSeen = ev.UndoSeen()

    def render(self, state: State) -> None:
        if not self.changed("all", state.undo, state.found_out, state.open_by_key):
            return
        if state.undo is not None and state.undo.end in (UndoEnd.UNDONE, UndoEnd.REFUSED):
            by_key = state.open_by_key == state.undo.sale.order.id
            words, self._seen = undo_words(state.undo, self.texts, by_key=by_key), ev.UndoSeen()
        elif state.found_out:
            words, self._seen = found_out_words(state.found_out[0], self.texts), ev.FoundOutSeen()
        else:
            return
        verdict = self.ids.verdict
        verdict.kind, verdict.headline, verdict.amount = words.kind, words.headline, words.amount
        verdict.detail = words.detail
        self.ids.seen.text = self.texts.gettext("I have read this")

    def seen(self) -> None:
        self.dispatch_flow(self._seen)


load_kv(__file__)
