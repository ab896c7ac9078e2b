"""Scanner drivers on real pseudo-terminals: every fault they survive, and the one event a code makes."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.devices.scanner.driver import Scanner, build_scanner
from kiosk.devices.scanner.protocol import (
    GM65_TRIGGER,
    GM65_TRIGGERED,
    MAX_CODE_BYTES,
    CodeFramer,
    CodeRead,
    Terminator,
    encode,
)
from kiosk.devices.transport import open_transport
from kiosk.devices.wake import Wake
from kiosk.domain.slip import MAX_SLIP_CHARS
from kiosk.services.events import CodeScanned, DeviceHealth, DeviceKind, DeviceProblem, DeviceState
from kiosk.settings.devices import ScannerSettings, SimulatorSettings
from tests.devices.support import Events, Pty, eventually, hosted_bench, settings_with, stays

SLIP = "KS1:" + "A%9" * 160
OTHER = "KS1:B00"
PAYMENT_CODE = "134567890123456789"


@pytest.fixture
def port(tmp_path: Path) -> Path:
    return tmp_path / "scanner"


@pytest.fixture
def events() -> Events:
    return Events()


@contextmanager
def running(port: Path, events: Events, **settings: Any) -> Iterator[Scanner]:
    scanner = build_scanner(ScannerSettings(name="slips", port=str(port), **settings), events, simulated=True)
    scanner.start()
    try:
        yield scanner
    finally:
        scanner.stop()
        assert not [t for t in threading.enumerate() if t.name == "device-slips"]


def codes(events: Events) -> list[str]:
    return [event.text for event in events.all if isinstance(event, CodeScanned)]


def await_codes(events: Events, *texts: str) -> None:
    eventually(lambda: len(codes(events)) >= len(texts), f"{len(texts)} codes")
    assert codes(events) == list(texts)


@pytest.mark.parametrize("terminator", ["cr", "crlf", "lf", "none"])
@pytest.mark.parametrize(("prefix", "aim_id"), [("", ""), ("~", ""), ("", "]Q1"), ("<<", "]Q1")])
def test_a_code_however_the_scanner_is_set_up(
    port: Path, events: Events, terminator: Terminator, prefix: str, aim_id: str
) -> None:
    before_s = time.monotonic()
    with Pty(port) as line, running(port, events, terminator=terminator, prefix=prefix, aim_id=bool(aim_id)):
        events.await_health(DeviceState.READY)
        line.send(encode(SLIP, terminator, prefix, aim_id))
        await_codes(events, SLIP)
    (scanned,) = [event for event in events.all if isinstance(event, CodeScanned)]
    assert scanned.scanner == "slips"
    assert before_s <= scanned.received_s <= time.monotonic()
    assert events.health == [DeviceHealth("slips", DeviceKind.SCANNER, DeviceState.READY, simulated=True)]


def test_one_byte_at_a_time_and_many_codes_in_one_read(port: Path, events: Events) -> None:
    with Pty(port) as line, running(port, events):
        events.await_health(DeviceState.READY)
        for byte in encode(OTHER, "cr"):
            line.send(bytes([byte]))
        await_codes(events, OTHER)
        line.send(encode(SLIP, "cr") + b"\r\r" + encode("中文", "cr") + encode("a b", "cr"))
        await_codes(events, OTHER, SLIP, "中文", "a b")


def test_a_code_that_is_held_before_it_counts_once(port: Path, events: Events) -> None:
    with Pty(port) as line, running(port, events, debounce_s=30.0):
        events.await_health(DeviceState.READY)
        line.send(5 * encode(SLIP, "cr") + encode(OTHER, "cr") + 2 * encode(OTHER, "cr") + encode(SLIP, "cr"))
        await_codes(events, SLIP, OTHER, SLIP)


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(encode(SLIP + OTHER, "cr"), id="two codes joined"),
        pytest.param(b"\xff\xfe" + encode(SLIP, "cr"), id="noise before it"),
        pytest.param("红烧肉".encode("gb18030") + b"\r", id="not UTF-8"),
        pytest.param(b"a\x00b\x1b[2J\r", id="control characters"),
        pytest.param(b"x" * (MAX_CODE_BYTES + 1) + b"\r", id="too long"),
        pytest.param(encode("中" * 500, "cr"), id="too long in bytes"),
    ],
)
def test_what_is_no_sound_code_is_none_and_the_next_one_is(port: Path, events: Events, wrong: bytes) -> None:
    with Pty(port) as line, running(port, events):
        events.await_health(DeviceState.READY)
        line.send(wrong + encode(OTHER, "cr"))
        await_codes(events, OTHER)


@pytest.mark.parametrize(
    ("settings", "wrong"),
    [
        ({"prefix": "~"}, SLIP),
        ({"prefix": "~"}, f"~{SLIP}~{OTHER}"),
        ({"aim_id": True}, SLIP),
        ({"aim_id": True}, "]Q1"),
    ],
)
def test_what_lacks_what_the_scanner_sends_is_no_code(
    port: Path, events: Events, settings: dict[str, Any], wrong: str
) -> None:
    good = encode(OTHER, "cr", settings.get("prefix", ""), "]Q1" if "aim_id" in settings else "")
    with Pty(port) as line, running(port, events, **settings):
        events.await_health(DeviceState.READY)
        line.send(encode(wrong, "cr") + good)
        await_codes(events, OTHER)


def test_a_code_that_is_cut_does_not_join_the_next_one(port: Path, events: Events) -> None:
    with Pty(port) as line, running(port, events):
        events.await_health(DeviceState.READY)
        line.send(b"KS1:0000")  # no terminator
        stays(lambda: not codes(events), 0.5)
        line.send(encode(OTHER, "cr"))
        await_codes(events, OTHER)


def test_endless_input_is_survived_and_the_driver_still_stops(port: Path, events: Events) -> None:
    with Pty(port) as line, running(port, events) as scanner:
        events.await_health(DeviceState.READY)
        for _ in range(50):
            line.send(b"0" * 1000)
        line.send(b"\r" + encode(OTHER, "cr"))
        await_codes(events, OTHER)
        began_s = time.monotonic()
        scanner.stop()
        assert time.monotonic() - began_s < 0.5


def test_codes_that_are_never_sound_are_told_and_forgotten_when_one_is(port: Path, events: Events) -> None:
    with Pty(port) as line, running(port, events):
        events.await_health(DeviceState.READY)
        line.send(4 * b"\xff\xfe\r")
        events.await_health(DeviceState.DEGRADED, DeviceProblem.GARBLED)
        line.send(encode(OTHER, "cr"))
        events.await_health(DeviceState.READY)


def test_absent_at_boot_unplugged_in_a_code_and_back(port: Path, events: Events) -> None:
    with running(port, events):
        events.await_health(DeviceState.UNAVAILABLE, DeviceProblem.NOT_FOUND)
        with Pty(port) as line:
            events.await_health(DeviceState.READY)
            line.send(b"KS1:B")
            line.unplug()
            events.await_health(DeviceState.UNAVAILABLE, DeviceProblem.DISCONNECTED)
        with Pty(port) as back:
            events.await_health(DeviceState.READY)
            back.send(b"00\r")  # the rest of a code from before is one of its own: nobody's slip
            back.send(encode(OTHER, "cr"))
            await_codes(events, "00", OTHER)


def test_stale_bytes_at_open_are_no_code(port: Path, events: Events) -> None:
    with Pty(port) as line:
        line.send(encode(SLIP, "cr"))
        with running(port, events):
            events.await_health(DeviceState.READY)
            line.send(encode(OTHER, "cr"))
            await_codes(events, OTHER)


def test_a_port_that_another_program_holds(port: Path, events: Events) -> None:
    with Pty(port), open_transport(str(port), 9600, Wake()), running(port, events):
        events.await_health(DeviceState.UNAVAILABLE, DeviceProblem.BUSY)


def test_a_code_that_pays_is_in_no_log(
    port: Path, events: Events, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    with Pty(port) as line, running(port, events):
        events.await_health(DeviceState.READY)
        line.send(encode(PAYMENT_CODE, "cr") + b"\xff" + encode(PAYMENT_CODE, "cr") + encode(OTHER, "cr"))
        await_codes(events, PAYMENT_CODE, OTHER)
    written = "".join([repr(events.all), *capsys.readouterr(), *(f"{vars(r)}" for r in caplog.records)])
    assert PAYMENT_CODE not in written


# --- a module that is told to look ---


def test_a_gm65_is_triggered_and_its_code_may_follow_in_the_same_read(port: Path, events: Events) -> None:
    with Pty(port) as line, running(port, events, driver="gm65"):
        assert line.read(100) == GM65_TRIGGER
        line.send(GM65_TRIGGERED + encode(SLIP, "cr"))
        await_codes(events, SLIP)
        assert line.read(100) == GM65_TRIGGER, "it looks for the next one"
        for byte in GM65_TRIGGERED:
            line.send(bytes([byte]))
        line.send(encode(OTHER, "cr"))
        await_codes(events, SLIP, OTHER)
    assert events.health[0].state is DeviceState.READY


def test_a_gm65_that_does_not_answer_is_told(port: Path, events: Events) -> None:
    with Pty(port), running(port, events, driver="gm65"):
        events.await_health(DeviceState.UNAVAILABLE, DeviceProblem.NO_ANSWER)


# --- simulators ---


@pytest.mark.parametrize(("device", "driver"), [("scanner", "serial"), ("gm65", "gm65")])
def test_the_bench_holds_codes_before_a_simulator(tmp_path: Path, events: Events, device: str, driver: str) -> None:
    port = tmp_path / "lines" / "scanner"
    scanner = ScannerSettings(name="slips", driver=driver, port=str(port), prefix="~", aim_id=True, terminator="crlf")
    simulator = SimulatorSettings(name="scanner", device=device, port=str(port), baud=115_200)
    settings = settings_with(tmp_path, (simulator,))
    settings = type(settings)(
        terminal=settings.terminal, central=settings.central, simulator=settings.simulator, scanner=(scanner,)
    )
    with hosted_bench(settings) as bench:
        built = build_scanner(scanner, events, simulated=True)
        built.start()
        try:
            events.await_health(DeviceState.READY)
            longest = "KS1:" + "0" * (MAX_SLIP_CHARS - 4)
            bench.scan(longest)
            await_codes(events, longest)
            bench.unplug("scanner")
            events.await_health(DeviceState.UNAVAILABLE, DeviceProblem.DISCONNECTED)
            bench.plug("scanner")
            events.await_health(DeviceState.READY)
            bench.scan(OTHER, "scanner")
            await_codes(events, longest, OTHER)
        finally:
            built.stop()


# --- bytes ---


@given(st.lists(st.binary(max_size=40) | st.just(b"\r\n") | st.just(GM65_TRIGGERED) | st.just(b"~KS1:0")), st.data())
def test_any_bytes_in_any_pieces_are_the_same_and_bounded(pieces: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(pieces)
    whole, cut = (CodeFramer("crlf", "~", has_aim_id=False) for _ in range(2))
    at_once = [*whole.feed(stream), *whole.flush()]
    bounds = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    in_pieces = []
    for start, end in zip([0, *bounds], [*bounds, len(stream)], strict=True):
        in_pieces += cut.feed(stream[start:end])
    assert [*in_pieces, *cut.flush()] == at_once
    assert not cut.has_begun
    assert all(m.text.isprintable() for m in at_once if isinstance(m, CodeRead))
