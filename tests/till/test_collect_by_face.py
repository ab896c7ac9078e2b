"""Orders of self-service terminals that are paid at a counter by face: the same rules as for a sale by face."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kiosk.domain.audit import Act
from kiosk.domain.due_order import DueOrder
from kiosk.domain.ids import PaymentId
from kiosk.domain.order import Order
from kiosk.services.collected import Collected, CollectOutcome, NotCollected, NotCollectedReason
from kiosk.services.face_payment import FacePaymentLimits
from kiosk.services.outcomes import NotCharged, NotChargedReason, Outcome, Paid
from kiosk.services.staff_acts import NotKnown, StaffAct
from tests.central.sales import new_id
from tests.central.support import Central, Diner
from tests.till.counter import Counter, slip
from tests.till.test_being_checked import DiskRefuses, Misreports, journal
from tests.till.test_pay_by_face import GENEROUS, LIMITS, FaceTill, ForgetsMeanwhile
from tests.till.till import Services, Till, act, yuan

NewTill = Callable[[], Till]
RICE, DUMPLINGS = ("rice", 1), ("dumplings", 1)


class FaceCounter(Counter):
    """Where that member's face is enrolled, and central knows of it."""

    def __init__(
        self,
        at: FaceTill,
        services: Services | None = None,
        limits: FacePaymentLimits | None = LIMITS,
    ) -> None:
        super().__init__(at.till, services, limits, at.clock)
        self.at = at

    def pays(self, due: DueOrder, given: StaffAct | None = None) -> CollectOutcome:
        return self.collect.pay(given or act(), due, self.at.payer)


@pytest.fixture
def diner(central: Central) -> Diner:
    return central.add_member("50.00")


@pytest.fixture
def taking(new_till: NewTill) -> Till:
    """The self-service terminal."""
    return new_till()


@pytest.fixture
def counter(diner: Diner, taking: Till, new_till: NewTill) -> FaceCounter:
    return FaceCounter(FaceTill(new_till(), diner))


def ordered(taking: Till, counter: Counter, *dishes: tuple[str, int]) -> tuple[Order, DueOrder]:
    """Taken there, and its slip scanned here."""
    order = taking.takes_order(*dishes)
    return order, counter.scans(slip(taking, order))


def refused(outcome: CollectOutcome | Outcome) -> NotChargedReason:
    assert isinstance(outcome, NotCharged), outcome
    return outcome.reason


def test_it_is_paid_once_uploaded_and_written_down(
    central: Central, diner: Diner, taking: Till, counter: FaceCounter
) -> None:
    (order, due), given = ordered(taking, counter, DUMPLINGS), act()
    done = counter.pays(due, given)
    assert isinstance(done, Collected), done
    assert (done.paid, done.balance_after, done.points) == (yuan("12.00"), yuan("38.00"), 12)
    again = counter.pays(due, given)
    assert isinstance(again, Collected)
    assert again.made == done.made
    assert counter.pays(due) == NotCollected(NotCollectedReason.SETTLED)
    for till in (counter.till, taking):
        till.uploads()
        assert till.quarantined() == []
    assert (central.free(diner), central.account(diner).points) == (yuan("38.00"), 12)
    assert central.staff_get(f"/v1/orders/{order.id}")["state"] == "paid"
    assert counter.at.acts() == [(Act.PAID_BY_FACE, diner.id)]


def test_whoever_is_recognised_pays_whoever_ordered(
    central: Central, diner: Diner, taking: Till, counter: FaceCounter
) -> None:
    host = central.add_member("50.00")
    taking.reads_feed()
    order = taking.takes_order(DUMPLINGS, card_uid=host.card_uid)
    assert isinstance(counter.pays(counter.scans(slip(taking, order))), Collected)
    for till in (taking, counter.till):
        till.uploads()
    assert (central.free(host), central.free(diner)) == (yuan("50.00"), yuan("38.00"))


def test_what_was_set_aside_pays_without_central(diner: Diner, taking: Till, counter: FaceCounter) -> None:
    counter.till.is_usual_for(diner)
    _, due = ordered(taking, counter, RICE)
    _, much = ordered(taking, counter, ("dumplings", 4))
    counter.goes_offline()
    assert isinstance(counter.pays(due), Collected)
    generous = FaceCounter(counter.at, limits=GENEROUS)
    generous.goes_offline()
    assert refused(generous.pays(much)) is NotChargedReason.CENTRAL_UNREACHABLE


def test_one_days_sum_is_of_sales_and_orders_together(taking: Till, counter: FaceCounter) -> None:
    (_, too_much), (_, most), (_, more) = (
        ordered(taking, counter, dishes) for dishes in (("dumplings", 3), ("dumplings", 2), RICE)
    )
    assert refused(counter.pays(too_much)) is NotChargedReason.FACE_LIMIT
    assert isinstance(counter.at.pays(("dumplings", 2)), Paid)
    assert isinstance(counter.pays(most), Collected)
    assert refused(counter.pays(more)) is NotChargedReason.FACE_LIMIT
    assert refused(counter.at.pays(RICE)) is NotChargedReason.FACE_LIMIT
    assert counter.central.asked[-1] == "give up"
    assert isinstance(counter.collect.take_cash(act(), more), Collected), "face is never the only way"


def test_a_face_forgotten_here_is_refused_without_asking(taking: Till, counter: FaceCounter) -> None:
    _, due = ordered(taking, counter, RICE)
    counter.at.forgetting.forget(new_id(), counter.at.member_id)
    counter.central.line = None  # type: ignore[assignment]
    assert refused(counter.pays(due)) is NotChargedReason.FACE_NOT_ALLOWED
    assert counter.at.acts() == []


def test_a_face_forgotten_while_it_pays(central: Central, diner: Diner, taking: Till, counter: FaceCounter) -> None:
    """The member had confirmed it: it stands, once; and it was the last one."""
    (_, due), (_, other) = ordered(taking, counter, RICE), ordered(taking, counter, RICE)
    at = counter.at
    counter.central.line = ForgetsMeanwhile(counter.central.line, lambda: at.forgetting.forget(new_id(), at.member_id))
    assert isinstance(counter.pays(due), Collected)
    assert refused(counter.pays(other)) is NotChargedReason.FACE_NOT_ALLOWED
    counter.till.uploads()
    assert central.free(diner) == yuan("47.50")


def test_where_nobody_pays_by_face(taking: Till, counter: FaceCounter) -> None:
    _, due = ordered(taking, counter, RICE)
    assert refused(FaceCounter(counter.at, limits=None).pays(due)) is NotChargedReason.FACE_NOT_ALLOWED


@pytest.mark.parametrize("kind", ["refuses", "misreports"])
def test_a_disk_that_fails_when_central_has_granted(
    central: Central, diner: Diner, taking: Till, counter: FaceCounter, kind: str
) -> None:
    """It is not known, whatever the disk took; asked for again under the same act it is done once."""
    (_, due), given, till = ordered(taking, counter, DUMPLINGS), act(), counter.till
    refuses = Services(till.store, DiskRefuses(till))
    misreports = Services(Misreports(till.store, at=3), till.services.line)
    failing = FaceCounter(counter.at, {"refuses": refuses, "misreports": misreports}[kind])
    assert failing.pays(due, given) == NotKnown(given.id)
    journal(till).check(PaymentId(given.id))
    assert isinstance(counter.pays(due, given), Collected)
    till.uploads()
    assert (till.quarantined(), central.free(diner)) == ([], yuan("38.00"))
    assert counter.at.acts() == [(Act.PAID_BY_FACE, diner.id)]
