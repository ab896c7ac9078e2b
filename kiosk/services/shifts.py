"""A terminal's shift: opened with a counted float, cash put in and taken out, closed by a count that is blind: nobody
is told what should be there before they have said what is. The closing is one transaction: report, event, audit entry
and paper stand together, or the shift is still open.

Whatever happened since the last Z report belongs to the next one, whether or not a shift was open: nothing is lost.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256
from typing import TypeVar
from uuid import UUID

from kiosk.domain.audit import Act
from kiosk.domain.clock import Clock
from kiosk.domain.ids import CashMovementId, ShiftId, StaffId, ZReportId
from kiosk.domain.money import Money
from kiosk.domain.shift import CashCount, CashDirection, CashMovement, ShiftOpening
from kiosk.domain.staff import Permission, Staff
from kiosk.domain.z_report import BeforeOpening, BeingCheckedSum, Entry, ZReport
from kiosk.services.audit import Audit
from kiosk.services.cash_drawer import DrawerOpening, DrawerReason
from kiosk.services.ports import (
    EventEncoder,
    EventReader,
    OutboxSignal,
    PrintJob,
    StorageFailed,
    Store,
    TillState,
    Transaction,
)
from kiosk.services.printing import PrintDesk
from kiosk.services.shift_entries import ShiftEntries, Tally
from kiosk.services.staff_acts import NotKnown
from kiosk.services.staff_names import staff_names
from kiosk.services.z_paper import named, staff_on

log = logging.getLogger(__name__)

Done = TypeVar("Done")


class ShiftRefusal(StrEnum):
    """no_cash: at this terminal nothing is counted, a shift is the day's closing. id_in_use: the act's id stands for
    something else."""

    ALREADY_OPEN = "already_open"
    NOT_OPEN = "not_open"
    NO_CASH = "no_cash"
    COUNT_MISSING = "count_missing"
    NO_SUCH_REPORT = "no_such_report"
    ID_IN_USE = "id_in_use"


@dataclass(frozen=True, slots=True)
class ShiftRefused:
    """Nothing was done."""

    reason: ShiftRefusal


@dataclass(frozen=True, slots=True)
class ShiftNow:
    """As it may be shown to whoever counts: nothing of what should be in the drawer. `being_checked`: payments whose
    end is not known yet. `handles_cash`: False where a shift is the day's closing. `opened_by`: their name, or their id
    where the terminal knows no name any more."""

    opening: ShiftOpening | None
    next_number: int
    being_checked: BeingCheckedSum
    handles_cash: bool
    opened_by: str = ""


class Shifts:
    """Its calls block (disk) and are made one at a time. Under the same `act_id` a thing
    is done once: after a second touch, a doubtful end, a restart. `handles_cash`: this terminal has a drawer that staff
    answer for. Each raises NotPermitted, and TextError for a reason that is none."""

    EVENTS_AT_ONCE = 500
    """Of the outbox, read in one transaction: between them others have their turn at the store."""

    def __init__(
        self,
        store: Store,
        encoder: EventEncoder,
        reader: EventReader,
        desk: PrintDesk,
        outbox_signal: OutboxSignal,
        clock: Clock,
        *,
        currency: str,
        handles_cash: bool,
    ) -> None:
        self._store = store
        self._encoder = encoder
        self._reader = reader
        self._desk = desk
        self._outbox_signal = outbox_signal
        self._clock = clock
        self._audit = Audit(clock)
        self._currency = currency
        self._handles_cash = handles_cash

    def now(self, by: Staff) -> ShiftNow:
        """Raises StorageFailed."""
        by.require(Permission.WORK_SHIFTS)
        with self._store.transaction() as tx:
            state = tx.shifts.state()
            staff = state.opening.staff if state.opening else StaffId("")
            name = staff_names(tx, [staff]).get(staff, staff)
            return ShiftNow(state.opening, state.number, self._being_checked(tx), self._handles_cash, name)

    def open_drawer(self, by: Staff, act_id: UUID) -> None:
        """To count what is in it."""
        by.require(Permission.WORK_SHIFTS)
        self._desk.submit((), DrawerOpening(act_id, act_id, DrawerReason.COUNTED))

    def open(self, by: Staff, act_id: UUID, float_: CashCount) -> ShiftOpening | ShiftRefused | NotKnown:
        """With what was counted in the drawer."""
        by.require(Permission.WORK_SHIFTS)

        def do(tx: Transaction) -> ShiftOpening | ShiftRefused:
            known = tx.shifts.opening(ShiftId(act_id))
            if known is not None:
                return known if known.float_ == float_ else ShiftRefused(ShiftRefusal.ID_IN_USE)
            if not self._handles_cash:
                return ShiftRefused(ShiftRefusal.NO_CASH)
            if tx.shifts.state().opening is not None:
                return ShiftRefused(ShiftRefusal.ALREADY_OPEN)
            opening = ShiftOpening(ShiftId(act_id), by.id, self._clock.now(), float_)
            tx.shifts.open(opening)
            self._audit.record(tx, by.id, Act.SHIFT_OPENED, str(act_id), float_minor=float_.total.minor)
            return opening

        return self._in_transaction(act_id, do)

    def move_cash(
        self, by: Staff, act_id: UUID, direction: CashDirection, amount: Money, reason: str
    ) -> CashMovement | ShiftRefused | NotKnown:
        """Into the drawer or out of it; the drawer is opened for it."""
        by.require(Permission.WORK_SHIFTS)
        wanted = CashMovement(CashMovementId(act_id), direction, amount, by.id, reason, self._clock.now())
        opening: list[DrawerOpening] = []

        def do(tx: Transaction) -> CashMovement | ShiftRefused:
            known = tx.shifts.movement(wanted.id)
            if known is not None:
                same = (known.direction, known.amount, known.staff) == (direction, amount, by.id)
                return known if same else ShiftRefused(ShiftRefusal.ID_IN_USE)
            if tx.shifts.state().opening is None:
                return ShiftRefused(ShiftRefusal.NOT_OPEN)
            tx.shifts.add_movement(wanted)
            tx.outbox.add(self._encoder.cash_moved(wanted))
            told = {"direction": direction, "amount_minor": amount.minor}
            self._audit.record(tx, by.id, Act.CASH_MOVED, str(act_id), **told)
            opening.append(DrawerOpening(act_id, act_id, DrawerReason.CASH_MOVED))
            return wanted

        done = self._in_transaction(act_id, do)
        if not isinstance(done, NotKnown):
            self._desk.submit((), opening[0] if opening else None)
        return done

    def close(
        self, by: Staff, act_id: UUID, counted: CashCount | None, language: str
    ) -> ZReport | ShiftRefused | NotKnown:
        """With what was counted in the drawer; None where there is no cash. `language` of the paper."""
        by.require(Permission.WORK_SHIFTS)
        jobs: list[PrintJob] = []
        tally = Tally()

        def do(tx: Transaction) -> ZReport | ShiftRefused:
            known = tx.shifts.report(ZReportId(act_id))
            if known is not None:
                return known if known.counted == counted else ShiftRefused(ShiftRefusal.ID_IN_USE)
            state = tx.shifts.state()
            refusal = self._cannot_close(state, counted)
            if refusal is not None:
                return ShiftRefused(refusal)
            while self._add_page(tx, state, tally):
                pass
            report = self._report(tx, by, ZReportId(act_id), state, tally, counted)
            jobs.extend(self._write(tx, report, state, language))
            return report

        try:
            self._read_ahead(tally)
        except StorageFailed:
            return NotKnown(act_id)
        done = self._in_transaction(act_id, do)
        if not isinstance(done, NotKnown):
            self._desk.submit(jobs)
        return done

    def _cannot_close(self, state: TillState, counted: CashCount | None) -> ShiftRefusal | None:
        if not self._handles_cash:
            return None if counted is None else ShiftRefusal.NO_CASH
        if state.opening is None:
            return ShiftRefusal.NOT_OPEN
        return ShiftRefusal.COUNT_MISSING if counted is None else None

    def _read_ahead(self, tally: Tally) -> None:
        """But for the last page, which the closing reads: events never change."""
        is_more = True
        while is_more:
            with self._store.transaction() as tx:
                state = tx.shifts.state()
                is_more = state.newest_id - max(tally.read_id, state.closed_id) > self.EVENTS_AT_ONCE
                if is_more:
                    self._add_page(tx, state, tally)

    def _add_page(self, tx: Transaction, state: TillState, tally: Tally) -> bool:
        """False when there was none."""
        after_id = max(tally.read_id, state.closed_id)
        page = list(tx.shifts.events_between(after_id, state.newest_id, self.EVENTS_AT_ONCE))
        for event_id, entry in self._entries(tx, page):
            tally.add(event_id, entry, state.opened_id)
        return bool(page)

    def _entries(self, tx: Transaction, page: Sequence[tuple[int, bytes]]) -> Iterator[tuple[int, Entry | None]]:
        """Of rows of the outbox; None for one that is of no shift."""
        entries = ShiftEntries(tx, self._desk.local_time)
        for event_id, body in page:
            told = self._reader.read(body)
            yield event_id, None if told is None else entries.entry(told)

    def _report(
        self,
        tx: Transaction,
        by: Staff,
        report_id: ZReportId,
        state: TillState,
        tally: Tally,
        counted: CashCount | None,
    ) -> ZReport:
        before = tally.before_opening or tally.sums.before_opening()
        opening = state.opening if counted is not None else None
        expected = None
        if opening is not None:
            expected = opening.float_.total.minor + tally.sums.cash_minor - before.cash_minor
        return ZReport(
            report_id,
            state.incarnation,
            state.number,
            self._currency,
            by.id,
            self._clock.now(),
            state.closed_id + state.missing + 1 - state.base_id,
            state.newest_id - state.base_id,
            tally.sums.totals(),
            opening,
            before if opening is not None else BeforeOpening(),
            self._being_checked(tx),
            state.drawer_openings,
            expected,
            counted,
            state.missing,
        )

    def _write(self, tx: Transaction, report: ZReport, state: TillState, language: str) -> tuple[PrintJob, ...]:
        """All of the closing. What is printed has names, what is kept only ids."""
        body = self._encoder.shift_closed(report)
        tx.shifts.close(report, tx.outbox.add(body) + state.base_id)
        told: dict[str, object] = {"number": report.number, "sha256": sha256(body).hexdigest()}
        if report.counted is not None:
            told |= {"expected_minor": report.expected_minor, "counted_minor": report.counted.total.minor}
        self._audit.record(tx, report.staff, Act.SHIFT_CLOSED, str(report.id), **told)
        jobs = self._desk.z_jobs(report, (), language, tx.menus.current())
        for job in jobs:
            tx.print_jobs.add(job)
        names = staff_names(tx, staff_on(report, ()))
        return tuple(replace(job, paper=named(job.paper, names)) for job in jobs)

    def _being_checked(self, tx: Transaction) -> BeingCheckedSum:
        unresolved = tx.payments.unresolved()
        return BeingCheckedSum(len(unresolved), sum(payment.amount.minor for payment in unresolved))

    def _in_transaction(
        self, act_id: UUID, do: Callable[[Transaction], Done | ShiftRefused]
    ) -> Done | ShiftRefused | NotKnown:
        try:
            with self._store.transaction() as tx:
                done = do(tx)
        except StorageFailed:
            return NotKnown(act_id)
        self._outbox_signal.wake()
        return done
