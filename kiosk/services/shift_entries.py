"""What a Z report adds up: the outbox's events as entries, with what only this terminal knows of them (by what a
payment was made, when it was which meal)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from kiosk.domain.cash import CashTopUp, CounterPayment, CounterResult
from kiosk.domain.collection import Collection, UndoneCollection
from kiosk.domain.ids import PaymentId
from kiosk.domain.menu import Menu
from kiosk.domain.payer import ByFace
from kiosk.domain.payment import PaymentMethod, PaymentPart
from kiosk.domain.refund import Refund
from kiosk.domain.shift import CashDirection, CashMovement
from kiosk.domain.z_report import BeforeOpening, Entry, EntryKind, MealName, Moved, ShiftSums, Way
from kiosk.services.ports import TakenOrder, Told, Transaction

_WAYS = {PaymentMethod.POINTS: Way.POINTS, PaymentMethod.COUPON: Way.COUPON, PaymentMethod.COUNTER: Way.CASH}
_DIRECTIONS = {CashDirection.IN: (EntryKind.CASH_IN, 1), CashDirection.OUT: (EntryKind.CASH_OUT, -1)}


class ShiftEntries:
    """Of one transaction. `local_time` is the canteen's."""

    def __init__(self, tx: Transaction, local_time: Callable[[datetime], datetime]) -> None:
        self._tx = tx
        self._menu: Menu | None = tx.menus.current()
        self._local_time = local_time

    def entry(self, told: Told) -> Entry:
        match told:
            case TakenOrder():
                return self._order(told)
            case Refund():
                kind = EntryKind.VOID if told.is_void else EntryKind.REFUND
                moved = tuple(Moved(self._way(part.method, part.payment_id), -part.amount.minor) for part in told.parts)
                return Entry(kind, told.amount.minor, moved)
            case CounterPayment():
                return self._counter_payment(told)
            case Collection():
                return self._collection(EntryKind.COLLECTION, told, 1)
            case UndoneCollection():
                return self._undone(told)
            case CashTopUp():
                return Entry(EntryKind.TOP_UP, told.amount.minor, (Moved(Way.CASH, told.amount.minor),))
            case CashMovement():
                kind, sign = _DIRECTIONS[told.direction]
                return Entry(kind, told.amount.minor, (Moved(Way.CASH, sign * told.amount.minor),))

    def _order(self, taken: TakenOrder) -> Entry:
        order, payment = taken.order, taken.payment
        paid = [part for part in payment.all_parts if part.method is not PaymentMethod.COUNTER]
        moved = self._moved(payment.id, paid, 1)
        return Entry(EntryKind.ORDER, order.total.minor, moved, order.number, self._meal(order.created_at))

    def _counter_payment(self, made: CounterPayment) -> Entry:
        if made.result is CounterResult.PAID:
            return Entry(EntryKind.COUNTER_PAYMENT, made.amount.minor, (Moved(Way.CASH, made.amount.minor),))
        payment = self._tx.payments.get(made.payment_id)
        parts = payment.all_parts if payment else ()
        before = [part for part in parts if part.method is not PaymentMethod.COUNTER]
        total = made.amount.minor + sum(part.value.minor for part in before)
        return Entry(EntryKind.CANCELLED, total, self._moved(made.payment_id, before, -1))

    def _collection(self, kind: EntryKind, made: Collection, sign: int) -> Entry:
        way = self._way(made.method, made.payment_id)
        return Entry(kind, made.amount.minor, (Moved(way, sign * made.amount.minor),))

    def _undone(self, undone: UndoneCollection) -> Entry:
        made = self._tx.collections.get(undone.collection_id)
        if made is None:  # it stands beside the undone one, for ever
            raise LookupError(f"collection {undone.collection_id} is gone")
        return self._collection(EntryKind.UNDONE_COLLECTION, made, -1)

    def _moved(self, payment_id: PaymentId, parts: Sequence[PaymentPart], sign: int) -> tuple[Moved, ...]:
        return tuple(Moved(self._way(part.method, payment_id), sign * part.value.minor) for part in parts)

    def _way(self, method: PaymentMethod, payment_id: PaymentId | None) -> Way:
        if method is not PaymentMethod.BALANCE:
            return _WAYS[method]
        payer = None if payment_id is None else self._tx.payments.payer_of(payment_id)
        return Way.FACE if isinstance(payer, ByFace) else Way.CARD

    def _meal(self, moment: datetime) -> MealName:
        period = self._menu.meal_period_at(self._local_time(moment).time()) if self._menu else None
        return MealName() if period is None else MealName(period.id, period.name)


class Tally:
    """The events that belong to no Z report yet, added up to the outbox's row `read_id`."""

    def __init__(self) -> None:
        self.sums = ShiftSums()
        self.read_id = 0
        self.before_opening: BeforeOpening | None = None

    def add(self, event_id: int, entry: Entry | None, opened_id: int | None) -> None:
        if opened_id is not None and event_id > opened_id and self.before_opening is None:
            self.before_opening = self.sums.before_opening()
        if entry is not None:
            self.sums.add(entry)
        self.read_id = event_id
