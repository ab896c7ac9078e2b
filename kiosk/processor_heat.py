"""How hot the processor is, by what Linux says under /sys/class (thermal zones, hwmon sensors)."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

SYS_CLASS = Path("/sys/class")
_MOST_SENSORS = 64
_MOST_BYTES = 64
_MILLI = 1000
_PLAUSIBLE_C = (-30.0, 150.0)
# Parts of what a processor's own sensors are called: Intel, AMD, and ARM boards (x86_pkg_temp, k10temp, cpu-thermal …).
_OF_PROCESSOR = ("cpu", "soc", "x86_pkg", "coretemp", "k10temp", "zenpower", "core-thermal")


def processor_celsius(sys_class: Path = SYS_CLASS) -> float | None:
    """Of its hottest sensor; None: not known. Reads a few bytes of a few files; whatever stands there may be missing,
    or nonsense."""
    found = islice(_sensors(sys_class), _MOST_SENSORS)
    degrees = [_degrees(path) for name, path in found if _is_processors(name)]
    return max((each for each in degrees if each is not None), default=None)


def _sensors(sys_class: Path) -> Iterator[tuple[str, Path]]:
    """What each is called, and its file of thousandths of degrees."""
    for zone in _entries(sys_class / "thermal", "thermal_zone"):
        yield _read(zone / "type"), zone / "temp"
    for chip in _entries(sys_class / "hwmon", "hwmon"):
        name = _read(chip / "name")
        for file in _entries(chip, "temp"):
            if file.name.endswith("_input"):
                yield name, file


def _entries(folder: Path, prefix: str) -> Iterator[Path]:
    try:
        with os.scandir(folder) as entries:
            yield from (Path(entry.path) for entry in islice(entries, 1000) if entry.name.startswith(prefix))
    except OSError:
        return


def _is_processors(name: str) -> bool:
    return any(part in name.lower() for part in _OF_PROCESSOR)


def _degrees(path: Path) -> float | None:
    try:
        degrees = int(_read(path)) / _MILLI
    except ValueError:
        return None
    least, most = _PLAUSIBLE_C
    return degrees if least <= degrees <= most else None


def _read(path: Path) -> str:
    """Its first bytes; "" for what is no file, or cannot be read. A pipe is not waited for."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return ""
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return ""
        return os.read(descriptor, _MOST_BYTES).decode("ascii", "replace").strip()
    except OSError:
        return ""
    finally:
        os.close(descriptor)
