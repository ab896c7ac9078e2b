"""What goes into a support bundle from this machine: logs, versions, and of the settings what is named here."""

from __future__ import annotations

import logging
import platform
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from urllib.parse import urlsplit

from kiosk import VERSION
from kiosk.logs import log_folder
from kiosk.settings import Settings
from kiosk.sync.wire import PROTOCOL

log = logging.getLogger(__name__)

# By the section of the settings file. What is not named does not go in: names of people, paths of keys and folders,
# addresses that may hold a password.
SHOWN: Mapping[str, tuple[str, ...]] = {
    "terminal": ("name", "role", "timezone", "meal_period"),
    "central": ("timeout_s", "poll_wait_s"),
    "screen": ("width", "height", "fullscreen", "language", "reduce_motion", "sound"),
    "idle": ("warn_after_s", "count_s", "result_s", "leave_admin_after_s"),
    "loyalty": ("minor_per_point", "redeem_points", "redeem_minor", "redeem_most_percent"),
    "cash_top_up": ("largest_minor", "largest_balance_minor"),
    "counter": ("largest_sum_minor", "largest_weight_g", "ask_again_s", "turn_from_minor", "customer_display"),
    "stock": ("oversell_portions",),
    "kitchen": ("stall", "late_after_s", "very_late_after_s"),
    "board": ("show_ready_s", "new_for_s", "voice"),
    "log": ("level", "max_bytes", "keep_files"),
    "face": ("look_s", "turn_from_minor", "largest_minor", "daily_minor", "keep_ended_days"),
    "card_reader": ("name", "driver", "port", "baud", "uid_format", "debounce_s"),
    "scanner": ("name", "driver", "port", "baud", "terminator", "aim_id", "idle_gap_s", "debounce_s"),
    "printer": ("name", "driver", "port", "baud", "paper_mm", "chinese", "use", "drawer", "patience_s"),
    "camera": ("name", "width", "height", "frames_per_s", "rotation", "mirror_preview", "exposure_us", "gain"),
    "simulator": ("name", "device", "port", "baud"),
}
_OF_INTEREST = ("kivy", "sqlalchemy", "httpx", "numpy", "opencv-python-headless")
_MAX_FILE_BYTES = 64 * 1024 * 1024


def versions_here() -> dict[str, str]:
    """Of what runs here, by name; what is not installed is left out."""
    found = {"kiosk": VERSION, "protocol": str(PROTOCOL), "python": platform.python_version()}
    for name in _OF_INTEREST:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found | {"system": platform.platform()}


class BundleSourcesHere:
    """kiosk.services.ports.BundleSources."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def log_files(self) -> Iterator[tuple[str, bytes]]:
        folder = log_folder(self._settings.terminal.state_dir)
        files = sorted(folder.glob("*.log*"), key=lambda file: file.stat().st_mtime, reverse=True)
        for file in files:
            try:
                with file.open("rb") as opened:
                    yield file.name, opened.read(_MAX_FILE_BYTES)
            except OSError:
                log.warning("log_not_read", extra={"file": file.name})

    def settings(self) -> dict[str, object]:
        shown = {name: _shown(getattr(self._settings, name), fields) for name, fields in SHOWN.items()}
        url = urlsplit(self._settings.central.url)
        return shown | {"central_host": f"{url.scheme}://{url.hostname}:{url.port or ''}"}


def _shown(section: object, fields: tuple[str, ...]) -> object:
    if section is None:
        return None
    if isinstance(section, tuple):
        return [_shown(one, fields) for one in section]
    return {field: getattr(section, field) for field in fields}
