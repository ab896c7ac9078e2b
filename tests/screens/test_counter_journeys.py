"""Whole sales by touch at the counter, with taps counted, and what the customer's window is told meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import pytest

from kiosk.domain.cart import Cart
from kiosk.domain.cash import CounterPayment, CounterResult
from kiosk.domain.face import Doubtful
from kiosk.domain.ids import CounterPaymentId, FaceConsentId, PaymentId
from kiosk.domain.money import Money
from kiosk.domain.order import Order
from kiosk.domain.payer import ByCard, ByFace, Payer
from kiosk.domain.refund import Refund, RefundedLine
from kiosk.screens.counter.stage import PREPARED
from kiosk.screens.counter_flow import effects as fx
from kiosk.screens.counter_flow import events as ev
from kiosk.screens.counter_flow.customer import CustomerShows
from kiosk.screens.counter_flow.state import Outcome, ScreenName
from kiosk.screens.flow import events as common
from kiosk.screens.flow.effects import IdentifyByDigits, PlaySound, SoundKind
from kiosk.services.collected import Collected, NotCollected, NotCollectedReason
from kiosk.services.counter_sale import CashSold
from kiosk.services.events import (
    CameraWatching,
    CardPresented,
    CentralLinkChanged,
    DeviceHealthChanged,
    DeviceKind,
    DeviceState,
    LinkState,
)
from kiosk.services.face_events import FaceJudged
from kiosk.services.identify import Identified
from kiosk.services.lane import SameMemberAgain
from kiosk.services.outcomes import NotCharged, NotChargedReason, Paid
from kiosk.services.refund import Refunded
from tests.screens import counter_scenes as counter
from tests.screens import scenes
from tests.screens.counter_driver import CounterDriver
from tests.screens.layout import check_layout

DIGITS_OF_MEMBER = "8109"
RICH, OTHER, POOR = scenes.CARD, "1A0058C3F7", "02004DB005"


@dataclass
class FakeCounter:
    """What stands behind the counter: cards and orders. Answers what the flow asked for, when told to."""

    ui: CounterDriver
    balances: dict[str, Money]
    sold: list[Order] = field(default_factory=list)
    taps: int = 0
    _answered: int = 0
    _in_lane: str = ""

    def tap(self, *test_ids: str) -> None:
        """Touches that count, and whatever they lead to."""
        for test_id in test_ids:
            self.taps += 1
            self.ui.tap(test_id=test_id)
            self.answer()

    def tap_dish(self, key: str) -> None:
        self.taps += 1
        grid: Any = self.ui.find(test_id="dishes")
        target = next(t for t in grid.touch_targets() if t.name == key)
        self.ui.tap_at(*grid.to_window(*grid.to_parent(target.x + target.width / 2, target.y + target.height / 2)))
        self.answer()

    def key(self, characters: str) -> None:
        self.tap(*(f"key-{character}" for character in characters))

    def card(self, uid: str) -> None:
        self.ui.publish(CardPresented(scenes.READER, uid, self.ui.clock.monotonic_s()))
        self.answer()

    def answer(self) -> None:
        """As the services would, one effect after the other."""
        while self._answered < len(self.ui.effects):
            effect: Any = self.ui.effects[self._answered]
            self._answered += 1
            match effect:
                case fx.Charge():
                    self._finish(effect.sale_id, self._charge(effect.payer, effect.cart, effect.shown_total))
                case fx.ChargeInLane(charge, is_meant):
                    self._finish(charge.sale_id, self._charge_in_lane(charge, is_meant=is_meant))
                case fx.SellForCash():
                    self._finish(effect.sale_id, self._sell(effect))
                case fx.FindOrders():
                    found = counter.found("A037") if effect.number == "A037" else None
                    missing = NotCollected(NotCollectedReason.NOT_FOUND)
                    self.ui.publish(ev.OrdersFound(effect.sale_id, found or missing))
                case fx.CollectFromBalance() | fx.CollectInCash():
                    order = counter.found("A037")[0].order
                    self._finish(effect.sale_id, Collected(order, effect.due_order.due, None, Money(3750)))
                case IdentifyByDigits(sale_id, task, _, digits):
                    payer = ByFace(scenes.MEMBER.id, FaceConsentId(UUID(int=1)))
                    member = Identified(scenes.MEMBER, payer, Money(0))
                    known = member if digits == DIGITS_OF_MEMBER else None
                    self.ui.publish(common.FaceIdentified(sale_id, task, known))
                case fx.Undo(sale):
                    order = sale.order
                    lines = tuple(RefundedLine(i, x.quantity, x.total) for i, x in enumerate(order.lines))
                    void = Refund(order.id, order.id, lines, (), "7", "x", counter.MOMENT, is_void=True)  # type: ignore[arg-type]
                    self.ui.publish(ev.UndoFinished(order.id, Refunded(void, order)))

    def _finish(self, sale_id: int, outcome: Outcome | SameMemberAgain) -> None:
        self.ui.publish(ev.SaleFinished(sale_id, outcome))

    def _charge(self, payer: Payer, cart: Cart, total: Money) -> Outcome:
        assert isinstance(payer, ByCard)
        balance = self.balances.get(payer.uid)
        if balance is None:
            return NotCharged(NotChargedReason.CARD_UNKNOWN, total)
        if balance < total:
            return NotCharged(NotChargedReason.INSUFFICIENT, total, free=balance)
        self.balances[payer.uid] = balance - total
        return Paid(self._order(cart), self.balances[payer.uid], 0)

    def _charge_in_lane(self, charge: fx.Charge, *, is_meant: bool) -> Outcome | SameMemberAgain:
        assert isinstance(charge.payer, ByCard)
        if charge.payer.uid == self._in_lane and not is_meant:
            return SameMemberAgain(charge.shown_total, 4)
        self._in_lane = charge.payer.uid
        return self._charge(charge.payer, charge.cart, charge.shown_total)

    def _sell(self, effect: fx.SellForCash) -> Outcome:
        order = self._order(effect.cart)
        ids = CounterPaymentId(order.id), order.id, PaymentId(order.id)
        made = CounterPayment(*ids, CounterResult.PAID, order.total, "7", counter.MOMENT, received=effect.received)
        return CashSold(order, made)

    def _order(self, cart: Cart) -> Order:
        order = counter.order(cart, f"C{len(self.sold) + 1:03d}")
        self.sold.append(order)
        return order


@pytest.fixture
def desk(kept_counter: Callable[..., CounterDriver]) -> Iterator[FakeCounter]:
    """At lunch time, nobody is served; nobody pays by face."""
    ui = kept_counter(replace(counter.state(), rules=counter.CARDS_ONLY))
    ui.told.clear()
    yield FakeCounter(ui, {RICH: Money(5000), OTHER: Money(5000), POOR: Money(320)})
    assert ui.state.screen is ScreenName.SALE, "a sale ends where the next begins"
    assert not ui.state.sale.cart.lines


@pytest.fixture
def looking(kept_counter: Callable[..., CounterDriver]) -> FakeCounter:
    """The same with a camera that works."""
    ui = kept_counter(counter.state())
    ui.told.clear()
    return FakeCounter(ui, {})


def shown(desk: FakeCounter) -> list[CustomerShows]:
    """What the customer saw, one after the other."""
    seen: list[CustomerShows] = []
    for view in desk.ui.told:
        if not seen or seen[-1] is not view.shows:
            seen.append(view.shows)
    return seen


def test_a_keyed_sum_by_card(desk: FakeCounter) -> None:
    desk.key("1250")
    assert desk.ui.find(test_id="total").text == "¥12.50"
    desk.tap("charge")
    desk.card(RICH)
    assert desk.taps == 5
    assert desk.ui.has("已支付")
    assert desk.balances[RICH] == Money(3750)
    assert not any("37.50" in text for text in desk.ui.texts())
    desk.tap("balance")
    assert desk.ui.has("¥37.50")
    desk.tap("done")
    assert shown(desk)[:5] == ["sale", "pay", "charging", "paid", "welcome"]


def test_the_result_gives_way_by_itself(desk: FakeCounter) -> None:
    desk.key("800")
    desk.tap("charge")
    desk.card(RICH)
    desk.ui.advance(11)
    assert desk.ui.has(cls="CounterSaleScreen")


def test_dishes_and_something_by_weight(desk: FakeCounter) -> None:
    desk.tap_dish("kung-pao-chicken")
    desk.tap_dish("kung-pao-chicken")
    desk.tap("line-0-less", "category-weighed")
    desk.tap_dish(str(counter.WEIGHED.id))
    desk.key("350")
    assert desk.ui.find(test_id="weighed-amount").text == "¥9.03"
    desk.tap("confirm-weight")
    assert desk.ui.find(test_id="total").text == "¥23.03"
    desk.tap("charge")
    desk.card(RICH)
    assert [len(order.lines) for order in desk.sold] == [2]
    desk.tap("done")


def test_a_weight_is_given_up(desk: FakeCounter) -> None:
    desk.tap("category-weighed")
    desk.tap_dish(str(counter.WEIGHED.id))
    assert desk.ui.find(test_id="confirm-weight").disabled
    desk.tap("cancel-weight", "category-all")
    assert not desk.ui.has(cls="CounterWeighingSheet")


def test_what_is_sold_out_says_so(desk: FakeCounter) -> None:
    gone = next(dish for dish in counter.MENU.dishes if dish.id in desk.ui.state.levels.sold_out)
    assert "已售罄" in desk.ui.texts()
    desk.tap_dish(gone.id)
    assert desk.ui.find(cls="Toast").text == "今日已售罄。"
    desk.ui.advance(5)
    assert not desk.ui.has(cls="Toast")


def test_cash_with_change(desk: FakeCounter) -> None:
    desk.key("1350")
    desk.tap("cash")
    desk.key("1000")
    assert desk.ui.find(test_id="change").text == "¥3.50"
    assert desk.ui.find(test_id="take-cash").disabled
    desk.tap("sum-3")
    assert desk.ui.find(test_id="entry").text == "¥20.00"
    assert desk.ui.find(test_id="change").text == "¥6.50"
    desk.tap("take-cash")
    assert desk.ui.has("已支付，请找零")
    assert desk.ui.find(test_id="verdict-amount").text == "¥6.50"
    desk.ui.advance(30)  # change is still to be handed out: this waits for a touch
    assert desk.ui.has("已支付，请找零")
    assert desk.ui.told[-1].change == Money(650)
    desk.tap("done")


def test_too_little_balance_then_another_card(desk: FakeCounter) -> None:
    desk.key("1250")
    desk.tap("charge")
    desk.card(POOR)
    assert desk.ui.has(contains="没有扣款")
    assert not any("3.20" in text for text in desk.ui.texts())
    desk.card(RICH)
    assert desk.ui.has("已支付")
    desk.tap("done")


def test_too_little_balance_then_cash(desk: FakeCounter) -> None:
    desk.key("1250")
    desk.tap("charge")
    desk.card(POOR)
    desk.tap("cash", "sum-0", "take-cash")
    assert desk.balances[POOR] == Money(320)
    assert desk.ui.has("已支付")
    desk.ui.advance(11)


def test_the_lane_goes_on_by_itself(desk: FakeCounter) -> None:
    desk.key("1200")
    desk.tap("way-lane")
    touches = desk.taps
    for number, uid in enumerate((RICH, OTHER, POOR), start=1):
        desk.card(uid)
        assert desk.ui.find(test_id="count").text == str(min(number, 2))
    assert desk.ui.has(contains="没有扣款")
    signs = [sign.icon for sign in desk.ui.widgets(lambda w: type(w).__name__ == "EndSign")]
    assert signs == ["check-circle", "check-circle", "close-circle", "", ""]
    desk.card(RICH)
    assert desk.ui.find(test_id="taken").text == "¥36.00"
    desk.card(RICH)
    assert desk.taps == touches
    assert desk.ui.has("再付一次？")
    desk.tap("not-again")
    assert desk.balances[RICH] == Money(2600)
    desk.card(RICH)
    desk.tap("charge-again")
    assert desk.balances[RICH] == Money(1400)
    desk.tap("stop-lane")
    assert "ask_staff" in shown(desk)


def test_in_the_lane_the_one_before_the_last_is_undone_by_their_sign(desk: FakeCounter) -> None:
    desk.key("1200")
    desk.tap("way-lane")
    desk.card(RICH)
    desk.card(OTHER)
    assert [order.number for order in desk.sold] == ["C001", "C002"]
    assert "C002" in desk.ui.find(test_id="undo").text
    desk.tap("undo-0")
    assert desk.ui.has("已撤销")
    desk.tap("seen")
    assert desk.ui.find(test_id="count").text == "1"
    assert desk.ui.find(test_id="undo-0").disabled
    desk.ui.advance(11)
    assert desk.ui.find(test_id="undo-1").disabled
    desk.tap("stop-lane")


def test_a_touch_means_the_sale_that_it_was_put_on(desk: FakeCounter) -> None:
    """The next student pays before the finger leaves the button."""
    desk.key("1200")
    desk.tap("way-lane")
    desk.card(RICH)
    finger = desk.ui.press(*desk.ui.find(test_id="undo").to_window(*desk.ui.find(test_id="undo").center))
    desk.card(OTHER)
    finger.send("end")
    desk.ui.step(2)
    undone = [effect.sale.order.number for effect in desk.ui.effects if isinstance(effect, fx.Undo)]
    assert undone == ["C001"]
    desk.answer()
    desk.tap("seen", "stop-lane")


def test_a_sale_is_undone_while_the_button_counts(desk: FakeCounter) -> None:
    desk.key("800")
    desk.tap("charge")
    desk.card(RICH)
    desk.tap("done")
    assert desk.ui.find(test_id="undo").text == "撤销 10 秒"
    desk.ui.advance(4)
    assert desk.ui.find(test_id="undo").text in ("撤销 7 秒", "撤销 6 秒")
    desk.tap("undo")
    assert desk.ui.has("已撤销")
    desk.tap("seen")
    assert not desk.ui.has(cls="CounterNews")
    desk.key("500")
    desk.tap("charge")
    desk.card(RICH)
    desk.ui.advance(11)
    assert not desk.ui.has(test_id="undo")


def test_an_order_of_another_terminal_is_collected(desk: FakeCounter) -> None:
    desk.tap("way-collect")
    desk.key("A099")
    desk.tap("find")
    assert desk.ui.find(test_id="hint").text == "没有这样的待付订单。"
    desk.tap(*["key-erase"] * 4)
    desk.key("A037")
    desk.tap("find")
    assert desk.ui.find(test_id="number").text == "A037"
    desk.tap("charge")
    desk.card(RICH)
    assert desk.ui.has("已支付")
    desk.tap("balance")
    assert desk.ui.has("¥37.50")
    assert desk.ui.find(test_id="done").text == "下一位 (10)"
    desk.ui.advance(11)


def test_an_order_is_collected_by_face_after_a_doubt(looking: FakeCounter) -> None:
    desk, ui = looking, looking.ui
    desk.tap("way-collect")
    desk.key("A037")
    desk.tap("find", "charge")
    task = ui.state.face_tasks
    ui.publish(FaceJudged(task, Doubtful(frozenset({scenes.MEMBER.id})), turned=True))
    assert ui.told[-1].asks_digits
    assert ui.find(test_id="entry").text == "○ ○ ○ ○"
    check_layout(ui)
    desk.key("00")
    assert ui.find(test_id="entry").text == "● ● ○ ○"
    desk.key("00")
    assert ui.has(contains="还可输入 2 次")
    desk.key("1")
    desk.tap("key-erase")
    desk.key(DIGITS_OF_MEMBER)
    assert ui.find(test_id="headline").text == scenes.MEMBER.masked_name
    desk.ui.advance(4)
    desk.answer()
    assert ui.has("已支付")
    assert ui.has(contains=scenes.MEMBER.masked_name)
    first = next(i for i, view in enumerate(ui.told) if view.name)
    assert ui.told[first].shows is CustomerShows.CONFIRM, "no name before it is certain"
    desk.tap("done")
    assert shown(desk)[-4:] == ["confirm", "charging", "paid", "welcome"]


def test_a_card_before_staff_have_charged_is_told(desk: FakeCounter) -> None:
    desk.key("500")
    desk.card(RICH)
    assert desk.ui.find(cls="Toast").text == "请先按“收款”，再刷卡。"
    assert desk.sold == []
    desk.tap("clear")


def test_what_does_not_work_is_named_and_the_rest_sells(desk: FakeCounter) -> None:
    gone = scenes.health(scenes.READER, DeviceKind.CARD_READER, DeviceState.UNAVAILABLE)
    desk.ui.publish(DeviceHealthChanged(gone))
    desk.ui.publish(CentralLinkChanged(LinkState.OFFLINE))
    signs = {sign.test_id: sign.words for sign in desk.ui.widgets(lambda w: type(w).__name__ == "DeviceSign")}
    assert (signs["sign-reader"], signs["sign-link"], signs["sign-printer"]) == ("读卡器", "离线", "")
    assert desk.ui.has(test_id="trouble-strip")
    desk.key("500")
    desk.tap("cash", "sum-0", "take-cash")
    assert desk.ui.has("已支付")
    desk.ui.advance(11)


def test_prepared_screens_are_ready_to_be_shown(desk: FakeCounter) -> None:
    for name in PREPARED:
        desk.ui.app._prepare_screen(name, 0)
        desk.ui.step()
    assert not desk.ui.has(cls="CounterPayingScreen")
    desk.key("500")
    desk.tap("charge")
    assert desk.ui.has(cls="CounterPayingScreen")
    check_layout(desk.ui)
    desk.tap("back", "clear")


def test_the_cameras_light_is_on_while_it_takes_pictures(desk: FakeCounter) -> None:
    for is_on in (True, False):
        desk.ui.publish(CameraWatching(counter.CAMERA, is_on))
        lit = [sign.words for sign in desk.ui.widgets(lambda w: getattr(w, "test_id", "") == "sign-camera")]
        assert lit == (["摄像头已开启"] if is_on else [""])


def test_the_staff_read_as_they_like(desk: FakeCounter) -> None:
    desk.tap("contrast")
    assert desk.ui.app.look.view.high_contrast
    desk.tap("contrast", "language", "text-size")
    assert desk.ui.has("This sale")
    assert desk.ui.told[-1].language == "en"
    desk.tap("text-size", "text-size", "language")
    assert desk.ui.has("本单")


def test_a_touch_while_a_payment_is_in_flight_changes_nothing(desk: FakeCounter) -> None:
    desk.key("500")
    desk.tap("charge")
    desk.ui.publish(CardPresented(scenes.READER, RICH, desk.ui.clock.monotonic_s()))
    assert desk.ui.state.in_flight
    for test_id in ("cash", "back-to-sale"):
        assert not desk.ui.has(test_id=test_id)
    desk.answer()
    assert [e.kind for e in desk.ui.effects if isinstance(e, PlaySound)] == [SoundKind.SUCCESS]
    desk.tap("done")
