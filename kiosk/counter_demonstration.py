"""A real session played on a counter terminal: keys and dishes touched, cards tapped, cash with change, five customers
in the lane, an order of another terminal collected, a sale undone."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.domain.ids import DishId
from kiosk.domain.menu import Menu
from kiosk.other_terminal import OtherTerminal
from kiosk.playing import DemonstrationFailed, Play
from kiosk.screens.counter_flow.after_sale_state import UndoEnd
from kiosk.screens.counter_flow.state import ScreenName, State
from kiosk.services.collected import Collected
from kiosk.services.counter_sale import CashSold
from kiosk.services.outcomes import NotCharged, Paid

MEMBER, MEMBER_CARD = "20230101", "62E3086CED"
POOR_CARD = "02004DB005"
# A reader takes the same card for a new tap only after two seconds: no card is tapped twice in a row.
WEIGHED_CARD, UNDONE_CARD = "1A0058C659", "1A0058C566"
LANE_CARDS = ("1A0058C3F7", "1A0058C41B", "1A0058C47E", "1A0058C608", "1A0058C6F3")
ORDERED = DishId("kung-pao-chicken")


class CounterDemonstration(Play):
    """One lunch at the counter."""

    def acts(self) -> None:
        if self._state.found_out:
            self.tap("counter-found-out", "seen")  # of the last run
        self.top_up(MEMBER, 50)
        self._sum_by_card()
        self._dish_by_weight()
        self._cash_with_change()
        self._lane_of_five()
        self._order_of_another_terminal()
        self._undo()

    # --- what happens at the counter ---

    def _sum_by_card(self) -> None:
        self.say("1. A sum is keyed and paid by card; a card with too little balance is refused first.")
        self._key("1250")
        self.tap("counter-keyed", "charge")
        self._waits_for_card()
        self.picture("counter-paying")
        self.bench.tap(POOR_CARD)
        self.wait("refused, nothing charged", lambda: isinstance(self._state.sale.outcome, NotCharged))
        self.picture("counter-refused")
        self.bench.tap(MEMBER_CARD)
        number = self._paid("counter-paid")
        self.paper("receipts", "counter-receipt")
        self.reached_central(number)
        self._next_customer()

    def _dish_by_weight(self) -> None:
        self.say("2. A dish and something by weight, paid by card.")
        weighed = self._menu.weighed[0].id
        self.tap(None, ORDERED, "category-weighed")
        self._touched(str(weighed), lambda: self._state.weighing is not None)
        self._key("350")
        self.tap("counter-weighing", "confirm-weight")
        self.tap("counter-sale", "charge")
        self._waits_for_card()
        self.bench.tap(WEIGHED_CARD)
        self._paid("counter-paid-weighed")
        self._next_customer()

    def _cash_with_change(self) -> None:
        self.say("3. Cash, with change.")
        self._key("1350")
        self.tap(None, "cash")
        self.tap(None, "sum-1")
        opened = len(self.bench.drawer())
        self.tap("counter-cash", "take-cash")
        self.wait("sold", lambda: isinstance(self._state.sale.outcome, CashSold))
        self.wait("the cash drawer has sprung open", lambda: len(self.bench.drawer()) == opened + 1)
        self.picture("counter-change")
        self._next_customer()

    def _lane_of_five(self) -> None:
        self.say("4. A fixed price: five customers, and nobody touches the screen between them.")
        self._key("1200")
        self.tap(None, "way-lane")
        self.wait("the lane is open", lambda: self._state.lane is not None)
        self.picture("counter-lane")
        for number, card in enumerate(LANE_CARDS, start=1):
            self.bench.tap(card)
            self.wait(f"customer {number} has paid", lambda: self._paid_in_lane() == number)  # noqa: B023
        self.picture("counter-lane-paid")
        self.tap(None, "stop-lane")
        self.wait("the lane is closed", lambda: self._state.lane is None)

    def _order_of_another_terminal(self) -> None:
        self.say("5. An order made at a self-service terminal is paid here.")
        number = OtherTerminal(self.settings).order()
        self.say(f"   order {number} waits for the counter")
        self.tap(None, "way-collect")
        self.wait("orders can be collected", lambda: self._state.screen is ScreenName.COLLECT)
        self._key(number)
        self.tap("counter-collect", "find")
        self.wait("it was found", self._is_chosen)
        self.tap("counter-collect-found", "charge")
        self._waits_for_card()
        self.bench.tap(MEMBER_CARD)
        self.wait("paid", lambda: isinstance(self._state.sale.outcome, Collected))
        self.picture("counter-collected")
        self._next_customer()

    def _undo(self) -> None:
        self.say("6. A sale is undone.")
        self._key("800")
        self.tap(None, "charge")
        self._waits_for_card()
        self.bench.tap(UNDONE_CARD)
        self._paid("counter-undoable")
        self.tap(None, "undo")
        self.wait("undone", lambda: self._state.undo is not None and self._state.undo.end is UndoEnd.UNDONE)
        self.picture("counter-undone")
        self.tap(None, "seen")

    # --- steps ---

    @property
    def _state(self) -> State:
        state: State = self.app.state
        return state

    @property
    def _menu(self) -> Menu:
        if self._state.menu is None:
            raise DemonstrationFailed("there is no menu")
        return self._state.menu

    def _key(self, characters: str) -> None:
        self.tap(None, *(f"key-{character}" for character in characters))

    def _touched(self, test_id: str, happened: Callable[[], bool]) -> None:
        """A touch on a list that still rolls only stops it, as under any finger: then touch again."""
        for _ in range(3):
            self.tap(None, test_id)
            if self.happens(happened, 1.0):
                return
        raise DemonstrationFailed(f"a touch on {test_id} does nothing")

    def _waits_for_card(self) -> None:
        self.wait("the terminal waits for a card", lambda: self._state.screen is ScreenName.PAYING)

    def _paid(self, picture: str) -> str:
        self.wait("paid", lambda: isinstance(self._state.sale.outcome, Paid))
        self.picture(picture)
        order = self._state.order
        if order is None:
            raise DemonstrationFailed("the result went away")
        self.say(f"   order {order.number}, ¥{order.total.decimal_text()}")
        return order.number

    def _paid_in_lane(self) -> int:
        return self._state.lane.paid if self._state.lane is not None else 0

    def _is_chosen(self) -> bool:
        return self._state.collecting is not None and self._state.collecting.chosen is not None

    def _next_customer(self) -> None:
        self.tap(None, "done")
        self.wait("the next sale", lambda: self._state.screen is ScreenName.SALE)
