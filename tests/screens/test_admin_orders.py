"""Staff find, refund and print again on the real screens, with real services on a real store. Touches are counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from kiosk.domain.loyalty import PointsRule
from kiosk.domain.order import Order, OrderState
from kiosk.domain.receipt import PaperKind
from kiosk.domain.staff import Role
from kiosk.screens.admin_door import AdminEffect
from kiosk.screens.admin_effects import answered
from kiosk.screens.flow.state import ScreenName
from kiosk.services import events as service
from kiosk.services.cash_top_up import CashTopUps, TopUpLimits
from kiosk.services.counter_payment import CounterPayments
from kiosk.services.events import PrintJobState
from kiosk.services.find_orders import FindOrders
from kiosk.services.look_up_member import LookUpMembers
from kiosk.services.papers import Papers
from kiosk.services.payments_lately import PaymentsLately
from kiosk.services.ports import StorageFailed
from kiosk.services.printing import PrintDesk
from kiosk.services.refund import Refunds
from kiosk.services.reprint import Reprints
from kiosk.store.sqlite_store import SqliteStore
from kiosk.sync.encoder import WireEncoder
from tests.admin_flow.visits import ANYBODY, MANAGER
from tests.screens import scenes
from tests.screens.driver import Driver
from tests.screens.test_admin_shell import open_admin
from tests.services.fakes import EventLog, FakePrinter, FixedClock, Signal
from tests.services.terminal import CHINA, catalogue
from tests.store.sales import CARD, NOON, new_store, sell
from tests.store.test_feed import THE_MEMBER, read

PRINTER_OF = {kind: "kitchen" if kind is PaperKind.KITCHEN_TICKET else "front" for kind in PaperKind}


class Services:
    """kiosk.screens.admin_effects.AdminServices, but for getting in."""

    def __init__(self, store: SqliteStore) -> None:
        self.store, self.clock, self.events = store, FixedClock(NOON), EventLog()
        self.front, self.kitchen = FakePrinter("front"), FakePrinter("kitchen")
        desk = PrintDesk(store, self.events, Papers("Terminal 1", catalogue), self.clock, CHINA, PRINTER_OF)
        desk.connect([self.front, self.kitchen])
        points = PointsRule(100)
        common = (store, WireEncoder(points), desk, Signal(), self.clock)
        self.find_orders = FindOrders(store, desk.local_time)
        self.payments_lately = PaymentsLately(store, desk.local_time)
        self.refunds = Refunds(*common)
        self.counter_payments = CounterPayments(*common, points)
        self.reprints = Reprints(store, desk, self.clock)
        self.look_up_members = LookUpMembers(store)
        self.cash_top_ups = CashTopUps(*common, TopUpLimits(largest_minor=20_000, largest_balance_minor=50_000))
        self.getting_in: Any = None
        self.menu_desk: Any = None


@dataclass
class Visit:
    """Somebody at the admin screen."""

    ui: Driver
    services: Services
    done: list[AdminEffect] = field(default_factory=list)

    def touch(self, test_id: str) -> None:
        self.ui.tap(test_id=test_id)
        self.answer()

    def happens(self, *events: Any) -> None:
        self.ui.happens(*events)
        self.answer()

    def answer(self) -> None:
        """What the screens want done is done by the services, until they want nothing more."""
        while wanted := [effect for effect in self.ui.effects if isinstance(effect, AdminEffect)]:
            self.ui.effects.clear()
            for effect in wanted:
                self.done.append(effect)
                event = answered(effect, lambda: self.services)
                if event is not None:
                    self.ui.happens(event)

    def order(self, order: Order) -> Order:
        with self.services.store.transaction() as tx:
            found = tx.orders.get(order.id)
        assert found is not None
        return found

    def refunded_minor(self, order: Order) -> int:
        with self.services.store.transaction() as tx:
            return sum(refund.amount.minor for refund in tx.refunds.of_order(order.id))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    opened = new_store(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def visit(kept_app: Callable[..., Driver], store: SqliteStore) -> Callable[..., Visit]:
    def begun(staff: Any = MANAGER) -> Visit:
        ui = kept_app(scenes.state(ScreenName.ATTRACT))
        open_admin(ui, staff)
        ui.effects.clear()
        return Visit(ui, Services(store))

    return begun


def test_a_refund_in_four_touches_from_the_pin(visit: Callable[..., Visit], store: SqliteStore) -> None:
    older, newest = sell(store).order, sell(store).order
    here = visit()
    for touched in ("section-orders", f"order-{newest.number}", "refund", "reason-0"):
        here.touch(touched)
    assert here.ui.touches == 4
    assert here.refunded_minor(newest) == newest.total.minor
    assert here.refunded_minor(older) == 0, "another's order"
    assert here.ui.find(test_id="standing").text == "已全部退款"
    assert [job.kind for job in here.services.front.jobs] == [PaperKind.REFUND_SLIP]
    assert not here.ui.has(test_id="refund"), "nothing is left"


def test_a_reprint_in_three_touches_from_the_pin(visit: Callable[..., Visit], store: SqliteStore) -> None:
    order = sell(store).order
    here = visit()
    for touched in ("section-orders", f"order-{order.number}", "paper-receipt"):
        here.touch(touched)
    assert here.ui.touches == 3
    (job,) = here.services.front.jobs
    assert (job.order_id, job.copy) == (order.id, 1)
    here.services.front.report(job, PrintJobState.SENDING)
    here.services.front.report(job, PrintJobState.CONFIRMED)
    here.happens(*here.services.events.events)
    assert here.ui.has("第 1 份补打：已打印")
    here.touch("paper-kitchen_ticket")
    assert [job.copy for job in here.services.kitchen.jobs] == [1]


def test_portions_are_chosen_and_where_it_goes_is_said_before(visit: Callable[..., Visit], store: SqliteStore) -> None:
    order = sell(store).order
    here = visit()
    for touched in ("section-orders", f"order-{order.number}", "refund", "line-1-minus", "line-2-minus", "sell-again"):
        here.touch(touched)
    amount = order.lines[0].total + order.lines[1].unit_price
    assert here.ui.find(test_id="amount").text == f"¥{amount.decimal_text()}"
    assert here.ui.has("退回校园卡")
    assert here.refunded_minor(order) == 0, "nothing is done before the reason"
    here.touch("reason-2")
    assert here.refunded_minor(order) == amount.minor
    assert here.ui.find(test_id="standing").text == "已部分退款"


def test_a_finger_that_comes_down_twice_refunds_once(visit: Callable[..., Visit], store: SqliteStore) -> None:
    order = sell(store).order
    here = visit()
    for touched in ("section-orders", f"order-{order.number}", "refund", *(f"line-{n}-minus" for n in range(3))):
        here.touch(touched)
    key = here.ui.find(test_id="reason-0")
    here.ui.tap(key)  # the service has not answered yet
    here.ui.tap(key)
    here.answer()
    assert here.refunded_minor(order) == order.lines[1].unit_price.minor, "one of the two portions"


def test_a_reason_of_ones_own_is_typed(visit: Callable[..., Visit], store: SqliteStore) -> None:
    order = sell(store).order
    here = visit()
    for touched in ("section-orders", f"order-{order.number}", "refund", "reason-own", "key-B", "key-7"):
        here.touch(touched)
    assert here.refunded_minor(order) == 0
    here.touch("confirm-reason")
    with store.transaction() as tx:
        (refund,) = tx.refunds.of_order(order.id)
    assert (refund.reason, refund.staff) == ("B7", MANAGER.id)


def test_by_card_by_number_and_by_the_code(visit: Callable[..., Visit], store: SqliteStore) -> None:
    read(store, "first", more=False, cards={CARD.uid: CARD}, **THE_MEMBER)
    first, second = sell(store).order, sell(store).order
    here = visit()
    here.touch("section-orders")
    here.touch("key-1")
    here.touch("find")
    assert here.ui.find(test_id="number").text == first.number
    here.happens(service.CodeScanned("scanner", f"kiosk:order:{second.id}", 1.0))
    assert here.ui.find(test_id="number").text == second.number
    here.happens(service.CardPresented("reader", CARD.uid, 2.0))
    assert here.ui.has(test_id=f"order-{first.number}")
    here.happens(service.CodeScanned("scanner", "134567890123456789", 3.0))
    assert "付款码" in here.ui.find(test_id="hint").text


def test_void_tells_the_kitchen(visit: Callable[..., Visit], store: SqliteStore) -> None:
    order = sell(store).order
    here = visit()
    for touched in ("section-orders", f"order-{order.number}", "take-back", "reason-0"):
        here.touch(touched)
    assert here.order(order).state is OrderState.CANCELLED
    assert [job.kind for job in here.services.kitchen.jobs] == [PaperKind.KITCHEN_TICKET]


def test_who_may_not_sees_no_key(visit: Callable[..., Visit], store: SqliteStore) -> None:
    order = sell(store).order
    here = visit(ANYBODY[Role.TECHNICIAN])
    here.touch("section-orders")
    here.touch(f"order-{order.number}")
    assert not here.ui.has(test_id="refund")
    assert not here.ui.has(test_id="take-back")
    assert not here.ui.find(test_id="paper-receipt").disabled


class Misreports:
    """The store; its next commit is taken and said to have failed, and then it must be opened anew."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store
        self.reopened = 0
        self._fails = True

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        with self._store.transaction() as tx:
            yield tx
        if self._fails:
            raise StorageFailed("flushing to disk failed")

    def reopen(self) -> None:
        self.reopened += 1
        self._fails = False


def test_not_known_is_said_and_found_out_by_itself(visit: Callable[..., Visit], store: SqliteStore) -> None:
    order = sell(store).order
    here = visit()
    for touched in ("section-orders", f"order-{order.number}", "refund"):
        here.touch(touched)
    disk = Misreports(store)
    here.services.refunds._store = here.services.store = disk  # type: ignore[assignment]
    here.touch("reason-0")
    assert "尚不确定" in here.ui.find(test_id="told").text
    assert not here.ui.has(test_id="refund")
    assert here.services.front.jobs == []
    here.ui.advance(6)
    here.answer()
    assert disk.reopened == 1
    assert "已退款" in here.ui.find(test_id="told").text
    assert here.refunded_minor(order) == order.total.minor
