"""A sale is one transaction: everything of it is there, or nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from kiosk.domain.ids import CouponId, MemberId, OrderId, PaymentId
from kiosk.domain.money import Money
from kiosk.domain.order import OrderState
from kiosk.domain.payer import ByCard
from kiosk.domain.payment import PaymentError, PaymentMethod, PaymentPart, PaymentState, with_balance
from kiosk.domain.receipt import PaperKind
from kiosk.domain.unit import POINTS, coupon_unit
from kiosk.domain.wallet import GrantUse, WalletError
from kiosk.services.events import PrintJobState
from kiosk.services.ports import PrintJob, StorageFailed
from kiosk.store.errors import Conflict, NotEnrolled
from kiosk.store.print_jobs import KEEP
from kiosk.store.sqlite_store import SqliteStore, open_store
from tests.store.sales import CARD_UID, DAY, MEMBER, PAPER, draft, grant_for, intended, new_store, sell, settle


class Interrupted(Exception):
    """Something of ours went wrong in the middle."""


def test_everything_of_a_sale_is_there_after_opening_again(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    sold = sell(store)
    store.close()
    store = open_store(tmp_path / "kiosk.db", tmp_path / "kiosk.key")
    with store.transaction() as tx:
        assert tx.orders.get(sold.order.id) == sold.order
        assert tx.payments.get(sold.payment.id) == sold.payment
        assert tx.outbox.waiting() == 1
        jobs = tx.print_jobs.in_state(PrintJobState.QUEUED)
        assert [(j.order_id, j.kind, j.paper) for j in jobs] == [
            (sold.order.id, PaperKind.RECEIPT, PAPER),
            (sold.order.id, PaperKind.KITCHEN_TICKET, PAPER),
        ]
        assert tx.payments.unresolved() == ()
    store.close()


def test_nothing_of_an_interrupted_sale_is_there(store: SqliteStore) -> None:
    order = draft()
    payment = intended(order)
    with store.transaction() as tx:
        tx.payments.add(payment, ByCard(CARD_UID))

    def interrupted_sale() -> None:
        with store.transaction() as tx:
            settle(tx, order, payment)
            raise Interrupted

    with pytest.raises(Interrupted):
        interrupted_sale()
    with store.transaction() as tx:
        assert tx.orders.get(order.id) is None
        assert tx.payments.unresolved() == (payment,)
        assert tx.outbox.waiting() == 0
        assert tx.print_jobs.in_state(PrintJobState.QUEUED) == ()
        assert settle(tx, order, payment).order.number == "A001", "its number was not used up"


def test_order_numbers_count_by_day(store: SqliteStore) -> None:
    with store.transaction() as tx:
        assert [tx.orders.next_number(DAY) for _ in range(3)] == ["A001", "A002", "A003"]
        assert tx.orders.next_number(DAY + timedelta(days=1)) == "A001"
    with store.transaction() as tx:
        assert tx.orders.next_number(DAY) == "A004"


def test_a_terminal_without_identity_has_no_numbers(tmp_path: Path) -> None:
    store = open_store(tmp_path / "kiosk.db", tmp_path / "kiosk.key")
    with pytest.raises(NotEnrolled), store.transaction() as tx:
        tx.orders.next_number(DAY)
    store.close()


def test_an_order_needs_a_number_of_its_own_transaction(store: SqliteStore) -> None:
    for number in ("", "A001"):
        with pytest.raises(Conflict), store.transaction() as tx:
            tx.orders.add(replace(draft(), number=number))


def test_recent_orders_are_newest_first(store: SqliteStore) -> None:
    sold = [sell(store).order for _ in range(4)]
    with store.transaction() as tx:
        assert tx.orders.recent(3) == (sold[3], sold[2], sold[1])
        assert tx.orders.get(OrderId(uuid4())) is None


def test_the_same_id_twice_is_refused_and_changes_nothing(store: SqliteStore) -> None:
    sold = sell(store)

    def same_order_again() -> None:
        with store.transaction() as tx:
            tx.outbox.add(b"{}")
            tx.orders.add(replace(sold.order, number=tx.orders.next_number(DAY)))

    with pytest.raises(Conflict):
        same_order_again()
    with pytest.raises(Conflict), store.transaction() as tx:
        tx.payments.add(sold.payment)
    with store.transaction() as tx:
        assert tx.outbox.waiting() == 1


def test_open_payments_are_found_oldest_first(store: SqliteStore) -> None:
    open_payments = [intended(draft()) for _ in range(2)]
    sell(store)
    with store.transaction() as tx:
        for payment in open_payments:
            tx.payments.add(payment, ByCard(CARD_UID))
    checked = open_payments[0].to(PaymentState.BEING_CHECKED)
    with store.transaction() as tx:
        tx.payments.settle(checked)
    with store.transaction() as tx:
        assert tx.payments.unresolved() == (checked, open_payments[1])
        assert tx.payments.get(PaymentId(uuid4())) is None


def test_a_settled_payment_is_settled(store: SqliteStore) -> None:
    sold = sell(store)
    with pytest.raises(PaymentError), store.transaction() as tx:
        tx.payments.settle(replace(sold.payment, state=PaymentState.NOT_CHARGED))
    with pytest.raises(Conflict), store.transaction() as tx:
        tx.payments.settle(intended(draft()).to(PaymentState.PAID))
    with store.transaction() as tx:
        assert tx.payments.get(sold.payment.id) == sold.payment


def test_a_grant_is_spent_in_order_and_never_twice(store: SqliteStore) -> None:
    payments = [intended(draft()) for _ in range(3)]
    grant = replace(grant_for(payments[0]), amount=Money(10_000))
    one, spend_one = GrantUse(grant, Money.zero()).spend(payments[0].id, Money(4000))
    two, spend_two = one.spend(payments[1].id, Money(4000))
    with store.transaction() as tx:
        tx.grants.add(grant)
        tx.grants.record_spend(one, spend_one)
    again, spend_again = GrantUse(grant, Money.zero()).spend(payments[2].id, Money(1))
    skipped, spend_skipped = two.spend(payments[2].id, Money(1))
    same_payment, spend_same_payment = one.spend(payments[0].id, Money(1))
    too_much = replace(two, spent=Money(10_001))
    for use, spend in (
        (again, spend_again),
        (skipped, spend_skipped),
        (same_payment, spend_same_payment),
        (too_much, spend_two),
    ):
        with pytest.raises(WalletError), store.transaction() as tx:
            tx.grants.record_spend(use, spend)
    with store.transaction() as tx:
        tx.grants.record_spend(two.close(), spend_two)
    closed, spend_closed = two.spend(payments[2].id, Money(1))
    with pytest.raises(WalletError), store.transaction() as tx:
        tx.grants.record_spend(closed, spend_closed)


def test_a_grant_stands_once(store: SqliteStore) -> None:
    grant = grant_for(intended(draft()))
    with store.transaction() as tx:
        tx.grants.add(grant)
    for second in (grant, replace(grant_for(intended(draft())), request_id=grant.request_id)):
        with pytest.raises(WalletError), store.transaction() as tx:
            tx.grants.add(second)


def test_one_payment_has_a_grant_of_each_unit(store: SqliteStore) -> None:
    order = draft()
    coupon = coupon_unit(CouponId("01920000-0000-7000-8000-000000000001"))
    used = (
        PaymentPart(PaymentMethod.COUPON, Money(500), Money(1, coupon)),
        PaymentPart(PaymentMethod.POINTS, Money(300), Money(300, POINTS)),
    )
    payment = replace(intended(order), member_id=MEMBER.id, parts=with_balance(used, order.total))
    with store.transaction() as tx:
        tx.payments.add(payment, ByCard(CARD_UID))
        for part in payment.all_parts:
            assert part.spends is not None
            grant = replace(grant_for(payment), amount=part.spends)
            tx.grants.add(grant)
            tx.grants.record_spend(*GrantUse(grant, part.spends - part.spends).spend(payment.id, part.spends))
    with pytest.raises(WalletError), store.transaction() as tx:
        tx.grants.add(replace(grant_for(payment), amount=Money(1, POINTS)))
    with store.transaction() as tx:
        assert tx.payments.get(payment.id) == payment
        assert tx.grants.unacknowledged(MEMBER.id, "CNY") == Money(0), "these are not pre-grants"


def test_points_that_were_set_aside_are_not_counted_as_money(store: SqliteStore) -> None:
    payment = replace(intended(draft()), member_id=MEMBER.id)
    grant = replace(grant_for(payment), request_id=None, amount=Money(300, POINTS))
    with store.transaction() as tx:
        tx.payments.add(payment, ByCard(CARD_UID))
        tx.grants.add(grant)
        tx.grants.record_spend(*GrantUse(grant, Money(0, POINTS)).spend(payment.id, Money(200, POINTS)))
        assert tx.grants.unacknowledged(MEMBER.id, "CNY") == Money(0)
        assert tx.grants.unacknowledged(MEMBER.id, POINTS) == Money(200, POINTS)


def unreleased(store: SqliteStore, card_uid: str = CARD_UID) -> tuple[PaymentId, ...]:
    with store.transaction() as tx:
        return tx.grants.unreleased_requests(ByCard(card_uid))


def test_requests_are_abandoned_until_central_has_acknowledged_their_release(store: SqliteStore) -> None:
    first, second, refused = (intended(draft()) for _ in range(3))
    with store.transaction() as tx:
        for payment in (first, second, refused):
            tx.payments.add(payment, ByCard(CARD_UID))
    assert unreleased(store) == ()
    for payment in (first, second):
        with store.transaction() as tx:
            tx.payments.settle(payment.to(PaymentState.NOT_CHARGED))
            tx.outbox.add(b'"release"')
    with store.transaction() as tx:
        tx.payments.settle(refused.to(PaymentState.NOT_CHARGED))
    assert unreleased(store) == (first.id, second.id), "what central itself refused needs no release"
    assert unreleased(store, "00") == ()
    with store.transaction() as tx:
        assert tx.outbox.acknowledge(1)
    assert unreleased(store) == (second.id,)
    with store.transaction() as tx:
        assert tx.outbox.acknowledge(2)
    assert unreleased(store) == ()


def test_an_order_for_the_counter(store: SqliteStore) -> None:
    order = draft()
    payment = replace(intended(order), member_id=MemberId("m-1")).to(PaymentState.DUE)
    with store.transaction() as tx:
        tx.payments.add(payment)
        order = replace(order.to(OrderState.AWAITING_PAYMENT), number=tx.orders.next_number(DAY))
        tx.orders.add(order)
    with store.transaction() as tx:
        assert tx.orders.get(order.id) == order
        assert tx.payments.get(payment.id) == payment
        assert tx.payments.unresolved() == ()


def test_print_jobs_keep_their_state(store: SqliteStore) -> None:
    job = PrintJob(uuid4(), OrderId(uuid4()), "front", PaperKind.RECEIPT, PAPER, copy=2)
    with store.transaction() as tx:
        tx.print_jobs.add(job)
        tx.print_jobs.set_state(job.id, PrintJobState.UNKNOWN)
    with store.transaction() as tx:
        assert tx.print_jobs.get(job.id) == replace(job, state=PrintJobState.UNKNOWN)
        assert tx.print_jobs.in_state(PrintJobState.QUEUED) == ()
        assert tx.print_jobs.get(uuid4()) is None
    with pytest.raises(Conflict), store.transaction() as tx:
        tx.print_jobs.set_state(uuid4(), PrintJobState.CONFIRMED)


def test_old_papers_go_and_open_ones_stay(store: SqliteStore) -> None:
    order_id = OrderId(uuid4())
    states = [PrintJobState.UNKNOWN, PrintJobState.QUEUED, PrintJobState.CONFIRMED, PrintJobState.SKIPPED]
    old = [PrintJob(uuid4(), order_id, "front", PaperKind.RECEIPT, PAPER, state) for state in states]
    with store.transaction() as tx:
        for job in old:
            tx.print_jobs.add(job)
        for _ in range(KEEP):
            tx.print_jobs.add(PrintJob(uuid4(), order_id, "front", PaperKind.RECEIPT, PAPER, PrintJobState.CONFIRMED))
    with store.transaction() as tx:
        assert [tx.print_jobs.get(job.id) is not None for job in old] == [True, True, False, False]
        assert len(tx.print_jobs.in_state(PrintJobState.CONFIRMED)) == KEEP


def test_a_closed_store_sells_nothing(store: SqliteStore) -> None:
    store.close()
    with pytest.raises(StorageFailed, match="closed"):
        sell(store)
