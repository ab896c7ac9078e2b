"""What devices count, from real bytes on real lines: numbers and moments, and nothing of anybody."""

from __future__ import annotations

import time
from pathlib import Path

from kiosk.devices.base import Device
from kiosk.devices.camera.driver import OpencvCamera
from kiosk.devices.card_reader import rdm6300
from kiosk.devices.printer.simulator import PrinterFault
from kiosk.devices.scanner.driver import build_scanner
from kiosk.services.events import CameraWatching, DeviceKind, DeviceProblem, DeviceState
from kiosk.services.ports.devices import COUNTED_OF, Counted
from kiosk.settings.devices import CameraSettings, ScannerSettings
from tests.devices.printing import CONFIRMED, SKIPPED, UNKNOWN, Setup
from tests.devices.reading import running
from tests.devices.support import Events, Pty, eventually

CARD, OTHER_CARD = bytes.fromhex("62E3086CED"), bytes.fromhex("02004DB005")


def counts(device: Device, what: Counted, number: int) -> None:
    eventually(lambda: device.record().counts[what] >= number, f"{number} {what}")
    assert device.record().counts[what] == number


def test_every_kind_of_device_counts_something() -> None:
    assert COUNTED_OF.keys() == set(DeviceKind)


def test_a_reader_counts_cards_unsound_frames_and_lost_connections(tmp_path: Path) -> None:
    events = Events()
    with Pty(tmp_path / "reader") as line, running(line.path, events) as reader:
        events.await_health(DeviceState.READY)
        assert reader.record().worked_s is None
        before_s = time.monotonic()
        sound = rdm6300.encode(CARD)
        line.send(sound + sound)  # it lies there: one card
        line.send(rdm6300.encode(OTHER_CARD))
        counts(reader, Counted.CARDS_READ, 2)
        worked_s = reader.record().worked_s
        assert worked_s is not None
        assert worked_s >= before_s
        line.send(sound[:-3] + b"00" + sound[-1:])
        counts(reader, Counted.UNSOUND, 1)
        line.unplug()
        events.await_health(DeviceState.UNAVAILABLE, DeviceProblem.DISCONNECTED)
        counts(reader, Counted.CONNECTIONS_LOST, 1)
        with Pty(line.path):
            eventually(lambda: events.health[-1].state is DeviceState.READY, "back")
            record = reader.record()
            assert (record.health.problem, record.last_problem) == (DeviceProblem.NONE, DeviceProblem.DISCONNECTED)
            assert record.problem_s is not None
            assert record.problem_s >= worked_s
    assert CARD.hex().upper() not in repr(reader.record())


def test_one_that_was_never_there_lost_no_connection(tmp_path: Path) -> None:
    events = Events()
    with running(tmp_path / "none", events) as reader:
        events.await_health(DeviceState.UNAVAILABLE, DeviceProblem.NOT_FOUND)
        assert reader.record().counts == {Counted.CARDS_READ: 0, Counted.UNSOUND: 0, Counted.CONNECTIONS_LOST: 0}
        assert reader.record().last_problem is DeviceProblem.NOT_FOUND


def test_a_scanner_counts_codes(tmp_path: Path) -> None:
    events = Events()
    with Pty(tmp_path / "scanner") as line:
        scanner = build_scanner(ScannerSettings(name="codes", port=str(line.path)), events, simulated=True)
        scanner.start()
        try:
            events.await_health(DeviceState.READY)
            line.send(b"KIOSK TEST\r")
            counts(scanner, Counted.CODES_READ, 1)
            line.send(b"\xff\xfe\xfd\r")
            counts(scanner, Counted.UNSOUND, 1)
        finally:
            scanner.stop()


def test_a_printer_counts_papers_by_how_they_ended(tcp_setup: Setup) -> None:
    printer, owner = tcp_setup.owner.printer, tcp_setup.owner
    owner.await_states(owner.submit("one"), CONFIRMED)
    counts(printer, Counted.PAPERS_PRINTED, 1)
    tcp_setup.bench.after(25, PrinterFault.HANG)
    owner.await_states(owner.submit("一二三四五六七八九十" * 20), UNKNOWN)
    counts(printer, Counted.PAPERS_FAILED, 1)
    owner.await_states(owner.submit("nobody waits for it any more"), SKIPPED)
    counts(printer, Counted.PAPERS_GIVEN_UP, 1)
    tcp_setup.bench.hang(on=False)


def test_a_camera_counts_looks_and_pictures(tmp_path: Path) -> None:
    """Of a recording: as a camera's."""
    import cv2
    import numpy as np

    for number in range(3):
        cv2.imwrite(str(tmp_path / f"photo{number:03d}.png"), np.full((120, 160, 3), 40 * number + 60, np.uint8))
    events = Events()
    camera = OpencvCamera(CameraSettings(source=str(tmp_path / "photo%03d.png")), events, simulated=False)
    camera.start()
    try:
        with camera.watch() as watch:
            eventually(lambda: watch.newest(0.1) is not None, "a picture")
        eventually(lambda: events.all[-1] == CameraWatching("face-camera", is_on=False), "the light goes out")
        counts(camera, Counted.LOOKS, 1)
        assert camera.record().counts[Counted.PICTURES_TAKEN] >= 1
    finally:
        camera.stop()
