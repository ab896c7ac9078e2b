"""What stands behind the terminal in the tests of whole visits: cards, balances, order numbers. No thread, no disk."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from kiosk.domain.member import Member
from kiosk.domain.money import Money
from kiosk.domain.order import Order
from kiosk.domain.payer import ByCard
from kiosk.domain.payment import PaymentMethod, with_balance
from kiosk.screens.flow import effects as fx
from kiosk.screens.flow import events as ev
from kiosk.services.events import CardPresented
from kiosk.services.identify import CardNotKnown, Identified
from kiosk.services.outcomes import DueAtCounter, NotCharged, NotChargedReason, Outcome, Paid
from tests.screens import scenes
from tests.screens.driver import Driver


@dataclass
class FakeCanteen:
    """Answers what the flow asked for, when told to."""

    ui: Driver
    members: dict[str, Member]
    balances: dict[str, Money]
    orders: list[Order] = field(default_factory=list)
    taps: int = 0
    _answered: int = 0

    def tap(self, test_id: str) -> None:
        """A touch that counts, and whatever it leads to."""
        self.taps += 1
        self.ui.tap(test_id=test_id)
        self.answer()

    def tap_at(self, x: float, y: float) -> None:
        self.taps += 1
        self.ui.tap_at(x, y)
        self.answer()

    def tap_card(self, uid: str) -> None:
        """A card on the reader; not a touch."""
        self.ui.publish(CardPresented(scenes.READER, uid, self.ui.clock.monotonic_s()))
        self.answer()

    def answer(self) -> None:
        """As the services would, one effect after the other."""
        while self._answered < len(self.ui.effects):
            effect = self.ui.effects[self._answered]
            self._answered += 1
            match effect:
                case fx.Identify(session_id, uid):
                    member = self.members.get(uid)
                    identity = Identified(member, ByCard(uid), Money(0)) if member else CardNotKnown(uid)
                    self.ui.publish(ev.CustomerIdentified(session_id, identity))
                case fx.PayByCard():
                    self.ui.publish(ev.CheckoutFinished(effect.session_id, self._charge(effect)))
                case fx.TakeOrderForCounter():
                    order = self._order(effect, paid=False)
                    self.ui.publish(ev.CheckoutFinished(effect.session_id, DueAtCounter(order)))

    def _charge(self, effect: fx.PayByCard) -> Outcome:
        balance = self.balances.get(effect.card_uid)
        if balance is None:
            return NotCharged(NotChargedReason.CARD_UNKNOWN, effect.shown_total)
        parts = with_balance(effect.others, effect.shown_total) if effect.others else ()
        money = effect.shown_total - Money.sum(part.value for part in effect.others)
        if balance < money:
            return NotCharged(NotChargedReason.INSUFFICIENT, effect.shown_total, free=balance, parts=parts)
        self.balances[effect.card_uid] = balance - money
        if any(part.method is PaymentMethod.COUNTER for part in effect.others):
            return DueAtCounter(self._order(effect, paid=False), parts, self.balances[effect.card_uid])
        return Paid(self._order(effect, paid=True), self.balances[effect.card_uid], money.minor // 100, parts)

    def _order(self, effect: fx.PayByCard | fx.TakeOrderForCounter, *, paid: bool) -> Order:
        order = replace(
            scenes.order(effect.cart, paid=paid, mode=effect.dining_mode), number=f"A{len(self.orders) + 1:03d}"
        )
        self.orders.append(order)
        return order
