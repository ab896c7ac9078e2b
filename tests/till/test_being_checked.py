"""A payment that is being checked while the program runs: known as soon as the disk can be read again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from kiosk.domain.ids import PaymentId
from kiosk.services.journal import Fate, PaymentJournal
from kiosk.services.outcomes import BeingChecked, NotCharged, NotChargedReason
from kiosk.services.ports import StorageFailed
from kiosk.store.sqlite_store import SqliteStore
from tests.central.support import Central
from tests.services.fakes import FixedClock
from tests.till.till import CHINA, MOMENT, Services, Till, yuan

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
