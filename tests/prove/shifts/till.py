"""A counter on its real services and its real store, with a central that grants whatever is asked, and staff and
customers who do anything at any time."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from kiosk.domain.cart import EMPTY_CART, Selection
from kiosk.domain.cash import CounterResult
from kiosk.domain.collection import ClaimAnswer
from kiosk.domain.counter import CounterLimits
from kiosk.domain.due_order import DueLine, DueOrder
from kiosk.domain.ids import CollectionId, CouponId, GrantId, OrderId, PaymentId, StaffId, TerminalId, uuid7
from kiosk.domain.loyalty import PointsRule
from kiosk.domain.money import Money
from kiosk.domain.order import DiningMode, Order
from kiosk.domain.payer import ByCard, ByFace, Payer
from kiosk.domain.payment import PaymentMethod, PaymentPart
from kiosk.domain.pricing import price_cart
from kiosk.domain.shift import CashCount, CashDirection, CashMovement, ShiftOpening
from kiosk.domain.staff import Role, Staff
from kiosk.domain.unit import POINTS, coupon_unit
from kiosk.domain.wallet import Grant
from kiosk.domain.z_report import CorrectedFigure, ZReport
from kiosk.services.cash_top_up import CashTaken, CashTopUps, TopUpLimits
from kiosk.services.checkout import Checkout, CheckoutRequest
from kiosk.services.collect_order import CollectOrders
from kiosk.services.collected import Collected
from kiosk.services.collection_book import CollectionBook
from kiosk.services.counter_payment import CounterPayments, CounterSettled
from kiosk.services.counter_sale import CashSales, CashSold
from kiosk.services.face_payment import FacePaymentLimits
from kiosk.services.outcomes import DueAtCounter, NotCharged, Paid
from kiosk.services.papers import Papers
from kiosk.services.ports import GrantIssued, GrantRefused, Refusal, StorageFailed
from kiosk.services.printing import PrintDesk
from kiosk.services.refund import Refunded, Refunds
from kiosk.services.shifts import Shifts
from kiosk.services.staff_acts import NotKnown, StaffAct
from kiosk.services.undo_collection import CollectionUndone, UndoCollections
from kiosk.services.z_reports import ShownReport, ZReports
from kiosk.store.sqlite_store import SqliteStore
from kiosk.sync.encoder import WireEncoder, WireReader
from kiosk.sync.wire import encode
from tests.central.sales import new_id
from tests.domain.canteen import BIG_NOODLES, MENU, PLAIN_RICE, PLAIN_SET
from tests.prove.shifts.ledger import ShiftLedger, parts_by_payer
from tests.services.fakes import EventLog, FixedClock, Signal
from tests.services.terminal import catalogue
from tests.store.enrolling import consent, template
from tests.store.sales import CARD, CARD_UID, IDENTITY, MEMBER, new_store

CHINA = timezone(timedelta(hours=8))
# Moments of one day, and the meal period of each at this canteen.
MOMENTS = {
    datetime(2026, 3, 2, 3, 30, tzinfo=UTC): "lunch",
    datetime(2026, 3, 2, 5, 59, tzinfo=UTC): "lunch",
    datetime(2026, 3, 2, 6, 0, tzinfo=UTC): "",
    datetime(2026, 3, 2, 9, 0, tzinfo=UTC): "dinner",
}
DISHES = (PLAIN_RICE, BIG_NOODLES, PLAIN_SET)
MANAGER = Staff(StaffId("s-1"), "", frozenset({Role.MANAGER}))
FACE = consent()
MUCH = 10**9
COUPON_ID = CouponId("0190f3c2-0000-7000-8000-000000000001")
POINTS_RULE = PointsRule(100)
RECENT = 8


class FewEventsAtOnce(Shifts):
    """Its pages are short, so that a shift has several."""

    EVENTS_AT_ONCE = 3


class GenerousCentral:
    """kiosk.services.ports.Central and DueOrders: refuses now and then, grants otherwise."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    def request_grant(
        self, request_id: PaymentId, payer: Payer, amount: Money, _: object, further: tuple[Money, ...] = ()
    ) -> GrantIssued | GrantRefused:
        if self._chance.random() < 0.1:
            return GrantRefused(Refusal.INSUFFICIENT, Money(0))
        whose = request_id, MEMBER.id, IDENTITY.terminal_id, IDENTITY.incarnation
        money = Grant(GrantId(new_id()), *whose, amount) if amount else None
        others = tuple(Grant(GrantId(new_id()), *whose, other) for other in further)
        return GrantIssued(money, Money(MUCH), others)

    def claim(self, _: CollectionId, __: DueOrder) -> ClaimAnswer:
        return ClaimAnswer.OURS

    def give_up_claim(self, _: CollectionId, __: DueOrder) -> None: ...


class DoubtfulStore:
    """The store; `doubt` of its next transaction that tells central of something: its commit fails ("lost"), or stands
    and is said to have failed ("kept")."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store
        self.doubt = ""

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        doubt = ""
        with self._store.transaction() as tx:
            yield tx
            if tx.outbox.last_added_id is not None:
                doubt, self.doubt = self.doubt, ""
            if doubt == "lost":
                raise StorageFailed("no room")
        if doubt == "kept":
            raise StorageFailed("flushing to disk failed")

    def reopen(self) -> None: ...


@dataclass
class Bought:
    """An order that was settled here, by card or face or in cash; `way` of its balance."""

    order: Order
    way: str


class RandomTill:
    """`shifts_of` makes the service that is proved, or a mutant of it."""

    def __init__(self, folder: Path, chance: random.Random, shifts_of: Callable[..., Shifts] = FewEventsAtOnce) -> None:
        self.chance = chance
        self.real_store = new_store(folder)
        self.store = DoubtfulStore(self.real_store)
        self.clock = FixedClock(next(iter(MOMENTS)))
        self.central = GenerousCentral(chance)
        self.ledger = ShiftLedger()
        self.reports: list[ZReport] = []
        self._bought: list[Bought] = []
        self._due: list[tuple[Order, tuple[PaymentPart, ...], str]] = []
        self._collected: list[tuple[Collected, str]] = []
        self._fill()
        self._make_services(shifts_of)

    def close(self) -> None:
        self.real_store.close()

    def _fill(self) -> None:
        with self.real_store.transaction() as tx:
            tx.feed.enter_epoch("e")
            tx.feed.apply_page(
                epoch="e", next_after=1, more=False, menus=[MENU], stock={},
                members={MEMBER.id: encode(MEMBER)}, cards={CARD_UID: CARD},
            )  # fmt: skip
            tx.faces.enrol(FACE, template())

    def _make_services(self, shifts_of: Callable[..., Shifts]) -> None:
        encoder, signal, clock, store = WireEncoder(POINTS_RULE), Signal(), self.clock, self.store
        desk = PrintDesk(store, EventLog(), Papers("T", catalogue), clock, CHINA, {})
        common = (store, encoder, desk, signal, clock)
        faces, keyed = FacePaymentLimits(MUCH, MUCH, CHINA), CounterLimits(10**6, 10**4)
        central: Any = self.central
        self.checkout = Checkout(store, central, encoder, desk, signal, clock, POINTS_RULE, faces, keyed)
        self.refunds = Refunds(*common)
        self.counter_payments = CounterPayments(*common, POINTS_RULE)
        self.cash_sales = CashSales(*common, keyed)
        self.top_ups = CashTopUps(*common, TopUpLimits(20_000, MUCH))
        book = CollectionBook(encoder, desk, clock, POINTS_RULE)
        self.collect = CollectOrders(store, central, central, self.counter_payments, *common[1:], book, faces)
        self.undoing = UndoCollections(*common)
        self.shifts = shifts_of(store, encoder, WireReader(), desk, signal, clock, currency="CNY", handles_cash=True)
        self.z_reports = ZReports(*common)

    # --- a shift ---

    def works_a_shift(self, most_acts: int = 7) -> ZReport:
        """Opened at some moment of it, closed, and looked at."""
        acts = [self._any_act() for _ in range(self.chance.randint(0, most_acts))]
        opens_at = self.chance.choice([0, 0, 0, self.chance.randint(0, len(acts))])
        for i, act in enumerate(acts):
            if i == opens_at:
                self._open()
            self.clock.moment = self.chance.choice(list(MOMENTS))
            act()
        if self.ledger.float_minor is None:
            self._open()
        report = self._close()
        self._may_correct(report)
        return report

    def _any_act(self) -> Callable[[], None]:
        weighted: list[tuple[int, Callable[[], None]]] = [
            (6, self._sell), (3, self._sell_for_cash), (2, self._order_for_counter), (3, self._settle_due),
            (3, self._refund), (3, self._collect), (2, self._undo), (1, self._top_up), (1, self._move_cash),
        ]  # fmt: skip
        return self.chance.choices([act for _, act in weighted], [weight for weight, _ in weighted])[0]

    def _open(self) -> None:
        counted = CashCount(Money(self.chance.randint(0, 50_000)))
        assert isinstance(self.shifts.open(MANAGER, new_id(), counted), ShiftOpening)
        self.ledger.float_minor = counted.total.minor

    def _close(self) -> ZReport:
        """Perhaps with a disk in doubt, then asked for again under the same id, as staff do."""
        difference = self.chance.choice([0, 0, 150, -150])
        counted = CashCount(Money(max(0, self.ledger.expected_minor + difference)))
        asked = (MANAGER, new_id(), counted, "zh")
        if self.chance.random() < 0.05:
            self.store.doubt = self.chance.choice(["lost", "kept"])
            assert isinstance(self.shifts.close(*asked), NotKnown)
        report = self.shifts.close(*asked)
        assert isinstance(report, ZReport), report
        self.reports.append(report)
        self.ledger.check(report)
        self.ledger = ShiftLedger()
        return report

    def _may_correct(self, report: ZReport) -> None:
        if self.chance.random() < 0.1:
            asked = report.id, CorrectedFigure.COUNTED, Money(self.chance.choice([-150, 150])), "counted again", "en"
            shown = self.z_reports.correct(MANAGER, new_id(), *asked)
            assert isinstance(shown, ShownReport)
            assert shown.report == report, "the report was changed"

    # --- what customers do ---

    def _request(self) -> CheckoutRequest:
        cart = EMPTY_CART.add(self.chance.choice(DISHES), self.chance.randint(1, 3))
        return CheckoutRequest(cart, price_cart(cart, MENU).total, DiningMode.DINE_IN, "en")

    def _payer(self) -> tuple[Payer, str]:
        if self.chance.random() < 0.4:
            return ByFace(MEMBER.id, FACE.id), "face"
        return ByCard(CARD_UID), "card"

    def _others(self, total: Money) -> tuple[PaymentPart, ...]:
        """Points, a coupon, a rest at the counter: any of them, or none."""
        left, parts = total.minor - 1, []
        currency = total.currency
        for method, used in (
            (PaymentMethod.POINTS, Money(100, POINTS)),
            (PaymentMethod.COUPON, Money(1, coupon_unit(COUPON_ID))),
            (PaymentMethod.COUNTER, None),
        ):
            if left > 1 and self.chance.random() < 0.25:
                value = self.chance.randint(1, left)
                parts.append(PaymentPart(method, Money(value, currency), used))
                left -= value
        return tuple(parts)

    def _sell(self) -> None:
        request, (payer, way) = self._request(), self._payer()
        request = replace(request, others=self._others(request.shown_total))
        outcome = self.checkout.pay(request, payer)
        if isinstance(outcome, NotCharged):
            return
        assert isinstance(outcome, Paid | DueAtCounter), outcome
        rest = request.shown_total.minor - sum(part.value.minor for part in request.others)
        paid = [*parts_by_payer(request.others, way), (way, rest)]
        self._took_order(outcome.order, [(by, value) for by, value in paid if by != "cash"])
        if isinstance(outcome, DueAtCounter):
            before = tuple(part for part in outcome.parts if part.method is not PaymentMethod.COUNTER)
            self._due.append((outcome.order, before, way))
        else:
            self._bought.append(Bought(outcome.order, way))

    def _took_order(self, order: Order, paid: list[tuple[str, int]]) -> None:
        self.ledger.happened("order", order.total.minor)
        self.ledger.meals[MOMENTS[self.clock.moment]] += order.total.minor
        self.ledger.numbers.append(order.number)
        for by, value in paid:
            self.ledger.pays(by, value)

    def _sell_for_cash(self) -> None:
        request = self._request()
        sold = self.cash_sales.sell(self._act(), request, request.shown_total + Money(self.chance.choice([0, 500])))
        assert isinstance(sold, CashSold), sold
        self._took_order(sold.order, [])
        self._took_cash(sold.order.total.minor)
        self._bought.append(Bought(sold.order, "card"))

    def _took_cash(self, amount_minor: int) -> None:
        self.ledger.happened("counter_payment", amount_minor, amount_minor)
        self.ledger.pays("cash", amount_minor)

    def _order_for_counter(self) -> None:
        outcome = self.checkout.take_order_for_counter(self._request(), self.chance.choice([None, ByCard(CARD_UID)]))
        assert isinstance(outcome, DueAtCounter), outcome
        self._took_order(outcome.order, [])
        self._due.append((outcome.order, (), "card"))

    def _settle_due(self) -> None:
        if not self._due:
            return
        order, before, way = self._due.pop(self.chance.randrange(len(self._due)))
        due_minor = order.total.minor - sum(part.value.minor for part in before)
        if self.chance.random() < 0.5:
            assert isinstance(self.counter_payments.take_cash(self._act(), order.id), CounterSettled)
            self._took_cash(due_minor)
            self._bought.append(Bought(order, way))
            return
        settled = self.counter_payments.cancel(self._act(), order.id)
        assert isinstance(settled, CounterSettled), settled
        assert settled.payment.result is CounterResult.CANCELLED
        self.ledger.happened("cancelled", order.total.minor)
        for by, value in parts_by_payer(before, way):
            self.ledger.gives_back(by, value)

    # --- what staff do ---

    def _act(self) -> StaffAct:
        return StaffAct(new_id(), "7", "a reason")

    def _refund(self) -> None:
        """Of what was bought in this shift or one before: a void, all, or a portion. How, the service says."""
        newest = self._bought[-RECENT:]
        if not newest:
            return
        bought = self.chance.choice(newest)
        given, is_void = self._act(), self.chance.random() < 0.3
        if is_void:
            done = self.refunds.void(given, bought.order.id)
        else:
            portions = self.chance.choice([None, {0: 1}])
            done = self.refunds.refund(given, bought.order.id, portions, restock=False)
        if not isinstance(done, Refunded):
            self._bought.remove(bought)
            return
        in_cash = sum(p.amount.minor for p in done.refund.parts if p.method is PaymentMethod.COUNTER)
        self.ledger.happened("void" if is_void else "refund", done.refund.amount.minor, -in_cash)
        for part in done.refund.parts:
            by = {"balance": bought.way, "counter": "cash"}.get(part.method, str(part.method))
            self.ledger.gives_back(by, part.amount.minor)

    def _collect(self) -> None:
        """An order of another terminal."""
        selection, quantity = self.chance.choice(DISHES), self.chance.randint(1, 3)
        due = _due_elsewhere(selection, quantity)
        payer, way = self._payer()
        if self.chance.random() < 0.5:
            done, way = self.collect.take_cash(self._act(), due), "cash"
        else:
            done = self.collect.pay(self._act(), due, payer)
        if isinstance(done, Collected):
            self.ledger.happened("collection", due.due.minor, due.due.minor if way == "cash" else 0)
            self.ledger.pays(way, due.due.minor)
            self._collected.append((done, way))

    def _undo(self) -> None:
        if not self._collected:
            return
        collected, way = self._collected.pop(self.chance.randrange(len(self._collected)))
        assert collected.made is not None
        undone = self.undoing.undo(self._act(), collected.made.id, collected.order)
        assert isinstance(undone, CollectionUndone), undone
        paid_minor = collected.paid.minor
        self.ledger.happened("undone_collection", paid_minor, -paid_minor if way == "cash" else 0)
        self.ledger.gives_back(way, paid_minor)

    def _top_up(self) -> None:
        amount = Money(self.chance.randint(1, 20_000))
        assert isinstance(self.top_ups.take(self._act(), CARD_UID, amount, "en"), CashTaken)
        self.ledger.happened("top_up", amount.minor, amount.minor)

    def _move_cash(self) -> None:
        if self.ledger.float_minor is None:
            return
        amount = Money(self.chance.randint(1, 20_000))
        direction = self.chance.choice(list(CashDirection))
        assert isinstance(self.shifts.move_cash(MANAGER, new_id(), direction, amount, "change"), CashMovement)
        sign = 1 if direction is CashDirection.IN else -1
        self.ledger.happened(f"cash_{direction}", amount.minor, sign * amount.minor)


def _due_elsewhere(selection: Selection, quantity: int) -> DueOrder:
    priced = price_cart(EMPTY_CART.add(selection, quantity), MENU)
    line = DueLine(selection, quantity, priced.lines[0].unit_price)
    ids = OrderId(uuid7(0)), PaymentId(uuid7(0)), TerminalId("t-2"), 1, "B001"
    return DueOrder(*ids, next(iter(MOMENTS)), DiningMode.DINE_IN, "en", line.total, line.total, (line,))
