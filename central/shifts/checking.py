"""Does a Z report say what central has in its books? Each event it adds up is looked for there by its number, and what
was booked for it is added up anew: orders and what paid them, and the terminal's cash in the ledger.

What central does not have, or could not book, is said beside: those events explain a difference.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Table, select

from central.orders.collection_repository import collection
from central.orders.refund_repository import counter_payment, refund
from central.orders.repository import customer_order
from central.push import repository as push
from central.shifts import repository
from central.shifts.repository import cash_movement
from central.statements import Statement, by_keys
from central.wallet import ledger
from central.wallet.cash_top_ups import cash_top_up
from kiosk.domain.cash import CounterResult
from kiosk.domain.collection import Collection
from kiosk.domain.money import Money
from kiosk.domain.payment import Payment, PaymentMethod
from kiosk.domain.z_report import EntryKind, Way, ZReport
from kiosk.sync import wire

_AT_ONCE = 1000

_CASH = "cash"
_HOW_MANY = ": how many"
_PAID = {PaymentMethod.BALANCE: "balance", PaymentMethod.POINTS: "points", PaymentMethod.COUPON: "coupons"}


def _events_of(table: Table) -> Statement:
    return by_keys(lambda among: select(table.c.event).where(among(table.c.id)))


_BOOKED = tuple(
    _events_of(table) for table in (customer_order, refund, counter_payment, cash_top_up, cash_movement, collection)
)
_UNDONE = by_keys(
    lambda among: select(collection.c.undone_event.label("event")).where(
        among(collection.c.id), collection.c.undone_event.is_not(None)
    )
)


@dataclass(frozen=True, slots=True)
class Finding:
    """A figure of the report (minor units, or a number of entries) and what the books have."""

    figure: str
    reported: int
    booked: int

    @property
    def is_count(self) -> bool:
        return self.figure.endswith(_HOW_MANY)


@dataclass(frozen=True, slots=True)
class Checked:
    """`absent`: events that never came. `not_booked`: in quarantine, or of before central knew what they are about.
    `shared_with`: other reports that have events of this one, as a terminal's that was put back to a backup may."""

    report: ZReport
    findings: tuple[Finding, ...]
    absent: int = 0
    not_booked: int = 0
    shared_with: frozenset[UUID] = frozenset()

    @property
    def is_right(self) -> bool:
        wrong = self.findings or self.absent or self.not_booked or self.shared_with
        return not wrong and expectation_is_right(self.report)


def check_report(connection: Connection, row: Row[Any]) -> Checked:
    """Of a row of `z_report`."""
    report: ZReport = wire.decode(row.event, wire.ShiftClosed).report
    sender = row.terminal_id, row.incarnation
    received = push.received_subjects(connection, sender, row.first_seq, row.last_seq)
    booked = _booked_events(connection, received)
    books = _Books(connection, row.terminal_id)
    for event in received:
        if event.body_sha256 in booked:
            books.add(booked[event.body_sha256])
    reported = _figures_of(report)
    findings = tuple(
        Finding(figure, reported[figure], books.sums[figure])
        for figure in (*reported, *(set(books.sums) - set(reported)))
        if reported[figure] != books.sums[figure]
    )
    shared = repository.reports_of_events(connection, [event.event_id for event in received]) - {row.id}
    absent = row.last_seq - row.first_seq + 1 - len(received)
    not_booked = sum(event.about is not None and event.body_sha256 not in booked for event in received)
    return Checked(report, findings, absent, not_booked, frozenset(shared))


def _booked_events(connection: Connection, received: Sequence[Row[Any]]) -> dict[bytes, wire.TerminalEvent]:
    """What stands in the books, by the SHA-256 of the event that told it."""
    ids = [event.about for event in received if event.about is not None]
    found: dict[bytes, wire.TerminalEvent] = {}
    for start in range(0, len(ids), _AT_ONCE):
        for statement in (*_BOOKED, _UNDONE):
            for row in statement.of_keys(connection, ids[start : start + _AT_ONCE]):
                found[sha256(row.event).digest()] = wire.decode_event(row.event)
    return found


class _Books:
    """Adds up what was booked; cash by the ledger's postings on that terminal's account."""

    def __init__(self, connection: Connection, terminal_id: str) -> None:
        self._connection = connection
        self._drawer = ledger.cash_account(terminal_id)
        self.sums: Counter[str] = Counter()

    def add(self, event: wire.TerminalEvent) -> None:
        match event:
            case wire.OrderRecorded():
                self._tally(EntryKind.ORDER, event.order.total)
                self._add_parts(event.payment, 1)
            case wire.RefundRecorded():
                self._tally(EntryKind.VOID if event.refund.is_void else EntryKind.REFUND, event.refund.amount)
                for part in event.refund.parts:
                    if part.method in _PAID:
                        self.sums[_PAID[part.method]] -= part.amount.minor
                self._add_cash(f"refund:{event.refund.id}")
            case wire.CounterPaymentRecorded():
                self._add_counter_payment(event)
            case wire.OrderCollected():
                self._add_collection(EntryKind.COLLECTION, event.collection, 1)
                self._add_cash(f"collection:{event.collection.id}")
            case wire.CollectionUndone():
                made = self._collection_of(event)
                self._add_collection(EntryKind.UNDONE_COLLECTION, made, -1)
                self._add_cash(f"undone:{made.id}")
            case wire.CashTopUpRecorded():
                self._tally(EntryKind.TOP_UP, event.top_up.amount)
                self._add_cash(f"cash_top_up:{event.top_up.id}")
            case wire.CashMoved():
                self._tally(EntryKind(f"cash_{event.movement.direction}"), event.movement.amount)
                self._add_cash(f"cash_moved:{event.movement.id}")

    def _add_counter_payment(self, event: wire.CounterPaymentRecorded) -> None:
        made = event.payment
        if made.result is CounterResult.PAID:
            self._tally(EntryKind.COUNTER_PAYMENT, made.amount)
            self._add_cash(f"counter_payment:{made.id}")
            return
        (row,) = _BOOKED[0].of_keys(self._connection, [made.order_id])
        payment = wire.decode(row.event, wire.OrderRecorded).payment
        self._tally(EntryKind.CANCELLED, payment.amount)
        self._add_parts(payment, -1)

    def _collection_of(self, event: wire.CollectionUndone) -> Collection:
        (row,) = _BOOKED[-1].of_keys(self._connection, [event.undone.collection_id])
        return wire.decode(row.event, wire.OrderCollected).collection

    def _add_collection(self, kind: EntryKind, made: Collection, sign: int) -> None:
        self._tally(kind, made.amount)
        if made.method in _PAID:
            self.sums[_PAID[made.method]] += sign * made.amount.minor

    def _add_parts(self, payment: Payment, sign: int) -> None:
        for part in payment.all_parts:
            if part.method in _PAID:
                self.sums[_PAID[part.method]] += sign * part.value.minor

    def _add_cash(self, reference: str) -> None:
        """The account is below zero by what the drawer took."""
        postings = ledger.postings_of(self._connection, reference)
        self.sums[_CASH] -= sum(p.amount_minor for p in postings if p.account == self._drawer)

    def _tally(self, kind: EntryKind, amount: Money) -> None:
        self.sums[f"{kind}{_HOW_MANY}"] += 1
        self.sums[kind] += amount.minor


def _figures_of(report: ZReport) -> Counter[str]:
    """The report's figures, as the books have them: central does not know who paid by face."""
    totals = report.totals
    figures: Counter[str] = Counter()
    for found in totals.kinds:
        figures[f"{found.kind}{_HOW_MANY}"] += found.count
        figures[found.kind] += found.amount_minor
    figures["balance"] = totals.by(Way.CARD).net_minor + totals.by(Way.FACE).net_minor
    figures["points"] = totals.by(Way.POINTS).net_minor
    figures["coupons"] = totals.by(Way.COUPON).net_minor
    moved = ((EntryKind.TOP_UP, 1), (EntryKind.CASH_IN, 1), (EntryKind.CASH_OUT, -1))
    figures[_CASH] = totals.by(Way.CASH).net_minor + sum(s * totals.of(kind).amount_minor for kind, s in moved)
    return figures


def expectation_is_right(report: ZReport) -> bool:
    """Whether what should be in the drawer follows from the report's own figures."""
    if report.opening is None:
        return True
    cash_minor = _figures_of(report)[_CASH] - report.before_opening.cash_minor
    return report.expected_minor == report.opening.float_.total.minor + cash_minor


def missing_numbers(rows: Iterable[Row[Any]]) -> list[tuple[str, int, int]]:
    """Numbers between reports of a terminal's incarnation that central has not: (letter, incarnation, number)."""
    numbers: dict[tuple[str, int], set[int]] = {}
    for row in rows:
        numbers.setdefault((row.terminal_letter, row.incarnation), set()).add(row.number)
    return [
        (letter, incarnation, number)
        for (letter, incarnation), found in sorted(numbers.items())
        for number in range(min(found), max(found))
        if number not in found
    ]
