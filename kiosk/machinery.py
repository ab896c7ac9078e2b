"""What runs beside the screens: devices, the connection to central, and a demonstration's companions.

The second half of the composition root (kiosk.bootstrap), imported after the first frame.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.companions import Companion, CompanionFailed, run_once
from kiosk.devices.base import Device
from kiosk.devices.card_reader.driver import build_card_reader
from kiosk.devices.printer.driver import build_printer
from kiosk.devices.scanner.driver import build_scanner
from kiosk.opening import Services
from kiosk.services.ports import CentralRefused, CentralUnreachable, StorageFailed
from kiosk.settings import Settings
from kiosk.sync.line import CentralAddressError
from kiosk.terminal_store import enrol_terminal

if TYPE_CHECKING:
    from kiosk.devices.camera.driver import OpencvCamera
    from kiosk.sync.face_letters import SiteKey

log = logging.getLogger(__name__)


class Machinery:
    """Devices, sync and companions. Called on one thread, which lives as long as they do."""

    def __init__(self, settings: Settings, config_path: Path, services: Services) -> None:
        self._settings = settings
        self._config_path = config_path
        self._services = services
        self._companions: list[Companion] = []
        readers = [build_card_reader(r, services.bridge, settings.is_simulated(r.port)) for r in settings.card_reader]
        scanners = [build_scanner(s, services.bridge, settings.is_simulated(s.port)) for s in settings.scanner]
        unfinished = services.desk.interrupted_printers()
        self._printers = [
            build_printer(p, services.bridge, settings.is_simulated(p.port), unfinished=p.name in unfinished)
            for p in settings.printer
        ]
        self._camera = _camera_of(settings, services)
        cameras = [self._camera] if self._camera else []
        self._devices: list[Device] = [*readers, *scanners, *self._printers, *cameras]
        services.admin.devices.extend(self._devices)

    def start(self) -> None:
        """Devices first: what does not start is logged and shown as not working, the rest goes on."""
        for device in self._devices:
            device.start()
        if self._services.face is not None and self._camera is not None:
            self._services.face.desk.start(self._camera)
        self._services.desk.connect(self._printers)
        try:
            self._services.desk.resume()
            self._bring_companions()
            self._connect()
        except (StorageFailed, CompanionFailed, CentralAddressError, CentralRefused, CentralUnreachable):
            log.exception("start_incomplete")

    def _bring_companions(self) -> None:
        """The demonstration's own simulators and central; a real terminal has neither."""
        settings, logs = self._settings, self._settings.terminal.state_dir / "logs"
        if settings.simulator:
            arguments = ["kiosk.devices.bench", "serve", "--config", str(self._config_path)]
            self._companions.append(Companion("simulated devices", arguments, "ready", logs / "devices.log"))
        if settings.central.embedded is None:
            return
        config = ["--config", str(settings.central.embedded)]
        run_once(["central", "init", *config])
        central = Companion("central", ["central", "serve", *config], "listening", logs / "central.log")
        self._companions.append(central)
        central.wait_ready()
        if self._services.store.identity() is None:
            code = run_once(["central", "enrol-code", *config]).split()[0]
            enrol_terminal(settings, self._services.store, code)

    def _connect(self) -> None:
        identity = self._services.store.identity()
        if identity is None:
            log.warning("not_enrolled")
            return
        if self._services.store.must_enrol_anew():
            log.error("restored_and_not_enrolled_anew")
            return
        services, site_key = self._services, _site_key(self._settings)
        on_tickets = services.bridge.publish if self._settings.is_of_kitchen else None
        services.central.connect(
            self._settings.central, identity, services.store, services.bridge, site_key, on_tickets
        )

    def stop(self) -> None:
        """Waits until all of it has ended."""
        if self._services.face is not None:
            self._services.face.desk.stop()
        for device in self._devices:
            device.stop()
        self._services.central.stop()
        for companion in self._companions:
            companion.stop()


def _site_key(settings: Settings) -> SiteKey | None:
    """None where faces are not shared; also where they cannot be, which is no reason not to sell."""
    if settings.face is None or settings.face.site_key_file is None:
        return None
    from kiosk.sync.face_letters import SiteKeyUnusable, read_site_key

    try:
        return read_site_key(settings.face.site_key_file)
    except SiteKeyUnusable:
        log.exception("faces_not_shared")
        return None


def _camera_of(settings: Settings, services: Services) -> OpencvCamera | None:
    if settings.camera is None:
        return None
    # Not above: OpenCV and numpy are for terminals that have a camera.
    from kiosk.devices.camera.driver import build_camera
    from kiosk.devices.camera.source import port_of, source_of

    is_simulated = settings.is_simulated(port_of(source_of(settings.camera.source)))
    return build_camera(settings.camera, services.bridge, is_simulated)
