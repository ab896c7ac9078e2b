"""Effects run behind the screens: answers come back as events, and a payment waits until the store is open."""

from __future__ import annotations

from concurrent.futures import Future
from datetime import time
from queue import Queue
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from kiosk.domain.cart import Cart
from kiosk.domain.ids import PaymentId
from kiosk.domain.money import Money
from kiosk.domain.order import DiningMode
from kiosk.screens.effects import EffectRunner
from kiosk.screens.flow import effects as fx
from kiosk.screens.flow import events as ev
from kiosk.services.journal import CardPayment, Fate
from kiosk.services.outcomes import BeingChecked, NotCharged, NotChargedReason
from kiosk.services.ports import StorageFailed
from tests.domain.canteen import PLAIN_SET

WITHIN_S = 5
BEGUN = PaymentId(UUID(int=9))
TOTAL = Money(1800)
PAY = fx.PayByCard(7, "62E3086CED", 0.0, Cart().add(PLAIN_SET), TOTAL, DiningMode.DINE_IN, "zh")
COUNTER = fx.TakeOrderForCounter(7, None, PAY.cart, TOTAL, DiningMode.DINE_IN, "zh")


class Till:
    """A checkout that answers what it is told to, or fails."""

    def __init__(self, outcome: Any, begun: PaymentId | None = None) -> None:
        self._outcome = outcome
        self.begun = begun

    def pay(self, _request: object, _payer: object) -> Any:
        if isinstance(self._outcome, Exception):
            raise self._outcome
        return self._outcome

    def take_order_for_counter(self, request: object, payer: object) -> Any:
        return self.pay(request, payer)


def runner(services: Future[Any]) -> tuple[EffectRunner, Queue[ev.FlowEvent]]:
    posted: Queue[ev.FlowEvent] = Queue()
    return EffectRunner(services.result, posted.put, lambda _kind: None), posted


class Journal:
    """Says what became of a payment once it can be read."""

    def __init__(self, payment: CardPayment | None) -> None:
        self.payment = payment
        self.readable = False

    def check(self, _payment_id: PaymentId) -> CardPayment | None:
        if not self.readable:
            raise StorageFailed
        return self.payment


def opened(outcome: Any, begun: PaymentId | None = None, journal: Journal | None = None) -> Future[Any]:
    services: Future[Any] = Future()
    services.set_result(SimpleNamespace(store=None, checkout=Till(outcome, begun), journal=journal))
    return services


def test_a_payment_waits_for_the_services_and_is_answered_once() -> None:
    services: Future[Any] = Future()
    run, posted = runner(services)
    run(PAY)
    assert posted.empty()
    refused = NotCharged(NotChargedReason.CENTRAL_UNREACHABLE, TOTAL)
    services.set_result(SimpleNamespace(store=None, checkout=Till(refused)))
    assert posted.get(timeout=WITHIN_S) == ev.CheckoutFinished(7, refused)
    run.stop()
    assert posted.empty()


@pytest.mark.parametrize(
    ("effect", "begun", "outcome"),
    [
        (PAY, BEGUN, BeingChecked(BEGUN, TOTAL)),
        (PAY, None, NotCharged(NotChargedReason.STORAGE_FAILED, TOTAL)),
        (COUNTER, BEGUN, NotCharged(NotChargedReason.STORAGE_FAILED, TOTAL)),
    ],
)
def test_a_fault_of_ours_is_unknown_for_a_card_payment_that_was_begun(
    effect: fx.Effect, begun: PaymentId | None, outcome: object
) -> None:
    run, posted = runner(opened(RuntimeError("a fault"), begun))
    run(effect)
    assert posted.get(timeout=WITHIN_S) == ev.CheckoutFinished(7, outcome)
    run.stop()


def test_what_cannot_be_found_out_yet_is_not_answered() -> None:
    found = CardPayment(BEGUN, "6CED", time(12, 3), Fate.NOT_CHARGED)
    journal = Journal(found)
    run, posted = runner(opened(None, journal=journal))
    run(fx.CheckPayment(BEGUN))
    run(PAY)  # on the same thread, after it
    assert posted.get(timeout=WITHIN_S) == ev.CheckoutFinished(7, None)
    journal.readable = True
    run(fx.CheckPayment(BEGUN))
    assert posted.get(timeout=WITHIN_S) == ev.PaymentChecked(BEGUN, found)
    run.stop()


def test_services_that_never_come_let_the_program_end() -> None:
    services: Future[Any] = Future()
    run, posted = runner(services)
    run(fx.LoadMenu())
    services.cancel()
    run.stop()
    assert posted.empty()
