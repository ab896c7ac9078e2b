"""A shift at a till: opened, closed by a blind count, and its Z report; over the real services and the real store."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from central.shifts.checking import check_report
from central.shifts.repository import newest_reports
from kiosk.domain.audit import Act
from kiosk.domain.ids import OrderId, PaymentId, StaffId
from kiosk.domain.money import Money
from kiosk.domain.payer import ByCard
from kiosk.domain.payment import Payment, PaymentMethod
from kiosk.domain.receipt import Columns, Paper, Text
from kiosk.domain.shift import CashCount, CashDirection, CashMovement, Pieces, ShiftError, ShiftOpening
from kiosk.domain.staff import NotPermitted, Role, Staff
from kiosk.domain.text import TextError
from kiosk.domain.z_report import CorrectedFigure, EntryKind, MealSum, Way, ZReport
from kiosk.services.collected import Collected
from kiosk.services.events import PrintJobState
from kiosk.services.ports import StaffEntry
from kiosk.services.recovery import resolve_unfinished
from kiosk.services.shifts import ShiftRefusal, ShiftRefused, Shifts
from kiosk.services.undo_collection import CollectionUndone
from kiosk.services.z_reports import Copied, ShownReport, ZReports
from kiosk.store.errors import Conflict
from kiosk.sync.encoder import WireReader
from tests.central.sales import new_id
from tests.central.support import Central
from tests.services.fakes import Signal
from tests.till.counter import Counter, slip
from tests.till.till import Till, act, yuan

NewTill = Callable[[], Till]

COUNTER = Staff(StaffId("s-7"), "Li", frozenset({Role.COUNTER}))
MANAGER = Staff(StaffId("s-1"), "Wang", frozenset({Role.MANAGER}))
RESTOCK = Staff(StaffId("s-9"), "Zhou", frozenset({Role.RESTOCK}))


def shifts_of(till: Till, *, handles_cash: bool = True) -> Shifts:
    services = till.services
    return Shifts(
        till.store, services.encoder, WireReader(), services.desk, Signal(), services.clock,
        currency="CNY", handles_cash=handles_cash,
    )  # fmt: skip


def reports_of(till: Till) -> ZReports:
    services = till.services
    return ZReports(till.store, services.encoder, services.desk, Signal(), services.clock)


def opened(shifts: Shifts, float_: str = "200") -> ShiftOpening:
    opening = shifts.open(COUNTER, new_id(), CashCount(yuan(float_)))
    assert isinstance(opening, ShiftOpening), opening
    return opening


def closed(shifts: Shifts, counted: str | None = "0", act_id: UUID | None = None) -> ZReport:
    count = None if counted is None else CashCount(yuan(counted))
    report = shifts.close(COUNTER, act_id or new_id(), count, "en")
    assert isinstance(report, ZReport), report
    return report


def rows(paper: Paper) -> list[str]:
    return [
        f"{e.left}\t{e.right}" if isinstance(e, Columns) else e.text
        for e in paper.elements
        if isinstance(e, Columns | Text)
    ]


def acts(till: Till) -> list[str]:
    with till.store.transaction() as tx:
        log_id, _ = tx.audit.logs()[-1]
        return [entry.body.decode() for entry in tx.audit.entries_after(log_id, 0, 100)]


def test_all_that_happens_in_a_shift(central: Central, new_till: NewTill) -> None:
    member = central.add_member("100.00")
    till = new_till()
    shifts = shifts_of(till)
    opened(shifts, "200")
    paid = till.sells(("dumplings", 2), card_uid=member.card_uid)
    till.sells(("rice", 1), card_uid=member.card_uid)
    due, gone = till.takes_order(("rice", 3)), till.takes_order(("rice", 1))
    till.services.counter_payments.take_cash(act(), due.id)
    till.services.counter_payments.cancel(act(), gone.id)
    till.services.refunds.refund(act(), paid.id, {0: 1}, restock=True)
    till.services.refunds.void(act(), due.id)
    till.services.cash_top_ups.take(act(), member.card_uid, yuan("30"), "en")
    shifts.move_cash(COUNTER, new_id(), CashDirection.IN, yuan("50"), "coins")
    shifts.move_cash(COUNTER, new_id(), CashDirection.OUT, yuan("20"), "to the office")

    report = closed(shifts, "259.50")

    totals, rice = report.totals, due.total.minor // 3
    assert totals.of(EntryKind.ORDER).count == 4
    assert totals.of(EntryKind.ORDER).amount_minor == paid.total.minor + 5 * rice
    assert (totals.first_number, totals.last_number) == (paid.number, gone.number)
    assert totals.by(Way.CARD).paid_minor == paid.total.minor + rice
    assert totals.by(Way.CARD).given_back_minor == paid.total.minor // 2
    assert (totals.by(Way.CASH).paid_minor, totals.by(Way.CASH).given_back_minor) == (3 * rice, 3 * rice)
    counts = {s.kind: s.count for s in totals.kinds}
    assert counts == {
        EntryKind.ORDER: 4, EntryKind.COUNTER_PAYMENT: 1, EntryKind.REFUND: 1, EntryKind.VOID: 1,
        EntryKind.CANCELLED: 1, EntryKind.TOP_UP: 1, EntryKind.CASH_IN: 1, EntryKind.CASH_OUT: 1,
    }  # fmt: skip
    assert report.expected_minor == 20_000 + 3_000 + 5_000 - 2_000
    assert report.difference_minor == -50
    (meal,) = totals.meals
    assert isinstance(meal, MealSum)
    assert (meal.count, meal.amount_minor) == (4, totals.of(EntryKind.ORDER).amount_minor)
    till.uploads()
    assert till.quarantined() == []


def test_nobody_is_told_what_should_be_there_before_they_have_counted(new_till: NewTill) -> None:
    till = new_till()
    shifts = shifts_of(till)
    assert shifts.now(COUNTER).opening is None
    opening = opened(shifts, "123.45")
    till.services.counter_payments.take_cash(act(), till.takes_order(("rice", 1)).id)
    now = shifts.now(COUNTER)
    assert now.opening == opening
    assert set(now.__slots__) == {"opening", "next_number", "being_checked", "handles_cash", "opened_by"}


def test_a_shift_is_opened_once_and_one_at_a_time(new_till: NewTill) -> None:
    shifts, act_id = shifts_of(new_till()), new_id()
    refused = shifts.close(COUNTER, new_id(), CashCount(yuan("1")), "en")
    assert refused == ShiftRefused(ShiftRefusal.NOT_OPEN)
    assert shifts.move_cash(COUNTER, new_id(), CashDirection.IN, yuan("1"), "x") == refused
    first = shifts.open(COUNTER, act_id, CashCount(yuan("10")))
    assert shifts.open(COUNTER, act_id, CashCount(yuan("10"))) == first
    assert shifts.open(COUNTER, act_id, CashCount(yuan("11"))) == ShiftRefused(ShiftRefusal.ID_IN_USE)
    assert shifts.open(COUNTER, new_id(), CashCount(yuan("10"))) == ShiftRefused(ShiftRefusal.ALREADY_OPEN)
    assert shifts.close(COUNTER, new_id(), None, "en") == ShiftRefused(ShiftRefusal.COUNT_MISSING)
    closing = new_id()
    report = closed(shifts, "10", closing)
    assert closed(shifts, "10", closing) == report, "a second touch closes nothing anew"
    assert shifts.close(COUNTER, closing, CashCount(yuan("9")), "en") == ShiftRefused(ShiftRefusal.ID_IN_USE)
    assert shifts.open(COUNTER, act_id, CashCount(yuan("10"))) == first, "of a shift that is closed"
    assert shifts.now(COUNTER).opening is None


def test_cash_is_moved_once_for_an_act(new_till: NewTill) -> None:
    till = new_till()
    shifts, act_id = shifts_of(till), new_id()
    opened(shifts, "10")
    moved = [shifts.move_cash(COUNTER, act_id, CashDirection.OUT, yuan("4"), "bread") for _ in range(2)]
    assert moved[0] == moved[1]
    assert isinstance(moved[0], CashMovement)
    assert len(till.services.front.pulses) == 1
    other = shifts.move_cash(COUNTER, act_id, CashDirection.IN, yuan("4"), "bread")
    assert other == ShiftRefused(ShiftRefusal.ID_IN_USE)
    assert closed(shifts, "6").difference_minor == 0


def test_what_is_sold_without_a_shift_belongs_to_the_next_one(new_till: NewTill) -> None:
    till = new_till()
    shifts = shifts_of(till)
    before = till.takes_order(("rice", 2))
    till.services.counter_payments.take_cash(act(), before.id)
    opened(shifts, "100")
    after = till.takes_order(("rice", 1))
    till.services.counter_payments.take_cash(act(), after.id)
    report = closed(shifts, "100")
    assert report.totals.of(EntryKind.ORDER).count == 2
    assert report.totals.by(Way.CASH).paid_minor == before.total.minor + after.total.minor
    assert (report.before_opening.count, report.before_opening.cash_minor) == (2, before.total.minor)
    assert report.expected_minor == 10_000 + after.total.minor, "the float was counted with it in the drawer"
    opened(shifts)
    assert closed(shifts).totals.kinds == (), "nothing belongs to two reports"


def test_numbers_run_without_a_gap_in_each_incarnation(new_till: NewTill) -> None:
    till = new_till()
    shifts = shifts_of(till, handles_cash=False)
    till.takes_order(("rice", 1))
    reports = [closed(shifts, None), closed(shifts, None)]
    assert [(r.incarnation, r.number) for r in reports] == [(1, 1), (1, 2)]
    assert (reports[0].first_seq, reports[0].last_seq) == (1, 1)
    assert (reports[1].first_seq, reports[1].last_seq) == (3, 2), "none, behind the first report's own event"
    till.takes_order(("rice", 1))
    till.enrols_anew()
    report = closed(shifts_of(till, handles_cash=False), None)
    assert (report.incarnation, report.number) == (2, 1)
    assert report.totals.of(EntryKind.ORDER).count == 1
    assert report.missing == 0


def test_without_cash_a_shift_is_the_days_closing(new_till: NewTill) -> None:
    shifts = shifts_of(new_till(), handles_cash=False)
    assert shifts.open(COUNTER, new_id(), CashCount(yuan("1"))) == ShiftRefused(ShiftRefusal.NO_CASH)
    assert shifts.close(COUNTER, new_id(), CashCount(yuan("1")), "en") == ShiftRefused(ShiftRefusal.NO_CASH)
    report = closed(shifts, None)
    assert (report.opening, report.expected_minor, report.difference_minor) == (None, None, None)


def test_a_report_is_printed_once_and_again_only_as_a_copy(new_till: NewTill) -> None:
    till = new_till()
    shifts, reports, closing = shifts_of(till, handles_cash=False), reports_of(till), new_id()
    report = closed(shifts, None, closing)
    closed(shifts, None, closing)
    (first,) = till.services.front.jobs
    assert first.copy == 0
    assert not any("COPY" in row for row in rows(first.paper))
    again = new_id()
    assert reports.copy(COUNTER, again, report.id, "en") == Copied(1)
    assert reports.copy(COUNTER, again, report.id, "en") == Copied(None)
    assert reports.copy(COUNTER, new_id(), report.id, "zh") == Copied(2)
    _, copy, other = till.services.front.jobs
    assert copy.copy == 1
    assert "COPY 1" in rows(copy.paper)
    assert "补打 第 2 份" in rows(other.paper)
    till.reopens()
    till.services.desk.resume()
    assert till.services.front.jobs == [], "what was not printed when the program ended is not printed by itself"
    with till.store.transaction() as tx:
        assert not tx.print_jobs.in_state(PrintJobState.QUEUED)


def test_a_correction_stands_beside_the_report(new_till: NewTill) -> None:
    till = new_till()
    shifts, reports = shifts_of(till), reports_of(till)
    opened(shifts, "100")
    report = closed(shifts, "90")
    with pytest.raises(NotPermitted):
        reports.correct(COUNTER, new_id(), report.id, CorrectedFigure.COUNTED, yuan("10"), "a note", "en")
    correct = (MANAGER, new_id(), report.id, CorrectedFigure.COUNTED, yuan("10"), "a note under the tray", "en")
    shown = reports.correct(*correct)
    assert isinstance(shown, ShownReport)
    assert shown.report == report, "the report itself stays"
    assert reports.correct(*correct) == shown
    assert "Difference after corrections\t¥0.00" in rows(shown.paper)
    other = reports.correct(MANAGER, correct[1], report.id, CorrectedFigure.MOVED, yuan("10"), "x", "en")
    assert other == ShiftRefused(ShiftRefusal.ID_IN_USE)
    unknown = reports.correct(MANAGER, new_id(), new_id(), CorrectedFigure.MOVED, yuan("10"), "x", "en")  # type: ignore[arg-type]
    assert unknown == ShiftRefused(ShiftRefusal.NO_SUCH_REPORT)
    with pytest.raises(ShiftError):
        reports.correct(MANAGER, new_id(), report.id, CorrectedFigure.COUNTED, Money(0), "x", "en")
    with pytest.raises(TextError):
        reports.correct(MANAGER, new_id(), report.id, CorrectedFigure.COUNTED, Money(1), " ", "en")
    till.uploads()
    assert till.quarantined() == []


@pytest.mark.parametrize("table", ["z_reports", "z_corrections", "shift_openings", "cash_movements"])
@pytest.mark.parametrize("change", ["UPDATE {} SET body = x'7b7d'", "DELETE FROM {}"])
def test_the_database_itself_refuses_to_change_it(new_till: NewTill, table: str, change: str) -> None:
    till = new_till()
    shifts = shifts_of(till)
    opened(shifts)
    shifts.move_cash(COUNTER, new_id(), CashDirection.IN, yuan("1"), "x")
    report = closed(shifts)
    reports_of(till).correct(MANAGER, new_id(), report.id, CorrectedFigure.COUNTED, yuan("1"), "x", "en")
    with pytest.raises(Conflict, match="never changed"), till.store.transaction() as tx:
        tx.orders._connection.exec_driver_sql(change.format(table))


def test_every_act_is_in_the_audit_log_and_names_nobody(new_till: NewTill) -> None:
    till = new_till()
    shifts = shifts_of(till)
    opened(shifts)
    shifts.move_cash(COUNTER, new_id(), CashDirection.IN, yuan("1"), "x")
    report = closed(shifts)
    reports_of(till).copy(COUNTER, new_id(), report.id, "en")
    reports_of(till).correct(MANAGER, new_id(), report.id, CorrectedFigure.COUNTED, yuan("1"), "x", "en")
    log = acts(till)
    for wanted in (
        Act.SHIFT_OPENED, Act.CASH_MOVED, Act.SHIFT_CLOSED, Act.Z_REPORT_COPIED, Act.Z_REPORT_CORRECTED,
    ):  # fmt: skip
        assert sum(f'"{wanted}"' in entry for entry in log) == 1
    assert not any("Li" in entry or "Wang" in entry for entry in log)


def test_screen_and_paper_say_names_and_what_is_kept_says_ids(new_till: NewTill) -> None:
    """Li is removed before the report is looked at again."""
    till = new_till()
    shifts, reports, front = shifts_of(till), reports_of(till), till.services.front
    for who, number in ((COUNTER, "10"), (MANAGER, "12")):
        with till.store.transaction() as tx:
            tx.staff.hear("epoch", who.id, StaffEntry(who, number, ""), [])
    opened(shifts)
    assert shifts.now(MANAGER).opened_by == "Li"
    report = closed(shifts)
    assert rows(front.jobs[-1].paper).count("Li\t") == 2, "who opened, who closed"
    assert [(listed.report, listed.closed_by) for listed in reports.listed(COUNTER)] == [(report, "Li")]
    with till.store.transaction() as tx:
        tx.staff.hear("epoch", COUNTER.id, None, [])
    shown = reports.correct(MANAGER, new_id(), report.id, CorrectedFigure.COUNTED, yuan("1"), "x", "en")
    assert isinstance(shown, ShownReport)
    reports.copy(MANAGER, new_id(), report.id, "en")
    for read in (shown.paper, front.jobs[-1].paper):
        assert [rows(read).count(who) for who in ("s-7\t", "Li\t", "Wang\t", "s-1\t")] == [2, 0, 1, 0]
    assert reports.listed(COUNTER)[0].closed_by == "s-7"
    with till.store.transaction() as tx:
        kept = [tx.print_jobs.get(job.id) for job in front.jobs]
        sent = b"".join(body for _, body in tx.outbox.next_batch(1000, 10**7)[1])
    assert not any("Li" in row or "Wang" in row for job in kept if job for row in rows(job.paper))
    assert b"s-7" in sent
    assert b"Li" not in sent


def test_whoever_may_not_is_refused_everything(new_till: NewTill) -> None:
    till = new_till()
    shifts, reports, some = shifts_of(till), reports_of(till), new_id()
    calls: list[Callable[[], object]] = [
        lambda: shifts.now(RESTOCK),
        lambda: shifts.open(RESTOCK, some, CashCount(yuan("1"))),
        lambda: shifts.open_drawer(RESTOCK, some),
        lambda: shifts.move_cash(RESTOCK, some, CashDirection.IN, yuan("1"), "x"),
        lambda: shifts.close(RESTOCK, some, None, "en"),
        lambda: reports.listed(RESTOCK),
        lambda: reports.show(RESTOCK, some, "en"),  # type: ignore[arg-type]
        lambda: reports.copy(RESTOCK, some, some, "en"),  # type: ignore[arg-type]
        lambda: reports.correct(RESTOCK, some, some, CorrectedFigure.MOVED, yuan("1"), "x", "en"),  # type: ignore[arg-type]
    ]
    for call in calls:
        with pytest.raises(NotPermitted):
            call()


def test_openings_of_the_drawer_are_counted(new_till: NewTill) -> None:
    till = new_till()
    shifts = shifts_of(till)
    opened(shifts)
    shifts.open_drawer(COUNTER, new_id())
    till.services.counter_payments.take_cash(act(), till.takes_order(("rice", 1)).id)
    for report in till.services.front.pulses:
        report(PrintJobState.SENDING)
    assert closed(shifts).drawer_openings == 2
    opened(shifts)
    assert closed(shifts).drawer_openings == 0


def test_counted_by_denomination(new_till: NewTill) -> None:
    counted = CashCount(yuan("251.50"), (Pieces(10_000, 2), Pieces(5_000, 1), Pieces(50, 3)))
    for wrong in (
        lambda: CashCount(yuan("1"), (Pieces(10_000, 1),)),
        lambda: CashCount(yuan("3"), (Pieces(300, 1),)),
        lambda: CashCount(yuan("-1")),
    ):
        with pytest.raises(ShiftError):
            wrong()
    till = new_till()
    shifts = shifts_of(till)
    shifts.open(COUNTER, new_id(), counted)
    report = shifts.close(COUNTER, new_id(), counted, "en")
    assert isinstance(report, ZReport)
    assert report.difference_minor == 0
    assert "¥100.00 × 2\t¥200.00" in rows(till.services.front.jobs[-1].paper)


def test_central_finds_every_report_right(central: Central, new_till: NewTill) -> None:
    """Of real services: by card, undone, cancelled, refunded, in cash; over an enrolment anew."""
    member = central.add_member("100.00")
    till = new_till()
    shifts = shifts_of(till)
    opened(shifts, "50")
    for _ in range(2):
        counter = Counter(till)
        paid = till.sells(("dumplings", 2), card_uid=member.card_uid)
        collected, cancelled = till.takes_order(("rice", 2)), till.takes_order(("rice", 1))
        done = counter.collect.pay(act(), counter.scans(slip(till, collected)), ByCard(member.card_uid))
        assert isinstance(done, Collected)
        assert done.made is not None
        assert isinstance(counter.undoing.undo(act(), done.made.id, done.order), CollectionUndone)
        till.services.counter_payments.take_cash(act(), collected.id)
        till.services.counter_payments.cancel(act(), cancelled.id)
        till.services.refunds.refund(act(), paid.id, {0: 1}, restock=False)
        till.services.cash_top_ups.take(act(), member.card_uid, yuan("10"), "en")
        shifts.move_cash(COUNTER, new_id(), CashDirection.OUT, yuan("7"), "office")
        report = closed(shifts)
        assert {s.kind for s in report.totals.kinds} >= {EntryKind.COLLECTION, EntryKind.UNDONE_COLLECTION}
        till.uploads()
        assert till.quarantined() == []
        till.enrols_anew()
        shifts = shifts_of(till)
        opened(shifts, "50")
    rows_there = central.parts.transactions.read(lambda c: newest_reports(c, till.identity.letter, 10))
    assert len(rows_there) == 2
    for row in rows_there:
        found = central.parts.transactions.read(lambda c, row=row: check_report(c, row))  # type: ignore[misc]
        assert found.is_right, found


def test_a_payment_that_is_being_checked_belongs_to_the_shift_in_which_it_ends(new_till: NewTill) -> None:
    till = new_till()
    shifts = shifts_of(till, handles_cash=False)
    order_id = OrderId(new_id())
    open_payment = Payment(PaymentId(new_id()), order_id, PaymentMethod.BALANCE, yuan("12.50"))
    with till.store.transaction() as tx:
        tx.payments.add(open_payment)
    report = closed(shifts, None)
    assert (report.being_checked.count, report.being_checked.amount_minor) == (1, 1250)
    assert report.totals.kinds == ()
    resolve_unfinished(till.store, till.services.encoder)
    report = closed(shifts, None)
    assert report.being_checked.count == 0
    assert report.totals.kinds == (), "it was not charged"


def test_what_is_sold_while_a_closing_reads_belongs_to_it_or_to_the_next(new_till: NewTill) -> None:
    """Thousands of events are read ahead, and somebody sells meanwhile."""
    till = new_till()

    class SellsMeanwhile(Shifts):
        EVENTS_AT_ONCE = 2

        def _add_page(self, tx: Any, state: Any, tally: Any) -> bool:
            pages.append(state.newest_id)
            return super()._add_page(tx, state, tally)

        def _read_ahead(self, tally: Any) -> None:
            super()._read_ahead(tally)
            till.takes_order(("rice", 1))

    pages: list[int] = []
    services = till.services
    parts = till.store, services.encoder, WireReader(), services.desk, Signal(), services.clock
    shifts = SellsMeanwhile(*parts, currency="CNY", handles_cash=False)
    for _ in range(7):
        till.takes_order(("rice", 1))
    assert closed(shifts, None).totals.of(EntryKind.ORDER).count == 8
    assert len(pages) > 4
    assert closed(shifts, None).totals.of(EntryKind.ORDER).count == 1
