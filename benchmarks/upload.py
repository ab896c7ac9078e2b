"""Orders a second from a terminal's store to central: 5,000 that were taken offline, sent by the real sync worker to a
real central process on this machine."""

from __future__ import annotations

import time
from pathlib import Path

from benchmarks.offline_till import NoScreen, OfflineTill
from benchmarks.results import Figure, Result
from benchmarks.sale_site import make_site
from kiosk.central_connection import address_of
from kiosk.companions import Companion, run_once
from kiosk.settings import load_settings
from kiosk.sync.enrol import enrol
from kiosk.sync.worker import SyncWorker

ORDERS = 5000
_WITHIN_S = 600.0
_LOOK_EVERY_S = 0.05


def run(folder: Path) -> Result:
    site = make_site(folder)
    settings, config = load_settings(site.terminal), ["--config", str(site.central)]
    run_once(["central", "init", *config])
    central = Companion("central", ["central", "serve", *config], "listening", folder / "central.log")
    try:
        central.wait_ready()
        code = run_once(["central", "enrol-code", *config]).split()[0]
        identity = enrol(address_of(settings.central), code, "benchmark")
        till = OfflineTill(folder / "till", identity)
        try:
            began_s = time.monotonic()
            for _ in range(ORDERS):
                till.take_order(till.next_request())
            taking_s = time.monotonic() - began_s
            worker = SyncWorker(till.store, address_of(settings.central), identity, NoScreen(), poll_wait_s=1)
            upload_s = _upload(till, worker)
        finally:
            till.store.close()
    finally:
        central.stop()
    figures = [
        Figure("orders taken at the terminal, stored durably", ORDERS / taking_s, "orders/s"),
        Figure("orders uploaded, durable at central", ORDERS / upload_s, "orders/s"),
    ]
    return Result("upload", figures, {"orders": ORDERS, "taking_s": taking_s, "upload_s": upload_s})


def _upload(till: OfflineTill, worker: SyncWorker) -> float:
    """Seconds until central has acknowledged everything."""
    began_s = time.monotonic()
    worker.start()
    try:
        while _waiting(till):
            if time.monotonic() - began_s > _WITHIN_S:
                raise TimeoutError(f"{_waiting(till)} orders not uploaded within {_WITHIN_S:.0f} s")
            time.sleep(_LOOK_EVERY_S)
        return time.monotonic() - began_s
    finally:
        worker.stop()


def _waiting(till: OfflineTill) -> int:
    with till.store.transaction() as unit:
        return unit.outbox.waiting()
