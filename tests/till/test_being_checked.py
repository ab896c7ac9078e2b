"""A payment that is being checked while the program runs: known as soon as the disk can be read again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from kiosk.domain.ids import PaymentId
from kiosk.domain.money import Money
from kiosk.domain.order import Order, OrderState
from kiosk.domain.payment import PaymentMethod, PaymentPart
from kiosk.services.counter_payment import CounterSettled
from kiosk.services.journal import Fate, PaymentJournal
from kiosk.services.outcomes import BeingChecked, NotCharged, NotChargedReason, Paid
from kiosk.services.ports import StorageFailed
from kiosk.store.sqlite_store import SqliteStore
from tests.central.support import Central
from tests.services.fakes import FixedClock
from tests.store.test_full_disk import fill_up
from tests.till.till import CHINA, MOMENT, Services, Till, act, yuan

NewTill = Callable[[], Till]


class DiskRefuses:
    """Central's line; when it has answered, this connection can write no more until the file is opened anew."""

    def __init__(self, till: Till) -> None:
        self._line, self._store = till.services.line, till.store

    def request_grant(self, *arguments: Any) -> Any:
        answer = self._line.request_grant(*arguments)
        with self._store.transaction() as tx:
            tx.orders._connection.exec_driver_sql("PRAGMA query_only = ON")
        return answer


class NoLine:
    """Nothing is asked of central for what was set aside here."""

    def request_grant(self, *_arguments: Any) -> Any:
        raise AssertionError("central was asked")


class Misreports:
    """A store whose `at`-th commit is taken and said to have failed."""

    def __init__(self, store: SqliteStore, at: int) -> None:
        self._store, self._left = store, at

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        with self._store.transaction() as tx:
            yield tx
        self._left -= 1
        if self._left == 0:
            raise StorageFailed("flushing to disk failed")

    def reopen(self) -> None:
        self._store.reopen()


def journal(till: Till) -> PaymentJournal:
    return PaymentJournal(till.store, till.services.encoder, FixedClock(MOMENT), lambda m: m.astimezone(CHINA))


def checked(services: Services, till: Till, card_uid: str) -> PaymentId:
    outcome = services.checkout.pay_by_card(till.request(till.cart(("dumplings", 1))), card_uid)
    assert isinstance(outcome, BeingChecked), outcome
    return outcome.payment_id


def test_a_disk_that_refuses_and_is_back(central: Central, new_till: NewTill) -> None:
    member = central.add_member("50.00")
    till = new_till()
    another = till.request(till.cart(("rice", 1)))
    payment_id = checked(Services(till.store, DiskRefuses(till)), till, member.card_uid)
    again = till.services.checkout.pay_by_card(another, member.card_uid)
    assert isinstance(again, NotCharged)
    assert again.reason is NotChargedReason.STORAGE_FAILED, "nothing is sold meanwhile"
    assert central.free(member) == yuan("38.00")

    path = till.folder / "kiosk.db"
    path.rename(till.folder / "away")
    with pytest.raises(StorageFailed):
        journal(till).check(payment_id)
    assert not path.exists(), "no empty database in the place of the one that is away"
    (till.folder / "away").rename(path)

    found = journal(till).check(payment_id)
    assert found is not None
    assert (found.payment_id, found.fate, found.card_end) == (payment_id, Fate.NOT_CHARGED, member.card_uid[-4:])
    till.uploads()
    assert central.free(member) == yuan("50.00")
    till.sells(("rice", 1), card_uid=member.card_uid)


def test_a_sale_that_stands_although_the_disk_said_no(central: Central, new_till: NewTill) -> None:
    member = central.add_member("50.00")
    till = new_till()
    payment_id = checked(Services(Misreports(till.store, at=2), till.services.line), till, member.card_uid)
    found = journal(till).check(payment_id)
    assert found is not None
    assert found.fate is Fate.PAID
    assert found.order is not None
    assert found.order.number == f"{till.identity.letter}001"
    till.uploads()
    assert central.free(member) == yuan("38.00")


def test_a_part_that_stands_although_the_disk_said_no(central: Central, new_till: NewTill) -> None:
    """The card has paid its part, once; the rest is due at the counter and is paid there by the number."""
    member = central.add_member("50.00")
    till = new_till()
    services = Services(Misreports(till.store, at=2), till.services.line)
    rest = PaymentPart(PaymentMethod.COUNTER, yuan("5.00"))
    request = replace(till.request(till.cart(("dumplings", 1))), others=(rest,))
    outcome = services.checkout.pay_by_card(request, member.card_uid)
    assert isinstance(outcome, BeingChecked), outcome
    assert outcome.payment_id is not None
    found = journal(till).check(outcome.payment_id)
    assert found is not None
    assert (found.fate, found.parts) == (Fate.DUE, (rest, PaymentPart(PaymentMethod.BALANCE, yuan("7.00"))))
    assert found.order is not None
    assert (found.order.number, found.order.state) == (f"{till.identity.letter}001", OrderState.AWAITING_PAYMENT)
    till.reopens()
    assert journal(till).at_start() == found, "and a start says the same"
    till.uploads()
    assert central.free(member) == yuan("43.00")
    assert isinstance(till.services.counter_payments.take_cash(act(), found.order.id), CounterSettled)
    till.uploads()
    assert (till.quarantined(), central.free(member)) == ([], yuan("43.00"))


def test_a_sale_at_once_on_a_full_disk(central: Central, new_till: NewTill) -> None:
    """What was set aside here pays in one transaction; the one that no longer fits has surely not happened."""
    member = central.add_member("50.00")
    till = new_till()
    till.is_usual_for(member)
    before, request = central.account(member).booked, till.request(till.cart(("rice", 1)))
    checkout = Services(till.store, NoLine()).checkout
    fill_up(till.store)
    paid: list[Order] = []
    while isinstance(outcome := checkout.pay_by_card(request, member.card_uid), Paid):
        paid.append(outcome.order)
    assert outcome == NotCharged(NotChargedReason.STORAGE_FAILED, request.shown_total)
    refused = checkout.begun
    assert refused is not None
    again = checkout.pay_by_card(request, member.card_uid)
    assert again == NotCharged(NotChargedReason.STORAGE_FAILED, request.shown_total), "no sale until it is opened anew"
    till.reopens()
    assert journal(till).check(refused) is None, "nothing of it stands"
    with till.store.transaction() as tx:
        assert {order.id for order in tx.orders.recent(1000)} >= {order.id for order in paid}
    till.uploads()
    spent = Money.sum((order.total for order in paid), "CNY")
    assert (till.quarantined(), central.account(member).booked) == ([], before - spent)
    till.sells(("rice", 1), card_uid=member.card_uid)
    till.uploads()
    assert central.account(member).booked == before - spent - request.shown_total


def test_a_payment_that_was_never_begun(new_till: NewTill) -> None:
    till = new_till()
    assert journal(till).check(PaymentId(till.takes_order(("rice", 1)).id)) is None
    assert journal(till).at_start() is None


def test_a_closed_store_stays_closed(new_till: NewTill) -> None:
    till = new_till()
    till.store.close()
    with pytest.raises(StorageFailed):
        till.store.reopen()


def test_what_was_paid_long_ago_is_not_said_at_a_start(central: Central, new_till: NewTill) -> None:
    member = central.add_member("50.00")
    till = new_till()
    till.sells(("rice", 1), card_uid=member.card_uid)
    for minutes, fate in ((14, Fate.PAID), (16, None), (-1, None)):
        clock = FixedClock(MOMENT + timedelta(minutes=minutes))
        at_start = PaymentJournal(till.store, till.services.encoder, clock, lambda m: m.astimezone(CHINA)).at_start()
        assert (at_start.fate if at_start else None) is fate
