"""A counter collects an order by face: central decides whether that face may pay, and books it, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from central.faces.service import forget_face
from central.menu.service import import_menu
from central.orders.collection_repository import list_paid_twice
from kiosk.services.collected import Collected
from kiosk.services.outcomes import NotChargedReason
from tests.central.conftest import DATABASES
from tests.central.support import Central, Diner, running_central
from tests.till.conftest import MENU
from tests.till.counter import Counter, slip
from tests.till.test_collect_by_face import DUMPLINGS, FaceCounter, ordered, refused
from tests.till.test_pay_by_face import FaceTill
from tests.till.till import Till, act, yuan

NewTill = Callable[[], Till]


@pytest.fixture(scope="module", params=DATABASES)
def central(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Central]:
    """With a menu to order from."""
    url = request.getfixturevalue("postgresql_url")() if request.param == "postgresql" else None
    with running_central(tmp_path_factory.mktemp(f"collecting-{request.param}"), url) as running:
        running.parts.transactions.write(lambda tx: import_menu(tx, MENU))
        yield running


@pytest.fixture
def new_till(central: Central, tmp_path: Path) -> Iterator[NewTill]:
    made: list[Till] = []

    def make() -> Till:
        folder = tmp_path / f"till-{len(made)}"
        folder.mkdir()
        made.append(Till(central, folder))
        return made[-1]

    yield make
    for till in made:
        till.store.close()


@pytest.fixture
def diner(central: Central) -> Diner:
    return central.add_member("50.00")


@pytest.fixture
def taking(new_till: NewTill) -> Till:
    return new_till()


@pytest.fixture
def counter(diner: Diner, taking: Till, new_till: NewTill) -> FaceCounter:
    return FaceCounter(FaceTill(new_till(), diner))


def test_a_standing_consent_pays(central: Central, diner: Diner, taking: Till, counter: FaceCounter) -> None:
    order, due = ordered(taking, counter, DUMPLINGS)
    assert isinstance(counter.pays(due), Collected)
    for till in (counter.till, taking):
        till.uploads()
        assert till.quarantined() == []
    assert (central.free(diner), central.account(diner).points) == (yuan("38.00"), 12)
    assert central.staff_get(f"/v1/orders/{order.id}")["state"] == "paid"


def test_a_consent_that_ended_at_central_pays_nothing_before_the_counter_has_heard(
    central: Central, diner: Diner, taking: Till, counter: FaceCounter, new_till: NewTill
) -> None:
    """The order is free for another way, and for another counter."""
    order, due = ordered(taking, counter, DUMPLINGS)
    central.parts.transactions.write(lambda tx: forget_face(tx, diner.id, "office"))
    assert refused(counter.pays(due)) is NotChargedReason.FACE_NOT_ALLOWED
    assert central.free(diner) == yuan("50.00")
    assert counter.at.acts() == []
    other = Counter(new_till())
    assert isinstance(other.collect.take_cash(act(), other.scans(slip(taking, order))), Collected)


def test_collected_twice_without_a_network_the_face_has_its_money_back(
    central: Central, diner: Diner, taking: Till, counter: FaceCounter, new_till: NewTill
) -> None:
    counter.till.is_usual_for(diner)
    before = central.account(diner).spendable
    order, due = ordered(taking, counter, DUMPLINGS)
    counter.goes_offline()
    assert isinstance(counter.pays(due), Collected)
    other = Counter(new_till())
    other.goes_offline()
    assert isinstance(other.collect.take_cash(act(), other.scans(slip(taking, order))), Collected)
    other.comes_back()
    counter.comes_back()
    taking.uploads()
    assert counter.till.quarantined() == []
    assert central.account(diner).spendable == before
    extras = central.parts.transactions.read(lambda c: list_paid_twice(c, only_open=False))
    (extra,) = [extra for extra in extras if extra.order_id == order.id]
    assert (extra.method, extra.amount_minor, extra.given_back_by) == ("balance", 1200, "central")
