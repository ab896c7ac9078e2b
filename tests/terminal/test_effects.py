"""Effects run behind the screens: answers come back as events, and a payment waits until the store is open."""

from __future__ import annotations

from concurrent.futures import Future
from queue import Queue
from types import SimpleNamespace
from typing import Any

import pytest

from kiosk.domain.cart import Cart
from kiosk.domain.money import Money
from kiosk.domain.order import DiningMode
from kiosk.screens.effects import EffectRunner
from kiosk.screens.flow import events as ev
from kiosk.services.outcomes import BeingChecked, NotCharged, NotChargedReason
from tests.domain.canteen import PLAIN_SET

WITHIN_S = 5
TOTAL = Money(1800)
PAY = ev.PayByCard(7, "62E3086CED", 0.0, Cart().add(PLAIN_SET), TOTAL, DiningMode.DINE_IN, "zh")
COUNTER = ev.TakeOrderForCounter(7, None, PAY.cart, TOTAL, DiningMode.DINE_IN, "zh")


class Till:
    """A checkout that answers what it is told to, or fails."""

    def __init__(self, outcome: Any) -> None:
        self._outcome = outcome

    def pay_by_card(self, _request: object, _card_uid: str) -> Any:
        if isinstance(self._outcome, Exception):
            raise self._outcome
        return self._outcome

    def take_order_for_counter(self, request: object, _card_uid: str | None) -> Any:
        return self.pay_by_card(request, "")


def runner(services: Future[Any]) -> tuple[EffectRunner, Queue[ev.FlowEvent]]:
    posted: Queue[ev.FlowEvent] = Queue()
    return EffectRunner(services.result, posted.put, lambda _kind: None), posted


def opened(outcome: Any) -> Future[Any]:
    services: Future[Any] = Future()
    services.set_result(SimpleNamespace(store=None, checkout=Till(outcome)))
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
    ("effect", "outcome"),
    [(PAY, BeingChecked(None, TOTAL)), (COUNTER, NotCharged(NotChargedReason.STORAGE_FAILED, TOTAL))],
)
def test_a_fault_of_ours_is_unknown_for_a_card_and_harmless_at_the_counter(effect: ev.Effect, outcome: object) -> None:
    run, posted = runner(opened(RuntimeError("a fault")))
    run(effect)
    assert posted.get(timeout=WITHIN_S) == ev.CheckoutFinished(7, outcome)
    run.stop()


def test_services_that_never_come_let_the_program_end() -> None:
    services: Future[Any] = Future()
    run, posted = runner(services)
    run(ev.LoadMenu())
    services.cancel()
    run.stop()
    assert posted.empty()
