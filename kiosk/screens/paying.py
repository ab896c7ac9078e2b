"""Waiting for a card, or for the answer to a payment."""

from __future__ import annotations

from typing import Any

from kivy.clock import Clock
from kivy.properties import BooleanProperty

from kiosk.domain.payer import ByCard
from kiosk.screens.flow import events as ev
from kiosk.screens.flow.redeeming import money_to_pay
from kiosk.screens.flow.state import Paying, PayMethod, State
from kiosk.screens.kv import load_kv
from kiosk.screens.page_screen import PageScreen
from kiosk.services.events import LinkState

SAYS_WHAT_IT_AWAITS_AFTER_S = 0.3


class PayingScreen(PageScreen):
    """`waiting`: a card may be tapped. `troubled`: it would not help. `slow`: the answer takes long enough to say what
    is awaited; most payments are over before."""

    waiting = BooleanProperty(True)
    troubled = BooleanProperty(False)
    slow = BooleanProperty(False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._slowly = Clock.create_trigger(self._turn_slow, SAYS_WHAT_IT_AWAITS_AFTER_S)

    # --- touches ---

    def pay_as_member(self) -> None:
        self.dispatch_flow(ev.MemberPaymentChosen())

    def pay_at_counter(self) -> None:
        self.dispatch_flow(ev.MethodChosen(PayMethod.COUNTER))

    # --- what is shown ---

    def render(self, state: State) -> None:
        if state.paying is None or state.menu is None:
            return
        if not self.changed("all", state.paying, state.session, state.link, state.card_reader_works):
            return
        self._watch(state.paying)
        self.ids.amount.text = self.texts.money(state.paying.amount or money_to_pay(state))
        if state.paying.in_flight:
            self._render_in_flight(state.paying)
        else:
            self._render_waiting(state)
        self._render_actions(state)

    def left(self) -> None:
        self._slowly.cancel()
        self.slow = False

    def _watch(self, paying: Paying) -> None:
        """Begin to count when the payment has begun."""
        if paying.in_flight and self.waiting:
            self._slowly()
        elif not paying.in_flight:
            self._slowly.cancel()
            self.slow = False
        self.waiting = not paying.in_flight

    def _turn_slow(self, _dt: float) -> None:
        self.slow = True

    def _render_waiting(self, state: State) -> None:
        _, ids = self.texts.gettext, self.ids
        self.troubled = not state.card_reader_works or state.link is not LinkState.ONLINE
        self.title(_("Pay by card"))
        if not state.card_reader_works:
            ids.emblem.icon = "credit-card-off-outline"
            ids.headline.text = _("The card reader is not working")
            ids.detail.text = _("It may be unplugged. Nothing was charged. You can pay at the counter instead.")
        elif state.link is not LinkState.ONLINE:
            ids.emblem.icon = "cloud-off-outline"
            ids.headline.text = _("Not every card works right now")
            ids.detail.text = _(
                "The canteen's server cannot be reached. Try your card: if it cannot pay, nothing is charged. "
                "You can also pay at the counter."
            )
        else:
            ids.headline.text = _("Hold your card on the reader")
            ids.detail.text = _("Keep it there until you hear the sound.")

    def _render_in_flight(self, paying: Paying) -> None:
        _, ids = self.texts.gettext, self.ids
        self.troubled = False
        if paying.method in (PayMethod.CARD, PayMethod.FACE):
            self.title(_("Paying"))
            ids.headline.text = _("One moment")
            ids.awaited.text = _("Waiting for the canteen's server to confirm. Please do not tap again.")
        else:
            self.title(_("Taking your order"))
            ids.headline.text = _("One moment")
            ids.awaited.text = _("Your order is being written down.")
        ids.detail.text = ""

    def _member_can_pay(self, state: State) -> bool:
        return state.member_can_pay(money_to_pay(state))

    def _render_actions(self, state: State) -> None:
        _, ids, customer = self.texts.gettext, self.ids, state.session.customer
        self.ids.bar.back_icon = "arrow-left" if self.waiting else ""
        ids.member.offered = self.waiting and customer is not None and isinstance(customer.payer, ByCard)
        if customer is not None:
            ids.member.text, ids.member.detail = _("Pay with your card"), customer.member.masked_name
        ids.counter.offered = self.waiting
        charges = customer is not None and self._member_can_pay(state)  # whatever the reader does
        ids.member.kind = "primary" if charges else "secondary"
        ids.counter.kind = "primary" if self.troubled and not charges else "secondary"
        ids.counter.text, ids.counter.detail = _("Pay at the counter"), _("Cash or phone, by your number")
        ids.back.text = _("Back to the order")


load_kv(__file__)
