"""Status bytes to what they mean: the values of real printers, told apart by their fixed bits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.devices.printer.status import PrinterStatus, Reply, ReplyFramer, ReplyKind
from kiosk.services.events import DeviceProblem, DeviceState

ASB_FINE = bytes.fromhex("14 00 00 00")
ASB_COVER_OPEN = bytes.fromhex("3C 00 00 00")


@pytest.mark.parametrize(
    ("printer", "offline_cause", "paper", "error_cause", "state", "problem"),
    [
        (0x16, 0x12, 0x12, 0, DeviceState.READY, DeviceProblem.NONE),
        (0x16, 0x12, 0x1E, 0, DeviceState.DEGRADED, DeviceProblem.PAPER_LOW),
        (0x1E, 0x32, 0x7E, 0, DeviceState.UNAVAILABLE, DeviceProblem.PAPER_OUT),
        (0x1E, 0x16, 0x12, 0, DeviceState.UNAVAILABLE, DeviceProblem.COVER_OPEN),
        (0x1E, 0x52, 0x12, 0x1A, DeviceState.UNAVAILABLE, DeviceProblem.CUTTER),
        (0x1E, 0x52, 0x12, 0x52, DeviceState.UNAVAILABLE, DeviceProblem.BUSY),  # too hot: comes back by itself
        (0x1E, 0x12, 0x12, 0, DeviceState.UNAVAILABLE, DeviceProblem.BUSY),
    ],
)
def test_what_the_status_bytes_say(
    printer: int, offline_cause: int, paper: int, error_cause: int, state: DeviceState, problem: DeviceProblem
) -> None:
    status = PrinterStatus(printer, offline_cause, paper, error_cause)

    assert (status.state, status.problem) == (state, problem)
    assert status.can_print is (state is not DeviceState.UNAVAILABLE)


def test_replies_are_told_apart() -> None:
    assert ReplyFramer().feed(b"\x16\x12\x7e" + ASB_FINE + b"\x00" + ASB_COVER_OPEN + b"\x03\x12") == [
        Reply(ReplyKind.STATUS, 0x16),
        Reply(ReplyKind.STATUS, 0x12),
        Reply(ReplyKind.STATUS, 0x7E),
        Reply(ReplyKind.PAPER_SENSOR, 0x00),
        Reply(ReplyKind.PAPER_SENSOR, 0x03),
        Reply(ReplyKind.STATUS, 0x12),
    ]


def test_automatic_status_one_byte_at_a_time_is_no_proof_of_a_job() -> None:
    framer = ReplyFramer()
    assert [r for byte in ASB_FINE + ASB_COVER_OPEN for r in framer.feed(bytes([byte]))] == []


def test_flow_control_is_skipped() -> None:
    assert ReplyFramer().feed(b"\x11\x13\xff\x92") == []


@given(st.binary())
def test_any_bytes_are_survived(data: bytes) -> None:
    assert len(ReplyFramer().feed(data)) <= len(data)
