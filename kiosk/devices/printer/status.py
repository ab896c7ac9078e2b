"""What an ESC/POS printer answers. Replies carry no name: they are told apart by bits that never change
(Epson's ESC/POS command reference, DLE EOT, GS a, GS r)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from kiosk.services.events import DeviceProblem, DeviceState

OFFLINE = 0x08  # n = 1
COVER_OPEN = 0x04  # n = 2
STOPPED_FOR_PAPER = 0x20  # n = 2
ERROR = 0x40  # n = 2
CUTTER_ERROR = 0x08  # n = 3
PAPER_LOW = 0x0C  # n = 4, and GS r 1 in its two lowest bits
PAPER_OUT = 0x60  # n = 4
SENSOR_PAPER_OUT = 0x0C  # GS r 1

ASB_BYTES = 4


class ReplyKind(Enum):
    STATUS = auto()  # DLE EOT n
    PAPER_SENSOR = auto()  # GS r 1


@dataclass(frozen=True, slots=True)
class Reply:
    kind: ReplyKind
    value: int


class ReplyFramer:
    """Bytes from a printer to replies. Automatic status (ASB, four bytes) is skipped as a whole, because its later
    bytes look like other replies; flow control and noise are skipped too."""

    def __init__(self) -> None:
        self._asb_left = 0

    def feed(self, data: bytes) -> list[Reply]:
        replies: list[Reply] = []
        for byte in data:
            if self._asb_left:
                self._asb_left -= 1
            elif byte & 0x93 == 0x12:
                replies.append(Reply(ReplyKind.STATUS, byte))
            elif byte & 0x93 == 0x10:
                self._asb_left = ASB_BYTES - 1
            elif byte & 0x90 == 0x00:
                replies.append(Reply(ReplyKind.PAPER_SENSOR, byte))
        return replies


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """The answers to DLE EOT 1, 2, 4; 3 is asked for only when 2 reports an error."""

    printer: int
    offline_cause: int
    paper: int
    error_cause: int = 0

    @property
    def problem(self) -> DeviceProblem:
        """Why it cannot print, or PAPER_LOW, or NONE."""
        if self.offline_cause & COVER_OPEN:
            return DeviceProblem.COVER_OPEN
        if self.paper & PAPER_OUT or self.offline_cause & STOPPED_FOR_PAPER:
            return DeviceProblem.PAPER_OUT
        if self.error_cause & CUTTER_ERROR:
            return DeviceProblem.CUTTER
        if self.offline_cause & ERROR or self.printer & OFFLINE:
            return DeviceProblem.BUSY
        return DeviceProblem.PAPER_LOW if self.paper & PAPER_LOW else DeviceProblem.NONE

    @property
    def state(self) -> DeviceState:
        match self.problem:
            case DeviceProblem.NONE:
                return DeviceState.READY
            case DeviceProblem.PAPER_LOW:
                return DeviceState.DEGRADED
            case _:
                return DeviceState.UNAVAILABLE

    @property
    def can_print(self) -> bool:
        return self.state is not DeviceState.UNAVAILABLE
