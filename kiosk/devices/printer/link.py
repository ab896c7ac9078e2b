"""Questions to an ESC/POS printer and their answers, over one open port."""

from __future__ import annotations

import time

from kiosk.devices.printer.commands import CLEAR_LEFTOVERS, StatusKind, ask_status
from kiosk.devices.printer.status import ERROR, SENSOR_PAPER_OUT, PrinterStatus, ReplyFramer, ReplyKind
from kiosk.devices.transport import DeviceFault, Transport
from kiosk.devices.wake import Wake
from kiosk.services.events import DeviceProblem

STATUS_TIMEOUT_S = 3.0
WRITE_TIMEOUT_S = 8.0
QUIET_S = 1.0


class PrinterLink:
    """All methods raise DeviceFault and Stopped."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._framer = ReplyFramer()

    def status(self) -> PrinterStatus:
        """Ask how it is, one question after the other. NO_ANSWER when it is silent."""
        self._forget_replies()
        printer, offline_cause, paper = self._ask(1), self._ask(2), self._ask(4)
        error_cause = self._ask(3) if offline_cause & ERROR else 0
        return PrinterStatus(printer, offline_cause, paper, error_cause)

    def send(self, job: bytes) -> None:
        self._forget_replies()
        self._transport.write(job, WRITE_TIMEOUT_S)

    def await_proof(self, job_bytes: int, timeout_s: float) -> None:
        """Wait for the answer to GS r at the job's end: everything before it was printed and cut."""
        timeout_s += self._transport.seconds_to_send(job_bytes)
        sensor = self._reply(ReplyKind.PAPER_SENSOR, timeout_s)
        if sensor is None:
            raise DeviceFault(DeviceProblem.NO_ANSWER, f"no proof of the job within {timeout_s:.0f} s")
        if sensor & SENSOR_PAPER_OUT == SENSOR_PAPER_OUT:
            raise DeviceFault(DeviceProblem.PAPER_OUT, "the paper ended with the job")

    def clear_leftovers(self, timeout_s: float) -> None:
        """After a job that may have arrived in part: end its last command, cut what is printed, and let late
        answers run out, so that none is taken for the next job's proof."""
        self._transport.write(CLEAR_LEFTOVERS, WRITE_TIMEOUT_S)
        self._reply(ReplyKind.PAPER_SENSOR, timeout_s + self._transport.seconds_to_send(len(CLEAR_LEFTOVERS)))
        while self._reply(ReplyKind.PAPER_SENSOR, QUIET_S) is not None:
            pass

    def idle(self, timeout_s: float, wake: Wake) -> None:
        """Do nothing until `wake` or the time is up; what the printer says by itself is dropped."""
        self._transport.read(timeout_s, wake)

    def _ask(self, kind: StatusKind) -> int:
        self._transport.write(ask_status(kind), WRITE_TIMEOUT_S)
        answer = self._reply(ReplyKind.STATUS, STATUS_TIMEOUT_S)
        if answer is None:
            raise DeviceFault(DeviceProblem.NO_ANSWER, f"no answer to a status request within {STATUS_TIMEOUT_S} s")
        return answer

    def _reply(self, kind: ReplyKind, timeout_s: float) -> int | None:
        ends_s = time.monotonic() + timeout_s
        while (left_s := ends_s - time.monotonic()) > 0:
            for reply in self._framer.feed(self._transport.read(left_s)):
                if reply.kind is kind:
                    return reply.value
        return None

    def _forget_replies(self) -> None:
        self._transport.drop_input()
        self._framer = ReplyFramer()
