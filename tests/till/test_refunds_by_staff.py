"""Refund, void and cancelling on the admin screen: with permission, written down in the same transaction, once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

import pytest

from kiosk.domain.audit import AuditEntry
from kiosk.domain.ids import OrderId, RefundId
from kiosk.domain.order import OrderState
from kiosk.domain.payment import PaymentMethod
from kiosk.domain.staff import NotPermitted, Staff
from kiosk.services.counter_payment import CounterSettled
from kiosk.services.ports import Transaction
from kiosk.services.refund import Refunded, Refunds
from kiosk.services.staff_acts import NotKnown, Refused, RefusedReason, StaffAct
from tests.central.sales import new_id
from tests.central.support import Central
from tests.services.fakes import Signal
from tests.till.staff import COUNTER, RESTOCKER, TECHNICIAN
from tests.till.test_being_checked import Misreports
from tests.till.till import Services, Till, yuan

NewTill = Callable[[], Till]
MayRefund = Callable[[Till], Refunds]


def act_of(by: Staff, act_id: UUID | None = None) -> StaffAct:
    return StaffAct(act_id or new_id(), by.id, "饭菜有问题")


def newest_entry(till: Till) -> AuditEntry | None:
    with till.store.transaction() as tx:
        return tx.audit.newest()


def real(till: Till) -> Refunds:
    return till.services.refunds


def test_a_refund_says_who_what_and_what_was_given_back_before(central: Central, new_till: NewTill) -> None:
    member, till = central.add_member("50.00"), new_till()
    order = till.sells(("dumplings", 2), ("rice", 1), card_uid=member.card_uid)
    for portions, amount, before in (({0: 1}, "1200", "0"), (None, "1450", "1200")):
        given = act_of(COUNTER)
        done = till.services.refunds.refund(given, order.id, portions, restock=True, by=COUNTER)
        assert isinstance(done, Refunded)
        entry = newest_entry(till)
        assert entry is not None
        assert (entry.actor, entry.action, entry.subject) == (COUNTER.id, "refunded", str(order.id))
        told = dict(entry.details)
        assert (told["act"], told["amount_minor"], told["refunded_before_minor"]) == (str(given.id), amount, before)
        assert "饭菜有问题" not in told.values(), "what staff typed may name somebody"
    till.uploads()
    assert central.free(member) == yuan("50.00")


def test_a_void_and_a_cancelled_order(central: Central, new_till: NewTill) -> None:
    member, till = central.add_member("50.00"), new_till()
    paid, due = till.sells(("rice", 1), card_uid=member.card_uid), till.takes_order(("rice", 1))
    assert isinstance(till.services.refunds.void(act_of(COUNTER), paid.id, by=COUNTER), Refunded)
    voided = newest_entry(till)
    assert isinstance(till.services.counter_payments.cancel(act_of(COUNTER), due.id, by=COUNTER), CounterSettled)
    cancelled = newest_entry(till)
    assert voided is not None
    assert cancelled is not None
    assert [(e.action, e.subject) for e in (voided, cancelled)] == [
        ("order_voided", str(paid.id)),
        ("order_cancelled", str(due.id)),
    ]
    assert {till.order(o.id).state for o in (paid, due)} == {OrderState.CANCELLED}
    till.uploads()
    assert till.quarantined() == []


@pytest.mark.parametrize("by", [RESTOCKER, TECHNICIAN], ids=["restock", "technician"])
def test_nobody_without_permission(central: Central, new_till: NewTill, by: Staff) -> None:
    member, till = central.add_member("50.00"), new_till()
    paid, due = till.sells(("rice", 1), card_uid=member.card_uid), till.takes_order(("rice", 1))
    told, entry = till.told(), newest_entry(till)
    with pytest.raises(NotPermitted):
        till.services.refunds.refund(act_of(by), paid.id, None, restock=False, by=by)
    with pytest.raises(NotPermitted):
        till.services.refunds.void(act_of(by), paid.id, by=by)
    with pytest.raises(NotPermitted):
        till.services.counter_payments.cancel(act_of(by), due.id, by=by)
    assert (till.told(), newest_entry(till)) == (told, entry)


def touched_twice(central: Central, new_till: NewTill, refunds_of: MayRefund) -> None:
    """The same act, twice and after a start: once, with one entry in the log and one slip."""
    member, till = central.add_member("50.00"), new_till()
    order = till.sells(("dumplings", 3), card_uid=member.card_uid)
    given = act_of(COUNTER)
    first = refunds_of(till).refund(given, order.id, {0: 1}, restock=False, by=COUNTER)
    entry = newest_entry(till)
    assert refunds_of(till).refund(given, order.id, {0: 1}, restock=False, by=COUNTER) == first
    till.reopens()
    assert refunds_of(till).refund(given, order.id, {0: 1}, restock=False, by=COUNTER) == first
    assert newest_entry(till) == entry
    till.uploads()
    assert central.free(member) == yuan("26.00")


def test_a_second_touch_refunds_nothing(central: Central, new_till: NewTill) -> None:
    touched_twice(central, new_till, real)


def not_of_another(central: Central, new_till: NewTill, refunds_of: MayRefund) -> None:
    """The act's id stands for one order, and another terminal's order is not refunded here."""
    member, till, other = central.add_member("50.00"), new_till(), new_till()
    till.reads_feed()
    first, second = (till.sells(("rice", 1), card_uid=member.card_uid) for _ in range(2))
    given = act_of(COUNTER)
    assert isinstance(refunds_of(till).refund(given, first.id, None, restock=False, by=COUNTER), Refunded)
    in_use = Refused(RefusedReason.ID_IN_USE)
    assert refunds_of(till).refund(given, second.id, None, restock=False, by=COUNTER) == in_use
    not_here = Refused(RefusedReason.NOT_SOLD_HERE)
    assert refunds_of(other).refund(act_of(COUNTER), second.id, None, restock=False, by=COUNTER) == not_here
    assert till.services.find_orders.details(COUNTER, second.id).refunds == ()  # type: ignore[union-attr]


def test_nothing_of_another_order(central: Central, new_till: NewTill) -> None:
    not_of_another(central, new_till, real)


def test_not_known_is_found_out_under_the_same_act(central: Central, new_till: NewTill) -> None:
    """The disk took it and said that it did not: asked for again it stands, and nothing is given twice."""
    member, till = central.add_member("50.00"), new_till()
    order = till.sells(("dumplings", 2), card_uid=member.card_uid)
    given = act_of(COUNTER)
    lying = Services(Misreports(till.store, 1), till.services.line)
    assert lying.refunds.refund(given, order.id, {0: 1}, restock=False, by=COUNTER) == NotKnown(given.id)
    assert lying.front.jobs == [], "no slip and no drawer before it is known"
    assert lying.front.pulses == []
    done = till.services.refunds.refund(given, order.id, {0: 1}, restock=False, by=COUNTER)
    assert isinstance(done, Refunded)
    assert done.refund.amount_by(PaymentMethod.BALANCE) == yuan("12.00")
    till.uploads()
    assert central.free(member) == yuan("38.00")


# --- planted bugs ---


class MakesAnIdOfItsOwn(Refunds):
    """Each touch is another act."""

    def refund(
        self,
        act: StaffAct,
        order_id: OrderId,
        portions: Mapping[int, int] | None,
        *,
        restock: bool,
        by: Staff | None = None,
    ) -> Refunded | Refused | NotKnown:
        return super().refund(StaffAct(new_id(), act.staff, act.reason), order_id, portions, restock=restock, by=by)


class TakesTheActForDone(Refunds):
    """Looks for the act alone, and not whether it was this order's."""

    def _known(self, tx: Transaction, act: StaffAct, order_id: OrderId) -> Refunded | Refused | None:
        refund, order = tx.refunds.get(RefundId(act.id)), tx.orders.get(order_id)
        return Refunded(refund, order) if refund and order else None


@pytest.mark.parametrize(
    ("kind", "rule"),
    [(MakesAnIdOfItsOwn, touched_twice), (TakesTheActForDone, not_of_another)],
    ids=lambda p: p.__name__,
)
def test_a_planted_bug_is_found(
    central: Central, new_till: NewTill, kind: type[Refunds], rule: Callable[[Central, NewTill, MayRefund], None]
) -> None:
    def wrong(till: Till) -> Refunds:
        services = till.services
        return kind(services.store, services.encoder, services.desk, Signal(), services.clock)

    with pytest.raises(AssertionError):
        rule(central, new_till, wrong)
