"""A real session played on the real terminal: touches on its window, cards and papers through the simulated devices'
bytes, orders at central. What `make run` does where there is no display."""

from __future__ import annotations

import time

from kiosk.playing import DemonstrationFailed, Play
from kiosk.screens.flow.state import ScreenName
from kiosk.services.outcomes import DueAtCounter, NotCharged, Paid

MEMBER, MEMBER_CARD = "20230101", "62E3086CED"
POOR_CARD = "02004DB005"
COMBO = "student-set"
DISH = "kung-pao-chicken"
SLOT, OTHER_DISH, OPTION = "main", "fish-fragrant-pork", "option-spice-mild-none"


class Demonstration(Play):
    """Three customers at a self-service terminal."""

    def acts(self) -> None:
        self._member_orders_a_combo()
        self._guest_pays_at_the_counter()
        self._card_with_too_little_balance()

    # --- the three customers ---

    def _member_orders_a_combo(self) -> None:
        self.top_up(MEMBER, 50)
        self.say("1. A member orders a combo with another dish and an option, and pays by card.")
        self.tap("attract", "begin")
        self.tap("menu", COMBO)
        self._change_the_combo()
        self.tap("combo", "add")
        self.tap("menu-with-cart", "checkout")
        self.picture("checkout")
        self.tap(None, "pay-card")
        self.wait("the terminal waits for a card", lambda: self._screen() is ScreenName.PAYING)
        self.picture("paying")
        order_number = self._paid_by(MEMBER_CARD)
        self.paper("receipts", "receipt-member")
        self.paper("kitchen", "kitchen-ticket-member")
        self.reached_central(order_number)
        self._next_customer()

    def _guest_pays_at_the_counter(self) -> None:
        self.say("2. A guest takes one dish and will pay at the counter.")
        self.tap("attract-guest", "begin")
        self.tap(None, "category-signature")
        self._add_to_cart("menu-mains", f"{DISH} plus")
        self.tap(None, "checkout")
        self.tap("checkout-guest", "pay-counter")
        self.wait("order taken, to be paid at the counter", lambda: isinstance(self.app.state.outcome, DueAtCounter))
        self.picture("result-counter")
        outcome = self.app.state.outcome
        number = outcome.order.number if isinstance(outcome, DueAtCounter) else ""
        self.paper("receipts", "counter-slip")
        self.reached_central(number)
        self._next_customer()

    def _card_with_too_little_balance(self) -> None:
        self.say("3. A card with too little balance: nothing is charged.")
        self.tap(None, "begin")
        self.tap(None, COMBO)
        self.tap(None, "add")
        self.tap(None, "checkout")
        self.tap(None, "pay-card")
        self.bench.tap(POOR_CARD)
        self.wait("refused, nothing charged", lambda: isinstance(self.app.state.outcome, NotCharged))
        self.picture("problem-insufficient")

    # --- steps ---

    def _change_the_combo(self) -> None:
        """Another dish in one of its places, and an option of that dish."""
        for test_id in (f"slot-{SLOT}", f"slot-{SLOT}-{OTHER_DISH}", OPTION):
            self.tap(None, test_id)

    def _add_to_cart(self, picture_before: str, plus: str) -> None:
        """A touch on a list that still rolls only stops it, as under any finger: then touch again."""
        for _ in range(3):
            self.tap(picture_before, plus)
            if self.happens(lambda: self.app.state.session.cart.item_count == 1, 1.0):
                return
        raise DemonstrationFailed(f"{plus} adds nothing")

    def _paid_by(self, card_uid: str) -> str:
        began_s = time.monotonic()
        self.bench.tap(card_uid)
        self.wait("paid", lambda: isinstance(self.app.state.outcome, Paid))
        outcome = self.app.state.outcome
        if not isinstance(outcome, Paid):
            raise DemonstrationFailed("the result went away")
        took_ms = (time.monotonic() - began_s) * 1000
        order = outcome.order
        self.say(f"   order {order.number}, ¥{order.total.decimal_text()}, {took_ms:.0f} ms after the card")
        self.picture("result-paid")
        return order.number

    def _next_customer(self) -> None:
        self.tap(None, "done")
        self.wait("back to the attract screen", lambda: self._screen() is ScreenName.ATTRACT)

    def _screen(self) -> ScreenName:
        screen: ScreenName = self.app.state.screen
        return screen
