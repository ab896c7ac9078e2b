"""A driver and its simulated printer, running, and someone who hands in jobs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

from kiosk.devices.bench.client import BenchClient
from kiosk.devices.bench.messages import PrintedPaper
from kiosk.devices.printer.driver import EscposPrinter
from kiosk.devices.printer.encoder import warm_up
from kiosk.devices.printer.link import PrinterTimes
from kiosk.domain.ids import OrderId
from kiosk.domain.receipt import Paper, PaperKind, Text
from kiosk.services.events import DeviceState, PrintJobState
from kiosk.services.ports import PrintJob
from kiosk.settings.devices import PrinterSettings, SimulatorSettings
from tests.devices.support import Events, eventually, hosted_bench, settings_with

BAUD = 921_600
CONFIRMED = [PrintJobState.SENDING, PrintJobState.CONFIRMED]
UNKNOWN = [PrintJobState.SENDING, PrintJobState.UNKNOWN]
SKIPPED = [PrintJobState.SKIPPED]
QUICK = PrinterTimes(
    write_s=2.0, proof_s=0.7, status_s=1.0, quiet_s=0.2, ask_every_s=0.3, ask_again_s=0.1, test_page_s=1.0
)


@dataclass
class Owner:
    """Who hands in jobs and keeps what was reported of each."""

    printer: EscposPrinter
    states: dict[UUID, list[PrintJobState]] = field(default_factory=dict)
    cannot_store: bool = False
    failures: int = 0

    def submit(self, text: str | Paper, kind: PaperKind = PaperKind.RECEIPT) -> UUID:
        paper = Paper((Text(text),)) if isinstance(text, str) else text
        job = PrintJob(uuid4(), OrderId(uuid4()), self.printer.name, kind, paper)
        self.states[job.id] = []
        assert self.printer.submit(job, self._report)
        return job.id

    def kitchen(self, text: str) -> UUID:
        return self.submit(text, PaperKind.KITCHEN_TICKET)

    def await_states(self, job_id: UUID, states: list[PrintJobState]) -> None:
        eventually(lambda: len(self.states[job_id]) >= len(states), f"{states} of a job")
        assert self.states[job_id] == states

    def _report(self, job_id: UUID, state: PrintJobState) -> None:
        if self.cannot_store:
            self.failures += 1
            raise OSError("disk full")
        self.states[job_id].append(state)


@dataclass
class Setup:
    """A running driver, the bench that hosts its printer, and who hands in jobs."""

    bench: BenchClient
    events: Events
    owner: Owner

    def texts(self, at_least: int) -> list[str]:
        """What stands on each cut paper, commands left out."""
        return [text_of(p) for p in self.bench.papers(at_least=at_least, timeout_s=5.0)]


def text_of(paper: PrintedPaper) -> str:
    printable = bytes(b for b in paper.data.replace(b"\x1b@", b"").replace(b"\x1c&", b"") if b >= 0x20)
    return printable.removeprefix(b'3"').removesuffix(b"VB").decode("gb18030", errors="replace")


@contextmanager
def running(
    state_dir: Path,
    port: str,
    *,
    patience_s: float = 0.4,
    chinese: str = "gb18030",
    times: PrinterTimes = QUICK,
    driver: type[EscposPrinter] = EscposPrinter,
) -> Iterator[Setup]:
    printer_settings = PrinterSettings(name="receipts", port=port, baud=BAUD, patience_s=patience_s, chinese=chinese)
    simulator = SimulatorSettings(name="printer", device="escpos", port=port, baud=BAUD)
    events = Events()
    warm_up(80, chinese)
    with hosted_bench(settings_with(state_dir, (simulator,), (printer_settings,))) as bench:
        printer = driver(printer_settings, events, simulated=True, times=times)
        printer.start()
        try:
            events.await_health(DeviceState.READY)
            yield Setup(bench, events, Owner(printer))
        finally:
            printer.stop()
            assert not [t for t in threading.enumerate() if t.name == "device-receipts"]
