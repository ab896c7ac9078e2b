"""A paper is printed again when staff ask for it, once for each asking, and says that it is a copy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest

from kiosk.domain.order import Order
from kiosk.domain.receipt import PaperKind
from kiosk.domain.staff import NotPermitted, Staff
from kiosk.services.papers import Papers
from kiosk.services.ports import PrintJob, StorageFailed
from kiosk.services.printing import PrintDesk
from kiosk.services.reprint import MAX_COPIES, PrintingAgain, Reprints
from kiosk.services.staff_acts import NotKnown, Refused, RefusedReason
from tests.central.sales import new_id
from tests.central.support import Central
from tests.services.terminal import catalogue
from tests.services.test_papers import rows
from tests.till.dying import Died, DyingStore, Steps
from tests.till.staff import COUNTER, RESTOCKER, TECHNICIAN
from tests.till.till import CHINA, Services, Till, act

NewTill = Callable[[], Till]
OUTDATED = Refused(RefusedReason.PAPER_OUTDATED)


def papers_of(till: Till, order: Order) -> list[PrintJob]:
    with till.store.transaction() as tx:
        return list(tx.print_jobs.of_order(order.id))


def first_of(till: Till, order: Order, kind: PaperKind) -> UUID:
    return [job.id for job in papers_of(till, order) if job.kind is kind and not job.copy][-1]


def audited(till: Till) -> list[tuple[str, str]]:
    with till.store.transaction() as tx:
        newest = tx.audit.newest()
    assert newest is not None
    return [(newest.actor, newest.action)]


def prints_once(till: Till, order: Order) -> None:
    """However often it is touched."""
    receipt, asked = first_of(till, order, PaperKind.RECEIPT), new_id()
    first = till.services.reprints.reprint(COUNTER, asked, receipt)
    assert till.services.reprints.reprint(COUNTER, asked, receipt) == first
    assert [job.copy for job in papers_of(till, order)] == [0, 0, 1]
    assert len(till.services.front.jobs) == 2


def test_a_receipt_says_which_copy_it_is(central: Central, new_till: NewTill) -> None:
    member, till = central.add_member("50.00"), new_till()
    order = till.sells(("rice", 1), card_uid=member.card_uid)
    first = till.services.front.jobs[-1]
    for copy in (1, 2):
        done = till.services.reprints.reprint(COUNTER, new_id(), first.id)
        assert isinstance(done, PrintingAgain)
        printed = till.services.front.jobs[-1]
        assert (printed, printed.copy, printed.kind) == (done.job, copy, PaperKind.RECEIPT)
        assert rows(printed.paper) == [f"COPY {copy}", "2026-03-02 12:03", "---", *rows(first.paper)]
    assert till.services.kitchen.jobs[1:] == [], "the kitchen hears nothing of it"
    assert audited(till) == [("s-7", "reprinted")]
    assert order.id == first.order_id


def test_the_kitchen_is_told_not_to_cook_it_twice(central: Central, new_till: NewTill) -> None:
    member, till = central.add_member("50.00"), new_till()
    order = till.sells(("rice", 1), card_uid=member.card_uid)
    ticket = first_of(till, order, PaperKind.KITCHEN_TICKET)
    done = till.services.reprints.send_to_kitchen(COUNTER, new_id(), ticket)
    assert isinstance(done, PrintingAgain)
    assert rows(till.services.kitchen.jobs[-1].paper)[:2] == ["补打 第 1 份", "补打单：请勿重复制作。"]
    assert audited(till) == [("s-7", "sent_to_kitchen_again")]


def test_the_same_asking_prints_once(central: Central, new_till: NewTill) -> None:
    member, till = central.add_member("50.00"), new_till()
    order = till.sells(("rice", 1), card_uid=member.card_uid)
    prints_once(till, order)
    till.reopens()
    receipt = first_of(till, order, PaperKind.RECEIPT)
    asked = next(job.id for job in papers_of(till, order) if job.copy)
    assert isinstance(till.services.reprints.reprint(COUNTER, asked, receipt), PrintingAgain)
    assert [job.copy for job in papers_of(till, order)] == [0, 0, 1]
    assert till.services.front.jobs == []
    in_use = Refused(RefusedReason.ID_IN_USE)
    other = till.sells(("rice", 1), card_uid=member.card_uid)
    assert till.services.reprints.reprint(COUNTER, asked, first_of(till, other, PaperKind.RECEIPT)) == in_use
    assert till.services.reprints.reprint(COUNTER, receipt, receipt) == in_use, "the first print is no copy"


def test_only_what_is_still_true(central: Central, new_till: NewTill) -> None:
    member, till = central.add_member("50.00"), new_till()
    order = till.sells(("rice", 1), card_uid=member.card_uid)
    receipt, ticket = (first_of(till, order, kind) for kind in (PaperKind.RECEIPT, PaperKind.KITCHEN_TICKET))
    till.services.refunds.void(act(), order.id)
    reprints = till.services.reprints
    assert reprints.reprint(COUNTER, new_id(), receipt) == OUTDATED
    assert reprints.send_to_kitchen(COUNTER, new_id(), ticket) == OUTDATED, "it is not to be cooked any more"
    stop = first_of(till, order, PaperKind.KITCHEN_TICKET)
    assert isinstance(reprints.send_to_kitchen(COUNTER, new_id(), stop), PrintingAgain)
    assert isinstance(reprints.reprint(COUNTER, new_id(), first_of(till, order, PaperKind.REFUND_SLIP)), PrintingAgain)
    due = till.takes_order(("rice", 1))
    slip = first_of(till, due, PaperKind.COUNTER_SLIP)
    assert isinstance(reprints.reprint(COUNTER, new_id(), slip), PrintingAgain)
    till.services.counter_payments.take_cash(act(), due.id)
    assert reprints.reprint(COUNTER, new_id(), slip) == OUTDATED, "it was paid"
    assert isinstance(reprints.reprint(COUNTER, new_id(), first_of(till, due, PaperKind.RECEIPT)), PrintingAgain)


def test_what_cannot_be_printed(central: Central, new_till: NewTill) -> None:
    member, till = central.add_member("50.00"), new_till()
    order = till.sells(("rice", 1), card_uid=member.card_uid)
    receipt, reprints = first_of(till, order, PaperKind.RECEIPT), till.services.reprints
    assert reprints.reprint(COUNTER, new_id(), new_id()) == Refused(RefusedReason.PAPER_GONE)
    assert reprints.send_to_kitchen(COUNTER, new_id(), receipt) == OUTDATED, "not the kitchen's"
    desk = PrintDesk(till.store, till.services.events, Papers("T", catalogue), till.services.clock, CHINA, {})
    without = Reprints(till.store, desk, till.services.clock)
    assert without.reprint(COUNTER, new_id(), receipt) == Refused(RefusedReason.NO_PRINTER)
    for _ in range(MAX_COPIES):
        assert isinstance(reprints.reprint(COUNTER, new_id(), receipt), PrintingAgain)
    assert reprints.reprint(COUNTER, new_id(), receipt) == Refused(RefusedReason.TOO_MANY_COPIES)


def test_who_may(central: Central, new_till: NewTill) -> None:
    member, till = central.add_member("50.00"), new_till()
    order = till.sells(("rice", 1), card_uid=member.card_uid)
    receipt, ticket = (first_of(till, order, kind) for kind in (PaperKind.RECEIPT, PaperKind.KITCHEN_TICKET))
    for print_again, job in (
        (till.services.reprints.reprint, receipt),
        (till.services.reprints.send_to_kitchen, ticket),
    ):
        with pytest.raises(NotPermitted):
            print_again(RESTOCKER, new_id(), job)
        assert isinstance(print_again(TECHNICIAN, new_id(), job), PrintingAgain)


class Refusing:
    """A disk that takes nothing."""

    def transaction(self) -> object:
        raise StorageFailed("no space left on device")

    def reopen(self) -> None:
        raise StorageFailed("no space left on device")


def test_a_disk_that_refuses(central: Central, new_till: NewTill) -> None:
    member, till = central.add_member("50.00"), new_till()
    order = till.sells(("rice", 1), card_uid=member.card_uid)
    asked, store = new_id(), Refusing()
    reprints = Reprints(store, till.services.desk, till.services.clock)  # type: ignore[arg-type]
    assert reprints.reprint(COUNTER, asked, first_of(till, order, PaperKind.RECEIPT)) == NotKnown(asked)
    assert len(till.services.front.jobs) == 1


def test_whatever_step_it_dies_at(central: Central, tmp_path: Path) -> None:
    """Asked for again after the start it stands once, and was never handed to a printer before it was kept."""
    for dies_at in range(1, 12):
        folder = tmp_path / f"{dies_at}"
        folder.mkdir()
        till = Till(central, folder)
        due = till.takes_order(("rice", 1))
        slip, asked = first_of(till, due, PaperKind.COUNTER_SLIP), new_id()
        steps = Steps(folder, tmp_path / f"{dies_at}-crashed", dies_at)
        services = Services(DyingStore(till.store, steps), till.services.line)
        try:
            services.reprints.reprint(COUNTER, asked, slip)
        except Died:
            till.reopens(steps.crash_image)
        else:
            assert dies_at > 4, "too few steps: nothing is proved"
            till.store.close()
            return
        assert len(services.front.jobs) <= len([job for job in papers_of(till, due) if job.copy])
        assert isinstance(till.services.reprints.reprint(COUNTER, asked, slip), PrintingAgain)
        assert [job.copy for job in papers_of(till, due)] == [0, 1], f"step {dies_at}"
        till.store.close()
    raise AssertionError("it has more steps than were expected")


class PrintsForEachTouch(Reprints):
    """A planted bug: each touch is an asking of its own."""

    def reprint(self, by: Staff, act_id: UUID, job_id: UUID) -> PrintingAgain | Refused | NotKnown:
        return super().reprint(by, new_id(), job_id)


def test_a_second_copy_for_a_second_touch_is_found(central: Central, new_till: NewTill) -> None:
    member, till = central.add_member("50.00"), new_till()
    till.services.reprints = PrintsForEachTouch(till.store, till.services.desk, till.services.clock)
    with pytest.raises(AssertionError):
        prints_once(till, till.sells(("rice", 1), card_uid=member.card_uid))
