"""Events from other threads reach the flow: in order, bounded, at once."""

from __future__ import annotations

import threading
from uuid import UUID

import pytest

from kiosk.domain.ids import OrderId
from kiosk.domain.receipt import PaperKind
from kiosk.screens.bridge import Bridge
from kiosk.services.events import (
    CameraWatching,
    CardPresented,
    CentralLinkChanged,
    CodeScanned,
    DeviceHealth,
    DeviceHealthChanged,
    DeviceKind,
    DeviceState,
    LinkState,
    PrintJobChanged,
    PrintJobState,
    StockChanged,
)


def card(number: int) -> CardPresented:
    return CardPresented("reader", f"{number:010X}", float(number))


def health(name: str, state: DeviceState) -> DeviceHealthChanged:
    return DeviceHealthChanged(DeviceHealth(name, DeviceKind.PRINTER, state))


def paper(job: int, state: PrintJobState) -> PrintJobChanged:
    return PrintJobChanged(UUID(int=job), OrderId(UUID(int=9)), PaperKind.RECEIPT, state)


def test_cards_keep_their_order() -> None:
    bridge = Bridge()
    for number in range(5):
        bridge.publish(card(number))
    assert bridge.drain() == tuple(card(number) for number in range(5))
    assert bridge.drain() == ()


def test_of_news_that_replace_each_other_the_latest_waits() -> None:
    bridge = Bridge()
    for event in (
        health("a", DeviceState.STARTING),
        health("b", DeviceState.STARTING),
        StockChanged(),
        CentralLinkChanged(LinkState.OFFLINE),
        paper(1, PrintJobState.QUEUED),
        paper(2, PrintJobState.QUEUED),
        health("a", DeviceState.READY),
        CameraWatching("cam", is_on=True),
        CameraWatching("cam", is_on=False),
        StockChanged(),
        CentralLinkChanged(LinkState.ONLINE),
        paper(1, PrintJobState.CONFIRMED),
    ):
        bridge.publish(event)
    assert set(bridge.drain()) == {
        health("a", DeviceState.READY),
        health("b", DeviceState.STARTING),
        CameraWatching("cam", is_on=False),
        StockChanged(),
        CentralLinkChanged(LinkState.ONLINE),
        paper(1, PrintJobState.CONFIRMED),
        paper(2, PrintJobState.QUEUED),
    }


def test_cards_cannot_pile_up_without_end(caplog: pytest.LogCaptureFixture) -> None:
    bridge = Bridge()
    for number in range(1000):
        bridge.publish(card(number))
    bridge.publish(CentralLinkChanged(LinkState.ONLINE))
    waiting = bridge.drain()
    assert len(waiting) < 300
    assert waiting[0] == card(0)
    assert CentralLinkChanged(LinkState.ONLINE) in waiting
    assert "card_dropped_screen_not_answering" in caplog.messages
    assert not any("3E7" in message for message in caplog.messages)  # no card's number in the log


def test_codes_cannot_pile_up_without_end(caplog: pytest.LogCaptureFixture) -> None:
    bridge = Bridge()
    for number in range(1000):
        bridge.publish(CodeScanned("scanner", f"KS1:{number}", float(number)))
    assert len(bridge.drain()) < 300
    assert set(caplog.messages) == {"code_dropped_screen_not_answering"}


def test_wakes_once_for_a_burst_and_again_after_draining() -> None:
    bridge, woken = Bridge(), []
    bridge.attach(lambda: woken.append(1))
    bridge.publish(card(1))
    bridge.publish(card(2))
    assert len(woken) == 1
    bridge.drain()
    bridge.publish(card(3))
    assert len(woken) == 2


def test_what_came_before_the_window_is_not_lost() -> None:
    bridge, woken = Bridge(), []
    bridge.publish(card(1))
    bridge.attach(lambda: woken.append(1))
    assert woken == [1]
    assert bridge.drain() == (card(1),)


def test_many_threads_lose_nothing() -> None:
    bridge, got = Bridge(), []

    def publish(first: int) -> None:
        for number in range(first, first + 50):
            bridge.publish(card(number))

    threads = [threading.Thread(target=publish, args=(first,)) for first in (0, 50, 100, 150)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=10)
    got += bridge.drain()
    assert {event.received_s for event in got} == {float(number) for number in range(200)}
