"""A simulated receipt printer: real ESC/POS bytes in, real status bytes out, cut papers kept. It runs on its line's
asyncio loop. Commands are executed only while it can print; DLE EOT is answered at any time, as by a real one."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from kiosk.devices.printer.escpos_parser import Command, EscposParser
from kiosk.devices.simulated_line import SimulatedLine

BUFFER_BYTES = 4096
BOOT_S = 0.3
KEPT_PAPERS = 200
REALTIME = b"\x10\x04"
_ASK_SENSOR, _AUTO_STATUS, _CUT, _QR, _RASTER = b"\x1dr", b"\x1da", b"\x1dV", b"\x1d(", b"\x1dv"
_CUTS = frozenset((_CUT, b"\x1bi", b"\x1bm"))
_DRAWER = b"\x1bp"
_INK = frozenset((b"", _QR, _RASTER))


class PaperState(StrEnum):
    OK = "ok"
    LOW = "low"
    OUT = "out"


class PrinterFault(StrEnum):
    """What can be made to happen in the middle of a job."""

    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    HANG = "hang"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class PrintedPaper:
    """One piece between two cuts. `data` is what was printed on it; `first_byte_s` is monotonic (the machine's)."""

    index: int
    data: bytes
    first_byte_s: float
    cut_s: float


class SimulatedPrinter:
    def __init__(self, on_paper: Callable[[], None] = lambda: None) -> None:
        self._on_paper = on_paper
        self._line: SimulatedLine | None = None
        self._parser = EscposParser()
        self._queue: deque[Command | PrinterFault] = deque()
        self._realtime_tail = b""
        self._printed = bytearray()
        self._has_ink = False
        self._first_byte_s = 0.0
        self._papers: deque[PrintedPaper] = deque(maxlen=KEPT_PAPERS)
        self._next_index = 0
        self._drawer_opened_s: deque[float] = deque(maxlen=KEPT_PAPERS)
        self._paper = PaperState.OK
        self._is_cover_open = False
        self._is_jammed = False
        self._has_cutter_error = False
        self._hangs = False
        self._sends_auto_status = False
        self._booted: asyncio.TimerHandle | None = None  # until then it is starting
        self._planned: tuple[int, PrinterFault] | None = None

    @property
    def papers(self) -> tuple[PrintedPaper, ...]:
        """The last papers with print on them, oldest first."""
        return tuple(self._papers)

    @property
    def drawer_opened_s(self) -> tuple[float, ...]:
        """When the cash drawer sprang open (monotonic), oldest first."""
        return tuple(self._drawer_opened_s)

    def attached(self, line: SimulatedLine) -> None:
        self._line = line

    def detached(self) -> None:
        self._line = None

    def received(self, data: bytes) -> None:
        if self._booted is not None:
            return  # lost
        self._answer_realtime(data)
        if self._planned is not None:
            after_bytes, fault = self._planned
            before, data = data[:after_bytes], data[after_bytes:]
            self._enqueue(before)
            self._planned = (after_bytes - len(before), fault)
            if self._planned[0] == 0:
                self._planned = None
                self._queue.append(fault)
        self._enqueue(data)
        self._work()

    def set_paper(self, state: PaperState) -> None:
        self._paper = state
        self._state_changed()

    def set_cover(self, *, is_open: bool) -> None:
        self._is_cover_open = is_open
        self._state_changed()

    def set_cutter(self, *, is_jammed: bool) -> None:
        """A jam shows at the next cut."""
        self._is_jammed = is_jammed
        if not is_jammed:
            self._has_cutter_error = False
        self._state_changed()

    def set_hanging(self, *, hangs: bool) -> None:
        """A printer that hangs neither reads nor answers."""
        self._hangs = hangs
        self._state_changed()

    def reset(self) -> None:
        """Power off and on: the connection breaks, buffers are lost and what comes meanwhile too; what is printed
        stays printed."""
        if self._booted is not None:
            self._booted.cancel()
        self._booted = asyncio.get_running_loop().call_later(BOOT_S, self._boot)
        self._queue.clear()
        self._parser.clear()
        self._planned = None
        self._sends_auto_status = False
        if self._line is not None:
            self._line.reset()

    def _boot(self) -> None:
        self._booted = None

    def plan_fault(self, after_bytes: int, fault: PrinterFault) -> None:
        """Let it happen when so many more bytes have come in."""
        self._planned = (after_bytes, fault)

    def _can_print(self) -> bool:
        return not (self._paper is PaperState.OUT or self._is_cover_open or self._has_cutter_error or self._hangs)

    def _state_changed(self) -> None:
        if self._sends_auto_status and not self._hangs:
            self._send(self._auto_status())
        self._work()

    def _enqueue(self, data: bytes) -> None:
        """Status requests are answered on arrival and take no room in the buffer."""
        self._queue += (command for command in self._parser.feed(data) if command.code != REALTIME)

    def _work(self) -> None:
        while self._queue and self._can_print():
            entry = self._queue.popleft()
            if isinstance(entry, PrinterFault):
                self._happen(entry)
            else:
                self._execute(entry)
        if self._line is not None:
            waiting = sum(len(entry.arguments) for entry in self._queue if isinstance(entry, Command))
            (self._line.pause if self._hangs or waiting >= BUFFER_BYTES else self._line.resume)()

    def _happen(self, fault: PrinterFault) -> None:
        match fault:
            case PrinterFault.PAPER_OUT:
                self.set_paper(PaperState.OUT)
            case PrinterFault.COVER_OPEN:
                self.set_cover(is_open=True)
            case PrinterFault.HANG:
                self.set_hanging(hangs=True)
            case PrinterFault.RESET:
                self.reset()

    def _execute(self, command: Command) -> None:
        if command.code == _ASK_SENSOR:
            self._send(bytes([0x03 if self._paper is PaperState.LOW else 0x00]))
            return
        if command.code == _AUTO_STATUS:
            self._sends_auto_status = command.arguments != b"\x00"
            if self._sends_auto_status:
                self._send(self._auto_status())
            return
        if command.code == _DRAWER:
            self._drawer_opened_s.append(time.monotonic())
            return
        if command.code in _CUTS:
            self._cut(command)
            return
        self._print(command)
        self._has_ink |= command.code in _INK

    def _print(self, command: Command) -> None:
        if not self._printed:
            self._first_byte_s = time.monotonic()
        self._printed += command.code + command.arguments

    def _cut(self, command: Command) -> None:
        if self._is_jammed:
            self._queue.appendleft(command)
            self._has_cutter_error = True
            return
        self._print(command)
        if self._has_ink:
            self._papers.append(
                PrintedPaper(self._next_index, bytes(self._printed), self._first_byte_s, time.monotonic())
            )
            self._next_index += 1
            self._on_paper()
        self._printed.clear()
        self._has_ink = False

    def _answer_realtime(self, data: bytes) -> None:
        seen = self._realtime_tail + data
        for i in range(len(seen) - 2):
            if seen[i : i + 2] == REALTIME and not self._hangs:
                self._send(self._status(seen[i + 2]))
        self._realtime_tail = seen[-2:]

    def _status(self, kind: int) -> bytes:
        is_out = self._paper is PaperState.OUT
        match kind:
            case 1:
                return b"\x1e" if is_out or self._is_cover_open or self._has_cutter_error else b"\x16"
            case 2:
                flags = (is_out and 0x20) | (self._is_cover_open and 0x04) | (self._has_cutter_error and 0x40)
                return bytes([0x12 | flags])
            case 3:
                return b"\x1a" if self._has_cutter_error else b"\x12"
            case 4:
                return {PaperState.OK: b"\x12", PaperState.LOW: b"\x1e", PaperState.OUT: b"\x7e"}[self._paper]
            case _:
                return b""

    def _auto_status(self) -> bytes:
        is_offline = self._paper is PaperState.OUT or self._is_cover_open or self._has_cutter_error
        first = 0x14 | (is_offline and 0x08) | (self._is_cover_open and 0x20)
        sensor = {PaperState.OK: 0x00, PaperState.LOW: 0x03, PaperState.OUT: 0x0F}[self._paper]
        return bytes([first, 0x08 if self._has_cutter_error else 0x00, sensor, 0x00])

    def _send(self, data: bytes) -> None:
        if self._line is not None:
            self._line.send(data)
