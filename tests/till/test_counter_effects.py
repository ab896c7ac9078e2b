"""A counter's flow and what runs behind it, together: touches and cards in, money in the books of central."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from queue import Queue
from types import SimpleNamespace
from typing import Any

import pytest

from kiosk.domain.face import Doubtful
from kiosk.domain.face_consent import ConsentPurpose
from kiosk.domain.ids import DishId, MemberId
from kiosk.domain.member import Card
from kiosk.domain.money import Money
from kiosk.domain.order import OrderState
from kiosk.screens.counter_effects import CounterEffects
from kiosk.screens.counter_flow import events as ev
from kiosk.screens.counter_flow import step
from kiosk.screens.counter_flow.after_sale_state import UndoEnd
from kiosk.screens.counter_flow.customer import CustomerShows, customer_view
from kiosk.screens.counter_flow.state import CounterRules, PayMethod, Sale, ScreenName, State
from kiosk.screens.flow import events as common
from kiosk.screens.flow.effects import LoadMenu, SoundKind
from kiosk.screens.flow.face_state import FacePolicy
from kiosk.services.collected import Collected, NotCollectedReason
from kiosk.services.events import (
    CardPresented,
    CodeScanned,
    DeviceHealth,
    DeviceHealthChanged,
    DeviceKind,
    DeviceState,
    StorageStopped,
)
from kiosk.services.face_events import FaceJudged, FaceReadiness, FaceReadinessChanged
from kiosk.services.identify import printed_end
from kiosk.services.journal import PaymentJournal
from kiosk.services.outcomes import NotCharged, NotChargedReason
from kiosk.services.ports import CentralUnreachable, PortionsAnswer
from kiosk.services.reserving import Reserving
from kiosk.services.stock_watch import StockWatch
from tests.central.support import Central, Diner
from tests.till.counter import Counter as CollectingCounter
from tests.till.counter import slip
from tests.till.test_collect_by_face import FaceCounter
from tests.till.test_pay_by_face import FaceTill
from tests.till.till import CHINA, KEYED, Till, yuan

NewTill = Callable[[], Till]
WITHIN_S = 10.0


class NoCentral:
    """kiosk.services.ports.CentralPortions that is away."""

    def request_portions(self, missing: Mapping[DishId, int]) -> PortionsAnswer:
        raise CentralUnreachable


class Counter:
    """A till with the flow in front of it. `at`: where a member's face is enrolled. `oversell`: portions that may be
    sold without having them."""

    oversell = 1000

    def __init__(self, till: Till, at: FaceTill | None = None) -> None:
        self.till = till
        self.posted: Queue[Any] = Queue()
        self.sounds: list[SoundKind] = []
        self.clock = at.clock if at else till.services.clock
        self.collecting: CollectingCounter = FaceCounter(at) if at else CollectingCounter(till)
        self.effects = CounterEffects(self.services, self.posted.put, self.sounds.append, "7", "undone")
        self.state = State(Sale(1), CounterRules(KEYED))
        self.happens(common.Tick(100.0, till.services.clock.now().astimezone(CHINA).time()))
        self.effects(LoadMenu())
        self.answered(common.MenuLoaded)

    def services(self) -> Any:
        """With a journal, as a terminal has it."""
        services = self.till.services
        journal = PaymentJournal(services.store, services.encoder, services.clock, lambda m: m.astimezone(CHINA))
        beside = {"journal": journal, "due_orders": self.collecting.find, "collect_orders": self.collecting.collect}
        beside["undo_collections"] = self.collecting.undoing
        beside |= {"face": None, "clock": self.clock, "stock_watch": StockWatch(self.clock)}
        beside |= {"reserving": Reserving(services.store, NoCentral(), self.oversell)}
        return SimpleNamespace(**{**vars(services), **beside})

    def looks_at_faces(self) -> None:
        """There is a camera, and somebody is enrolled."""
        policy = FacePolicy(turn_from_minor=10**6)
        self.state = replace(self.state, rules=CounterRules(KEYED, face_policy=policy))
        camera = DeviceHealth("face-camera", DeviceKind.CAMERA, DeviceState.READY)
        ready = FaceReadiness(is_ready=True, purposes=frozenset({ConsentPurpose.PAYING}))
        self.happens(DeviceHealthChanged(camera), FaceReadinessChanged(ready))

    def happens(self, *events: Any) -> None:
        for event in events:
            self.state, effects = step(self.state, event)
            for effect in effects:
                self.effects(effect)

    def answered(self, kind: type) -> State:
        """Take the answers from behind through the flow, up to the next one of that kind."""
        while True:
            answer = self.posted.get(timeout=WITHIN_S)
            self.happens(answer)
            if isinstance(answer, kind):
                return self.state

    def finished(self) -> State:
        return self.answered(ev.SaleFinished)

    def card(self, uid: str) -> None:
        self.happens(CardPresented("reader", uid, 100.0))

    def types(self, digits: str) -> None:
        self.happens(*(ev.DigitsTyped(digit) for digit in digits))


NewCounter = Callable[..., Counter]


@pytest.fixture
def new_counter(new_till: NewTill) -> Iterator[NewCounter]:
    made: list[Counter] = []

    def make(at: FaceTill | None = None) -> Counter:
        made.append(Counter(at.till if at else new_till(), at))
        return made[-1]

    yield make
    for counter in made:
        counter.effects.stop()


def test_a_card_pays_a_sum_and_a_weight_and_it_is_undone(central: Central, new_counter: NewCounter) -> None:
    member = central.add_member("50.00")
    counter = new_counter()
    counter.happens(ev.DishTouched(DishId("nuts")))
    counter.types("235")
    counter.happens(ev.WeightConfirmed())
    counter.types("500")
    counter.happens(ev.MethodTouched(PayMethod.MEMBER))
    counter.card(member.card_uid)
    state = counter.finished()
    assert customer_view(state).shows is CustomerShows.PAID
    order = state.order
    assert order is not None
    assert order.total == yuan("13.93")
    counter.happens(ev.UndoTouched(order.id))
    counter.answered(ev.UndoFinished)
    assert counter.state.undo is not None
    assert counter.state.undo.end is UndoEnd.UNDONE
    counter.till.uploads()
    assert counter.till.quarantined() == []
    assert central.free(member) == yuan("50.00")
    assert counter.sounds == [SoundKind.SUCCESS] * 2


def test_staff_hear_before_the_card_is_tapped_that_there_is_not_enough(
    central: Central, new_counter: NewCounter
) -> None:
    """Central is away, and nothing may be sold without having it; then it may."""
    member = central.add_member("50.00")
    counter = new_counter()
    counter.oversell = 0
    counter.happens(ev.DishTouched(DishId("dumplings")), ev.MethodTouched(PayMethod.MEMBER))
    state = counter.answered(common.CartReserved)
    assert isinstance(state.sale.outcome, NotCharged)
    assert (state.sale.outcome.reason, state.screen) == (NotChargedReason.SOLD_OUT, ScreenName.RESULT)
    assert customer_view(state).shows is not CustomerShows.PAY
    counter.oversell = 5
    counter.happens(ev.MethodTouched(PayMethod.MEMBER))
    counter.answered(common.CartReserved)
    counter.card(member.card_uid)
    assert counter.finished().order is not None


def test_the_lane_asks_about_the_same_member(central: Central, new_counter: NewCounter) -> None:
    first, second = central.add_member("50.00"), central.add_member("50.00")
    counter = new_counter()
    counter.types("800")
    counter.happens(ev.LaneStarted())
    for uid in (first.card_uid, second.card_uid, first.card_uid):
        counter.card(uid)
        counter.finished()
    assert counter.state.lane is not None
    assert counter.state.lane.asking is not None
    assert counter.state.lane.paid == 2
    counter.happens(ev.AgainAnswered(counter.state.sale.id, charge=True))
    counter.finished()
    counter.till.uploads()
    assert (central.free(first), central.free(second)) == (yuan("34.00"), yuan("42.00"))


def test_undone_in_the_lane_its_member_pays_again_unasked(central: Central, new_counter: NewCounter) -> None:
    member = central.add_member("50.00")
    counter = new_counter()
    counter.types("800")
    counter.happens(ev.LaneStarted())
    counter.card(member.card_uid)
    order = counter.finished().order
    assert order is not None
    counter.happens(ev.UndoTouched(order.id))
    counter.answered(ev.UndoFinished)
    counter.card(member.card_uid)
    assert customer_view(counter.finished()).shows is CustomerShows.PAID
    assert counter.state.lane is not None
    assert counter.state.lane.paid == 1


def test_cash_on_a_disk_that_fails_is_found_out(central: Central, new_counter: NewCounter) -> None:
    counter = new_counter()
    counter.types("1250")
    counter.happens(ev.MethodTouched(PayMethod.CASH))
    counter.types("2000")
    counter.till.store._stop("the disk is full")  # as the store does it when the disk refuses
    counter.happens(ev.CashTaken(), StorageStopped())
    assert customer_view(counter.finished()).shows is CustomerShows.CHECKING
    counter.happens(common.Tick(106.0, counter.state.local))
    counter.answered(ev.ActChecked)
    assert customer_view(counter.state).shows is CustomerShows.NOT_PAID
    assert not counter.state.out_of_order
    counter.happens(common.BackTouched(), ev.MethodTouched(PayMethod.CASH), ev.ReceivedChosen(Money(1250)))
    counter.happens(ev.CashTaken())
    state = counter.finished()
    assert state.screen is ScreenName.RESULT
    assert state.order is not None
    assert counter.till.order(state.order.id).state is OrderState.PAID


def test_a_scanned_slip_is_paid_by_card(central: Central, new_till: NewTill, new_counter: NewCounter) -> None:
    member = central.add_member("50.00")
    till = new_till()
    counter = new_counter()
    order = till.takes_order(("dumplings", 1))
    till.uploads()
    counter.happens(CodeScanned("scanner", slip(till, order), 100.0))
    counter.answered(ev.OrdersFound)
    collecting = counter.state.collecting
    assert collecting is not None
    assert collecting.chosen is not None
    assert (collecting.chosen.order.number, collecting.chosen.due) == (order.number, yuan("12.00"))
    counter.happens(ev.MethodTouched(PayMethod.MEMBER))
    counter.card(member.card_uid)
    outcome = counter.finished().sale.outcome
    assert isinstance(outcome, Collected), outcome
    view = customer_view(counter.state)
    assert (view.shows, view.amount, view.number) == (CustomerShows.PAID, yuan("12.00"), order.number)
    counter.till.uploads()
    assert central.free(member) == yuan("38.00")
    counter.happens(ev.UndoTouched(order.id))
    undo = counter.answered(ev.UndoFinished).undo
    assert undo is not None
    assert (undo.end, undo.sale.amount, undo.sale.in_cash) == (UndoEnd.UNDONE, yuan("12.00"), None)
    counter.till.uploads()
    assert counter.till.quarantined() == []
    assert central.free(member) == yuan("50.00")
    assert central.staff_get(f"/v1/orders/{order.id}")["state"] == "awaiting_payment"


def test_in_doubt_whose_face_it_is_the_digits_of_their_card_tell(
    central: Central, new_till: NewTill, new_counter: NewCounter
) -> None:
    member, other = central.add_member("50.00"), central.add_member("50.00")
    till = new_till()
    counter = new_counter(FaceTill(new_till(), member))
    counter.looks_at_faces()
    order = till.takes_order(("dumplings", 1))
    counter.happens(CodeScanned("scanner", slip(till, order), 100.0))
    counter.answered(ev.OrdersFound)
    counter.happens(ev.MethodTouched(PayMethod.MEMBER))
    in_doubt = Doubtful(frozenset({MemberId(member.id), MemberId(other.id)}))
    counter.happens(FaceJudged(counter.state.face_tasks, in_doubt, turned=True))
    mistyped, right = "0000" if printed(member) != "0000" else "0001", printed(member)
    for digits in (mistyped, right):
        assert customer_view(counter.state).asks_digits
        counter.happens(*(common.DigitTouched(digit) for digit in digits))
        counter.answered(common.FaceIdentified)
    assert customer_view(counter.state).shows is CustomerShows.CONFIRM
    assert counter.state.sale.tries_left == 1
    for now_s in (101.0, 104.0):
        counter.happens(common.Tick(now_s, counter.state.local))
    outcome = counter.finished().sale.outcome
    assert isinstance(outcome, Collected), outcome
    counter.till.uploads()
    assert counter.till.quarantined() == []
    assert (central.free(member), central.free(other)) == (yuan("38.00"), yuan("50.00"))


def printed(diner: Diner) -> str:
    """The last digits of the number on their card."""
    return printed_end(Card(diner.card_uid, MemberId(diner.id)))


def test_an_order_by_its_number_in_cash_with_change(
    central: Central, new_till: NewTill, new_counter: NewCounter
) -> None:
    till, counter = new_till(), new_counter()
    order = till.takes_order(("dumplings", 1))
    till.uploads()
    counter.happens(ev.CollectOpened())
    counter.types(order.number)
    counter.happens(ev.NumberConfirmed())
    counter.answered(ev.OrdersFound)
    counter.happens(ev.MethodTouched(PayMethod.CASH))
    counter.types("2000")
    counter.happens(ev.CashTaken())
    counter.finished()
    assert counter.state.change == yuan("8.00")
    counter.till.uploads()
    counter.happens(common.DoneTouched(), ev.CollectOpened())
    counter.types(order.number)
    counter.happens(ev.NumberConfirmed())
    counter.answered(ev.OrdersFound)
    assert counter.state.collecting is not None
    assert counter.state.collecting.fault is NotCollectedReason.NOT_FOUND
