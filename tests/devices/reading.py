"""A card reader's driver, running."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk.devices.card_reader.driver import CardReader, build_card_reader
from kiosk.settings.devices import CardReaderSettings
from tests.devices.support import Events


@contextmanager
def running(port: Path, events: Events, driver: str = "rdm6300", uid_format: str = "as_sent") -> Iterator[CardReader]:
    settings = CardReaderSettings(
        name="campus-card", driver=driver, port=str(port), uid_format=uid_format, debounce_s=30.0
    )
    reader = build_card_reader(settings, events, simulated=True)
    reader.start()
    try:
        yield reader
    finally:
        reader.stop()
        assert not [t for t in threading.enumerate() if t.name == "device-campus-card"]
