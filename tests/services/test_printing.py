"""Print jobs: their states are kept, and nothing that may have reached the paper is printed again by itself."""

from __future__ import annotations

import pytest

from kiosk.domain.cart import EMPTY_CART
from kiosk.domain.receipt import PaperKind
from kiosk.services.events import PrintJobChanged, PrintJobState
from kiosk.services.outcomes import Paid
from kiosk.services.ports import PrintJob, StorageFailed
from tests.domain.canteen import PLAIN_NOODLES
from tests.services.terminal import PRINTER_OF, Terminal

CART = EMPTY_CART.add(PLAIN_NOODLES)
QUEUED, SENDING, CONFIRMED = PrintJobState.QUEUED, PrintJobState.SENDING, PrintJobState.CONFIRMED
UNKNOWN, SKIPPED = PrintJobState.UNKNOWN, PrintJobState.SKIPPED


def state_of(terminal: Terminal, job: PrintJob) -> PrintJobState:
    return terminal.store.tables.print_jobs[job.id].state


def sold(terminal: Terminal) -> tuple[PrintJob, PrintJob]:
    """Receipt and kitchen ticket of a sale, as they were handed to the printers."""
    terminal.pays(CART)
    return terminal.front.jobs[-1], terminal.kitchen.jobs[-1]


@pytest.mark.parametrize("end", [CONFIRMED, UNKNOWN])
def test_states_are_kept_and_told(end: PrintJobState) -> None:
    terminal = Terminal()
    receipt, ticket = sold(terminal)
    assert state_of(terminal, receipt) is QUEUED
    terminal.front.report(receipt, SENDING)
    assert state_of(terminal, receipt) is SENDING
    terminal.front.report(receipt, end)
    assert (state_of(terminal, receipt), state_of(terminal, ticket)) == (end, QUEUED)
    assert terminal.events.events == [
        PrintJobChanged(receipt.id, receipt.order_id, PaperKind.RECEIPT, state) for state in (SENDING, end)
    ]


def test_what_cannot_be_written_down_is_not_sent() -> None:
    """The driver hears of it, and sends nothing."""
    terminal = Terminal()
    receipt, _ = sold(terminal)
    terminal.store.fails_at(1)
    with pytest.raises(StorageFailed):
        terminal.front.report(receipt, SENDING)
    assert (state_of(terminal, receipt), terminal.events.events) == (QUEUED, [])


@pytest.mark.parametrize("end", [CONFIRMED, UNKNOWN, SKIPPED])
def test_a_state_that_is_not_kept_does_not_stop_the_printer(end: PrintJobState) -> None:
    """It stays "sending", which is unknown after a restart: never printed twice."""
    terminal = Terminal()
    receipt, _ = sold(terminal)
    terminal.front.report(receipt, SENDING)
    terminal.store.fails_at(1)
    terminal.front.report(receipt, end)
    assert state_of(terminal, receipt) is SENDING
    assert [e.state for e in terminal.events.events if isinstance(e, PrintJobChanged)] == [SENDING]
    terminal.restart()
    assert state_of(terminal, receipt) is UNKNOWN


def test_no_printer_never_stops_a_sale() -> None:
    terminal = Terminal()
    terminal.desk.connect([])
    assert isinstance(terminal.pays(CART), Paid)
    assert [job.state for job in terminal.store.tables.print_jobs.values()] == [QUEUED, QUEUED]


def test_a_full_queue_leaves_the_job_in_the_store() -> None:
    terminal = Terminal()
    terminal.kitchen.room = 0
    assert isinstance(terminal.pays(CART), Paid)
    terminal.restart()
    (ticket,) = terminal.kitchen.jobs
    assert ticket.kind is PaperKind.KITCHEN_TICKET


def test_a_kind_without_a_printer_is_not_printed() -> None:
    terminal = Terminal(printer_of={PaperKind.KITCHEN_TICKET: PRINTER_OF[PaperKind.KITCHEN_TICKET]})
    terminal.pays(CART)
    terminal.takes_order(CART)
    kinds = [job.kind for job in terminal.store.tables.print_jobs.values()]
    assert kinds == [PaperKind.KITCHEN_TICKET]


@pytest.mark.parametrize(
    ("reports", "receipt_after", "ticket_after"),
    [
        ((), SKIPPED, QUEUED),
        ((SENDING,), UNKNOWN, UNKNOWN),
        ((SENDING, CONFIRMED), CONFIRMED, CONFIRMED),
        ((SENDING, UNKNOWN), UNKNOWN, UNKNOWN),
    ],
)
def test_resume(reports: tuple[PrintJobState, ...], receipt_after: PrintJobState, ticket_after: PrintJobState) -> None:
    terminal = Terminal()
    receipt, ticket = sold(terminal)
    for state in reports:
        terminal.front.report(receipt, state)
        terminal.kitchen.report(ticket, state)
    terminal.restart()
    assert (state_of(terminal, receipt), state_of(terminal, ticket)) == (receipt_after, ticket_after)
    assert terminal.front.jobs == []
    assert [job.id for job in terminal.kitchen.jobs] == ([ticket.id] if ticket_after is QUEUED else [])


def test_resumed_tickets_keep_their_order_and_report_again() -> None:
    terminal = Terminal()
    tickets = [sold(terminal)[1] for _ in range(3)]
    terminal.restart()
    assert [job.id for job in terminal.kitchen.jobs] == [ticket.id for ticket in tickets]
    terminal.kitchen.report(terminal.kitchen.jobs[0], SENDING)
    assert state_of(terminal, tickets[0]) is SENDING


def test_a_slip_of_before_the_restart_is_of_no_use() -> None:
    terminal = Terminal()
    terminal.takes_order(CART)
    (slip,) = terminal.front.jobs
    terminal.restart()
    assert (state_of(terminal, slip), terminal.front.jobs) == (SKIPPED, [])
