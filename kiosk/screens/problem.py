"""Not charged, or being checked: what happened, whether money moved, what to do next. One layout for all."""

from __future__ import annotations

from kivy.properties import BooleanProperty

from kiosk.domain.payer import ByFace
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.state import PayMethod, State
from kiosk.screens.kv import load_kv
from kiosk.screens.page_screen import PageScreen
from kiosk.screens.problem_words import Way, card_label, problem_words
from kiosk.screens.widgets.action_tile import ActionTile
from kiosk.services.outcomes import BeingChecked, NotCharged

_CODE_LENGTH = 6  # of the payment's id: enough to find it among a day's

_WAY_ICONS = {
    Way.CARD: "contactless-payment",
    Way.COUNTER: "cash-register",
    Way.REST: "credit-card-check",
    Way.CHANGE: "pencil",
    Way.LEAVE: "check-bold",
}
_WAY_EVENTS: dict[Way, ev.FlowEvent] = {
    Way.CARD: ev.MethodChosen(PayMethod.CARD),
    Way.COUNTER: ev.MethodChosen(PayMethod.COUNTER),
    Way.REST: ev.MethodChosen(PayMethod.CARD_AND_COUNTER),
    Way.CHANGE: ev.BackTouched(),
    Way.LEAVE: ev.CancelTouched(),
}


class ProblemScreen(PageScreen):
    """`checking`: it is not known whether money moved; nothing can be paid then. `leaving_offered`: none of the ways
    leads out already."""

    checking = BooleanProperty(False)
    leaving_offered = BooleanProperty(True)

    # --- touches ---

    def take(self, way: Way) -> None:
        """A way out was touched."""
        self.dispatch_flow(_WAY_EVENTS[way])

    def cancel(self) -> None:
        self.dispatch_flow(ev.CancelTouched())

    def touch_balance(self) -> None:
        self.dispatch_flow(ev.BalanceTouched())

    # --- what is shown ---

    def render(self, state: State) -> None:
        outcome = state.outcome
        if not isinstance(outcome, NotCharged | BeingChecked) or state.menu is None:
            return
        if not self.changed("all", outcome, state.menu, state.session.balance_shown, state.last_payer):
            return
        _, ids = self.texts.gettext, self.ids
        self.checking = isinstance(outcome, BeingChecked)
        words = problem_words(outcome, state.menu, self.texts, by_face=isinstance(state.last_payer, ByFace))
        self.title(_("Being checked") if self.checking else _("Not paid"))
        ids.emblem.icon = words.icon
        ids.happened.text, ids.advice.text = words.happened, words.advice
        ids.verdict.text = (
            _("Please do not pay again") if isinstance(outcome, BeingChecked) else _("Nothing was charged")
        )
        ids.code.text = _("Code {code}").format(code=_code(outcome)) if isinstance(outcome, BeingChecked) else ""
        self._render_balance(outcome, shown=state.session.balance_shown)
        self._render_ways(outcome, words.ways, shown=state.session.balance_shown)

    def _render_balance(self, outcome: NotCharged | BeingChecked, *, shown: bool) -> None:
        """The shortfall tells the balance as well: both are covered."""
        _, ids = self.texts.gettext, self.ids
        free = outcome.free if isinstance(outcome, NotCharged) else None
        ids.balance.offered = free is not None
        ids.balance.label, ids.balance.hint = _("Balance"), _("touch to show")
        ids.balance.shown = shown
        if free is None or not shown:
            ids.balance.amount = ids.missing.text = ""
            return
        ids.balance.amount = self.texts.money(free)
        wanted = outcome.money if isinstance(outcome, NotCharged) else outcome.total
        missing = _("{total} to pay, {missing} missing").format(
            total=self.texts.money(wanted), missing=self.texts.money(wanted - free)
        )
        ids.missing.text = missing if free < wanted else ""

    def _rest_words(self, outcome: NotCharged | BeingChecked, *, shown: bool) -> str:
        """How much where: it tells the balance, so only when that is shown."""
        if isinstance(outcome, BeingChecked) or outcome.card_can_pay is None or not shown:
            return ""
        card = outcome.card_can_pay
        rest = self.texts.money(outcome.money - card)
        words = self.texts.gettext("{amount} from the card, {rest} at the counter")
        return words.format(amount=self.texts.money(card), rest=rest)

    def _render_ways(self, outcome: NotCharged | BeingChecked, ways: tuple[Way, ...], *, shown: bool) -> None:
        _ = self.texts.gettext
        labels = {
            Way.CARD: (card_label(outcome, self.texts), _("Tap it on the reader now")),
            Way.COUNTER: (_("Pay at the counter"), _("Cash or phone, by your number")),
            Way.REST: (_("Use the balance, pay the rest at the counter"), self._rest_words(outcome, shown=shown)),
            Way.CHANGE: (_("Change the order"), ""),
            Way.LEAVE: (_("Finish"), ""),
        }
        self.ids.ways.clear_widgets()
        for number, way in enumerate(ways):
            tile = ActionTile(
                kind="secondary" if number else "primary", icon=_WAY_ICONS[way], test_id=f"way-{way}", least_units=128
            )
            tile.text, tile.detail = labels[way]
            tile.bind(on_release=lambda _tile, chosen=way: self.take(chosen))
            self.ids.ways.add_widget(tile)
        self.leaving_offered = Way.LEAVE not in ways
        self.ids.leave.text = _("Cancel the order")


def _code(outcome: BeingChecked) -> str:
    """What the staff look the payment up by."""
    return outcome.payment_id.hex[-_CODE_LENGTH:].upper()


load_kv(__file__)
