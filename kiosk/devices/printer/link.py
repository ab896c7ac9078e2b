"""Questions to an ESC/POS printer and their answers, over one open port."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from kiosk.devices.printer.commands import ASK_PAPER_SENSOR, CLEAR_LEFTOVERS, OPEN_DRAWER, StatusKind, ask_status
from kiosk.devices.printer.status import ERROR, SENSOR_PAPER_OUT, PrinterStatus, ReplyFramer, ReplyKind
from kiosk.devices.transport import DeviceFault, Transport
from kiosk.devices.wake import Wake
from kiosk.services.events import DeviceProblem


@dataclass(frozen=True, slots=True)
class PrinterTimes:
    """How long the driver waits, in seconds. The defaults suit real printers; tests have less patience.

    `proof_s`: a busy printer may take so long; only then is a job's outcome unknown. `ask_every_s`: between status
    requests of an idle printer, which also keep the connection from being dropped; a job that comes meanwhile trusts
    the last answer and starts at once. `ask_again_s`: the same while it cannot print. `test_page_s`: so long at most a
    test page waits, as somebody stands there who wants to know whether it prints now.
    """

    write_s: float = 8.0
    proof_s: float = 8.0
    status_s: float = 3.0
    quiet_s: float = 1.0
    ask_every_s: float = 2.0
    ask_again_s: float = 0.5
    test_page_s: float = 5.0


class PrinterLink:
    """All methods raise DeviceFault and Stopped."""

    def __init__(self, transport: Transport, times: PrinterTimes) -> None:
        self._transport = transport
        self._times = times
        self._framer = ReplyFramer()

    def status(self) -> PrinterStatus:
        """Ask how it is, one question after the other. NO_ANSWER when it is silent."""
        self._forget_replies()
        printer, offline_cause, paper = self._ask(1), self._ask(2), self._ask(4)
        error_cause = self._ask(3) if offline_cause & ERROR else 0
        return PrinterStatus(printer, offline_cause, paper, error_cause)

    def print(self, job: Iterable[bytes]) -> None:
        """Send the job and wait for the proof that it was printed and cut: GS r is answered in its turn. Whatever
        came before GS r was sent (a printer that lost power sends a NUL) proves nothing."""
        n_bytes = 0
        for piece in job:
            self._transport.write(piece, self._times.write_s)
            n_bytes += len(piece)
        if self._proof(n_bytes) & SENSOR_PAPER_OUT == SENSOR_PAPER_OUT:
            raise DeviceFault(DeviceProblem.PAPER_OUT, "the paper ended with the job")

    def open_drawer(self) -> None:
        """Send the drawer's pulse and wait until the printer has come past it. Nobody tells whether it sprang open."""
        self._transport.write(OPEN_DRAWER, self._times.write_s)
        self._proof(len(OPEN_DRAWER))

    def clear_leftovers(self) -> None:
        """After a job that may have arrived in part: end its last command, cut what is printed, and let late
        answers run out, so that none is taken for the next job's proof."""
        self._transport.write(CLEAR_LEFTOVERS + ASK_PAPER_SENSOR, self._times.write_s)
        timeout_s = self._times.proof_s + self._transport.seconds_to_send(len(CLEAR_LEFTOVERS))
        self._reply(ReplyKind.PAPER_SENSOR, timeout_s)
        while self._reply(ReplyKind.PAPER_SENSOR, self._times.quiet_s) is not None:
            pass

    def idle(self, timeout_s: float, wake: Wake) -> None:
        """Do nothing until `wake` or the time is up; what the printer says by itself is dropped."""
        self._transport.read(timeout_s, wake)

    def _proof(self, n_bytes: int) -> int:
        """The paper sensor, as it is once everything that was sent before is done."""
        self._forget_replies()
        self._transport.write(ASK_PAPER_SENSOR, self._times.write_s)
        timeout_s = self._times.proof_s + self._transport.seconds_to_send(n_bytes)
        sensor = self._reply(ReplyKind.PAPER_SENSOR, timeout_s)
        if sensor is None:
            raise DeviceFault(DeviceProblem.NO_ANSWER, f"no proof of the job within {timeout_s:.0f} s")
        return sensor

    def _ask(self, kind: StatusKind) -> int:
        self._transport.write(ask_status(kind), self._times.write_s)
        answer = self._reply(ReplyKind.STATUS, self._times.status_s)
        if answer is None:
            raise DeviceFault(DeviceProblem.NO_ANSWER, f"no answer to a status request within {self._times.status_s} s")
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
